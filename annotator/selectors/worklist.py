"""What a reader has to do."""

from dataclasses import dataclass
from typing import Any

from annotator.models import Assignment


@dataclass(frozen=True)
class Progress:
    """How far a reader is: signed out of all."""

    done: int
    total: int


def worklist(*, reader: Any) -> list[Assignment]:
    """The reader's assignments in their keyed order, open ones first. A further reading looks like any other."""
    assignments = Assignment.objects.visible_to(reader).select_related("case__protocol").order_by("rank")
    order = {"started": 0, "assigned": 0, "deferred": 1, "signed": 2}
    return sorted(assignments, key=lambda assignment: order[assignment.state])


def progress(*, reader: Any, protocol_id: Any = None) -> Progress:
    assignments = Assignment.objects.visible_to(reader)
    if protocol_id is not None:
        assignments = assignments.filter(case__protocol_id=protocol_id)
    return Progress(assignments.filter(state=Assignment.State.SIGNED).count(), assignments.count())


def next_assignment(*, reader: Any, after: Assignment | None = None) -> Assignment | None:
    """The next case to read, in the reader's own order; None when nothing is left."""
    waiting = Assignment.objects.visible_to(reader).filter(state__in=["assigned", "started"]).order_by("rank")
    if after is not None:
        waiting = waiting.exclude(pk=after.pk)
    return waiting.first()
