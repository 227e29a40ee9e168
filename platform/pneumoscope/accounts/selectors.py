"""What people's pages show."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from knox.models import AuthToken

from pneumoscope.common.permissions import Permission

from .models import Center, Invitation, Membership, User
from .services.invitations import open_invitations


def managed_centers(user: User) -> QuerySet[Center]:
    """Centers whose members the user manages."""
    return Center.objects.where_user_may(user, Permission.MANAGE_MEMBERS)


def members_of(center: Center) -> QuerySet[Membership]:
    """Active memberships of a center, by name."""
    return center.memberships.filter(is_active=True).select_related("user").order_by("user__full_name", "role")


def waiting_invitations(center: Center, now: datetime) -> QuerySet[Invitation]:
    return open_invitations(center=center, now=now).select_related("invited_by")


def tokens_of(user: User, now: datetime) -> QuerySet[Any]:
    """The user's tokens that still open something, newest first."""
    return AuthToken.objects.filter(user=user, expiry__gt=now).order_by("-created")
