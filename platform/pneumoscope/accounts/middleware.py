"""Per-request duties that hang on the signed-in person."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

Handler = Callable[[HttpRequest], HttpResponse]


class UserLanguageMiddleware:
    """A signed-in person's language wins over the browser's; a cookie set on this device wins over both."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class RequireSecondFactorMiddleware:
    """Where SECOND_FACTOR_REQUIRED is on, a person without a second factor may only set one up."""

    ALLOWED_PREFIXES = ("/accounts/", "/i18n/", "/static/", "/healthz")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated or self._is_allowed(request):
            return self.get_response(request)
        return redirect(reverse("mfa_activate_totp"))

    def _is_allowed(self, request: HttpRequest) -> bool:
        from allauth.mfa.utils import is_mfa_enabled

        return request.path.startswith(self.ALLOWED_PREFIXES) or is_mfa_enabled(request.user)
