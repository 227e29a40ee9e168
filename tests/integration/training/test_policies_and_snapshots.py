"""Frozen datasets, and when a model is retrained."""

import json
from datetime import timedelta

import pytest
from factories import NOW
from reading_room import ReadingRoom

from pneumoscope.common import audit, blobs, jobs
from pneumoscope.common.models import Job
from pneumoscope.training.models import PolicyFiring, RetrainPolicy
from pneumoscope.training.services.policies import check_policies, fire, reason_to_skip
from pneumoscope.training.services.policy_setup import PolicyError, set_policy
from pneumoscope.training.services.snapshots import freeze

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_bell(monkeypatch):
    monkeypatch.setattr("pneumoscope.common.tasks.run_job.apply_async", lambda *a, **k: None)


def in_train(*, key: bytes, center: str, patient: str) -> str:
    return "train"


def label(room: ReadingRoom, count: int, notation: str = "1/1") -> None:
    for case in room.cases[:count]:
        for assignment in case.assignments.exclude(state="signed"):
            room.sign(assignment, notation)


def policy_of(room: ReadingRoom, **fields) -> RetrainPolicy:
    values = {"interval_minutes": 60, "min_new_labels": 2, "min_centers": 1, **fields}
    return set_policy(policy=RetrainPolicy(protocol=room.protocol, **values), actor=None, now=NOW)


def test_same_labels_give_the_same_snapshot_and_new_labels_another():
    room = ReadingRoom(cases=3)
    label(room, 2)
    first, again = (freeze(protocol=room.protocol, part_of=in_train, actor=None, now=NOW) for _ in range(2))
    assert first.pk == again.pk
    label(room, 3)
    more = freeze(protocol=room.protocol, part_of=in_train, actor=None, now=NOW)
    assert (first.label_count, more.label_count) == (2, 3)
    old, new = (json.loads(blobs.read(snapshot.manifest_id))["examples"] for snapshot in (first, more))
    assert old == new[:2]


def test_manifest_names_no_pseudonym_of_the_archive():
    room = ReadingRoom()
    label(room, 1)
    text = blobs.read(freeze(protocol=room.protocol, part_of=in_train, actor=None, now=NOW).manifest_id).decode()
    assert room.case.instance.series.study.patient.pseudonym not in text.split('"')


@pytest.mark.parametrize(
    ("labels", "fields", "words"),
    [
        (1, {}, "only 1 of 2 new final labels"),
        (2, {"min_centers": 2}, "1 of the 2 centers"),
        (2, {}, ""),
    ],
)
def test_policy_says_why_it_skips(labels, fields, words):
    room = ReadingRoom(cases=3)
    label(room, labels)
    reason = reason_to_skip(policy_of(room, **fields))
    assert words in reason
    assert bool(reason) == bool(words)


def test_two_beats_make_one_firing_and_one_job():
    room = ReadingRoom(cases=2)
    label(room, 2)
    policy = policy_of(room)
    check_policies(now=NOW)
    check_policies(now=NOW + timedelta(seconds=5))
    assert fire(policy=policy, due_at=policy.firings.get().due_at, now=NOW) is None
    assert (PolicyFiring.objects.count(), Job.objects.filter(kind="training.run").count()) == (1, 1)


def test_a_training_under_way_holds_the_next_one_back():
    room = ReadingRoom(cases=2)
    label(room, 2)
    policy_of(room)
    check_policies(now=NOW)
    (second,) = check_policies(now=NOW + timedelta(minutes=60))
    assert (second.outcome, second.reason) == ("skipped", "a training of this protocol is already under way")


def test_policy_that_could_never_fire_is_refused():
    with pytest.raises(PolicyError, match="expected 1 or more"):
        policy_of(ReadingRoom(), min_new_labels=0)


def test_too_few_films_end_the_job_with_the_reason_in_words(monkeypatch):
    room = ReadingRoom(cases=2)
    label(room, 2)
    policy_of(room)
    check_policies(now=NOW)
    monkeypatch.setattr("pneumoscope.training.services.execution.blobs.read", read_anything)
    job = Job.objects.get(kind="training.run")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_reason) == ("failed", "not_trainable")
    assert len(job.error) > 30
    assert [fault.reason for fault in audit.chain_faults()] == []


def read_anything(sha256: str) -> bytes:
    """The manifest as stored; films of the reading room have no bytes."""
    path = blobs.local_path(sha256)
    return path.read_bytes() if path.exists() else b"no film"
