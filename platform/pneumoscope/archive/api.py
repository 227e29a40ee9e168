"""The upload door: open a delivery, send files one by one, close it, read its report."""

import tempfile
from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pneumoscope.accounts.models import Center
from pneumoscope.common.permissions import Permission

from .models import Upload, UploadItem
from .services import intake


def item_body(item: UploadItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "name": item.name,
        "size_bytes": item.size_bytes,
        "state": item.state,
        "reason": item.reason,
        "detail": item.detail,
        "instance": item.instance_id,
    }


class UploadsApi(APIView):
    """POST {"center": code} opens a delivery."""

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        code = request.data.get("center") if isinstance(request.data, dict) else None
        center = Center.objects.visible_to(request.user).filter(code=code).first()
        if center is None:
            known = ", ".join(Center.objects.visible_to(request.user).values_list("code", flat=True)) or "none"
            return Response(
                {"code": "unknown_center", "detail": f"Center {code!r} came; you belong to: {known}."}, status=400
            )
        if not request.user.may(Permission.UPLOAD_CASES, center):
            raise PermissionDenied("Your role in this center doesn't allow uploads: ask its administrator.")
        door = Upload.Door.API if request.auth else Upload.Door.BROWSER
        upload = intake.open_upload(center=center, actor=request.user, door=door, now=timezone.now())
        return Response({"id": upload.pk, "center": center.code}, status=201)


class UploadApi(APIView):
    """GET the report; POST closes the delivery."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, key: int) -> Response:
        upload = get_object_or_404(Upload.objects.visible_to(request.user), pk=key)
        items = [item_body(item) for item in upload.items.all()]
        return Response({"id": upload.pk, "closed_at": upload.closed_at, "items": items})

    @extend_schema(operation_id="close_upload", request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, key: int) -> Response:
        upload = get_object_or_404(Upload.objects.visible_to(request.user), pk=key)
        intake.close_upload(upload=upload, now=timezone.now())
        return Response({"id": upload.pk})


class UploadFilesApi(APIView):
    """POST one file as multipart field `file`; answers one item, or many for a zip."""

    parser_classes = [MultiPartParser, JSONParser]

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, key: int) -> Response:
        upload = get_object_or_404(Upload.objects.visible_to(request.user), pk=key)
        if upload.closed_at is not None:
            return Response({"code": "closed", "detail": "This delivery is closed: open a new one."}, status=409)
        sent = request.FILES.get("file")
        if sent is None:
            return Response(
                {"code": "no_file", "detail": "No file came: send it as multipart form data in the field 'file'."},
                status=400,
            )
        if sent.size > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // 2**20
            detail = f"The file has {sent.size // 2**20} MiB, at most {limit} MiB are taken: split the archive."
            return Response({"code": "too_large", "detail": detail}, status=413)
        with tempfile.TemporaryFile() as copy:
            for chunk in sent.chunks():
                copy.write(chunk)
            copy.seek(0)
            items = intake.receive_file(upload=upload, stream=copy, name=sent.name, now=timezone.now())
        return Response({"items": [item_body(item) for item in items]}, status=201)
