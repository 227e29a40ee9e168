"""Pages of the reading study: worklist, reading page, protocols, consensus."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.models import Assignment, Case, Reading, StudyProtocol
from annotator.selectors import consensus
from annotator.selectors.worklist import next_assignment, progress, worklist
from annotator.services import readings as service
from pneumoscope.common.permissions import Permission


@require_GET
def worklist_page(request: HttpRequest) -> HttpResponse:
    if not request.user.may(Permission.READ_CASES):
        raise PermissionDenied
    context = {
        "assignments": worklist(reader=request.user),
        "progress": progress(reader=request.user),
        "next_assignment": next_assignment(reader=request.user),
    }
    return render(request, "annotator/worklist.html", context)


@require_GET
def read(request: HttpRequest, assignment_id: int) -> HttpResponse:
    assignment = _own(request, assignment_id)
    reading = service.open_reading(assignment=assignment, now=timezone.now())
    context = {
        "scheme": reading.scheme_version.content,
        "lang": (get_language() or "en")[:2],
        "reading": reading,
        "case": assignment.case,
        "assignment": assignment,
        "progress": progress(reader=request.user, protocol_id=assignment.case.protocol_id),
        "config": page_config(request, assignment, reading),
    }
    return render(request, "annotator/reading.html", context)


def page_config(request: HttpRequest, assignment: Assignment, reading: Reading) -> dict[str, Any]:
    """What the page's script needs; nothing of other readers, patient or center."""
    instance = assignment.case.instance
    following = next_assignment(reader=request.user, after=assignment)
    scheme = reading.scheme_version
    return {
        "readingId": str(reading.pk),
        "revision": reading.revision,
        "data": reading.data,
        "state": reading.state,
        "language": (get_language() or "en")[:2],
        "dicomWebRoot": "/dicom-web",
        "studyUid": instance.series.study.uid,
        "seriesUid": instance.series.uid,
        "sopUid": instance.uid,
        "film": {"rendition": "native"},
        "schemeUrl": reverse("annotator:scheme", args=[scheme.scheme_id, scheme.version]),
        "readingUrl": reverse("annotator:reading_api", args=[reading.pk]),
        "signUrl": reverse("annotator:sign_api", args=[reading.pk]),
        "amendUrl": reverse("annotator:amend", args=[assignment.pk]),
        "worklistUrl": reverse("annotator:worklist"),
        "nextUrl": reverse("annotator:read", args=[following.pk]) if following else "",
        "signer": request.user.full_name,
        "meaning": service.MEANING,
    }


@require_POST
def amend(request: HttpRequest, assignment_id: int) -> HttpResponse:
    assignment = _own(request, assignment_id)
    newest = assignment.readings.order_by("-version").first()
    try:
        if newest is None:
            raise service.ReadingError(_("There is no signed reading to amend."))
        service.amend_reading(reading=newest, reason=request.POST.get("reason", ""), now=timezone.now())
    except service.ReadingError as error:
        messages.error(request, str(error))
    return redirect("annotator:read", assignment.pk)


@require_POST
def defer(request: HttpRequest, assignment_id: int) -> HttpResponse:
    service.defer(assignment=_own(request, assignment_id), note=request.POST.get("note", ""))
    return redirect("annotator:worklist")


def _own(request: HttpRequest, assignment_id: int) -> Assignment:
    rows = Assignment.objects.visible_to(request.user).select_related(
        "case__protocol__scheme_version", "case__instance__series__study"
    )
    return get_object_or_404(rows, pk=assignment_id)


@require_GET
def protocols(request: HttpRequest) -> HttpResponse:
    if not request.user.may(Permission.VIEW_PROTOCOLS):
        raise PermissionDenied
    rows = StudyProtocol.objects.visible_to(request.user).select_related("center", "scheme_version")
    return render(
        request,
        "annotator/protocols.html",
        {"protocols": rows.annotate(cases_total=Count("cases", distinct=True)).order_by("name")},
    )


@require_http_methods(["GET"])
def protocol(request: HttpRequest, key: Any) -> HttpResponse:
    row = get_object_or_404(StudyProtocol.objects.visible_to(request.user), pk=key)
    cases = consensus.open_cases(user=request.user, protocol_id=row.pk)
    items = [(case, max(case.labels.all(), key=lambda label: label.number, default=None)) for case in cases]
    return render(request, "annotator/protocol.html", {"protocol": row, "items": items, "query": urlencode({})})


@require_GET
def case_page(request: HttpRequest, case_id: int) -> HttpResponse:
    case = get_object_or_404(Case.objects.with_open_consensus_for(request.user), pk=case_id)
    readings = consensus.signed_readings(case=case)
    context = {
        "case": case,
        "readings": readings,
        "rows": consensus.comparison(readings),
        "labels": consensus.label_history(case=case),
        "numbers": {reading.pk.hex: number for number, reading in enumerate(readings, 1)},
    }
    return render(request, "annotator/case.html", context)
