"""Rings again for jobs whose bell was lost or whose worker died."""

from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now

from ..models import Job
from .queue import ring


def sweep() -> int:
    """Ring for every due job that nobody works on; returns how many rang.

    A job that used up its attempts without an answer (its worker died each time) is failed.
    """
    expired = Q(state=Job.State.RUNNING, lease_until__lt=Now())
    Job.objects.filter(expired, attempts__gte=F("max_attempts")).update(
        state=Job.State.FAILED,
        error_reason="worker_died",
        error="The worker stopped without an answer at each attempt.",
        finished_at=Now(),
        lease_until=None,
    )
    silence = Now() - timedelta(seconds=settings.JOB_SWEEP_INTERVAL_S * 5)
    silent = Q(state=Job.State.QUEUED, due_at__lte=Now()) & (Q(rung_at__isnull=True) | Q(rung_at__lt=silence))
    jobs = list(Job.objects.filter(silent | expired).order_by("due_at").values_list("pk", "queue")[:500])
    for job_id, queue in jobs:
        Job.objects.filter(pk=job_id).update(rung_at=Now())
        ring(job_id, queue)
    return len(jobs)
