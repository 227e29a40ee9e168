"""Checking the blob store against its rows, and sweeping what killed writers left."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from . import blobs
from .models import Blob


@dataclass
class StorageReport:
    """Hashes of files that are missing or changed, and paths of files that no row names."""

    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    orphans: list[Path] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not (self.missing or self.damaged)


def verify() -> StorageReport:
    """Read every file of the local store once and compare it with its name and its row."""
    report, known = StorageReport(), set(Blob.objects.values_list("sha256", flat=True))
    for sha256 in sorted(known):
        path = blobs.local_path(sha256)
        if not path.exists():
            report.missing.append(sha256)
        elif _digest(path) != sha256:
            report.damaged.append(sha256)
    report.orphans = [path for path in sorted(Path(settings.BLOB_DIR).glob("*/*")) if path.name not in known]
    return report


def remove_orphans(report: StorageReport) -> int:
    for path in report.orphans:
        path.unlink(missing_ok=True)
    return len(report.orphans)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
