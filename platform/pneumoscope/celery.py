"""The Celery application. Tasks carry ids only; the Job table is the truth (docs/decisions/0002)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pneumoscope.settings")

app = Celery("pneumoscope")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
