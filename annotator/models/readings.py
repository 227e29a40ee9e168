"""Who reads what, and the readings themselves."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pneumoscope.common.models import Audited

from .protocols import Case, SchemeVersion


class AssignmentQuerySet(QuerySet["Assignment"]):
    def visible_to(self, user) -> Self:
        """A reader's own assignments, and nobody else's."""
        return self.filter(reader_id=user.pk).exclude(state=Assignment.State.WITHDRAWN)


class Assignment(models.Model):
    """One reader's duty to read one case; `rank` is the keyed order in which the reader meets it."""

    class Kind(models.TextChoices):
        PANEL = "panel", _("Panel")
        THIRD = "third", _("Third reading")
        EXTRA = "extra", _("Further reading")
        REPLACEMENT = "replacement", _("Replacement reading")

    class State(models.TextChoices):
        ASSIGNED = "assigned", _("To read")
        STARTED = "started", _("Started")
        DEFERRED = "deferred", _("Deferred")
        SIGNED = "signed", _("Signed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PANEL)
    round = models.PositiveSmallIntegerField(default=1)
    repeat = models.PositiveSmallIntegerField(default=0)
    rank = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State, default=State.ASSIGNED)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "reader", "round", "repeat"], name="one_assignment_per_case_reader_round_repeat"
            )
        ]
        indexes = [models.Index(fields=["reader", "state", "rank"])]


class ReadingQuerySet(QuerySet["Reading"]):
    def visible_to(self, user) -> Self:
        """A reader's own readings, and signed readings of cases whose consensus is open to the user."""
        open_cases = Case.objects.with_open_consensus_for(user)
        return self.filter(
            Q(assignment__reader_id=user.pk) | Q(state=Reading.State.SIGNED, assignment__case__in=open_cases)
        ).distinct()

    def current(self) -> Self:
        """The newest signed version of each assignment."""
        newer = Reading.objects.filter(
            assignment=models.OuterRef("assignment"), state=Reading.State.SIGNED, version__gt=models.OuterRef("version")
        )
        return self.filter(state=Reading.State.SIGNED).filter(~models.Exists(newer))


class Reading(Audited):
    """One version of one reader's reading of one case.

    A draft moves by revisions (optimistic locking); a signed version never changes: a database
    trigger refuses it, and an amendment is a further version with a reason.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SIGNED = "signed", _("Signed")

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="readings")
    version = models.PositiveSmallIntegerField(default=1)
    scheme_version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="readings")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict)
    amends = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="amendments")
    amendment_reason = models.CharField(max_length=500, blank=True)
    acknowledged_warnings = models.JSONField(default=list)
    saved_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    signed_at = models.DateTimeField(null=True)
    signer_name = models.CharField(max_length=150, blank=True)
    signature_meaning = models.CharField(max_length=200, blank=True)
    payload_sha256 = models.CharField(max_length=64, blank=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        ordering = ["assignment_id", "version"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "version"], name="one_reading_per_assignment_and_version"),
            models.UniqueConstraint(fields=["assignment"], condition=Q(state="draft"), name="one_draft_per_assignment"),
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(signed_at__isnull=False) & ~Q(payload_sha256="") & ~Q(signer_name="")),
                name="signed_reading_bears_signature",
            ),
        ]


class ReadingEvent(models.Model):
    """One saved change of a draft, append-only; its key makes a repeated request harmless."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="events")
    revision = models.PositiveIntegerField()
    changes = models.JSONField()
    idempotency_key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["revision"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "revision"], name="one_event_per_reading_and_revision"),
            models.UniqueConstraint(fields=["reading", "idempotency_key"], name="one_event_per_idempotency_key"),
        ]
