"""42 CFR 37.53: two readings that agree, else any two of three, else the median of five.

The regulation is silent on letters A to C that differ, complicated against simple readings, several agreeing pairs and
unreadable images; these are product decisions and are shown as flags or reasons.
The twin is frontend/src/scheme/niosh.ts.
"""

from collections.abc import Callable, Sequence
from itertools import combinations

from annotator.domain.consensus.outcome import (
    FINAL,
    PENDING,
    REQUEST_REPLACEMENT,
    REQUEST_THIRD,
    REQUEST_TWO_MORE,
    UNCLASSIFIABLE,
    UNREADABLE,
    ConsensusOutcome,
)
from annotator.domain.consensus.summary import LARGE, PROFUSION, ReadingSummary

RULE_ID = "niosh_42cfr37_53"
RULE_VERSION = "1.0.0"
NOT_NEEDED = "came after the rule had settled the case"
NOT_IN_PAIR = "not of the pair that agrees"

Pair = tuple[int, int]


def agree(*, first: ReadingSummary, second: ReadingSummary) -> bool:
    """Whether two readable readings agree: both complicated; or both simple and in the same major category or within
    one minor category, with the one exception 0/1 against 1/0.
    """
    if first.complicated or second.complicated:
        return first.complicated and second.complicated
    if {first.effective, second.effective} == {"0/1", "1/0"}:
        return False
    return first.index // 3 == second.index // 3 or abs(first.index - second.index) <= 1


def niosh_42cfr37_53(*, readings: Sequence[ReadingSummary]) -> ConsensusOutcome:
    """The outcome of the readings in the order received."""
    usable = [place for place, reading in enumerate(readings) if not reading.unreadable]
    unreadable = {place: UNREADABLE for place, reading in enumerate(readings) if reading.unreadable}
    if sum(reading.unreadable for reading in readings[:3]) >= 2:
        return _open(UNCLASSIFIABLE, unreadable)
    settled = 0
    for wanted, request, settle in _STAGES:
        if len(usable) < wanted:
            return _open(_waiting(readings, usable, settled, request), unreadable)
        used = settle(readings, usable[:wanted])
        if used:
            return _final(readings, usable, unreadable, used)
        settled = wanted
    return _median(readings, usable[:5], unreadable, usable[5:])


def _waiting(readings: Sequence[ReadingSummary], usable: list[int], settled: int, request: str) -> str:
    """What to ask for while a stage has too few readable readings; `settled` readings belong to earlier stages."""
    start = usable[settled - 1] + 1 if settled else 0
    new = readings[start:]
    if any(reading.unreadable for reading in new):
        return REQUEST_REPLACEMENT
    return PENDING if new else request


def _closest_pair(readings: Sequence[ReadingSummary], places: list[int]) -> Pair | None:
    """Of several agreeing pairs the closest on the 12-point scale, then the one with the higher result."""
    pairs = [pair for pair in combinations(places, 2) if agree(first=readings[pair[0]], second=readings[pair[1]])]
    return min(pairs, key=lambda pair: _preference(readings[pair[0]], readings[pair[1]]), default=None)


def _preference(first: ReadingSummary, second: ReadingSummary) -> tuple[int, int]:
    return abs(first.index - second.index), -max(first.index, second.index)


_STAGES: tuple[tuple[int, str, Callable[[Sequence[ReadingSummary], list[int]], Pair | None]], ...] = (
    (2, PENDING, _closest_pair),
    (3, REQUEST_THIRD, _closest_pair),
    (5, REQUEST_TWO_MORE, lambda readings, places: None),
)


def _final(
    readings: Sequence[ReadingSummary], usable: list[int], unreadable: dict[int, str], used: Pair
) -> ConsensusOutcome:
    pair = [readings[place] for place in used]
    letters = {reading.large for reading in pair}
    complicated = pair[0].complicated
    value = max(letters, key=LARGE.index) if complicated else max(pair, key=lambda reading: reading.index).effective
    flags = ["letters_differ"] if complicated and len(letters) > 1 else []
    last = _last_of_stage(readings, usable)
    excluded = unreadable | {
        place: NOT_IN_PAIR if place <= last else NOT_NEEDED for place in usable if place not in used
    }
    return _closed(value, used, excluded, flags, pair)


def _last_of_stage(readings: Sequence[ReadingSummary], usable: list[int]) -> int:
    """The last reading that the settling stage looked at: the second, else the third."""
    return usable[1] if _closest_pair(readings, usable[:2]) else usable[2]


def _median(
    readings: Sequence[ReadingSummary], places: list[int], unreadable: dict[int, str], late: list[int]
) -> ConsensusOutcome:
    """The median on the 15-point scale 0/- to 3/+, A, B, C (the letters extend the scale: product decision)."""
    scale = PROFUSION + LARGE[1:]
    ranks = sorted(scale.index(_rank_code(readings[place])) for place in places)
    excluded = unreadable | dict.fromkeys(late, NOT_NEEDED)
    return _closed(scale[ranks[2]], tuple(places), excluded, ["median_of_five"], [readings[place] for place in places])


def _rank_code(reading: ReadingSummary) -> str:
    return reading.large if reading.complicated else reading.effective


def _open(state: str, excluded: dict[int, str]) -> ConsensusOutcome:
    return ConsensusOutcome(RULE_ID, RULE_VERSION, state, state, excluded=excluded)


def _closed(
    value: str, used: tuple[int, ...], excluded: dict[int, str], flags: list[str], readings: list[ReadingSummary]
) -> ConsensusOutcome:
    imputed = ["imputed"] if any(reading.negative for reading in readings) else []
    ordered = dict(sorted(excluded.items()))
    return ConsensusOutcome(
        RULE_ID, RULE_VERSION, FINAL, f"{FINAL} {value}", value, used, ordered, tuple(flags + imputed)
    )
