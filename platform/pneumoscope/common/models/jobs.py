"""The Job table: the truth about background work. Celery only rings the bell."""

from django.conf import settings
from django.db import models


class Job(models.Model):
    """One unit of background work.

    A worker claims the row (state, lease and a higher fencing token in one conditional UPDATE),
    renews the lease while it works, and commits its effects in one transaction guarded by the
    token. A worker that lost its lease therefore changes nothing.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=100)
    queue = models.CharField(max_length=20, default="io")
    arguments = models.JSONField(default=dict)
    idempotency_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    due_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fencing_token = models.PositiveBigIntegerField(default=0)
    worker = models.CharField(max_length=200, blank=True)
    cancel_requested = models.BooleanField(default=False)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    error_reason = models.CharField(max_length=100, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    center_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["state", "lease_until"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk} ({self.state})"


class Firing(models.Model):
    """One due time of a periodic schedule; the constraint makes a second beat's firing die."""

    schedule = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(auto_now_add=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.PROTECT, related_name="firings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="one_firing_per_schedule_and_time")]
