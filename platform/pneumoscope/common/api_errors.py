"""One shape for every error that the API answers: {code, detail, ...}."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, with the error's code beside its text."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(response.data, dict) and "detail" in response.data:
        response.data.setdefault("code", getattr(response.data["detail"], "code", "error"))
    else:
        response.data = {"code": "invalid", "detail": "The request's fields are off.", "fields": response.data}
    return response
