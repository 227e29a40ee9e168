"""Orders, keys, bodies and people that are not as they should be."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from factories import NOW, PASSWORD
from reading_room import ReadingRoom, answers, make_instance

from annotator.models import Assignment, Reading, StudyProtocol
from annotator.services.protocols import ProtocolError, add_cases
from annotator.services.readings import Change, amend_reading, open_reading, save_changes, sign_reading
from pneumoscope.accounts.models import ReaderQualification

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def sign_at(reading: Reading, values: dict[str, Any], at: datetime) -> Reading:
    changes = [Change(path, value) for path, value in values.items()]
    saved = save_changes(
        reading=reading, changes=changes, revision=reading.revision, idempotency_key=uuid.uuid4().hex, now=at
    )
    return sign_reading(reading=saved, revision=saved.revision, acknowledged=["P5", "P6"], now=at)


def read_at(assignment: Assignment, notation: str, at: datetime) -> Reading:
    return sign_at(open_reading(assignment=assignment, now=at), answers(notation), at)


class Desk:
    """A reader's browser before an open draft."""

    def __init__(self) -> None:
        self.assignment = ReadingRoom().waiting()[0]
        reading = open_reading(assignment=self.assignment, now=NOW)
        self.client = Client(raise_request_exception=False)
        self.client.force_login(self.assignment.reader, backend="allauth.account.auth_backends.AuthenticationBackend")
        self.url = reverse("annotator:reading_api", args=[reading.pk])

    def grade(self, value: str, revision: int, key: str):
        return self.client.patch(
            self.url,
            {"changes": [{"path": "image_quality.grade", "value": value}]},
            content_type="application/json",
            headers={"If-Match": f'"{revision}"', "Idempotency-Key": key},
        )

    def sign(self, body: Any):
        return self.client.post(f"{self.url}sign/", body, content_type="application/json", headers={"If-Match": '"0"'})


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_amended_reading_keeps_its_place_in_the_order_of_readings():
    """0/1, 1/0, then 1/2 as third; the first becomes 1/1, so the first two agree and the third is not needed."""
    room = ReadingRoom()
    first, second = room.waiting()
    original = read_at(first, "0/1", NOW)
    read_at(second, "1/0", NOW + HOUR)
    (third,) = room.waiting()
    late = read_at(third, "1/2", NOW + 2 * HOUR)
    draft = amend_reading(reading=original, reason="typed the wrong box", now=NOW + 3 * HOUR)
    amended = sign_at(draft, {"parenchymal.profusion": "1/1"}, NOW + 3 * HOUR)
    label = room.case.labels.latest("number")
    assert label.outcome == "FINAL 1/1"
    assert amended.pk.hex in label.used
    assert [entry["reading"] for entry in label.excluded] == [late.pk.hex]


def test_a_case_for_which_no_reader_is_left_says_so():
    room = ReadingRoom(readers=2)
    for assignment, notation in zip(room.waiting(), ["0/1", "1/0"], strict=True):
        room.sign(assignment, notation)
    label = room.case.labels.latest("number")
    assert (label.state, label.flags) == ("REQUEST_THIRD", ["no_eligible_reader"])


@pytest.mark.parametrize(("days_left", "kind"), [(-1, "O"), (0, "B"), (30, "B")])
def test_a_certificate_counts_until_it_expires(days_left, kind):
    assignment = ReadingRoom().waiting()[0]
    ReaderQualification.objects.create(
        user=assignment.reader,
        kind="B",
        valid_from=NOW.date() - timedelta(days=1000),
        expires_on=NOW.date() + timedelta(days=days_left),
    )
    assert read_at(assignment, "1/1", NOW).data["reader"]["type_of_reading"] == kind


def test_a_key_used_for_another_change_is_refused_and_saves_nothing(desk):
    desk.grade("1", 0, "same")
    answer = desk.grade("2", 1, "same")
    assert (answer.status_code, answer.json()["code"]) == (409, "reused_idempotency_key")
    assert desk.client.get(desk.url).json()["data"]["image_quality"]["grade"] == "1"


def test_a_key_too_long_to_be_told_from_another_is_refused(desk):
    assert desk.grade("1", 0, "k" * 65).status_code == 400


@pytest.mark.parametrize(
    "body", [[1], {"password": 5}, {"password": PASSWORD, "acknowledged_warnings": "P5"}, {"password": ["a"]}]
)
def test_a_misshapen_signature_is_named_and_signs_nothing(desk, body):
    answer = desk.sign(body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_signature")
    assert not Reading.objects.filter(state="signed").exists()


def test_a_withdrawn_assignment_is_out_of_reach(desk):
    Assignment.objects.filter(pk=desk.assignment.pk).update(state="withdrawn")
    assert desk.client.get(desk.url).status_code == 404


def test_new_cases_go_to_active_readers_only():
    room = ReadingRoom(readers=3)
    room.readers[0].is_active = False
    room.readers[0].save()
    films = [make_instance(room.center) for _ in range(4)]
    cases = add_cases(protocol=room.protocol, instances=films, actor=room.coordinator, now=NOW)
    assert not Assignment.objects.filter(case__in=cases, reader=room.readers[0]).exists()


def test_a_closed_protocol_takes_no_new_cases():
    room = ReadingRoom()
    room.protocol.state = StudyProtocol.State.CLOSED
    with pytest.raises(ProtocolError, match="only an open protocol"):
        add_cases(protocol=room.protocol, instances=[make_instance(room.center)], actor=room.coordinator, now=NOW)
