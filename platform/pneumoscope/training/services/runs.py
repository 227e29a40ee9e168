"""Starting trainings."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from annotator.models import StudyProtocol
from pneumoscope.common import jobs
from pneumoscope.common.models import Job

DEFAULT_CONFIG: dict[str, Any] = {}


def request_run(
    *, protocol: StudyProtocol, trigger: str, now: datetime, actor: Any = None, config: dict[str, Any] | None = None
) -> Job:
    """Ask for a training on the protocol's labels as they will stand when the worker begins.

    While one is under way, that one is the answer: a button pressed twice trains once.
    """
    arguments = {
        "protocol": protocol.pk.hex,
        "config": config or DEFAULT_CONFIG,
        "trigger": trigger,
        "run": uuid.uuid4().hex,
    }
    with transaction.atomic():
        StudyProtocol.objects.select_for_update().get(pk=protocol.pk)  # two askers at once take turns here
        waiting = under_way(protocol=protocol).first()
        if waiting is not None:
            return waiting
        return jobs.enqueue(
            "training.run",
            arguments,
            idempotency_key=f"training-{arguments['run']}",
            now=now,
            actor=actor,
            center_id=protocol.center_id,
        )


def under_way(*, protocol: StudyProtocol) -> QuerySet[Job]:
    """The protocol's queued and running trainings."""
    active = Job.objects.filter(kind="training.run", state__in=[Job.State.QUEUED, Job.State.RUNNING])
    return active.filter(arguments__protocol=protocol.pk.hex)
