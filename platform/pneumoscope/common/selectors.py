"""What people may see of background work and of the audit trail."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from . import audit
from .models import AuditEvent, Job
from .permissions import ROLE_PERMISSIONS, Permission


@dataclass(frozen=True)
class ChainState:
    """Number of chained events of the whole site, and of the faults among them."""

    events: int
    faults: int


def chain_state() -> ChainState:
    """Walk the whole chain. Counts alone: the faults may lie in centers that the asker doesn't see."""
    return ChainState(
        events=AuditEvent.objects.filter(sequence__isnull=False).count(),
        faults=sum(1 for _ in audit.chain_faults()),
    )


def centers_where(user: Any, *permissions: Permission) -> list[int]:
    """Keys of the centers in which one of the user's roles holds one of `permissions`."""
    roles = [role for role, granted in ROLE_PERMISSIONS.items() if granted & set(permissions)]
    return list(user.memberships.filter(is_active=True, role__in=roles).values_list("center_id", flat=True))


def events_visible_to(user: Any) -> QuerySet[AuditEvent]:
    """Events of the centers whose trail the user may see, newest first.

    Who also reads in a center sees nothing of its readings and labels here: the trail would tell
    who has already signed.
    """
    events = AuditEvent.objects.order_by("-id")
    if user.is_superuser:
        return events
    blind = Q(center_id__in=centers_where(user, Permission.READ_CASES), target_type__startswith="annotator.")
    return events.filter(center_id__in=centers_where(user, Permission.VIEW_AUDIT)).exclude(blind)


def jobs_visible_to(user: Any) -> QuerySet[Job]:
    """The user's own jobs, and those of centers where the user sees the trail or trains."""
    if user.is_superuser:
        return Job.objects.all()
    centers = centers_where(user, Permission.VIEW_AUDIT, Permission.RUN_TRAINING)
    return Job.objects.filter(Q(created_by_id=user.pk) | Q(center_id__in=centers))


def job_state(job: Job) -> dict[str, Any]:
    """A job as its page polls it; counts without unit."""
    return {
        "id": job.pk,
        "state": job.state,
        "done": job.progress_done,
        "total": job.progress_total,
        "message": job.progress_message,
        "attempts": job.attempts,
        "reason": job.error_reason,
    }
