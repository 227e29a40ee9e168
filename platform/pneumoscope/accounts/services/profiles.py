"""A person's own data, changed by the person."""

from datetime import date, datetime

from django.db import transaction

from pneumoscope.common import audit

from ..models import ReaderQualification, User


def save(*, user: User, changed: list[str], now: datetime) -> None:
    """Store the named fields; the trail names them, not their content."""
    if not changed:
        return
    with transaction.atomic():
        audit.record(actor=user, action="profile.changed", target=user, at=now, payload={"fields": sorted(changed)})
        user.save(update_fields=changed)


def add_qualification(
    *, user: User, kind: str, number: str, valid_from: date, expires_on: date | None, now: datetime
) -> ReaderQualification:
    """Record a certificate; `expires_on` None means that it doesn't end."""
    with transaction.atomic():
        certificate = ReaderQualification.objects.create(
            user=user, kind=kind, number=number, valid_from=valid_from, expires_on=expires_on
        )
        audit.record(actor=user, action="qualification.added", target=certificate, at=now, payload={"kind": str(kind)})
    return certificate


def remove_qualification(*, certificate: ReaderQualification, actor: User, now: datetime) -> None:
    """Take a certificate off the list; the trail keeps that it was there."""
    with transaction.atomic():
        audit.record(
            actor=actor,
            action="qualification.removed",
            target=certificate,
            at=now,
            payload={"kind": str(certificate.kind)},
        )
        certificate.delete()
