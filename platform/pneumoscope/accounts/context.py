"""What every page's template may use."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {"site_version": settings.VERSION, "is_demo": settings.DEMO}


def navigation(request: HttpRequest) -> dict[str, object]:
    return {"nav": []}
