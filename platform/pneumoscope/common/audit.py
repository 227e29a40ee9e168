"""Writing and checking the audit chain.

Each event's hash covers its own fields and the previous event's hash (SHA-256 over canonical
JSON). Writers hold the head row while they append, so the chain has one order under any number
of processes. Removing events from the chain's end is found only against a head kept elsewhere:
`manage.py audit_verify --head HASH` compares with one that was exported earlier.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from .models import AuditEvent, AuditHead


@dataclass(frozen=True)
class ChainFault:
    """One place where the chain doesn't hold."""

    event_id: int
    reason: str


def record(
    *,
    actor: Any,
    action: str,
    target: models.Model,
    at: datetime,
    payload: dict[str, Any] | None = None,
    center_id: int | None = None,
) -> AuditEvent:
    """Append one event inside the caller's transaction.

    `actor` is a user or None (the system); `target` needs a primary key before it is saved, which
    guarded rows have (UUID). Raises TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("audit.record was called outside transaction.atomic().")
    head, _ = AuditHead.objects.select_for_update().get_or_create(id=1)
    event = AuditEvent(
        sequence=head.sequence + 1,
        at=at,
        actor_id=getattr(actor, "pk", None),
        actor_name=str(actor) if actor is not None else "system",
        center_id=center_id,
        action=action,
        target_type=target._meta.label_lower,
        target_id=target_key(target.pk),
        payload=payload or {},
        previous_hash=head.hash,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    AuditHead.objects.filter(id=1).update(sequence=event.sequence, hash=event.hash)
    return event


def target_key(key: Any) -> str:
    """A row's key as the trail writes it: 32 hex digits for UUIDs, decimal for integers."""
    return key.hex if isinstance(key, UUID) else str(key)


def event_hash(event: AuditEvent) -> str:
    """SHA-256 of the event's canonical JSON, chained to the previous one."""
    fields = {
        "sequence": event.sequence,
        "at": event.at.isoformat(),
        "actor_id": event.actor_id,
        "actor_name": event.actor_name,
        "center_id": event.center_id,
        "action": event.action,
        "target_type": event.target_type,
        "target_id": event.target_id,
        "payload": event.payload,
        "source": str(event.source),
        "previous_hash": event.previous_hash,
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def chain_faults() -> Iterator[ChainFault]:
    """Walk the chain from its start; yields every event that was edited, removed or never chained."""
    previous_hash, expected = "", 1
    for event in AuditEvent.objects.filter(sequence__isnull=False).order_by("sequence").iterator():
        if event.sequence != expected:
            yield ChainFault(event.pk, f"event {expected} is missing before event {event.sequence}")
            expected = event.sequence or expected
        elif event.previous_hash != previous_hash:
            yield ChainFault(event.pk, f"event {event.sequence} doesn't follow the event before it")
        if event_hash(event) != event.hash:
            yield ChainFault(event.pk, f"event {event.sequence} was changed after it was written")
        previous_hash, expected = event.hash, expected + 1
    head = AuditHead.objects.filter(id=1).first()
    if head is not None and (head.sequence, head.hash) != (expected - 1, previous_hash):
        yield ChainFault(0, f"the chain ends at event {expected - 1}, its head says {head.sequence}")
    for event in AuditEvent.objects.filter(source=AuditEvent.Source.TRIGGER).iterator():
        yield ChainFault(
            event.pk, f"{event.target_type} {event.target_id} was written past the services ({event.action})"
        )


def holds_hash(value: str) -> bool:
    """Whether the event of this hash is still in the chain."""
    return AuditEvent.objects.filter(hash=value).exists()
