"""Claiming, renewing and finishing a job under a fencing token."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Q, Value, When
from django.db.models.functions import Now

from ..models import Job
from .registry import handler_of

logger = logging.getLogger(__name__)


class LeaseLost(RuntimeError):
    """Another worker holds the job now; nothing that this one still does may count."""


class JobCancelled(RuntimeError):
    """The job was asked to stop."""


class PermanentJobError(RuntimeError):
    """Trying again can't help; the job fails at once with `reason` (a word) and this message."""

    def __init__(self, message: str, *, reason: str = "permanent") -> None:
        super().__init__(message)
        self.reason = reason


class Worker:
    """A handler's hold on its job: progress, stop requests, and the guarded commit."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._committed = False

    def progress(self, done: int, total: int, message: str = "") -> None:
        """Report progress and renew the lease. Raises LeaseLost or JobCancelled.

        A job that gets further than it ever was has its attempts counted anew: what advances
        survives any number of dead workers, what never advances ends after `max_attempts`.
        """
        further = When(progress_done__lt=done, then=Value(1, output_field=PositiveSmallIntegerField()))
        updated = self._mine().update(
            attempts=Case(further, default=F("attempts")),
            progress_done=done,
            progress_total=total,
            progress_message=message[:300],
            lease_until=lease_end(),
        )
        self._check(updated)

    def check(self) -> None:
        """Renew the lease. Raises LeaseLost or JobCancelled."""
        self._check(self._mine().update(lease_until=lease_end()))

    @contextmanager
    def commit(self, result: dict[str, Any] | None = None) -> Iterator[None]:
        """One transaction for the job's effects and its end; rolls back when the lease is lost."""
        with transaction.atomic():
            updated = self._mine().update(
                state=Job.State.SUCCEEDED, result=result or {}, finished_at=Now(), lease_until=None, error=""
            )
            if not updated:
                raise LeaseLost(f"job {self.job.pk}: token {self.job.fencing_token} is no longer the newest")
            yield
        self._committed = True

    @property
    def is_committed(self) -> bool:
        return self._committed

    def _mine(self):
        return Job.objects.filter(pk=self.job.pk, fencing_token=self.job.fencing_token, state=Job.State.RUNNING)

    def _check(self, updated: int) -> None:
        if not updated:
            raise LeaseLost(f"job {self.job.pk}: token {self.job.fencing_token} is no longer the newest")
        if Job.objects.filter(pk=self.job.pk, cancel_requested=True).exists():
            raise JobCancelled(f"job {self.job.pk} was cancelled")


def lease_end():
    """The database's clock decides on leases, never a worker's."""
    return Now() + timedelta(seconds=settings.JOB_LEASE_S)


def claim(job_id: int) -> Job | None:
    """Take a due job that nobody holds; None when there is nothing to take."""
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=Now())
    taken = Job.objects.filter(free, pk=job_id, due_at__lte=Now(), attempts__lt=F("max_attempts")).update(
        state=Job.State.RUNNING,
        lease_until=lease_end(),
        fencing_token=F("fencing_token") + 1,
        attempts=F("attempts") + 1,
        started_at=Now(),
        worker=f"{socket.gethostname()}:{os.getpid()}",
    )
    return Job.objects.get(pk=job_id) if taken else None


def run(job_id: int) -> None:
    """Claim and do one job; every way out leaves the row in a state that says what happened."""
    job = claim(job_id)
    if job is None:
        return
    worker = Worker(job)
    with _renewing(worker):
        _do(worker)


def _do(worker: Worker) -> None:
    job = worker.job
    try:
        result = handler_of(job.kind).function(worker, job.arguments)
        if not worker.is_committed:
            with worker.commit(result):
                pass
    except LeaseLost as error:
        logger.warning("%s", error)
    except JobCancelled:
        _end(worker, Job.State.CANCELLED, "cancelled", "Cancelled on request.")
    except PermanentJobError as error:
        _end(worker, Job.State.FAILED, error.reason, str(error))
    except Exception as error:  # the boundary: whatever a handler raises is recorded in its row
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        _fail_or_requeue(worker, error)


def _end(worker: Worker, state: str, reason: str, message: str) -> None:
    worker._mine().update(state=state, error_reason=reason, error=message[:5000], finished_at=Now(), lease_until=None)


def _fail_or_requeue(worker: Worker, error: Exception) -> None:
    job, message = worker.job, f"{type(error).__name__}: {error}"
    if job.attempts >= job.max_attempts:
        _end(worker, Job.State.FAILED, "attempts_exhausted", message)
        return
    pause = timedelta(seconds=2**job.attempts)
    worker._mine().update(
        state=Job.State.QUEUED, due_at=Now() + pause, rung_at=None, error=message[:5000], lease_until=None
    )


@contextmanager
def _renewing(worker: Worker) -> Iterator[None]:
    """Renew the lease from a thread while a handler works between progress reports."""
    stop = threading.Event()
    thread = threading.Thread(target=_renew, args=(worker, stop.wait), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _renew(worker: Worker, wait: Callable[[float], bool]) -> None:
    try:
        while not wait(settings.JOB_LEASE_S / 3):
            close_old_connections()
            if not worker._mine().update(lease_until=lease_end()):
                return
    finally:
        connection.close()
