"""Item-by-item consensus of complete readings: the type of each field says how it is decided.

Ordinal: median (even panels: the higher middle value). Yes/no and every option of a list: majority, a tie is
adjudicated. Single choice (shape): the answer of more than half, else adjudicated. Text and dates are not decided.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from annotator.domain.conditions import value_at
from annotator.domain.consensus.outcome import ADJUDICATE, FINAL, ItemOutcome
from annotator.domain.scheme import Scheme

_SETTLED_BY_RULE = frozenset({"parenchymal.profusion", "parenchymal.large"})


def decide_items(*, scheme: Scheme, answers: Sequence[Mapping[str, Any]]) -> dict[str, ItemOutcome]:
    """Path (or `path=option` for a list) -> the panel's answer, in the order of the form; reader data left out."""
    items: dict[str, ItemOutcome] = {}
    for path, field in scheme.fields.items():
        if path in _SETTLED_BY_RULE or path.startswith("reader."):
            continue
        values = [value_at(answer, path) for answer in answers]
        if field["type"] == "multi":
            items |= {f"{path}={code}": _majority([code in (v or ()) for v in values]) for code in scheme.codes(path)}
        elif field["type"] == "bool":
            items[path] = _majority([value is True for value in values])
        elif field["type"] == "single":
            items[path] = _mode(values)
        elif field["type"] == "ordinal":
            items[path] = _median(values, scheme.codes(path))
    return items


def _majority(votes: list[bool]) -> ItemOutcome:
    if 2 * sum(votes) == len(votes):
        return ItemOutcome(ADJUDICATE)
    return ItemOutcome(FINAL, 2 * sum(votes) > len(votes))


def _mode(values: list[Any]) -> ItemOutcome:
    """An unanswered field counts as the answer None (not marked)."""
    for value in values:
        if 2 * values.count(value) > len(values):
            return ItemOutcome(FINAL, value)
    return ItemOutcome(ADJUDICATE)


def _median(values: list[Any], codes: tuple[Any, ...]) -> ItemOutcome:
    """An unanswered field counts as the lowest grade (O)."""
    ranks = sorted(0 if value is None else codes.index(value) for value in values)
    return ItemOutcome(FINAL, codes[ranks[len(ranks) // 2]])
