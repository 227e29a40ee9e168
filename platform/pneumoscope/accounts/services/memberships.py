"""Giving and taking roles."""

from datetime import datetime
from typing import Any

from django.db import transaction

from pneumoscope.common import audit
from pneumoscope.common.permissions import Role

from ..models import Center, Membership, User


def grant(*, user: User, center: Center, role: Role | str, actor: Any, now: datetime) -> Membership:
    """The user's membership in this role, active; audited when it changes anything."""
    known = Membership.objects.filter(user=user, center=center, role=role).first()
    if known is not None and known.is_active:
        return known
    member = known or Membership(user=user, center=center, role=role)
    member.is_active = True
    return _write(member, "membership.granted", actor, now)


def revoke(*, membership: Membership, actor: Any, now: datetime) -> Membership:
    """Ends a role; the row stays, so that the trail can name it."""
    membership.is_active = False
    return _write(membership, "membership.revoked", actor, now)


def _write(member: Membership, action: str, actor: Any, now: datetime) -> Membership:
    with transaction.atomic():
        member.audit_event = audit.record(
            actor=actor,
            action=action,
            target=member,
            at=now,
            center_id=member.center_id,
            payload={"user": member.user_id, "role": str(member.role)},
        )
        member.save()
    return member
