"""Append-only, hash-chained record of each state change that matters."""

import uuid

from django.db import models


class AuditEvent(models.Model):
    """One entry of the chain. Written by `common.audit.record` alone; database triggers refuse
    UPDATE and DELETE on both engines and write the entries of `source='trigger'` themselves.
    """

    class Source(models.TextChoices):
        SERVICE = "service"
        TRIGGER = "trigger"

    sequence = models.PositiveBigIntegerField(unique=True, null=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    center_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=100)
    target_type = models.CharField(max_length=100)
    target_id = models.CharField(max_length=64)
    payload = models.JSONField(default=dict)
    source = models.CharField(max_length=10, choices=Source, default=Source.SERVICE)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["sequence", "id"]
        indexes = [
            models.Index(fields=["target_type", "target_id"]),
            models.Index(fields=["center_id", "at"]),
        ]


class AuditHead(models.Model):
    """The chain's last link, one row, locked while an event is appended."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_head_is_one_row")]


class Audited(models.Model):
    """A guarded row: each write names the audit event that was recorded for it beforehand.

    The primary key is a UUID so that the event can name the row before the row exists; the
    database trigger records any write whose `audit_event` is missing, stale or about another row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    audit_event = models.ForeignKey(AuditEvent, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
