"""Readings side by side and the labels made of them, for those who may see both."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from annotator.models import Case, LabelRevision, Reading


@dataclass(frozen=True)
class Row:
    """One answered field over all readings."""

    path: str
    values: list[str]
    differs: bool


def open_cases(*, user: Any, protocol_id: Any) -> QuerySet[Case]:
    return Case.objects.with_open_consensus_for(user).filter(protocol_id=protocol_id).prefetch_related("labels")


def signed_readings(*, case: Case) -> list[Reading]:
    """Newest signed versions in an order that doesn't follow the readers' names."""
    return list(Reading.objects.filter(assignment__case=case).current().order_by("signed_at"))


def comparison(readings: list[Reading]) -> list[Row]:
    """Every field that any reading answers; fields on which they differ come first."""
    flat = [dict(_flatten(reading.data)) for reading in readings]
    paths = sorted({path for answers in flat for path, value in answers.items() if value not in (None, "", [])})
    rows = []
    for path in paths:
        if path.startswith("reader."):
            continue
        values = [_shown(answers.get(path)) for answers in flat]
        rows.append(Row(path, values, len(set(values)) > 1))
    return sorted(rows, key=lambda row: not row.differs)


def label_history(*, case: Case) -> QuerySet[LabelRevision]:
    return case.labels.order_by("-number")


def _flatten(node: Any, path: str = "") -> list[tuple[str, Any]]:
    if not isinstance(node, dict):
        return [(path, node)]
    return [pair for key, value in node.items() for pair in _flatten(value, f"{path}.{key}" if path else key)]


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "O"
    return str(value)
