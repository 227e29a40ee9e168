"""Training runs and the policies that start them."""

from django.conf import settings
from django.db import models

from annotator.models import StudyProtocol
from pneumoscope.common.models import Audited, Blob, Job

from .snapshots import DatasetSnapshot, ProtocolScopedQuerySet


class TrainingRunQuerySet(ProtocolScopedQuerySet):
    protocol_path = "snapshot__protocol"


class TrainingRun(Audited):
    """One training with all that repeats it: snapshot, configuration, seed, code version.

    State and progress are the Job's; metrics, each with n and interval, come at its end.
    """

    snapshot = models.ForeignKey(DatasetSnapshot, on_delete=models.PROTECT, related_name="runs")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="training_run")
    config = models.JSONField()
    seed = models.PositiveBigIntegerField()
    code_version = models.CharField(max_length=60)
    metrics = models.JSONField(default=dict)
    history = models.JSONField(default=list)
    weights_sha256 = models.CharField(max_length=64, blank=True)
    weights = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    trigger = models.CharField(max_length=40)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = TrainingRunQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]


class RetrainPolicy(Audited):
    """When a protocol's model is trained anew."""

    protocol = models.OneToOneField(StudyProtocol, on_delete=models.PROTECT, related_name="retrain_policy")
    interval_minutes = models.PositiveIntegerField(default=1440)
    min_new_labels = models.PositiveIntegerField(default=20)
    min_centers = models.PositiveSmallIntegerField(default=2)
    config = models.JSONField(default=dict)
    is_enabled = models.BooleanField(default=True)

    objects = ProtocolScopedQuerySet.as_manager()


class PolicyFiring(models.Model):
    """One due time of a policy: a run, or the reason why none was started."""

    class Outcome(models.TextChoices):
        STARTED = "started"
        SKIPPED = "skipped"

    policy = models.ForeignKey(RetrainPolicy, on_delete=models.PROTECT, related_name="firings")
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.CharField(max_length=300)
    run = models.ForeignKey(TrainingRun, null=True, on_delete=models.PROTECT, related_name="firings")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-due_at"]
        constraints = [models.UniqueConstraint(fields=["policy", "due_at"], name="one_firing_per_policy_and_time")]
