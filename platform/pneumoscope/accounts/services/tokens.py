"""API tokens: shown once, kept as a hash, revoked by their owner."""

from datetime import datetime
from typing import Any

from django.db import transaction
from knox.models import AuthToken

from pneumoscope.common import audit

from ..models import User

TOKENS_PER_USER = 20


class TooManyTokens(Exception):
    """The user's shelf of tokens is full."""

    def __init__(self) -> None:
        super().__init__(f"You hold {TOKENS_PER_USER} tokens, the most that one person may: revoke one first.")


def create(*, user: User, now: datetime) -> tuple[AuthToken, str]:
    """A new token and its text, which exists nowhere else. Raises TooManyTokens."""
    if AuthToken.objects.filter(user=user, expiry__gt=now).count() >= TOKENS_PER_USER:
        raise TooManyTokens
    with transaction.atomic():
        token, text = AuthToken.objects.create(user)
        _record("token.created", token, user, now)
    return token, text


def revoke(*, token: AuthToken, actor: User, now: datetime) -> None:
    """End a token at once."""
    with transaction.atomic():
        _record("token.revoked", token, actor, now)
        token.delete()


def _record(action: str, token: AuthToken, actor: Any, now: datetime) -> None:
    """The trail names the token by its public beginning; its key column would be the digest itself."""
    audit.record(actor=actor, action=action, target=token.user, at=now, payload={"token_key": token.token_key})
