"""When a model is retrained, and why it is not."""

from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction

from annotator.models import LabelRevision

from ..models import PolicyFiring, RetrainPolicy, TrainingRun
from .runs import request_run, under_way
from .snapshots import final_labels


def check_policies(*, now: datetime) -> list[PolicyFiring]:
    """Fire every enabled policy once for its current due time; a second beat finds the firing there."""
    firings = []
    for policy in RetrainPolicy.objects.filter(is_enabled=True).select_related("protocol"):
        firing = fire(policy=policy, due_at=due_time(policy, now), now=now)
        if firing is not None:
            firings.append(firing)
    return firings


def due_time(policy: RetrainPolicy, now: datetime) -> datetime:
    """The newest point of the policy's time grid that isn't in the future."""
    interval = timedelta(minutes=policy.interval_minutes)
    epoch = datetime(2020, 1, 1, tzinfo=UTC)
    return epoch + (now - epoch) // interval * interval


def fire(*, policy: RetrainPolicy, due_at: datetime, now: datetime) -> PolicyFiring | None:
    """Start a run or record why not; None when this due time was handled before."""
    if policy.firings.filter(due_at=due_at).exists():
        return None
    reason = reason_to_skip(policy)
    outcome = PolicyFiring.Outcome.SKIPPED if reason else PolicyFiring.Outcome.STARTED
    try:
        with transaction.atomic():
            firing = PolicyFiring.objects.create(
                policy=policy, due_at=due_at, outcome=outcome, reason=reason or "enough new consensus labels"
            )
            if not reason:
                request_run(protocol=policy.protocol, trigger="schedule", now=now, config=policy.config)
    except IntegrityError:
        return None
    return firing


def reason_to_skip(policy: RetrainPolicy) -> str:
    """Empty when a run is due; otherwise the reason in words."""
    protocol = policy.protocol
    if under_way(protocol=protocol).exists():
        return "a training of this protocol is already under way"
    labels = final_labels(protocol)
    centers = {label.case.instance.series.study.center_id for label in labels}
    if len(centers) < policy.min_centers:
        return f"final labels come from {len(centers)} of the {policy.min_centers} centers that the policy asks for"
    new = _new_labels(policy, labels)
    if new < policy.min_new_labels:
        return f"only {new} of {policy.min_new_labels} new final labels have come since the last run"
    return ""


def _new_labels(policy: RetrainPolicy, labels: list[LabelRevision]) -> int:
    last = TrainingRun.objects.filter(snapshot__protocol=policy.protocol).order_by("-created_at").first()
    return sum(1 for label in labels if last is None or label.created_at > last.snapshot.created_at)
