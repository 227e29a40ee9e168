"""The archive's rows."""

from .images import ImagingStudy, Instance, Patient, Series, ViewingGrant
from .uploads import Upload, UploadItem

__all__ = ["ImagingStudy", "Instance", "Patient", "Series", "Upload", "UploadItem", "ViewingGrant"]
