"""Laying down when a protocol's model is retrained."""

from datetime import datetime
from typing import Any

from django.db import transaction

from pneumoscope.common import audit

from ..models import RetrainPolicy


class PolicyError(ValueError):
    """The policy could never fire as asked."""


def set_policy(*, policy: RetrainPolicy, actor: Any, now: datetime) -> RetrainPolicy:
    """Save a new or changed policy. Raises PolicyError for an interval or a threshold of nothing."""
    if policy.interval_minutes < 1 or policy.min_new_labels < 1:
        raise PolicyError(
            f"interval {policy.interval_minutes} min and {policy.min_new_labels} new labels came: "
            "expected 1 or more of each."
        )
    with transaction.atomic():
        policy.audit_event = audit.record(
            actor=actor,
            action="policy.set",
            target=policy,
            at=now,
            center_id=policy.protocol.center_id,
            payload={"interval_minutes": policy.interval_minutes, "min_new_labels": policy.min_new_labels},
        )
        policy.save()
    return policy
