"""The reading page's API: load, save field by field, sign."""

import re
from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotator.domain.missing import missing_items
from annotator.models import Assignment, Reading
from annotator.selectors.worklist import next_assignment
from annotator.services import readings as service
from annotator.services.schemes import scheme_of

LONGEST_KEY = 64
ETAG = re.compile(r'^(?:W/)?"?(\d+)"?$')


def body_of(reading: Reading) -> dict[str, Any]:
    """The draft as its reader sees it; says nothing of anyone else."""
    language = (translation.get_language() or "en")[:2]
    outcome = service.check(
        reading=reading, data=service.with_reader_block(reading=reading, now=timezone.now()), language=language
    )
    missing = missing_items(scheme=scheme_of(reading.scheme_version), reading=reading.data, language=language)
    return {
        "id": str(reading.pk),
        "state": reading.state,
        "revision": reading.revision,
        "data": reading.data,
        "saved_at": reading.saved_at.isoformat(),
        "missing": [{"path": item.path, "text": item.text} for item in missing if not item.path.startswith("reader.")],
        "errors": [{"rule": finding.rule, "text": finding.text} for finding in outcome.errors],
        "warnings": [{"rule": finding.rule, "text": finding.text} for finding in outcome.warnings],
        "derived": dict(outcome.derived),
    }


def answer(reading: Reading, status: int = 200) -> Response:
    return Response(
        body_of(reading), status=status, headers={"ETag": f'"{reading.revision}"', "Cache-Control": "no-store"}
    )


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    return Response({"code": code, "detail": detail, **more}, status=status)


class ReadingApi(APIView):
    """GET and PATCH of the reader's own reading."""

    def own(self, request: Request, key: Any) -> Reading:
        return get_object_or_404(
            Reading.objects.filter(assignment__in=Assignment.objects.visible_to(request.user)), pk=key
        )

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, key: Any) -> Response:
        return answer(self.own(request, key))

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, key: Any) -> Response:
        reading, revision = self.own(request, key), revision_of(request)
        if revision is None:
            return need_revision()
        changes = parse_changes(request.data)
        if isinstance(changes, Response):
            return changes
        idempotency_key = request.headers.get("Idempotency-Key", "")
        if not 0 < len(idempotency_key) <= LONGEST_KEY:
            detail = f"{len(idempotency_key)} characters of Idempotency-Key came: send 1 to {LONGEST_KEY}, e.g. a UUID."
            return problem(400, "no_idempotency_key", detail)
        try:
            saved = service.save_changes(
                reading=reading, changes=changes, revision=revision, idempotency_key=idempotency_key, now=timezone.now()
            )
        except service.StaleRevisionError as error:
            return stale(error)
        except service.InvalidChangeError as error:
            return problem(400, "invalid_change", str(error))
        except service.ReusedKeyError as error:
            return problem(409, "reused_idempotency_key", str(error))
        except service.SignedReadingError as error:
            return problem(409, "signed", str(error))
        return answer(saved)


class SignApi(ReadingApi):
    """POST signs the draft after a fresh proof of identity."""

    http_method_names = ["post", "options"]

    @extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, key: Any) -> Response:
        reading, revision = self.own(request, key), revision_of(request)
        if revision is None:
            return need_revision()
        refusal = misshapen_signature(request.data) or prove_identity(request)
        if refusal is not None:
            return refusal
        acknowledged = request.data.get("acknowledged_warnings", [])
        try:
            signed = service.sign_reading(
                reading=reading, revision=revision, acknowledged=acknowledged, now=timezone.now()
            )
        except service.StaleRevisionError as error:
            return stale(error)
        except service.SignedReadingError as error:
            return problem(409, "signed", str(error))
        except service.NotSignableError as error:
            return problem(409, "not_signable", str(error), **findings(error))
        following = next_assignment(reader=request.user, after=signed.assignment)
        return Response(
            {
                "state": signed.state,
                "signed_at": signed.signed_at.isoformat() if signed.signed_at else None,
                "sha256": signed.payload_sha256,
                "next_url": reverse("annotator:read", args=[following.pk])
                if following
                else reverse("annotator:worklist"),
            }
        )


def findings(error: service.NotSignableError) -> dict[str, Any]:
    return {
        "errors": [{"rule": found.rule, "text": found.text} for found in error.outcome.errors],
        "warnings": [
            {"rule": found.rule, "text": found.text}
            for found in error.outcome.warnings
            if found.rule in error.unacknowledged
        ],
    }


def misshapen_signature(data: Any) -> Response | None:
    """None for {"password": text, "acknowledged_warnings": [rule, ...]}, both optional."""
    if isinstance(data, dict) and isinstance(data.get("password", ""), str):
        acknowledged = data.get("acknowledged_warnings", [])
        if isinstance(acknowledged, list) and all(isinstance(rule, str) for rule in acknowledged):
            return None
    return problem(400, "invalid_signature", 'Expected {"password": "...", "acknowledged_warnings": ["P5"]}.')


def prove_identity(request: Request) -> Response | None:
    """None when the person proved who they are: by password now, or within the allowed time before."""
    password = request.data.get("password")
    now = timezone.now().timestamp()
    if password:
        if not request.user.check_password(password):
            return problem(403, "wrong_password", "That isn't your password: nothing was signed.")
        request.session["identity_proven_at"] = now
        return None
    if now - request.session.get("identity_proven_at", 0) <= settings.SIGNATURE_REAUTHENTICATION_S:
        return None
    return problem(
        403, "reauthentication_required", "Enter your password to sign: the last proof of identity is too old."
    )


def revision_of(request: Request) -> int | None:
    match = ETAG.match(request.headers.get("If-Match", "").strip())
    return int(match.group(1)) if match else None


def need_revision() -> Response:
    return problem(428, "no_revision", 'Send If-Match with the revision you saw, e.g. If-Match: "3".')


def stale(error: service.StaleRevisionError) -> Response:
    return problem(412, "stale_revision", str(error), current=body_of(error.reading))


def parse_changes(data: Any) -> list[service.Change] | Response:
    items = data.get("changes") if isinstance(data, dict) else None
    shaped = isinstance(items, list) and all(
        isinstance(item, dict) and isinstance(item.get("path"), str) and "value" in item for item in items
    )
    if not shaped or not items:
        return problem(
            400, "invalid_change", 'Expected {"changes": [{"path": "parenchymal.profusion", "value": "1/1"}]}.'
        )
    return [service.Change(item["path"], item["value"]) for item in items]
