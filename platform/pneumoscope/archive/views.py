"""Pages of the archive: deliveries, their reports, the films of one's centers."""

import csv

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from pneumoscope.accounts.models import Center
from pneumoscope.common.permissions import Permission

from .models import Instance, Upload
from .services.review import release


@require_GET
def uploads(request: HttpRequest) -> HttpResponse:
    centers = Center.objects.where_user_may(request.user, Permission.UPLOAD_CASES)
    if not centers:
        raise PermissionDenied
    rows = (
        Upload.objects.visible_to(request.user)
        .select_related("center", "created_by")
        .annotate(files=Count("items"))
        .order_by("-pk")
    )
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    return render(request, "archive/uploads.html", {"page_obj": page, "centers": centers})


@require_GET
def upload(request: HttpRequest, key: int) -> HttpResponse:
    row = get_object_or_404(Upload.objects.visible_to(request.user).select_related("center"), pk=key)
    counts = dict(row.items.order_by().values_list("state").annotate(Count("pk")))
    return render(request, "archive/upload.html", {"upload": row, "items": row.items.all(), "counts": counts})


@require_GET
def upload_csv(request: HttpRequest, key: int) -> HttpResponse:
    row = get_object_or_404(Upload.objects.visible_to(request.user), pk=key)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="upload-{row.pk}.csv"'
    writer = csv.writer(response)
    writer.writerow(["number", "name", "size_bytes", "state", "reason", "detail"])
    for item in row.items.all():
        writer.writerow([item.number, item.name, item.size_bytes, item.state, item.reason, item.detail])
    return response


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    if not request.user.may(Permission.VIEW_CASES):
        raise PermissionDenied
    centers = Center.objects.where_user_may(request.user, Permission.VIEW_CASES)
    visible = Instance.objects.visible_to(request.user).filter(series__study__center__in=centers)
    rows = visible.select_related("series__study__patient", "series__study__center")
    page = Paginator(rows, 24).get_page(request.GET.get("page"))
    return render(request, "archive/cases.html", {"page_obj": page})


@require_POST
def release_film(request: HttpRequest, key: int) -> HttpResponse:
    """A coordinator has looked at the pixels and found nothing that names a person."""
    row = get_object_or_404(Instance.objects.visible_to(request.user), pk=key)
    if not request.user.may(Permission.UPLOAD_CASES, row.series.study.center_id):
        raise PermissionDenied
    release(instance=row, actor=request.user, now=timezone.now())
    return redirect("archive:cases")
