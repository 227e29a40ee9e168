"""The two Celery tasks under everything: do one job, and sweep."""

from celery import shared_task

from . import jobs
from .jobs.sweeper import sweep


@shared_task(name="common.run_job", acks_late=False)
def run_job(job_id: int) -> None:
    """Do the job of this id, if it is due and free."""
    jobs.run(job_id)


@shared_task(name="common.sweep_jobs", acks_late=False)
def sweep_jobs() -> int:
    return sweep()


@jobs.handler("common.ping_io", queue="io", max_attempts=20)
@jobs.handler("common.ping_ml", queue="ml", max_attempts=20)
def ping(worker: jobs.Worker, arguments: dict[str, object]) -> dict[str, object]:
    """Proves that a worker of the queue lives."""
    return {"answered_by": worker.job.worker}
