"""Pages of training: runs, one run, and the state of what is under way."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from pneumoscope.common.permissions import Permission

from . import selectors
from .models import PolicyFiring, RetrainPolicy, TrainingRun
from .services.runs import request_run


@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    if not request.user.may(Permission.VIEW_TRAINING):
        raise PermissionDenied
    rows = TrainingRun.objects.visible_to(request.user).select_related("snapshot__protocol")[:50]
    policies = RetrainPolicy.objects.visible_to(request.user).select_related("protocol")
    context = {
        "runs": [(run, selectors.measures(run)) for run in rows],
        "jobs": selectors.active_jobs(user=request.user),
        "protocols": selectors.trainable_protocols(user=request.user),
        "policies": policies,
        "firings": PolicyFiring.objects.filter(policy__in=policies).select_related("policy__protocol")[:10],
    }
    return render(request, "training/runs.html", context)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    if not request.user.may(Permission.RUN_TRAINING):
        raise PermissionDenied
    protocol = get_object_or_404(selectors.trainable_protocols(user=request.user), pk=_protocol_key(request))
    request_run(protocol=protocol, trigger="manual", now=timezone.now(), actor=request.user)
    messages.success(request, _("The training is queued; its progress is shown below."))
    return redirect("training:runs")


def _protocol_key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("protocol", ""))
    except ValueError as error:
        raise Http404("No such protocol.") from error


@require_GET
def run(request: HttpRequest, key: Any) -> HttpResponse:
    row = get_object_or_404(TrainingRun.objects.visible_to(request.user).select_related("snapshot__protocol"), pk=key)
    context = {"run": row, "measures": selectors.measures(row), "history": row.history}
    return render(request, "training/run.html", context)


@require_GET
def job_states(request: HttpRequest) -> JsonResponse:
    if not request.user.may(Permission.VIEW_TRAINING):
        raise PermissionDenied
    return JsonResponse({"jobs": [selectors.job_state(job) for job in selectors.active_jobs(user=request.user)]})
