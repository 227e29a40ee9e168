"""The part of a reading that consensus looks at. The twin is frontend/src/scheme/consensus.ts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotator.domain.errors import InvalidSummaryError

PROFUSION = ("0/-", "0/0", "0/1", "1/0", "1/1", "1/2", "2/1", "2/2", "2/3", "3/2", "3/3", "3/+")
LARGE = ("O", "A", "B", "C")
IMPUTED = "0/0"
_SHORT = re.compile(r"(?P<profusion>[0-3]/[0-3+-])(?:,? *(?P<large>[OABC]))?")


@dataclass(frozen=True)
class ReadingSummary:
    """One reader's answer: unreadable, negative (2A NO), or a profusion with a large-opacity letter.

    `answers` is the complete canonical reading, for rules that decide item by item.
    """

    id: str
    profusion: str | None = None
    large: str = "O"
    unreadable: bool = False
    negative: bool = False
    answers: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if sum((self.unreadable, self.negative, self.profusion is not None)) != 1:
            raise InvalidSummaryError(
                f"Reading {self.id} must be exactly one of unreadable, negative or with a profusion; came "
                f"unreadable={self.unreadable}, negative={self.negative}, profusion={self.profusion!r}. "
                "Complete the reading."
            )
        if self.profusion is not None and self.profusion not in PROFUSION:
            raise InvalidSummaryError(
                f"Reading {self.id}: profusion {self.profusion!r} is not on the scale {PROFUSION}."
            )
        if self.large not in LARGE or (self.large != "O" and self.profusion is None):
            raise InvalidSummaryError(
                f"Reading {self.id}: large opacities {self.large!r} came; expected one of {LARGE}, "
                "A to C only with a profusion."
            )

    @property
    def effective(self) -> str:
        """The profusion that counts: 0/0 for a negative reading. Not for an unreadable one."""
        return self.profusion or IMPUTED

    @property
    def index(self) -> int:
        """0 (0/-) to 11 (3/+)."""
        return PROFUSION.index(self.effective)

    @property
    def complicated(self) -> bool:
        return self.large != "O"


def summarize(*, reading: Mapping[str, Any], reading_id: str) -> ReadingSummary:
    """The summary of a signed canonical reading. Raises InvalidSummaryError when the reading is incomplete."""
    parenchymal = reading.get("parenchymal") or {}
    if (reading.get("image_quality") or {}).get("grade") == "UR":
        return ReadingSummary(reading_id, unreadable=True, answers=reading)
    if parenchymal.get("any") is False:
        return ReadingSummary(reading_id, negative=True, answers=reading)
    if parenchymal.get("large") is None:
        raise InvalidSummaryError(f"Reading {reading_id}: large opacities are unanswered. Complete the reading.")
    return ReadingSummary(reading_id, parenchymal.get("profusion"), parenchymal["large"], answers=reading)


def parse_short_notation(*, text: str, reading_id: str) -> ReadingSummary:
    """`NO`, `UR`, `1/1` or `1/1 A`. Raises InvalidSummaryError for anything else."""
    if text == "UR":
        return ReadingSummary(reading_id, unreadable=True)
    if text == "NO":
        return ReadingSummary(reading_id, negative=True)
    match = _SHORT.fullmatch(text)
    if match is None:
        raise InvalidSummaryError(
            f"Reading {reading_id}: {text!r} came; expected NO, UR, a profusion like 1/1, or 1/1 A."
        )
    return ReadingSummary(reading_id, match["profusion"], match["large"] or "O")
