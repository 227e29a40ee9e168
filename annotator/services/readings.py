"""A reading's life: opened, saved field by field, signed, amended."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, Q, Value
from django.db.models.functions import Coalesce

from annotator.domain.engine import Outcome, prune, validate
from annotator.domain.structure import blank_reading, faults, put
from annotator.models import Assignment, Reading, ReadingEvent
from pneumoscope.common import audit

from .labels import recompute_label
from .schemes import scheme_of

MEANING = "I have read this radiograph independently and sign this classification as my own."


class ReadingError(Exception):
    """Base of what can go wrong with a reading on the way in."""


class StaleRevisionError(ReadingError):
    """The draft moved on since the caller last saw it."""

    def __init__(self, reading: Reading, came: int) -> None:
        super().__init__(
            f"Your change builds on revision {came}, but the reading is at revision {reading.revision}: "
            "compare both and send the change again on the newer one."
        )
        self.reading = reading


class InvalidChangeError(ReadingError):
    """A change names an unknown field or a value that the scheme doesn't allow."""


class ReusedKeyError(ReadingError):
    """An idempotency key came again with other changes."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for other changes: make a new key for each new change.")


class SignedReadingError(ReadingError):
    """The reading is signed and never changes."""

    def __init__(self) -> None:
        super().__init__("This reading is signed and can't be changed: amend it, with a reason, to make a new version.")


class NotSignableError(ReadingError):
    """Rules of the scheme stand against signing."""

    def __init__(self, outcome: Outcome, unacknowledged: Sequence[str]) -> None:
        super().__init__("The reading isn't complete or breaks rules of the form; each is listed.")
        self.outcome = outcome
        self.unacknowledged = unacknowledged


@dataclass(frozen=True)
class Change:
    """One answered field: a dotted path of the scheme, and its value (null clears it)."""

    path: str
    value: Any


def open_reading(*, assignment: Assignment, now: datetime) -> Reading:
    """The assignment's draft, made on first opening; a signed assignment gives its newest signed version."""
    with transaction.atomic():
        Assignment.objects.select_for_update().get(pk=assignment.pk)
        newest = assignment.readings.order_by("-version").first()
        if newest is not None:
            return newest
        reading = Reading(assignment=assignment, scheme_version=assignment.case.protocol.scheme_version, saved_at=now)
        reading.data = blank_reading(scheme=scheme_of(reading.scheme_version))
        _begin(reading, action="reading.opened", now=now)
        Assignment.objects.filter(pk=assignment.pk, state__in=["assigned", "deferred"]).update(
            state=Assignment.State.STARTED, opened_at=now
        )
    return reading


def save_changes(
    *, reading: Reading, changes: Sequence[Change], revision: int, idempotency_key: str, now: datetime
) -> Reading:
    """Apply changes on top of `revision`; a repeated key answers as the first time and changes nothing.

    Raises StaleRevisionError, InvalidChangeError, SignedReadingError, ReusedKeyError.
    """
    asked = [{"path": change.path, "value": change.value} for change in changes]
    with transaction.atomic():
        current = Reading.objects.select_for_update().get(pk=reading.pk)
        earlier = current.events.filter(idempotency_key=idempotency_key).first()
        if earlier is not None:
            if earlier.changes != asked:
                raise ReusedKeyError
            return current
        if current.state == Reading.State.SIGNED:
            raise SignedReadingError
        if current.revision != revision:
            raise StaleRevisionError(current, revision)
        data = _changed(current, changes)
        ReadingEvent.objects.create(
            reading=current,
            revision=revision + 1,
            changes=asked,
            idempotency_key=idempotency_key,
            at=now,
        )
        moved = Reading.objects.filter(pk=current.pk, revision=revision, state=Reading.State.DRAFT).update(
            data=data, revision=revision + 1, saved_at=now
        )
        if not moved:
            raise StaleRevisionError(Reading.objects.get(pk=current.pk), revision)
    return Reading.objects.get(pk=reading.pk)


def _changed(reading: Reading, changes: Sequence[Change]) -> dict[str, Any]:
    scheme = scheme_of(reading.scheme_version)
    data = json.loads(json.dumps(reading.data))
    for change in changes:
        if change.path.split(".")[0] == "reader":
            raise InvalidChangeError(f"Field {change.path!r} is filled by the server from your profile: leave it out.")
        try:
            put(data, change.path, change.value)
        except (AttributeError, KeyError, TypeError) as error:
            raise InvalidChangeError(f"Field {change.path!r} is unknown to {scheme.id} {scheme.version}.") from error
    problems = faults(scheme=scheme, reading=data)
    if problems:
        raise InvalidChangeError("; ".join(f"{path}: {text}" for path, text in problems))
    return prune(scheme=scheme, reading=data, settings=reading.assignment.case.protocol.scheme_settings)


def check(*, reading: Reading, data: Mapping[str, Any] | None = None, language: str = "en") -> Outcome:
    """What the scheme's rules say of the reading as it would be signed by its reader today."""
    return validate(
        scheme=scheme_of(reading.scheme_version),
        reading=data if data is not None else reading.data,
        settings=reading.assignment.case.protocol.scheme_settings,
        language=language,
    )


