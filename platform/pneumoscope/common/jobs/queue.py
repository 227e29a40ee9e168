"""Asking for work, and giving it up."""

import logging
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from ..models import Job
from .registry import handler_of

logger = logging.getLogger(__name__)


def enqueue(
    kind: str,
    arguments: dict[str, Any],
    *,
    idempotency_key: str,
    now: datetime,
    actor: Any = None,
    center_id: int | None = None,
) -> Job:
    """Insert the job (once per key) in the caller's transaction and ring after the commit.

    The row is the outbox: if the bell is lost, the sweeper rings again.
    """
    work = handler_of(kind)
    job, created = Job.objects.get_or_create(
        idempotency_key=idempotency_key,
        defaults={
            "kind": kind,
            "queue": work.queue,
            "arguments": arguments,
            "max_attempts": work.max_attempts,
            "due_at": now,
            "rung_at": now,
            "created_by": actor,
            "center_id": center_id,
        },
    )
    if created:
        transaction.on_commit(partial(ring, job.pk, job.queue))
    return job


def ring(job_id: int, queue: str) -> None:
    """Send the doorbell. A broker that is away costs nothing: the sweeper rings later."""
    from ..tasks import run_job

    try:
        run_job.apply_async((job_id,), queue=queue, retry=False)
    except (OSError, OperationalError) as error:
        logger.warning("job %s: the broker didn't take the bell (%s); the sweeper will ring", job_id, error)


def cancel(job: Job, *, now: datetime) -> bool:
    """End a queued job at once; ask a running one to stop at its next progress report."""
    ended = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
        state=Job.State.CANCELLED, finished_at=now, error_reason="cancelled"
    )
    asked = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_requested=True)
    return bool(ended or asked)
