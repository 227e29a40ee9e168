"""Consensus labels: append-only revisions with their provenance."""

from typing import Self

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pneumoscope.common.models import Audited

from .protocols import Case


class LabelRevisionQuerySet(QuerySet["LabelRevision"]):
    def visible_to(self, user) -> Self:
        """Labels of cases whose consensus is open to the user."""
        return self.filter(case__in=Case.objects.with_open_consensus_for(user))

    def current(self) -> Self:
        """The newest revision of each case."""
        newer = LabelRevision.objects.filter(case=models.OuterRef("case"), number__gt=models.OuterRef("number"))
        return self.filter(~models.Exists(newer))


class LabelRevision(Audited):
    """What a rule made of the signed readings of a case at one moment; never changed afterwards."""

    class State(models.TextChoices):
        PENDING = "PENDING", _("Awaiting readings")
        REQUEST_THIRD = "REQUEST_THIRD", _("Third reading needed")
        REQUEST_TWO_MORE = "REQUEST_TWO_MORE", _("Two more readings needed")
        REQUEST_REPLACEMENT = "REQUEST_REPLACEMENT", _("Replacement reading needed")
        ADJUDICATE = "ADJUDICATE", _("To adjudicate")
        FINAL = "FINAL", _("Final")
        UNCLASSIFIABLE = "UNCLASSIFIABLE", _("Unclassifiable")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="labels")
    number = models.PositiveIntegerField()
    rule = models.CharField(max_length=40)
    rule_version = models.CharField(max_length=20)
    state = models.CharField(max_length=24, choices=State)
    value = models.JSONField(default=dict)
    outcome = models.CharField(max_length=60)
    used = models.JSONField(default=list)
    excluded = models.JSONField(default=list)
    flags = models.JSONField(default=list)
    trigger = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    objects = LabelRevisionQuerySet.as_manager()

    class Meta:
        ordering = ["case_id", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_label_revision_per_number")]
