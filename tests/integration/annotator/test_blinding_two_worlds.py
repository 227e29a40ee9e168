"""A reader who has not signed gets byte-identical answers whether or not others have signed."""

import re
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from factories import NOW, make_member
from reading_room import ReadingRoom

from annotator.models import Assignment
from annotator.services.readings import open_reading
from pneumoscope.common.permissions import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def pages_of(room: ReadingRoom, assignment: Assignment) -> dict[str, tuple[int, str]]:
    """Everything that the pending reader can fetch about the study, with session-bound words removed."""
    client = Client()
    client.force_login(assignment.reader, backend=BACKEND)
    reading = open_reading(assignment=assignment, now=NOW)
    instance = room.case.instance
    uids = [instance.series.study.uid, instance.series.uid]
    urls = [
        reverse("annotator:worklist"),
        reverse("annotator:read", args=[assignment.pk]),
        reverse("annotator:reading_api", args=[reading.pk]),
        reverse("annotator:protocols"),
        reverse("annotator:protocol", args=[room.protocol.pk]),
        *[reverse("annotator:case", args=[case.pk]) for case in room.cases],
        *[reverse(f"dashboard:{name}") for name in ("models", "collection", "agreement")],
        reverse("training:runs"),
        reverse("training:job_states"),
        reverse("dicomweb:series_metadata", args=uids),
        reverse("dicomweb:instance_metadata", args=[*uids, instance.uid]),
        reverse("home"),
    ]
    return {url: normalized(client.get(url)) for url in urls}


def normalized(response) -> tuple[int, str]:
    headers = {name: value for name, value in response.items() if name not in {"Set-Cookie", "Content-Length"}}
    text = response.content.decode()
    text = re.sub(r'name="csrf-token" content="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"', "csrf", text)
    return response.status_code, f"{sorted(headers.items())}\n{text}"


@pytest.mark.parametrize("roles", [[], [Role.COORDINATOR], [Role.DATA_SCIENTIST, Role.ADMIN]])
@pytest.mark.parametrize("others", [["1/1"], ["3/3"], ["0/1"]])
def test_pending_reader_cannot_tell_whether_the_other_reader_has_signed(roles, others):
    """Also where the reader holds roles in the leading center that would open consensus to anybody else."""
    room = ReadingRoom()
    mine, *rest = room.waiting()
    for role in roles:
        make_member(mine.reader, room.center, role)
    mine.reader.refresh_from_db()
    before = pages_of(room, mine)
    for assignment, notation in zip(rest, others, strict=True):
        room.sign(assignment, notation)
    after = pages_of(room, mine)
    assert {url for url in before if before[url] != after[url]} == set()


def test_a_third_readers_case_looks_like_any_other():
    room = ReadingRoom()
    first, second = room.waiting()
    room.sign(first, "0/1")
    room.sign(second, "1/0")
    (third,) = room.waiting()
    seen = pages_of(room, third)
    with transaction.atomic():
        Assignment.objects.filter(pk=third.pk).update(kind=Assignment.Kind.PANEL)
    assert pages_of(room, third) == seen


def test_readings_open_to_a_reader_with_the_right_only_after_the_own_signature():
    room = ReadingRoom()
    mine, other = room.waiting()
    make_member(mine.reader, room.center, Role.COORDINATOR)
    room.sign(other, "2/2")
    client = Client()
    client.force_login(mine.reader, backend=BACKEND)
    url = reverse("annotator:case", args=[room.case.pk])
    answers = SimpleNamespace(before=client.get(url).status_code)
    room.sign(mine, "2/2")
    answers.after = client.get(url).status_code
    assert (answers.before, answers.after) == (404, 200)
