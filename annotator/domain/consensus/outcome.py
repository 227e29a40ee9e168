"""What a consensus rule answers, with the provenance that a label stores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PENDING = "PENDING"
REQUEST_THIRD = "REQUEST_THIRD"
REQUEST_TWO_MORE = "REQUEST_TWO_MORE"
REQUEST_REPLACEMENT = "REQUEST_REPLACEMENT"
ADJUDICATE = "ADJUDICATE"
UNCLASSIFIABLE = "UNCLASSIFIABLE"
FINAL = "FINAL"
STATES = (PENDING, REQUEST_THIRD, REQUEST_TWO_MORE, REQUEST_REPLACEMENT, ADJUDICATE, UNCLASSIFIABLE, FINAL)

UNREADABLE = "unreadable (U/R): does not count"


@dataclass(frozen=True)
class ItemOutcome:
    """The panel's answer for one field (or one option of a field): FINAL with a value, or ADJUDICATE."""

    state: str
    value: Any = None


@dataclass(frozen=True)
class ConsensusOutcome:
    """State and value of the label; `used` and `excluded` are indexes into the readings given, in that order.

    `value` is a profusion ("1/1"), a large-opacity letter ("B") or, from a panel, both ("1/1 A").
    """

    rule: str
    rule_version: str
    state: str
    text: str
    value: str | None = None
    used: tuple[int, ...] = ()
    excluded: Mapping[int, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    items: Mapping[str, ItemOutcome] = field(default_factory=dict)
