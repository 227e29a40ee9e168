"""Makers of the people and things that tests speak of."""

from datetime import UTC, datetime
from itertools import count

from pneumoscope.accounts.models import Center, Membership, User
from pneumoscope.common import audit
from pneumoscope.common.permissions import Role

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "a-long-test-password"

_numbers = count(1)


def make_center(code: str | None = None, **fields) -> Center:
    code = code or f"center{next(_numbers)}"
    return Center.objects.create(code=code, name=fields.pop("name", code.title()), **fields)


def make_user(email: str | None = None, **fields) -> User:
    number = next(_numbers)
    fields.setdefault("full_name", f"Person {number}")
    fields.setdefault("initials", f"P{number % 100}")
    return User.objects.create_user(email or f"person{number}@example.org", PASSWORD, **fields)


def make_member(user: User, center: Center, role: Role | str) -> Membership:
    from django.db import transaction

    member = Membership(user=user, center=center, role=role)
    with transaction.atomic():
        member.audit_event = audit.record(actor=None, action="membership.created", target=member, at=NOW)
        member.save()
    return member


def make_person(role: Role | str, center: Center, **fields) -> User:
    """A user who holds one role in one center."""
    user = make_user(**fields)
    make_member(user, center, role)
    return user
