"""Starting trainings."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from annotator.models import StudyProtocol
from pneumoscope.common import jobs
from pneumoscope.common.models import Job

DEFAULT_CONFIG: dict[str, Any] = {}


def request_run(
    *, protocol: StudyProtocol, trigger: str, now: datetime, actor: Any = None, config: dict[str, Any] | None = None
) -> Job:
    """Ask for a training on the protocol's labels as they will stand when the worker begins."""
    arguments = {
        "protocol": protocol.pk.hex,
        "config": config or DEFAULT_CONFIG,
        "trigger": trigger,
        "run": uuid.uuid4().hex,
    }
    with transaction.atomic():
        return jobs.enqueue(
            "training.run",
            arguments,
            idempotency_key=f"training-{arguments['run']}",
            now=now,
            actor=actor,
            center_id=protocol.center_id,
        )
