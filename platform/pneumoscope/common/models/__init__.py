"""Models that know no application."""

from .audit import Audited, AuditEvent, AuditHead
from .blobs import Blob
from .jobs import Firing, Job

__all__ = ["AuditEvent", "AuditHead", "Audited", "Blob", "Firing", "Job"]
