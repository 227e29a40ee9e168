"""Enqueue jobs, kill -9 the worker again and again, count what was done.

`python kill_driver.py JOBS KILLS` on whatever database and broker the environment names; prints
one JSON line {jobs, done, effects, doubled, kills}.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pneumoscope.settings")
django.setup()

import effect_jobs  # noqa: E402, F401 - registers the handler here as in the worker
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from pneumoscope.common import jobs  # noqa: E402
from pneumoscope.common.jobs.sweeper import sweep  # noqa: E402
from pneumoscope.common.models import AuditEvent, Job  # noqa: E402

PATIENCE_S = 120


def start_worker() -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "pneumoscope",
        "worker",
        "-I",
        "effect_jobs",
        "-Q",
        "io",
        "-c",
        "2",
        "-l",
        "ERROR",
    ]
    return subprocess.Popen([*command, "--without-mingle", "--without-gossip"], start_new_session=True)


def kill(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def main(count: int, kills: int) -> dict[str, int]:
    batch = uuid.uuid4().hex
    for number in range(count):
        jobs.enqueue("test.effect", {}, idempotency_key=f"{batch}-{number}", now=timezone.now())
    mine = Job.objects.filter(idempotency_key__startswith=batch)
    worker, killed, rng, deadline = start_worker(), 0, random.Random(7), time.monotonic() + PATIENCE_S
    next_kill = time.monotonic() + 3
    while time.monotonic() < deadline and (killed < kills or mine.filter(state__in=["queued", "running"]).exists()):
        if killed < kills and time.monotonic() > next_kill:
            kill(worker)
            worker, killed = start_worker(), killed + 1
            next_kill = time.monotonic() + rng.uniform(4.0, 6.0)
        sweep()
        time.sleep(0.5)
    kill(worker)
    effects = AuditEvent.objects.filter(
        action="test.effect", target_id__in=[str(key) for key in mine.values_list("pk", flat=True)]
    )
    distinct = effects.values("target_id").distinct().count()
    done = mine.filter(state=Job.State.SUCCEEDED).count()
    result = {
        "jobs": count,
        "done": done,
        "effects": effects.count(),
        "doubled": effects.count() - distinct,
        "kills": killed,
    }
    connections.close_all()
    return result


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
