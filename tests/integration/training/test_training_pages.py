"""The pages of training answer every input with a page, and start what was asked for once."""

import pytest
from django.test import Client
from django.urls import reverse
from factories import make_person
from reading_room import ReadingRoom

from pneumoscope.common.models import Job
from pneumoscope.common.permissions import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _no_bell(monkeypatch):
    monkeypatch.setattr("pneumoscope.common.tasks.run_job.apply_async", lambda *a, **k: None)


@pytest.fixture
def room() -> ReadingRoom:
    return ReadingRoom()


@pytest.fixture
def scientist(room) -> Client:
    client = Client()
    client.force_login(make_person(Role.DATA_SCIENTIST, room.center), backend=BACKEND)
    return client


@pytest.mark.parametrize("protocol", ["", "abc", "00000000-0000-0000-0000-000000000000"])
def test_start_of_an_unknown_protocol_is_not_found(scientist, protocol):
    assert scientist.post(reverse("training:start"), {"protocol": protocol}).status_code == 404
    assert not Job.objects.filter(kind="training.run").exists()


def test_start_queues_a_training_that_the_page_and_the_poll_show(scientist, room):
    scientist.post(reverse("training:start"), {"protocol": room.protocol.pk})
    job = Job.objects.get(kind="training.run")
    (state,) = scientist.get(reverse("training:job_states")).json()["jobs"]
    assert (state["id"], state["state"], state["done"]) == (job.pk, "queued", 0)
    assert f'data-job="{job.pk}"' in scientist.get(reverse("training:runs")).content.decode()


def test_start_pressed_twice_queues_one_training(scientist, room):
    for _ in range(2):
        scientist.post(reverse("training:start"), {"protocol": room.protocol.pk})
    assert Job.objects.filter(kind="training.run").count() == 1
