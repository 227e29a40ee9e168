"""The content-addressed store: a file's name is the SHA-256 of its bytes.

Local files are written to a temporary name, synced, renamed, and their folder synced, before the
row is inserted; so a row always has its file, and a killed writer leaves only an orphan that
`manage.py storage_verify --repair` removes. With BLOB_BUCKET set the same names live in an
S3-compatible bucket through django-storages.
"""

import hashlib
import os
import tempfile
from io import BytesIO
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from .models import Blob

CHUNK_BYTES = 2**20


class BlobMissing(FileNotFoundError):
    """The store has no file of this hash."""

    def __init__(self, sha256: str) -> None:
        super().__init__(
            f"Blob {sha256} is not in the store: restore it from the backup, then run manage.py storage_verify."
        )


def blob_name(sha256: str) -> str:
    """Relative path, fanned out over 256 folders."""
    return f"{sha256[:2]}/{sha256}"


def is_local() -> bool:
    return not settings.BLOB_BUCKET


def put(source: bytes | IO[bytes], *, media_type: str) -> Blob:
    """Store bytes once; a second put of the same bytes returns the same row. Files are read in chunks."""
    stream = BytesIO(source) if isinstance(source, bytes) else source
    sha256, size = _put_local(stream) if is_local() else _put_remote(stream)
    blob, _ = Blob.objects.get_or_create(sha256=sha256, defaults={"size_bytes": size, "media_type": media_type})
    return blob


def open_blob(sha256: str) -> IO[bytes]:
    """A readable, seekable binary file. Raises BlobMissing."""
    try:
        return open(local_path(sha256), "rb") if is_local() else default_storage.open(blob_name(sha256), "rb")
    except FileNotFoundError as error:
        raise BlobMissing(sha256) from error


def read(sha256: str) -> bytes:
    with open_blob(sha256) as stream:
        return stream.read()


def local_path(sha256: str) -> Path:
    return Path(settings.BLOB_DIR) / blob_name(sha256)


def _put_local(stream: IO[bytes]) -> tuple[str, int]:
    folder = Path(settings.BLOB_DIR) / "incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="part-", delete=False) as part:
        try:
            sha256, size = _copy(stream, part)
            part.flush()
            os.fsync(part.fileno())
        except BaseException:
            os.unlink(part.name)
            raise
    target = local_path(sha256)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.replace(part.name, target)
    _sync_folder(target.parent)
    return sha256, size


def _put_remote(stream: IO[bytes]) -> tuple[str, int]:
    with tempfile.TemporaryFile() as part:
        sha256, size = _copy(stream, part)
        part.seek(0)
        if not default_storage.exists(blob_name(sha256)):
            default_storage.save(blob_name(sha256), File(part))
    return sha256, size


def _copy(stream: IO[bytes], part: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK_BYTES):
        digest.update(chunk)
        part.write(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
