"""The one intake behind every door: a file in, a de-identified film or a reason out.

Files are written before rows; all rows of one file and its audit event are one transaction. A
killed intake leaves at most a blob without a row, which `manage.py storage_verify --repair` removes.
"""

import hashlib
import hmac
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import SEEK_END
from pathlib import PurePath
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from pneumoscope.accounts.models import Center
from pneumoscope.common import audit, blobs
from pneumoscope.common.models import Blob

from ..dicom.deidentify import Deidentified, deidentify
from ..dicom.display import thumbnail_png
from ..dicom.flags import Flag
from ..dicom.limits import LIMITS, MIB
from ..dicom.metadata import dicomweb_metadata, frame_offsets
from ..dicom.reasons import Reason, Rejected
from ..dicom.zips import iterate_zip
from ..models import ImagingStudy, Instance, Patient, Series, Upload, UploadItem

ZIP_MAGIC = b"PK\x03\x04"
REVIEW_FLAGS = frozenset({Flag.NEEDS_PIXEL_REVIEW})
KNOWN_ENDINGS = frozenset({".dcm", ".dicom", ".ima", ".zip", ".png", ".jpg", ".jpeg"})


@dataclass(frozen=True)
class Delivered:
    """One file as it came: its name (never stored), bytes, time, and truth where a simulator knows it."""

    name: str
    data: bytes
    at: datetime
    truth: dict[str, Any] | None = None


def center_key(center: Center) -> bytes:
    """The center's secret for pseudonyms, UIDs and date shifts, derived from the site's key."""
    return hmac.new(settings.DEIDENTIFICATION_KEY.encode(), f"center:{center.code}".encode(), "sha256").digest()


def open_upload(*, center: Center, actor: Any, door: str, now: datetime) -> Upload:
    with transaction.atomic():
        upload = Upload.objects.create(center=center, created_by=actor, door=door)
        audit.record(actor=actor, action="upload.opened", target=upload, at=now, center_id=center.pk)
    return upload


def close_upload(*, upload: Upload, now: datetime) -> None:
    Upload.objects.filter(pk=upload.pk, closed_at__isnull=True).update(closed_at=now)


def receive_file(
    *, upload: Upload, stream: IO[bytes], name: str, now: datetime, truth: dict[str, Any] | None = None
) -> list[UploadItem]:
    """Take one file; a zip gives one item for each member. `stream` is seekable and at its start."""
    magic = stream.read(4)
    size = stream.seek(0, SEEK_END)
    stream.seek(0)
    if magic == ZIP_MAGIC:
        return list(_receive_zip(upload, stream, now))
    if size > LIMITS.file_bytes:  # refused unread: a film is held in memory while it is de-identified
        detail = f"A file of {size // MIB} MiB came, {LIMITS.file_bytes // MIB} MiB are the most. Send single images."
        return [refuse_file(upload=upload, name=name, refusal=Rejected(Reason.TOO_LARGE, detail))]
    return [_receive(upload, Delivered(name, stream.read(), now, truth))]


def refuse_file(*, upload: Upload, name: str, refusal: Rejected) -> UploadItem:
    """Report a file that was refused before its bytes became a delivery of their own."""
    return _refuse(upload, name, b"", refusal)


def _receive_zip(upload: Upload, stream: IO[bytes], now: datetime) -> Iterator[UploadItem]:
    try:
        for member in iterate_zip(stream):
            if member.rejected is not None or member.stream is None:
                yield _refuse(upload, member.name, b"", member.rejected)
            else:
                yield _receive(upload, Delivered(member.name, member.stream.read(), now))
    except Rejected as refusal:
        yield _refuse(upload, "archive.zip", b"", refusal)
    except zipfile.BadZipFile:
        refusal = Rejected(
            Reason.ZIP_DAMAGED, "The zip archive is damaged: pack the files again and send it once more."
        )
        yield _refuse(upload, "archive.zip", b"", refusal)


def _receive(upload: Upload, file: Delivered) -> UploadItem:
    known = Instance.objects.filter(
        original_sha256=hashlib.sha256(file.data).hexdigest(), series__study__center=upload.center
    ).first()
    if known is not None:
        detail = "These very bytes came before."
        return _item(upload, file.name, file.data, UploadItem.State.DUPLICATE, instance=known, detail=detail)
    try:
        film = deidentify(data=file.data, key=center_key(upload.center))
        thumbnail = thumbnail_png(film.dataset_bytes, 256)
    except Rejected as refusal:
        return _refuse(upload, file.name, file.data, refusal)
    return _accept(upload, file, film, thumbnail)


