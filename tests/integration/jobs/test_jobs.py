"""The life of a job row."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from pneumoscope.common import jobs
from pneumoscope.common.jobs.sweeper import sweep
from pneumoscope.common.models import Job

pytestmark = pytest.mark.django_db

ran: list[int] = []


@jobs.handler("test.count", max_attempts=3)
def count(worker, arguments):
    ran.append(worker.job.pk)
    if arguments.get("fail"):
        raise RuntimeError("told to fail")
    if arguments.get("permanent"):
        raise jobs.PermanentJobError("no film in the set", reason="too_few_cases")
    return {"answer": 42}


@pytest.fixture(autouse=True)
def _no_bell(monkeypatch):
    ran.clear()
    monkeypatch.setattr("pneumoscope.common.tasks.run_job.apply_async", lambda *a, **k: None)


def make_job(key="k", **arguments) -> Job:
    return jobs.enqueue("test.count", arguments, idempotency_key=key, now=timezone.now())


def test_same_idempotency_key_makes_one_job():
    assert make_job().pk == make_job().pk


def test_job_is_done_once_however_often_the_bell_rings():
    job = make_job()
    for _ in range(3):
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (ran, job.state, job.result) == ([job.pk], "succeeded", {"answer": 42})


def test_failing_job_is_tried_again_and_ends_with_its_reason():
    job = make_job(fail=True)
    for _ in range(5):
        Job.objects.filter(pk=job.pk).update(due_at=Now())
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (len(ran), job.state, job.error_reason) == (3, "failed", "attempts_exhausted")
    assert "told to fail" in job.error


def test_permanent_error_is_not_tried_again():
    job = make_job(permanent=True)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_reason, job.error) == ("failed", "too_few_cases", "no film in the set")


def test_worker_that_lost_its_lease_changes_nothing():
    job = make_job()
    old = jobs.Worker(jobs.worker.claim(job.pk))
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    new = jobs.Worker(jobs.worker.claim(job.pk))
    with pytest.raises(jobs.LeaseLost), old.commit({"from": "old"}):
        pass
    with new.commit({"from": "new"}):
        pass
    job.refresh_from_db()
    assert job.result == {"from": "new"}


def test_sweeper_rings_for_an_expired_lease_and_buries_a_job_whose_worker_always_dies():
    job = make_job()
    for _ in range(3):
        assert jobs.worker.claim(job.pk) is not None
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    sweep()
    job.refresh_from_db()
    assert (job.state, job.error_reason) == ("failed", "worker_died")


def test_job_that_advances_survives_more_dead_workers_than_its_attempts():
    job = make_job()
    for step in range(1, 8):
        claimed = jobs.worker.claim(job.pk)
        assert claimed is not None
        jobs.Worker(claimed).progress(step, 10)
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(minutes=1))


def test_cancelled_job_stops_at_its_next_progress_report():
    job = make_job()
    worker = jobs.Worker(jobs.worker.claim(job.pk))
    assert jobs.cancel(job, now=timezone.now())
    with pytest.raises(jobs.JobCancelled):
        worker.progress(1, 2)


def test_unknown_kind_names_what_came_and_what_is_known():
    with pytest.raises(jobs.UnknownJobKind, match=r"'nonsense'.*test.count"):
        jobs.enqueue("nonsense", {}, idempotency_key="x", now=timezone.now())
