"""WADO-RS for the viewer: metadata as stored at intake, frames by offset without parsing (PS3.18 10.4)."""

import uuid
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from pneumoscope.common import blobs

from .models import Instance

EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
CHUNK_BYTES = 2**18


def _visible(request: HttpRequest, study: str, series: str):
    return Instance.objects.visible_to(request.user).filter(series__uid=series, series__study__uid=study)


@require_GET
def series_metadata(request: HttpRequest, study: str, series: str) -> HttpResponse:
    found = list(_visible(request, study, series).values_list("metadata", flat=True))
    if not found:
        raise Http404
    return _json(found)


@require_GET
def instance_metadata(request: HttpRequest, study: str, series: str, instance: str) -> HttpResponse:
    row = get_object_or_404(_visible(request, study, series), uid=instance)
    return _json([row.metadata])


@require_GET
def frame(request: HttpRequest, study: str, series: str, instance: str, number: int) -> HttpResponse:
    """One frame's native bytes as multipart/related; frames count from 1."""
    row = get_object_or_404(_visible(request, study, series).select_related("blob"), uid=instance)
    if not 1 <= number <= len(row.frame_offsets):
        raise Http404
    offset, length = row.frame_offsets[number - 1]
    boundary = uuid.uuid5(uuid.NAMESPACE_OID, f"{row.uid}/{number}").hex
    content_type = f"application/octet-stream; transfer-syntax={EXPLICIT_LITTLE_ENDIAN}"
    head = f"--{boundary}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n".encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    response = StreamingHttpResponse(_parts(row.blob_id, offset, length, (head, tail)))
    response["Content-Type"] = f'multipart/related; type="application/octet-stream"; boundary={boundary}'
    response["Content-Length"] = str(len(head) + length + len(tail))
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@require_GET
def thumbnail(request: HttpRequest, study: str, series: str, instance: str) -> HttpResponse:
    row = get_object_or_404(_visible(request, study, series), uid=instance)
    if row.thumbnail_id is None:
        raise Http404
    response = HttpResponse(blobs.read(row.thumbnail_id), content_type="image/png")
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _parts(sha256: str, offset: int, length: int, frame_of: tuple[bytes, bytes]) -> Iterator[bytes]:
    yield frame_of[0]
    with blobs.open_blob(sha256) as stored:
        stored.seek(offset)
        left = length
        while left and (chunk := stored.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
    yield frame_of[1]


def _json(metadata: list[object]) -> HttpResponse:
    response = JsonResponse(metadata, safe=False, content_type="application/dicom+json")
    response["Cache-Control"] = "private, max-age=86400"
    return response
