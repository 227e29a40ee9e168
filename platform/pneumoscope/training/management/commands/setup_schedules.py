"""manage.py setup_schedules: the beat's two entries, made once and kept in step with the settings."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django_celery_beat.models import IntervalSchedule, PeriodicTask

SECONDS = IntervalSchedule.SECONDS


class Command(BaseCommand):
    help = "Create or update the periodic tasks: the job sweep and the retraining policies."

    def handle(self, *args: Any, **options: Any) -> None:
        entries = {
            "sweep jobs": ("common.sweep_jobs", settings.JOB_SWEEP_INTERVAL_S),
            "check retraining policies": ("training.check_policies", 60),
        }
        for name, (task, every) in entries.items():
            interval, _ = IntervalSchedule.objects.get_or_create(every=every, period=SECONDS)
            PeriodicTask.objects.update_or_create(
                name=name, defaults={"task": task, "interval": interval, "queue": "io", "expire_seconds": 60}
            )
