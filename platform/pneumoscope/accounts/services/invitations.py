"""Invitations: a link by mail opens one role of one center to one address, once and for a while.

The key is in the mail alone; the database keeps its SHA-256 (256 random bits need no salt).
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from pneumoscope.common import audit
from pneumoscope.common.permissions import Role

from ..models import Center, Invitation, User
from . import memberships


class InvitationClosed(Exception):
    """The link opens nothing (any more); `reason` is unknown, used, revoked or expired."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The invitation is {reason}: expected an open one. Ask the center to invite you again.")
        self.reason = reason


class WrongAddress(Exception):
    """Somebody else's invitation."""

    def __init__(self) -> None:
        super().__init__("The invitation is for another mail address: sign in with the address that it was sent to.")


class AddressHasAccount(Exception):
    """The address belongs to an account already."""

    def __init__(self) -> None:
        super().__init__("This address has an account already: sign in first, then open the link again.")


def key_hash(key: str) -> str:
    """SHA-256 of a link's key, 64 hex digits."""
    return hashlib.sha256(key.encode()).hexdigest()


def invite(
    *, email: str, center: Center, role: Role | str, actor: User, now: datetime, link_of: Callable[[str], str]
) -> Invitation:
    """Mail a link that lives settings.INVITATION_DAYS; an older open one for the same role is revoked.

    The mail leaves after the commit. Raises OSError when the mail server refuses it: the invitation
    then stays in the list, and inviting again replaces it.
    """
    key = secrets.token_urlsafe(32)
    email = email.strip().lower()
    with transaction.atomic():
        for older in open_invitations(center=center, now=now).filter(email=email, role=role):
            revoke(invitation=older, actor=actor, now=now)
        invitation = Invitation.objects.create(
            email=email,
            center=center,
            role=role,
            key_sha256=key_hash(key),
            invited_by=actor,
            expires_at=now + timedelta(days=settings.INVITATION_DAYS),
        )
        _record("invitation.sent", invitation, actor, now)
    _mail(invitation, link_of(key))
    return invitation


def open_invitations(*, center: Center, now: datetime) -> Any:
    """Those of the center that can still be accepted at `now`."""
    return Invitation.objects.filter(
        center=center, accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    )


def find(*, key: str, now: datetime) -> Invitation:
    """The open invitation of this key. Raises InvitationClosed."""
    invitation = Invitation.objects.select_related("center").filter(key_sha256=key_hash(key)).first()
    if invitation is None:
        raise InvitationClosed("unknown")
    if invitation.accepted_at is not None:
        raise InvitationClosed("used")
    if invitation.revoked_at is not None:
        raise InvitationClosed("revoked")
    if invitation.expires_at <= now:
        raise InvitationClosed("expired")
    return invitation


def revoke(*, invitation: Invitation, actor: User, now: datetime) -> None:
    """Close an open invitation; one that is used or revoked stays as it is."""
    with transaction.atomic():
        if Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=now):
            _record("invitation.revoked", invitation, actor, now)


def join(*, key: str, user: User, now: datetime) -> Invitation:
    """A signed-in person takes the role. Raises InvitationClosed or WrongAddress."""
    invitation = find(key=key, now=now)
    if user.email.lower() != invitation.email:
        raise WrongAddress
    with transaction.atomic():
        _take(invitation, user, now)
    return invitation


def accept(*, key: str, full_name: str, password: str, language: str, now: datetime) -> User:
    """A new person opens an account and takes the role.

    Raises InvitationClosed, AddressHasAccount, or ValidationError for a weak password.
    """
    invitation = find(key=key, now=now)
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise AddressHasAccount
    validate_password(password, user=User(email=invitation.email, full_name=full_name))
    with transaction.atomic():
        user = User.objects.create_user(invitation.email, password, full_name=full_name, language=language)
        audit.record(actor=user, action="user.created", target=user, at=now, center_id=invitation.center_id)
        _take(invitation, user, now)
    return user


def _take(invitation: Invitation, user: User, now: datetime) -> None:
    """One conditional UPDATE decides between two who open the same link at once."""
    still_open = Invitation.objects.filter(
        pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    )
    if not still_open.update(accepted_at=now, accepted_by=user):
        raise InvitationClosed("used")
    _record("invitation.accepted", invitation, user, now)
    memberships.grant(user=user, center=invitation.center, role=invitation.role, actor=user, now=now)


def _record(action: str, invitation: Invitation, actor: User, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=invitation,
        at=now,
        center_id=invitation.center_id,
        payload={"role": str(invitation.role)},
    )


def _mail(invitation: Invitation, link: str) -> None:
    subject = _("Invitation to Pneumoscope: %(center)s") % {"center": invitation.center.name}
    body = _(
        "%(person)s invites you to Pneumoscope as %(role)s of %(center)s.\n\n"
        "Open this link within %(days)s days:\n%(link)s\n\nIf you didn't expect this mail, ignore it."
    ) % {
        "person": invitation.invited_by.full_name,
        "role": Role(invitation.role).label,
        "center": invitation.center.name,
        "days": settings.INVITATION_DAYS,
        "link": link,
    }
    send_mail(" ".join(subject.split()), body, None, [invitation.email])
