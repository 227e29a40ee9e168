"""A job kind whose only effect can be counted; `celery -A pneumoscope worker -I effect_jobs` serves it."""

import time

from django.utils import timezone

from pneumoscope.common import audit, jobs


@jobs.handler("test.effect", queue="io", max_attempts=5)
def effect(worker: jobs.Worker, arguments: dict[str, object]) -> dict[str, object]:
    for step in range(3):
        time.sleep(0.01)
        worker.progress(step + 1, 3)
    with worker.commit():
        audit.record(actor=None, action="test.effect", target=worker.job, at=timezone.now())
    return {}
