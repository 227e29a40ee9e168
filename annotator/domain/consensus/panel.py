"""Median of a panel, as studies use it: each reader counts once, ordinal answers by median, yes/no items by majority.

The median of three follows Tamura et al., Ind Health 2015;53:260 (readers' summed grades); the treatment of even
panels, ties and unreadable images is a product decision. The twin is frontend/src/scheme/panel.ts.
"""

from collections.abc import Sequence

from annotator.domain.consensus.items import decide_items
from annotator.domain.consensus.outcome import (
    FINAL,
    PENDING,
    REQUEST_REPLACEMENT,
    UNCLASSIFIABLE,
    UNREADABLE,
    ConsensusOutcome,
)
from annotator.domain.consensus.summary import LARGE, PROFUSION, ReadingSummary
from annotator.domain.scheme import Scheme

RULE_ID = "panel_median"
RULE_VERSION = "1.0.0"
WIDE_SPREAD = 3


def panel_median(*, readings: Sequence[ReadingSummary], n: int = 3, scheme: Scheme | None = None) -> ConsensusOutcome:
    """The panel's outcome once `n` readable readings are there; all readable readings count.

    With a scheme and complete answers, `items` decides every other field; without them it is empty. The flags
    wide_spread (3 minor categories or more) and complicated_split advise adjudication, the median stays.
    """
    usable = tuple(place for place, reading in enumerate(readings) if not reading.unreadable)
    excluded = {place: UNREADABLE for place, reading in enumerate(readings) if reading.unreadable}
    unreadable_first = sum(reading.unreadable for reading in readings[:n])
    if unreadable_first > 0 and unreadable_first > n // 2:
        return ConsensusOutcome(RULE_ID, RULE_VERSION, UNCLASSIFIABLE, UNCLASSIFIABLE, excluded=excluded)
    if len(usable) < n:
        state = REQUEST_REPLACEMENT if excluded else PENDING
        return ConsensusOutcome(RULE_ID, RULE_VERSION, state, state, excluded=excluded)
    panel = [readings[place] for place in usable]
    value = _value(panel)
    answers = [reading.answers for reading in panel if reading.answers is not None]
    items = decide_items(scheme=scheme, answers=answers) if scheme and len(answers) == len(panel) else {}
    return ConsensusOutcome(RULE_ID, RULE_VERSION, FINAL, value, value, usable, excluded, _flags(panel), items)


def _value(panel: list[ReadingSummary]) -> str:
    profusion = PROFUSION[_upper_median([reading.index for reading in panel])]
    large = LARGE[_upper_median([LARGE.index(reading.large) for reading in panel])]
    return profusion if large == "O" else f"{profusion} {large}"


def _upper_median(ranks: list[int]) -> int:
    """The middle value; of an even number the higher of the two middle ones."""
    return sorted(ranks)[len(ranks) // 2]


def _flags(panel: list[ReadingSummary]) -> tuple[str, ...]:
    indexes = [reading.index for reading in panel]
    marks = {
        "even_median": len(panel) % 2 == 0,
        "wide_spread": max(indexes) - min(indexes) >= WIDE_SPREAD,
        "complicated_split": len({reading.complicated for reading in panel}) > 1,
        "imputed": any(reading.negative for reading in panel),
    }
    return tuple(name for name, applies in marks.items() if applies)
