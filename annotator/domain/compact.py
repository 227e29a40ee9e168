"""Compact readings, as in the vector files: what is omitted there has one documented meaning."""

from collections.abc import Mapping
from typing import Any

from annotator.domain.canonical import thaw
from annotator.domain.conditions import value_at
from annotator.domain.scheme import Scheme
from annotator.domain.structure import put

DEFAULT_READER: dict[str, str] = {
    "reader_id": "R1",
    "initials": "AB",
    "type_of_reading": "B",
    "date_of_radiograph": "2024-01-01",
    "date_of_reading": "2024-01-02",
}


def expand_compact(*, scheme: Scheme, compact: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which omitted rows of a given group (plaques, dpt) are answered O, omitted extents and widths 0,
    and omitted parts of the reader block hold a valid default. A group that is not given stays unanswered.
    """
    reading = thaw(compact)
    for path, field in scheme.fields.items():
        if "none_answer" in field:
            _answer_none(reading, path, field["none_answer"])
    if isinstance(reading.get("reader", {}), dict):
        reading["reader"] = DEFAULT_READER | reading.get("reader", {})
    return reading


def _answer_none(reading: dict[str, Any], path: str, answer: Any) -> None:
    """Fills one leaf of a given group; leaves alone what is given, null, or of a shape that S1 will report."""
    section, group, *_ = path.split(".")
    if not isinstance(value_at(reading, f"{section}.{group}"), dict):
        return
    row = value_at(reading, path.rpartition(".")[0])
    if row is None and not _row_omitted(reading, path):
        return
    if row is None or (isinstance(row, dict) and path.rpartition(".")[2] not in row):
        put(reading, path, thaw(answer))


def _row_omitted(reading: dict[str, Any], path: str) -> bool:
    parent = path.rpartition(".")[0]
    holder = value_at(reading, parent.rpartition(".")[0])
    return isinstance(holder, dict) and parent.rpartition(".")[2] not in holder
