"""What the training pages show."""

from typing import Any

from annotator.models import StudyProtocol
from pneumoscope.accounts.models import Center
from pneumoscope.common.models import Job
from pneumoscope.common.permissions import Permission

from .models import TrainingRun

MEASURES = ("accuracy", "auc", "sensitivity", "specificity")


def trainable_protocols(*, user: Any):
    """Protocols that the user's center leads and may train on; a pending reader of one is not let near it."""
    centers = Center.objects.where_user_may(user, Permission.RUN_TRAINING)
    return StudyProtocol.objects.filter(center__in=centers).exclude(readers=user)


def active_jobs(*, user: Any) -> list[Job]:
    """Queued, running and failed trainings of the user's centers, newest first."""
    centers = Center.objects.where_user_may(user, Permission.VIEW_TRAINING)
    jobs = Job.objects.filter(kind="training.run", center_id__in=centers.values("pk"))
    return list(jobs.exclude(state=Job.State.SUCCEEDED)[:20])


def job_state(job: Job) -> dict[str, Any]:
    return {
        "id": job.pk,
        "state": job.state,
        "done": job.progress_done,
        "total": job.progress_total,
        "message": job.progress_message,
        "error": job.error,
    }


def measures(run: TrainingRun) -> list[dict[str, Any]]:
    """Each measure with its value, interval and n, or the reason why there is none."""
    found = [(name, run.metrics.get(name) or {}) for name in (*MEASURES, "within_center_auc")]
    return [{"name": name, **measure} for name, measure in found]
