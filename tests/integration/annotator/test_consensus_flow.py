"""From signed readings to labels, and to the readers whom the rule calls."""

import pytest
from django.db import DatabaseError, transaction
from factories import NOW
from reading_room import ReadingRoom

from annotator.models import Assignment, LabelRevision, Reading
from annotator.services.readings import (
    Change,
    ReadingError,
    SignedReadingError,
    amend_reading,
    open_reading,
    save_changes,
    sign_reading,
)
from pneumoscope.common import audit

pytestmark = pytest.mark.django_db


def outcomes(room: ReadingRoom) -> list[str]:
    return list(room.case.labels.order_by("number").values_list("outcome", flat=True))


def test_two_readers_who_agree_make_a_final_label():
    room = ReadingRoom()
    for assignment in room.waiting():
        room.sign(assignment, "1/1")
    assert outcomes(room) == ["PENDING", "FINAL 1/1"]


def test_zero_one_against_one_zero_calls_a_third_reader_whose_reading_settles_it():
    room = ReadingRoom()
    first, second = room.waiting()
    room.sign(first, "0/1")
    room.sign(second, "1/0")
    (third,) = room.waiting()
    assert third.kind == Assignment.Kind.THIRD
    assert third.reader not in {first.reader, second.reader}
    room.sign(third, "1/1")
    assert outcomes(room) == ["PENDING", "REQUEST_THIRD", "FINAL 1/1"]
    label = room.case.labels.latest("number")
    assert (label.rule, len(label.used), len(label.excluded)) == ("niosh_42cfr37_53", 2, 1)


def test_a_panel_that_stays_apart_ends_with_five_readers_and_their_median():
    room = ReadingRoom()
    for notation in ["NO", "1/1", "2/2", "3/3", "2/3"]:
        room.sign(room.waiting()[0], notation)
    assert outcomes(room) == ["PENDING", "REQUEST_THIRD", "REQUEST_TWO_MORE", "PENDING", "FINAL 2/2"]


def test_amendment_makes_a_new_version_and_a_new_label_revision():
    room = ReadingRoom()
    first, second = room.waiting()
    original = room.sign(first, "1/1")
    room.sign(second, "1/1")
    draft = amend_reading(reading=original, reason="typed the wrong box", now=NOW)
    saved = save_changes(
        reading=draft, changes=[Change("parenchymal.profusion", "1/2")], revision=0, idempotency_key="a", now=NOW
    )
    sign_reading(reading=saved, revision=saved.revision, acknowledged=[], now=NOW)
    assert outcomes(room) == ["PENDING", "FINAL 1/1", "FINAL 1/2"]
    assert Reading.objects.get(pk=original.pk).data["parenchymal"]["profusion"] == "1/1"


def test_amendment_without_a_reason_is_refused():
    room = ReadingRoom()
    signed = room.sign(room.waiting()[0], "NO")
    with pytest.raises(ReadingError, match="needs a reason"):
        amend_reading(reading=signed, reason="  ", now=NOW)


def test_signed_reading_refuses_every_later_change():
    room = ReadingRoom()
    signed = room.sign(room.waiting()[0], "NO")
    with pytest.raises(SignedReadingError):
        save_changes(
            reading=signed,
            changes=[Change("pleural.any", True)],
            revision=signed.revision,
            idempotency_key="b",
            now=NOW,
        )
    for attack in (
        lambda: Reading.objects.filter(pk=signed.pk).update(data={}),
        lambda: Reading.objects.filter(pk=signed.pk).update(signer_name="Somebody Else"),
    ):
        with pytest.raises(DatabaseError, match="signed reading never changes"), transaction.atomic():
            attack()


def test_labels_are_append_only():
    room = ReadingRoom()
    room.sign(room.waiting()[0], "NO")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LabelRevision.objects.update(outcome="FINAL 3/3")


def test_the_whole_flow_leaves_an_unbroken_audit_chain_without_bypasses():
    room = ReadingRoom()
    for assignment in room.waiting():
        room.sign(assignment, "2/1")
    assert [fault.reason for fault in audit.chain_faults()] == []


def test_opening_twice_gives_the_same_draft():
    room = ReadingRoom()
    assignment = room.waiting()[0]
    assert open_reading(assignment=assignment, now=NOW).pk == open_reading(assignment=assignment, now=NOW).pk


def test_panel_median_of_three_is_final_with_three_readings():
    room = ReadingRoom(rule="panel_median", required=3)
    for assignment, notation in zip(room.waiting(), ["0/1", "1/0", "1/1"], strict=True):
        room.sign(assignment, notation)
    assert room.case.labels.latest("number").value["classification"] == "1/0"
