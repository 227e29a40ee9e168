"""The reading page's API as its reader, another reader and a stranger meet it."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from factories import NOW, PASSWORD, make_center, make_person
from reading_room import ReadingRoom, answers

from annotator.models import ReadingEvent
from annotator.services.readings import open_reading
from pneumoscope.common.permissions import Role

pytestmark = pytest.mark.django_db


class Desk:
    """One reader before an open draft."""

    def __init__(self, room: ReadingRoom) -> None:
        self.assignment = room.waiting()[0]
        self.reading = open_reading(assignment=self.assignment, now=NOW)
        self.client = Client()
        self.client.force_login(self.assignment.reader, backend="allauth.account.auth_backends.AuthenticationBackend")
        self.url = reverse("annotator:reading_api", args=[self.reading.pk])
        self.sign_url = reverse("annotator:sign_api", args=[self.reading.pk])

    def patch(self, path, value, revision, key=None):
        return self.client.patch(
            self.url,
            {"changes": [{"path": path, "value": value}]},
            content_type="application/json",
            headers={"If-Match": f'"{revision}"', "Idempotency-Key": key or uuid.uuid4().hex},
        )

    def fill(self, notation="1/1") -> int:
        revision = 0
        for path, value in answers(notation).items():
            revision = self.patch(path, value, revision).json()["revision"]
        return revision

    def sign(self, revision, **body):
        return self.client.post(
            self.sign_url, body, content_type="application/json", headers={"If-Match": f'"{revision}"'}
        )


@pytest.fixture
def desk() -> Desk:
    return Desk(ReadingRoom())


def test_each_saved_field_moves_the_revision(desk):
    answer = desk.patch("image_quality.grade", "1", 0)
    assert (answer.status_code, answer.json()["revision"], answer["ETag"]) == (200, 1, '"1"')


def test_repeated_request_is_harmless(desk):
    answers_ = [desk.patch("image_quality.grade", "1", 0, key="same") for _ in range(5)]
    assert {(answer.status_code, answer.json()["revision"]) for answer in answers_} == {(200, 1)}
    assert ReadingEvent.objects.count() == 1


def test_stale_revision_gives_412_with_what_stands_now(desk):
    desk.patch("image_quality.grade", "1", 0)
    answer = desk.patch("image_quality.grade", "2", 0)
    assert answer.status_code == 412
    assert answer.json()["code"] == "stale_revision"
    assert answer.json()["current"]["data"]["image_quality"]["grade"] == "1"


def test_save_without_a_revision_is_refused(desk):
    answer = desk.client.patch(desk.url, {"changes": []}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (428, "no_revision")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("nonsense.field", 1),
        ("parenchymal.profusion", "5/5"),
        ("image_quality.grade", ["1"]),
        ("reader.initials", "XX"),
        ("pleural", 3),
    ],
)
def test_change_that_the_scheme_does_not_know_is_named_and_saves_nothing(desk, path, value):
    answer = desk.patch(path, value, 0)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_change")
    assert path.split(".")[0] in answer.json()["detail"]
    assert ReadingEvent.objects.count() == 0


def test_answer_of_a_field_that_becomes_hidden_is_dropped(desk):
    revision = desk.fill("1/1")
    data = desk.patch("parenchymal.any", False, revision).json()["data"]
    assert data["parenchymal"]["profusion"] is None


def test_signing_needs_a_fresh_proof_of_identity(desk):
    revision = desk.fill()
    assert desk.sign(revision).json()["code"] == "reauthentication_required"
    assert desk.sign(revision, password="wrong").json()["code"] == "wrong_password"
    signed = desk.sign(revision, password=PASSWORD)
    assert (signed.status_code, signed.json()["state"]) == (200, "signed")


def test_old_proof_of_identity_does_not_count(desk, settings):
    settings.SIGNATURE_REAUTHENTICATION_S = 0
    revision = desk.fill()
    session = desk.client.session
    session["identity_proven_at"] = 1.0
    session.save()
    assert desk.sign(revision).status_code == 403


def test_incomplete_reading_is_not_signed_and_says_which_rules_stand_against_it(desk):
    revision = desk.patch("image_quality.grade", "1", 0).json()["revision"]
    answer = desk.sign(revision, password=PASSWORD)
    assert answer.status_code == 409
    assert {error["rule"] for error in answer.json()["errors"]} == {"P1", "L1", "O1"}


@pytest.mark.parametrize("method", ["get", "patch"])
def test_nobody_else_reaches_the_reading(desk, method):
    stranger = Client()
    stranger.force_login(
        make_person(Role.ADMIN, make_center()), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert getattr(stranger, method)(desk.url, {}, content_type="application/json").status_code == 404
    assert getattr(Client(), method)(desk.url, {}, content_type="application/json").status_code in {401, 403}
