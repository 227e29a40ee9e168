"""Frozen datasets."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import QuerySet

from annotator.models import StudyProtocol
from pneumoscope.accounts.models import Center
from pneumoscope.common.models import Audited, Blob
from pneumoscope.common.permissions import Permission


class ProtocolScopedQuerySet(QuerySet):
    """Rows of protocols that a center leads in which the user may view training.

    A person who still reads for the protocol sees none of it: what a model learnt is others' readings.
    """

    protocol_path = "protocol"

    def visible_to(self, user) -> Self:
        centers = Center.objects.where_user_may(user, Permission.VIEW_TRAINING)
        read_by_user = StudyProtocol.objects.filter(readers=user, state=StudyProtocol.State.OPEN)
        return self.filter(**{f"{self.protocol_path}__center__in": centers}).exclude(
            **{f"{self.protocol_path}__in": read_by_user}
        )


class DatasetSnapshot(Audited):
    """Consensus labels of a protocol at one moment, with their films and their part of the split.

    `manifest` is a blob of canonical JSON; its hash is the snapshot's identity.
    """

    protocol = models.ForeignKey(StudyProtocol, on_delete=models.PROTECT, related_name="snapshots")
    manifest = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField()
    label_count = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = ProtocolScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["protocol", "manifest"], name="one_snapshot_per_manifest")]
