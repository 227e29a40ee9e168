"""Who sees which jobs and which events."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from factories import NOW, make_center, make_member, make_person, make_user

from annotator.models import Reading
from pneumoscope.common import audit, selectors
from pneumoscope.common.models import AuditEvent, Job
from pneumoscope.common.permissions import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def job_of(user=None, center=None, **fields) -> Job:
    key = f"test-{Job.objects.count()}"
    center_id = center.pk if center else None
    return Job.objects.create(
        kind="common.ping_io", idempotency_key=key, due_at=NOW, created_by=user, center_id=center_id, **fields
    )


@pytest.mark.parametrize(("role", "seen"), [(Role.ADMIN, 1), (Role.DATA_SCIENTIST, 1), (Role.READER, 0)])
def test_jobs_of_a_center_show_to_those_who_look_after_it(role, seen):
    center = make_center()
    job_of(center=center)
    job_of(center=make_center())
    assert selectors.jobs_visible_to(make_person(role, center)).count() == seen


def test_own_job_shows_and_a_foreign_one_does_not_exist():
    owner, stranger = make_user(), make_user()
    job = job_of(owner, progress_done=3, progress_total=8, progress_message="reading")
    url = reverse("common:job_status", args=[job.pk])
    assert client_of(owner).get(url).json() == {
        "id": job.pk,
        "state": "queued",
        "done": 3,
        "total": 8,
        "message": "reading",
        "attempts": 0,
        "reason": "",
    }
    assert client_of(stranger).get(url).status_code == 404
    assert f"#{job.pk}" in client_of(owner).get(reverse("common:jobs")).content.decode()


def test_owner_cancels_and_others_who_see_it_may_not():
    center, owner = make_center(), make_user()
    job = job_of(owner, center)
    url = reverse("common:job_cancel", args=[job.pk])
    assert client_of(make_person(Role.ADMIN, center)).post(url).status_code == 403
    assert client_of(owner).post(url).status_code == 302
    assert Job.objects.get(pk=job.pk).state == Job.State.CANCELLED


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_audit_trail_is_closed_to_every_role_but_the_administrator(role):
    assert client_of(make_person(role, make_center())).get(reverse("common:audit")).status_code == 403


def event_in(center, action: str) -> None:
    with transaction.atomic():
        audit.record(actor=None, action=action, target=center, at=NOW, center_id=center.pk)


def test_audit_trail_shows_own_center_filters_and_verifies():
    here, there = make_center(), make_center()
    for action in ("first.here", "second.here"):
        event_in(here, action)
    event_in(there, "only.there")
    client = client_of(make_person(Role.ADMIN, here))
    text = client.get(reverse("common:audit")).content.decode()
    assert "first.here" in text
    assert "only.there" not in text
    filtered = client.get(reverse("common:audit"), {"action": "first.here"})
    assert [event.action for event in filtered.context["page_obj"]] == ["first.here"]
    verified = client.get(reverse("common:audit"), {"verify": "1"}).content.decode()
    assert f"{AuditEvent.objects.count()} events, unbroken" in verified


def test_administrator_who_also_reads_learns_nothing_of_readings_from_the_trail():
    center = make_center()
    person = make_person(Role.ADMIN, center)
    with transaction.atomic():
        audit.record(actor=None, action="reading.signed", target=Reading(), at=NOW, center_id=center.pk)
    assert selectors.events_visible_to(person).filter(action="reading.signed").exists()
    make_member(person, center, Role.READER)
    assert not selectors.events_visible_to(person).filter(action="reading.signed").exists()
