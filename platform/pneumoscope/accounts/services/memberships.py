"""Giving and taking roles."""

from datetime import datetime
from typing import Any

from django.db import transaction

from pneumoscope.common import audit
from pneumoscope.common.permissions import Role

from ..models import Center, Membership, User


class LastAdministrator(Exception):
    """A center needs somebody who can invite."""

    def __init__(self) -> None:
        super().__init__("This is the center's last administrator: make somebody else administrator first.")


def grant(*, user: User, center: Center, role: Role | str, actor: Any, now: datetime) -> Membership:
    """The user's membership in this role, active; audited when it changes anything."""
    known = Membership.objects.filter(user=user, center=center, role=role).first()
    if known is not None and known.is_active:
        return known
    member = known or Membership(user=user, center=center, role=role)
    member.is_active = True
    return _write(member, "membership.granted", actor, now)


def revoke(*, membership: Membership, actor: Any, now: datetime) -> Membership:
    """Ends a role; the row stays, so that the trail can name it. Raises LastAdministrator."""
    with transaction.atomic():
        Center.objects.select_for_update().get(pk=membership.center_id)
        _keep_an_administrator(membership)
        membership.is_active = False
        return _write(membership, "membership.revoked", actor, now)


def change_role(*, membership: Membership, role: Role | str, actor: Any, now: datetime) -> Membership:
    """Grant the new role and end the old one, both or neither. Raises LastAdministrator."""
    if membership.role == role:
        return membership
    with transaction.atomic():
        granted = grant(user=membership.user, center=membership.center, role=role, actor=actor, now=now)
        revoke(membership=membership, actor=actor, now=now)
    return granted


def _keep_an_administrator(membership: Membership) -> None:
    others = Membership.objects.filter(
        center_id=membership.center_id, role=Role.ADMIN, is_active=True, user__is_active=True
    ).exclude(pk=membership.pk)
    if membership.role == Role.ADMIN and not others.exists():
        raise LastAdministrator


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
