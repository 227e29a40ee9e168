"""Accounts come by invitation alone, and each address counts its own wrong passwords."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Closes the public sign-up; invited people set a password through their invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Hand the address to the lockout under the name that it looks for, in lower case.

        Without it the lockout sees no name and counts by network address alone: one person's typing
        errors would lock everybody out who shares a hospital's address.
        """
        address = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
        return super().authenticate(request, **{settings.AXES_USERNAME_FORM_FIELD: address}, **credentials)
