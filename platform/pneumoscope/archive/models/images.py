"""De-identified images: patient (pseudonym) > imaging study > series > instance."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from pneumoscope.accounts.models import Center
from pneumoscope.common.models import Blob
from pneumoscope.common.permissions import Permission


class ImageQuerySet(QuerySet):
    """Rows of one's own centers, and of studies that a viewing grant opens."""

    center_path = "study__center"
    study_path = "study"

    def visible_to(self, user) -> Self:
        """Images of centers where the user may view cases, or opened to the user by a grant."""
        centers = Center.objects.where_user_may(user, Permission.VIEW_CASES)
        granted = ViewingGrant.objects.filter(user_id=user.pk, revoked_at__isnull=True).values("study_id")
        return self.filter(Q(**{f"{self.center_path}__in": centers}) | Q(**{f"{self.study_path}__in": granted}))


class StudyQuerySet(ImageQuerySet):
    center_path = "center"
    study_path = "pk"


class SeriesQuerySet(ImageQuerySet):
    pass


class InstanceQuerySet(ImageQuerySet):
    center_path = "series__study__center"
    study_path = "series__study"

    def releasable(self) -> Self:
        """Images that may leave their center for readers and data sets: no pixels wait for a human look."""
        return self.filter(needs_pixel_review=False)

    def visible_to(self, user) -> Self:
        """As for every image; but pixels that may show a name are seen only by those who can release them."""
        releasing = Center.objects.where_user_may(user, Permission.UPLOAD_CASES)
        return (
            super().visible_to(user).filter(Q(needs_pixel_review=False) | Q(**{f"{self.center_path}__in": releasing}))
        )


class Patient(models.Model):
    """A person, known by a pseudonym that is stable within one center and unrelated across centers."""

    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="patients")
    pseudonym = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["center", "pseudonym"], name="one_patient_per_pseudonym")]

    def __str__(self) -> str:
        return self.pseudonym


class ImagingStudy(models.Model):
    """A DICOM study after de-identification; dates are shifted by the patient's secret offset."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="studies")
    center = models.ForeignKey(Center, on_delete=models.PROTECT, related_name="imaging_studies")
    uid = models.CharField(max_length=64, unique=True)
    date = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]


class Series(models.Model):
    """A DICOM series after de-identification."""

    study = models.ForeignKey(ImagingStudy, on_delete=models.PROTECT, related_name="series")
    uid = models.CharField(max_length=64, unique=True)
    modality = models.CharField(max_length=16)

    objects = SeriesQuerySet.as_manager()


class Instance(models.Model):
    """One stored image: the blob holds native Explicit VR Little Endian DICOM, de-identified.

    `metadata` is the DICOM JSON answer of WADO-RS, written once at intake; `frame_offsets` are
    [offset, length] byte pairs into the blob, so that a frame is served without parsing.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="instances")
    uid = models.CharField(max_length=64, unique=True)
    sop_class_uid = models.CharField(max_length=64)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    thumbnail = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    original_sha256 = models.CharField(max_length=64)
    pixel_sha256 = models.CharField(max_length=64, db_index=True)
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    frames = models.PositiveIntegerField(default=1)
    row_spacing_mm = models.FloatField(null=True)
    column_spacing_mm = models.FloatField(null=True)
    spacing_source = models.CharField(max_length=20, blank=True)
    is_simulated = models.BooleanField(default=False)
    needs_pixel_review = models.BooleanField(default=False)
    flags = models.JSONField(default=list)
    metadata = models.JSONField()
    frame_offsets = models.JSONField()
    truth = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InstanceQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]


class ViewingGrant(models.Model):
    """Opens one imaging study to one person outside the center, e.g. to an assigned reader."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="viewing_grants")
    study = models.ForeignKey(ImagingStudy, on_delete=models.PROTECT, related_name="viewing_grants")
    reason = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "study", "reason"], name="one_grant_per_reason")]
