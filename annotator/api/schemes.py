"""Published schemes for the browser's rule engine; a version never changes, so it is cached for good."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from annotator.models import SchemeVersion


@require_GET
def scheme(request: HttpRequest, scheme_id: str, version: str) -> HttpResponse:
    row = SchemeVersion.objects.filter(scheme_id=scheme_id, version=version).first()
    if row is None:
        raise Http404(f"No published scheme {scheme_id} {version}.")
    response = HttpResponse(json.dumps(row.content, ensure_ascii=False), content_type="application/json")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["ETag"] = f'"{row.sha256}"'
    return response
