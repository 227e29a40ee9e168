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
