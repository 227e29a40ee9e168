"""From signed readings to a label revision, and to whoever must read next."""

from datetime import datetime
from typing import Any

from django.db import transaction

from annotator.domain.consensus import RULE_VERSIONS, ConsensusOutcome, rule_named, summarize
from annotator.models import Assignment, Case, LabelRevision, Reading
from pneumoscope.accounts.models import User
from pneumoscope.common import audit

from .protocols import assign, rank_of

NO_ELIGIBLE_READER = "no_eligible_reader"
NEEDED = {
    LabelRevision.State.REQUEST_THIRD: (1, Assignment.Kind.THIRD),
    LabelRevision.State.REQUEST_TWO_MORE: (2, Assignment.Kind.EXTRA),
    LabelRevision.State.REQUEST_REPLACEMENT: (1, Assignment.Kind.REPLACEMENT),
}


def recompute_label(*, case: Case, now: datetime, trigger: str) -> LabelRevision:
    """Apply the protocol's rule to the current signed readings; appends a revision only when it differs."""
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        readings = list(
            Reading.objects.filter(assignment__case=case).current().order_by("assignment__signed_at", "assignment_id")
        )
        outcome = _outcome(case, readings)
        called, short = _further_readers(case, outcome.state)
        content = _content(outcome, readings)
        content["flags"] += [NO_ELIGIBLE_READER] if short else []
        newest = case.labels.order_by("-number").first()
        if newest is not None and all(getattr(newest, name) == value for name, value in content.items()):
            label = newest
        else:
            label = _append(case, newest, content, now, trigger)
        for reader in called:
            assign(case=case, reader=reader, kind=NEEDED[LabelRevision.State(outcome.state)][1])
    return label


def _outcome(case: Case, readings: list[Reading]) -> ConsensusOutcome:
    rule = rule_named(case.protocol.consensus_rule)
    summaries = [summarize(reading=reading.data, reading_id=reading.pk.hex) for reading in readings]
    if case.protocol.consensus_rule == "panel_median":
        return rule(readings=summaries, n=case.protocol.readers_required)
    return rule(readings=summaries)


def _content(outcome: ConsensusOutcome, readings: list[Reading]) -> dict[str, Any]:
    keys = [reading.pk.hex for reading in readings]
    return {
        "rule": outcome.rule,
        "rule_version": RULE_VERSIONS[outcome.rule],
        "state": outcome.state,
        "outcome": outcome.text,
        "value": {
            "classification": outcome.value,
            "items": {path: {"state": item.state, "value": item.value} for path, item in outcome.items.items()},
        },
        "used": [keys[place] for place in outcome.used],
        "excluded": [{"reading": keys[place], "why": why} for place, why in sorted(outcome.excluded.items())],
        "flags": list(outcome.flags),
    }


def _append(
    case: Case, newest: LabelRevision | None, content: dict[str, Any], now: datetime, trigger: str
) -> LabelRevision:
    label = LabelRevision(
        case=case, number=newest.number + 1 if newest else 1, trigger=trigger, created_at=now, **content
    )
    label.audit_event = audit.record(
        actor=None,
        action="label.revised",
        target=label,
        at=now,
        center_id=case.protocol.center_id,
        payload={"case": case.pk, "number": label.number, "state": label.state, "rule": label.rule},
    )
    label.save(force_insert=True)
    return label


def _further_readers(case: Case, state: str) -> tuple[list[User], bool]:
    """Whom the rule calls, less those already on their way; and whether the protocol has too few readers for it."""
    count, _ = NEEDED.get(LabelRevision.State(state), (0, ""))
    waiting = case.assignments.exclude(state__in=["signed", "withdrawn"]).count()
    seen = case.assignments.values_list("reader_id", flat=True)
    free = list(case.protocol.readers.exclude(pk__in=seen).filter(is_active=True))
    free.sort(key=lambda reader: rank_of(case.protocol, reader, case))
    wanted = max(0, count - waiting)
    return free[:wanted], len(free) < wanted
