"""Setting up reading studies: protocols, their cases, and who reads what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from annotator.domain.assignment import reading_rank
from annotator.domain.consensus import rule_named
from annotator.models import Assignment, Case, SchemeVersion, StudyProtocol
from pneumoscope.accounts.models import Center, User
from pneumoscope.archive.models import Instance, ViewingGrant
from pneumoscope.common import audit


class ProtocolError(ValueError):
    """The protocol can't be set up or changed as asked."""


@dataclass(frozen=True)
class ProtocolPlan:
    """What a protocol lays down."""

    name: str
    center: Center
    centers: Sequence[Center]
    scheme_version: SchemeVersion
    readers: Sequence[User]
    readers_required: int = 2
    order: str = StudyProtocol.Order.SHUFFLED
    consensus_rule: str = "niosh_42cfr37_53"


def create_protocol(*, plan: ProtocolPlan, actor: Any, now: datetime) -> StudyProtocol:
    """An open protocol. Raises ProtocolError when it could never reach a consensus."""
    rule_named(plan.consensus_rule)
    if not 2 <= plan.readers_required <= len(plan.readers):
        raise ProtocolError(
            f"{plan.readers_required} readers a case came with {len(plan.readers)} readers named: "
            "expected at least 2 a case and no more than are named."
        )
    protocol = StudyProtocol(
        name=plan.name,
        center=plan.center,
        scheme_version=plan.scheme_version,
        readers_required=plan.readers_required,
        order=plan.order,
        consensus_rule=plan.consensus_rule,
        state=StudyProtocol.State.OPEN,
        created_by=actor,
    )
    with transaction.atomic():
        protocol.audit_event = audit.record(
            actor=actor,
            action="protocol.opened",
            target=protocol,
            at=now,
            center_id=plan.center.pk,
            payload={"rule": plan.consensus_rule, "readers_required": plan.readers_required},
        )
        protocol.save()
        protocol.centers.set(plan.centers)
        protocol.readers.set(plan.readers)
    return protocol


def add_cases(*, protocol: StudyProtocol, instances: Iterable[Instance], actor: Any, now: datetime) -> list[Case]:
    """New cases with their panel readers. Films already in the protocol are passed over.

    Raises ProtocolError for a protocol that isn't open or has too few active readers, and for a film that still
    awaits its pixel review or comes from a center that doesn't feed.
    """
    if protocol.state != StudyProtocol.State.OPEN:
        raise ProtocolError(f"Protocol {protocol.name} is {protocol.state}: only an open protocol takes new cases.")
    feeding = set(protocol.centers.values_list("pk", flat=True))
    known = set(protocol.cases.values_list("instance_id", flat=True))
    cases: list[Case] = []
    with transaction.atomic():
        number = protocol.cases.count()
        for instance in instances:
            _check_film(instance, feeding)
            if instance.pk not in known:
                number += 1
                cases.append(Case.objects.create(protocol=protocol, instance=instance, code=f"PN-{number:04d}"))
        _assign_panel(protocol, cases)
        audit.record(
            actor=actor,
            action="protocol.cases_added",
            target=protocol,
            at=now,
            center_id=protocol.center_id,
            payload={"count": len(cases)},
        )
    return cases


def _check_film(instance: Instance, feeding: set[int]) -> None:
    if instance.needs_pixel_review:
        raise ProtocolError(f"Film {instance.pk} awaits its pixel review: release it in the archive first.")
    if instance.series.study.center_id not in feeding:
        raise ProtocolError(f"Film {instance.pk} comes from a center that doesn't feed this protocol.")


def _assign_panel(protocol: StudyProtocol, cases: Sequence[Case]) -> None:
    """The first readers of each case: the least loaded, ties broken by the keyed hash."""
    readers = list(protocol.readers.filter(is_active=True).order_by("pk"))
    if len(readers) < protocol.readers_required:
        raise ProtocolError(
            f"{protocol.name} needs {protocol.readers_required} readers a case, but {len(readers)} of its readers are "
            "active: reactivate one."
        )
    load = {reader.pk: Assignment.objects.filter(case__protocol=protocol, reader=reader).count() for reader in readers}
    for case in cases:
        keyed = sorted(readers, key=lambda reader: (load[reader.pk], rank_of(protocol, reader, case)))
        for reader in keyed[: protocol.readers_required]:
            assign(case=case, reader=reader, kind=Assignment.Kind.PANEL)
            load[reader.pk] += 1


def assign(*, case: Case, reader: User, kind: str) -> Assignment:
    """One reader's duty, and the grant that opens this one imaging study to that reader."""
    assignment, _ = Assignment.objects.get_or_create(
        case=case,
        reader=reader,
        round=1,
        repeat=0,
        defaults={"kind": kind, "rank": rank_of(case.protocol, reader, case)},
    )
    ViewingGrant.objects.get_or_create(
        user=reader, study=case.instance.series.study, reason=f"protocol {case.protocol_id}"
    )
    return assignment


def rank_of(protocol: StudyProtocol, reader: User, case: Case) -> str:
    """The place of a case in a reader's list: keyed for shuffled protocols, its number for sequential ones."""
    if protocol.order == StudyProtocol.Order.SEQUENTIAL:
        return f"{case.pk:012d}"
    return reading_rank(secret=protocol.secret.encode(), reader_id=str(reader.pk), case_id=str(case.pk))
