"""manage.py schedule_health: exits 0 when beat has fired the sweep within the last two minutes."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django_celery_beat.models import PeriodicTask


class Command(BaseCommand):
    help = "Exit 0 when beat is alive: the job sweep was fired within two minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        task = PeriodicTask.objects.filter(task="common.sweep_jobs").first()
        if task is None or task.last_run_at is None:
            raise CommandError("Beat never fired common.sweep_jobs: run manage.py setup_schedules and start beat.")
        silence = timezone.now() - task.last_run_at
        if silence > timedelta(minutes=2):
            raise CommandError(f"Beat has been silent for {silence.total_seconds():.0f} s: restart it.")
        self.stdout.write("beat is alive")
