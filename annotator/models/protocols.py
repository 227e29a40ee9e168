"""How a reading study is run: scheme, readers, order, rule; and the cases in it."""

import secrets
from typing import Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from pneumoscope.accounts.models import Center
from pneumoscope.archive.models import Instance
from pneumoscope.common.models import Audited
from pneumoscope.common.permissions import Permission


class SchemeVersion(models.Model):
    """A published reading scheme; the content's hash is checked against `annotator.domain` at load."""

    scheme_id = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    content = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme_id", "version"], name="scheme_version_is_published_once")
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.version}"


class ProtocolQuerySet(QuerySet["StudyProtocol"]):
    def visible_to(self, user) -> Self:
        """Protocols led by, or fed by, a center where the user may view protocols."""
        centers = Center.objects.where_user_may(user, Permission.VIEW_PROTOCOLS)
        return self.filter(Q(center__in=centers) | Q(centers__in=centers)).distinct()

    def manageable_by(self, user) -> Self:
        """Protocols that the user's own center leads."""
        return self.filter(center__in=Center.objects.where_user_may(user, Permission.MANAGE_PROTOCOLS))


class StudyProtocol(Audited):
    """The rules of one reading study, fixed once it is open."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Order(models.TextChoices):
        SHUFFLED = "shuffled", _("Shuffled for each reader")
        SEQUENTIAL = "sequential", _("As collected")

    name = models.CharField(_("name"), max_length=200)
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="led_protocols")
    centers = models.ManyToManyField(Center, related_name="fed_protocols")
    scheme_version = models.ForeignKey(SchemeVersion, on_delete=models.PROTECT, related_name="protocols")
    scheme_settings = models.JSONField(default=dict)
    readers_required = models.PositiveSmallIntegerField(_("readers per case"), default=2)
    readers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="protocols_read", blank=True)
    order = models.CharField(_("order"), max_length=12, choices=Order, default=Order.SHUFFLED)
    consensus_rule = models.CharField(_("consensus rule"), max_length=40)
    secret = models.CharField(max_length=64, default=secrets.token_hex, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProtocolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CaseQuerySet(QuerySet["Case"]):
    def visible_to(self, user) -> Self:
        """Cases of protocols in sight that come from a center whose cases the user may view."""
        protocols = StudyProtocol.objects.visible_to(user)
        led = Center.objects.where_user_may(user, Permission.MANAGE_PROTOCOLS)
        own = Center.objects.where_user_may(user, Permission.VIEW_CASES)
        return self.filter(protocol__in=protocols).filter(
            Q(protocol__center__in=led) | Q(instance__series__study__center__in=own)
        )

    def with_open_consensus_for(self, user) -> Self:
        """Visible cases whose readings and labels may be shown to this user.

        A reader of the protocol sees them only for cases that this reader has signed, whatever
        other roles the person holds.
        """
        centers = Center.objects.where_user_may(user, Permission.VIEW_CONSENSUS)
        # One subquery for both conditions: in exclude() Django would let one assignment be the
        # reader's and another one signed, which opens a case as soon as anybody has signed it.
        own = apps.get_model("annotator", "Assignment").objects.filter(reader=user, case=models.OuterRef("pk"))
        pending = Q(protocol__in=StudyProtocol.objects.filter(readers=user)) & ~models.Exists(
            own.filter(state="signed")
        )
        return (
            self.visible_to(user)
            .filter(Q(protocol__center__in=centers) | Q(protocol__centers__in=centers))
            .exclude(pending)
            .distinct()
        )


class Case(models.Model):
    """One film in one protocol, named by a code that says nothing of patient or center."""

    protocol = models.ForeignKey(StudyProtocol, on_delete=models.PROTECT, related_name="cases")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="cases")
    code = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["protocol", "instance"], name="one_case_per_protocol_and_instance"),
            models.UniqueConstraint(fields=["protocol", "code"], name="one_case_per_protocol_and_code"),
        ]

    def __str__(self) -> str:
        return self.code