def with_reader_block(*, reading: Reading, now: datetime) -> dict[str, Any]:
    """The answers with the reader's block filled in by the server (rules M1, M2)."""
    reader = reading.assignment.reader
    study_date = reading.assignment.case.instance.series.study.date
    today = now.date()
    valid = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    qualification = reader.qualifications.filter(valid, kind__in=["A", "B"], valid_from__lte=today).first()
    block = {
        "reader_id": f"R{reader.pk}",
        "initials": reader.initials or "".join(word[0] for word in reader.full_name.split())[:3].upper(),
        "type_of_reading": qualification.kind if qualification else "O",
        "facility_id": None,
        "date_of_radiograph": (study_date or now.date()).isoformat(),
        "date_of_reading": now.date().isoformat(),
    }
    return {**reading.data, "reader": {**reading.data.get("reader", {}), **block}}


def sign_reading(*, reading: Reading, revision: int, acknowledged: Sequence[str], now: datetime) -> Reading:
    """Seal the draft; the caller has proven the reader's identity. Recomputes the case's label.

    Raises NotSignableError, StaleRevisionError, SignedReadingError.
    """
    with transaction.atomic():
        current = Reading.objects.select_for_update().get(pk=reading.pk)
        if current.state == Reading.State.SIGNED:
            raise SignedReadingError
        if current.revision != revision:
            raise StaleRevisionError(current, revision)
        data = with_reader_block(reading=current, now=now)
        outcome = check(reading=current, data=data)
        open_warnings = [rule for rule in outcome.warning_ids if rule not in acknowledged]
        if outcome.errors or open_warnings:
            raise NotSignableError(outcome, open_warnings)
        _seal(current, data, [rule for rule in outcome.warning_ids if rule in acknowledged], now)
        recompute_label(case=current.assignment.case, now=now, trigger="reading.signed")
    return Reading.objects.get(pk=reading.pk)


def _seal(reading: Reading, data: dict[str, Any], acknowledged: Sequence[str], now: datetime) -> None:
    reader = reading.assignment.reader
    reading.data, reading.acknowledged_warnings = data, list(acknowledged)
    reading.state, reading.signed_at, reading.saved_at = Reading.State.SIGNED, now, now
    reading.signer_name, reading.signature_meaning = reader.full_name, MEANING
    reading.payload_sha256 = payload_sha256(reading)
    reading.audit_event = audit.record(
        actor=reader,
        action="reading.signed",
        target=reading,
        at=now,
        payload={"version": reading.version, "sha256": reading.payload_sha256, "meaning": MEANING},
    )
    reading.save()
    # The first signature keeps its time: the rules go by the order of readings, which an amendment doesn't change.
    Assignment.objects.filter(pk=reading.assignment_id).update(
        state=Assignment.State.SIGNED, signed_at=Coalesce("signed_at", Value(now, output_field=DateTimeField()))
    )


def payload_sha256(reading: Reading) -> str:
    """SHA-256 of what was signed: answers, scheme, case, reader, name, time and meaning, as canonical JSON."""
    payload = {
        "answers": reading.data,
        "acknowledged_warnings": reading.acknowledged_warnings,
        "scheme": [reading.scheme_version.scheme_id, reading.scheme_version.version, reading.scheme_version.sha256],
        "assignment": reading.assignment_id,
        "version": reading.version,
        "amendment_reason": reading.amendment_reason,
        "signer": reading.signer_name,
        "signed_at": reading.signed_at.isoformat() if reading.signed_at else None,
        "meaning": reading.signature_meaning,
    }
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def amend_reading(*, reading: Reading, reason: str, now: datetime) -> Reading:
    """A new draft version of a signed reading. Raises ReadingError without a reason or for an older version."""
    if not reason.strip():
        raise ReadingError("An amendment needs a reason: say in a few words what is corrected and why.")
    with transaction.atomic():
        newest = reading.assignment.readings.select_for_update().order_by("-version").first()
        if newest is None or newest.pk != reading.pk or newest.state != Reading.State.SIGNED:
            raise ReadingError("Only the newest signed version can be amended: open the assignment again.")
        draft = Reading(
            assignment=reading.assignment,
            version=reading.version + 1,
            scheme_version=reading.scheme_version,
            data=reading.data,
            amends=reading,
            amendment_reason=reason.strip()[:500],
            saved_at=now,
        )
        _begin(draft, action="reading.amendment_opened", now=now)
    return draft


def defer(*, assignment: Assignment, note: str) -> bool:
    """Put a case off with a note; a signed one stays as it is."""
    return bool(
        Assignment.objects.filter(pk=assignment.pk, state__in=["assigned", "started", "deferred"]).update(
            state=Assignment.State.DEFERRED, note=note[:500]
        )
    )


def _begin(reading: Reading, *, action: str, now: datetime) -> None:
    reading.audit_event = audit.record(
        actor=reading.assignment.reader,
        action=action,
        target=reading,
        at=now,
        payload={"version": reading.version},
    )
    reading.save(force_insert=True)
