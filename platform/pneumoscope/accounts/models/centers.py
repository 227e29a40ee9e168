"""Centers and who belongs to them in which role."""

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pneumoscope.common.models import Audited
from pneumoscope.common.permissions import ROLE_PERMISSIONS, Permission, Role


class CenterQuerySet(QuerySet["Center"]):
    """Scoping of centers."""

    def visible_to(self, user) -> "CenterQuerySet":
        """Centers that the user belongs to; a superuser sees all."""
        if user.is_superuser:
            return self
        return self.filter(memberships__user_id=user.pk, memberships__is_active=True).distinct()

    def where_user_may(self, user, permission: Permission) -> "CenterQuerySet":
        """Centers in which one of the user's roles holds `permission`."""
        if user.is_superuser:
            return self
        roles = [role for role, granted in ROLE_PERMISSIONS.items() if permission in granted]
        return self.filter(
            memberships__user_id=user.pk, memberships__is_active=True, memberships__role__in=roles
        ).distinct()


class Center(models.Model):
    """A hospital or screening site that collects cases."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=2, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CenterQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Membership(Audited):
    """A user's role in a center."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["center__code", "role"]
        constraints = [
            models.UniqueConstraint(fields=["user", "center", "role"], name="one_membership_per_user_center_role"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_is_known"),
        ]
