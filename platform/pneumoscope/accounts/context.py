"""What every page's template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from pneumoscope.common.permissions import ROLE_PERMISSIONS, Permission, Role

from .models import Membership, User

DEMO_DOMAIN = "@demo.example"
DEMO_PASSWORD = "demo-pneumoscope"  # noqa: S105 - shown on the demo's login page


def site(request: HttpRequest) -> dict[str, object]:
    return {"site_version": settings.VERSION, "is_demo": settings.DEMO}


def navigation(request: HttpRequest) -> dict[str, object]:
    """The links that the person's roles open, grouped by room."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": []}
    roles = list(Membership.objects.filter(user=user, is_active=True).values_list("role", flat=True))
    granted = frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles)) if roles else frozenset()
    if user.is_superuser:
        granted = frozenset(Permission)
    entries = [
        (Permission.READ_CASES, "annotator:worklist", _("My worklist"), _("Reading")),
        (Permission.VIEW_PROTOCOLS, "annotator:protocols", _("Protocols"), _("Reading")),
        (Permission.UPLOAD_CASES, "archive:uploads", _("Uploads"), _("Archive")),
        (Permission.VIEW_CASES, "archive:cases", _("Films"), _("Archive")),
        (Permission.VIEW_TRAINING, "training:runs", _("Training"), _("Models")),
        (Permission.VIEW_DASHBOARD, "dashboard:models", _("Performance"), _("Models")),
        (Permission.VIEW_DASHBOARD, "dashboard:collection", _("Collection"), _("Monitoring")),
        (Permission.VIEW_READER_PERFORMANCE, "dashboard:agreement", _("Agreement"), _("Monitoring")),
        (Permission.MANAGE_MEMBERS, "accounts:members", _("Members"), _("Administration")),
        (Permission.RUN_TRAINING, "common:jobs", _("Jobs"), _("Administration")),
        (Permission.VIEW_AUDIT, "common:audit", _("Audit trail"), _("Administration")),
    ]
    nav = [_link(request, name, label, group) for need, name, label, group in entries if need in granted]
    return {"nav": nav, "role_label": ", ".join(dict.fromkeys(str(Role(role).label) for role in roles))}


def _link(request: HttpRequest, name: str, label: str, group: str) -> dict[str, Any]:
    url = reverse(name)
    return {"url": url, "label": label, "group": group, "current": request.path.startswith(url)}


def demo(request: HttpRequest) -> dict[str, object]:
    """The demo's users, for its login page alone."""
    if not settings.DEMO or request.user.is_authenticated:
        return {}
    users = User.objects.filter(email__endswith=DEMO_DOMAIN, is_active=True).prefetch_related("memberships__center")
    return {"demo_users": users.order_by("pk"), "demo_password": DEMO_PASSWORD}
