"""manage.py up: the whole site from one command, on one machine."""

import os
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pneumoscope.common import jobs
from pneumoscope.common.models import Job
from pneumoscope.common.supervisor import Supervisor, site_children


class Command(BaseCommand):
    help = "Migrate, collect static files, and serve web, workers and beat until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--address", default=os.environ.get("ADDRESS", "127.0.0.1:8000"), help="host:port of the site"
        )
        parser.add_argument("--demo", action="store_true", help="seed the demo when the database is empty")
        parser.add_argument("--probe", action="store_true", help="stop again once web, workers and beat have answered")
        parser.add_argument("--ready-within", type=int, default=120, metavar="SECONDS")

    def handle(self, *args: Any, address: str, demo: bool, probe: bool, ready_within: int, **options: Any) -> None:
        self._prepare(demo)
        environment = {**os.environ, "PNEUMOSCOPE_DEMO": "1" if demo else str(int(settings.DEMO))}
        supervisor = Supervisor(site_children(address=address, environment=environment), report=self.stdout.write)
        supervisor.start()
        try:
            self._wait_until_ready(supervisor, address, ready_within)
            if not probe:
                supervisor.watch()
        finally:
            self.stdout.write("Stopping ...")
            supervisor.stop()

    def _prepare(self, demo: bool) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("setup_schedules", verbosity=0)
        if demo:
            call_command("seed_demo")

    def _wait_until_ready(self, supervisor: Supervisor, address: str, within_s: int) -> None:
        """Web answers, each worker did a job, and beat fired the sweep; says so line by line."""
        url = f"http://{address}"
        checks = {
            "web": lambda: _answers(f"{url}/healthz"),
            "worker-io": _Ping("io").is_done,
            "worker-ml": _Ping("ml").is_done,
            "beat": _beat_fired,
        }
        deadline = time.monotonic() + within_s
        while checks and time.monotonic() < deadline and not supervisor.is_stopping:
            for name in [name for name, holds in checks.items() if holds()]:
                del checks[name]
                self.stdout.write(f"  {name} is alive")
            supervisor.restart_dead()
            time.sleep(0.3)
        if checks and not supervisor.is_stopping:
            raise CommandError(f"Not ready within {within_s} s: {', '.join(checks)}. Their messages stand above.")
        self.stdout.write(self.style.SUCCESS(f"Pneumoscope is ready at {url}"))


class _Ping:
    """A job that proves that a worker of its queue lives."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        key = f"ping-{queue}-{uuid.uuid4().hex}"
        self.job = jobs.enqueue(f"common.ping_{queue}", {}, idempotency_key=key, now=timezone.now())

    def is_done(self) -> bool:
        """The ping was answered, or the worker is busy with a job whose lease it keeps."""
        busy = Job.objects.filter(queue=self.queue, state=Job.State.RUNNING, lease_until__gt=timezone.now())
        return busy.exists() or Job.objects.filter(pk=self.job.pk, state=Job.State.SUCCEEDED).exists()


def _beat_fired() -> bool:
    from django_celery_beat.models import PeriodicTask

    return PeriodicTask.objects.filter(task="common.sweep_jobs", last_run_at__isnull=False).exists()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own http address
            return answer.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
