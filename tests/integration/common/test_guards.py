"""The triggers, on whichever engine the tests run."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from factories import NOW, make_center, make_member, make_user

from pneumoscope.accounts.models import Membership
from pneumoscope.common import audit
from pneumoscope.common.models import AuditEvent

pytestmark = pytest.mark.django_db


def an_event() -> AuditEvent:
    with transaction.atomic():
        return audit.record(actor=None, action="test", target=make_center(), at=NOW)


@pytest.mark.parametrize(
    "attack",
    [
        lambda event: AuditEvent.objects.filter(pk=event.pk).update(action="changed"),
        lambda event: event.delete(),
        lambda event: AuditEvent.objects.all().delete(),
        lambda event: AuditEvent.objects.bulk_update([event], ["action"]),
        lambda event: connection.cursor().execute("UPDATE common_auditevent SET action = 'changed'"),
        lambda event: connection.cursor().execute("DELETE FROM common_auditevent"),
    ],
)
def test_audit_trail_refuses_update_and_delete(attack):
    event = an_event()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        attack(event)
    assert AuditEvent.objects.get(pk=event.pk).action == "test"


def caught() -> list[tuple[str, str]]:
    events = AuditEvent.objects.filter(source=AuditEvent.Source.TRIGGER).order_by("pk")
    return [(event.action, event.target_type) for event in events]


def test_membership_written_through_the_service_is_not_reported_as_a_bypass():
    make_member(make_user(), make_center(), "reader")
    assert caught() == []


@pytest.mark.parametrize(
    ("bypass", "action"),
    [
        (lambda m: Membership.objects.filter(pk=m.pk).update(role="admin"), "update"),
        (lambda m: Membership.objects.bulk_update([set_role(m)], ["role"]), "update"),
        (lambda m: set_role(m).save(), "update"),
        (lambda m: Membership.objects.create(user=m.user, center=m.center, role="observer"), "insert"),
        (
            lambda m: Membership.objects.bulk_create([Membership(user=m.user, center=m.center, role="observer")]),
            "insert",
        ),
        (lambda m: m.delete(), "delete"),
        (lambda m: connection.cursor().execute("UPDATE accounts_membership SET role = 'admin'"), "update"),
    ],
)
def test_writes_past_the_services_are_recorded_by_the_database(bypass, action):
    member = make_member(make_user(), make_center(), "reader")
    bypass(member)
    assert caught() == [(action, "accounts.membership")]
    assert any("past the services" in fault.reason for fault in audit.chain_faults())


def set_role(member: Membership) -> Membership:
    member.role = "admin"
    return member


def test_an_event_about_another_row_does_not_excuse_a_write():
    member, other = (make_member(make_user(), make_center(), "reader") for _ in range(2))
    Membership.objects.filter(pk=member.pk).update(role="admin", audit_event=other.audit_event)
    assert caught() == [("update", "accounts.membership")]


def test_chain_holds_over_many_events():
    for _ in range(20):
        an_event()
    assert list(audit.chain_faults()) == []
    assert AuditEvent.objects.latest("sequence").at <= timezone.now()