def _accept(upload: Upload, file: Delivered, film: Deidentified, thumbnail: bytes) -> UploadItem:
    if (same := _same_film(upload.center, film)) is not None:  # asked before the files, so that none is left over
        return _duplicate(upload, file, same)
    stored = blobs.put(film.dataset_bytes, media_type="application/dicom")
    preview = blobs.put(thumbnail, media_type="image/png")
    with transaction.atomic():
        Center.objects.select_for_update().get(pk=upload.center_id)  # two doors of one center take turns
        if (same := _same_film(upload.center, film)) is not None:
            return _duplicate(upload, file, same)
        instance = _store(upload.center, film, (stored, preview), file.truth)
        review = instance.needs_pixel_review
        state = UploadItem.State.QUARANTINED if review else UploadItem.State.ACCEPTED
        audit.record(
            actor=upload.created_by,
            action=f"instance.{state}",
            target=instance,
            at=file.at,
            center_id=upload.center_id,
            payload={"upload": upload.pk, "sha256": stored.sha256},
        )
        detail = "Text may be burned into the pixels: a person must look before release." if review else ""
        return _item(upload, file.name, file.data, state, instance=instance, detail=detail)


def _same_film(center: Center, film: Deidentified) -> Instance | None:
    here = Instance.objects.filter(series__study__center=center)
    return here.filter(Q(uid=film.sop_uid) | Q(pixel_sha256=film.pixel_sha256)).first()


def _duplicate(upload: Upload, file: Delivered, same: Instance) -> UploadItem:
    detail = "The same film came before."
    return _item(upload, file.name, file.data, UploadItem.State.DUPLICATE, instance=same, detail=detail)


def _store(center: Center, film: Deidentified, files: tuple[Blob, Blob], truth: dict[str, Any] | None) -> Instance:
    stored, preview = files
    patient, _ = Patient.objects.get_or_create(center=center, pseudonym=film.pseudonym)
    study, _ = ImagingStudy.objects.get_or_create(
        uid=film.study_uid, defaults={"patient": patient, "center": center, "date": film.study_date}
    )
    series, _ = Series.objects.get_or_create(uid=film.series_uid, defaults={"study": study, "modality": film.modality})
    return Instance.objects.create(
        series=series,
        uid=film.sop_uid,
        sop_class_uid=film.sop_class_uid,
        blob=stored,
        thumbnail=preview,
        original_sha256=film.original_sha256,
        pixel_sha256=film.pixel_sha256,
        rows=film.rows,
        columns=film.columns,
        frames=film.frames,
        row_spacing_mm=film.row_spacing_mm,
        column_spacing_mm=film.column_spacing_mm,
        spacing_source=film.spacing_source,
        is_simulated=Flag.SIMULATED in film.flags,
        needs_pixel_review=bool(REVIEW_FLAGS & set(film.flags)),
        flags=[str(flag) for flag in film.flags],
        metadata=dicomweb_metadata(film.dataset_bytes, bulk_data_uri="frames/1"),
        frame_offsets=frame_offsets(film.dataset_bytes),
        truth=truth,
    )


def _refuse(upload: Upload, name: str, data: bytes, refusal: Rejected | None) -> UploadItem:
    reason = refusal.reason if refusal is not None else Reason.ZIP_UNSAFE
    return _item(upload, name, data, UploadItem.State.REJECTED, reason=str(reason), detail=str(refusal))


def _item(upload: Upload, name: str, data: bytes, state: str, **fields: Any) -> UploadItem:
    """The report's row. Names and digests of refused files say nothing of a person: only the ending is kept."""
    with transaction.atomic():
        Upload.objects.select_for_update().get(pk=upload.pk)
        number = upload.items.count() + 1
        ending = PurePath(name).suffix.lower()
        fields["detail"] = fields.get("detail", "")[:500]
        return UploadItem.objects.create(
            upload=upload,
            number=number,
            name=f"file-{number:05d}{ending if ending in KNOWN_ENDINGS else ''}",
            size_bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest() if data else "",
            state=state,
            **fields,
        )
