"""Consensus labels become the classes that a model learns; the truth is the ILO scale itself."""

import json

import pytest
from factories import NOW
from reading_room import ReadingRoom

from pneumoscope.common import blobs
from pneumoscope.training.services.snapshots import freeze

pytestmark = pytest.mark.django_db


def in_train(*, key: bytes, center: str, patient: str) -> str:
    return "train"


@pytest.mark.parametrize("rule", ["niosh_42cfr37_53", "panel_median"])
@pytest.mark.parametrize(("notation", "label"), [("NO", 0), ("0/1", 0), ("1/0", 1), ("3/+", 1)])
def test_films_from_one_zero_upward_are_abnormal(rule, notation, label):
    room = ReadingRoom(rule=rule)
    for assignment in room.waiting():
        room.sign(assignment, notation)
    assert room.case.labels.latest("number").state == "FINAL"
    snapshot = freeze(protocol=room.protocol, part_of=in_train, actor=None, now=NOW)
    (example,) = json.loads(blobs.read(snapshot.manifest_id))["examples"]
    assert example["label"] == label
