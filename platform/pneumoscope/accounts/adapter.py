"""Accounts come by invitation alone."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Closes the public sign-up; invited people set a password through their invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
