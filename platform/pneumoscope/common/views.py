"""Background work and the audit trail, as people see them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from . import jobs, selectors
from .permissions import Permission

ROWS_PER_PAGE = 50


@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    rows = selectors.jobs_visible_to(request.user).select_related("created_by")
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "common/jobs.html", {"page_obj": page})


@require_GET
def job_status(request: HttpRequest, pk: int) -> JsonResponse:
    job = get_object_or_404(selectors.jobs_visible_to(request.user), pk=pk)
    return JsonResponse(selectors.job_state(job))


@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """People stop their own jobs; somebody else's job that they may see answers 403."""
    job = get_object_or_404(selectors.jobs_visible_to(request.user), pk=pk)
    if job.created_by_id != request.user.pk:
        raise PermissionDenied
    if jobs.cancel(job, now=timezone.now()):
        messages.success(request, _("The job is asked to stop."))
    else:
        messages.info(request, _("The job had ended already."))
    return redirect("common:jobs")


@require_GET
def audit_trail(request: HttpRequest) -> HttpResponse:
    if not request.user.may(Permission.VIEW_AUDIT):
        raise PermissionDenied
    events = selectors.events_visible_to(request.user)
    action = request.GET.get("action", "")
    actions = events.order_by("action").values_list("action", flat=True).distinct()
    page = Paginator(events.filter(action=action) if action else events, ROWS_PER_PAGE)
    context = {
        "page_obj": page.get_page(request.GET.get("page")),
        "action": action,
        "actions": actions,
        "query": urlencode({"action": action}) + "&",
        "chain": selectors.chain_state() if "verify" in request.GET else None,
    }
    return render(request, "common/audit.html", context)
