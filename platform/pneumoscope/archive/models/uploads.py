"""What came in through a door, file by file, and what became of it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import QuerySet

from pneumoscope.accounts.models import Center
from pneumoscope.common.permissions import Permission

from .images import Instance


class UploadQuerySet(QuerySet["Upload"]):
    def visible_to(self, user) -> Self:
        """Uploads of centers where the user may upload cases."""
        return self.filter(center__in=Center.objects.where_user_may(user, Permission.UPLOAD_CASES))


class Upload(models.Model):
    """One delivery of files by one person to one center."""

    class Door(models.TextChoices):
        BROWSER = "browser"
        API = "api"
        COMMAND = "command"

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="uploads")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=10, choices=Door, default=Door.BROWSER)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]


class UploadItem(models.Model):
    """One file of a delivery. `name` never holds what the file was called by the sender: file names
    carry patients' names, so only a running number and the extension are kept.
    """

    class State(models.TextChoices):
        ACCEPTED = "accepted"
        DUPLICATE = "duplicate"
        QUARANTINED = "quarantined"
        REJECTED = "rejected"

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    size_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=State)
    reason = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    instance = models.ForeignKey(Instance, null=True, on_delete=models.PROTECT, related_name="upload_items")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="one_item_per_number")]
