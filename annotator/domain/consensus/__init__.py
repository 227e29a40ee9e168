"""Consensus rules: pure functions from readings in the order received to one outcome. `RULES` names them all."""

from collections.abc import Callable

from annotator.domain.consensus import niosh, panel
from annotator.domain.consensus.niosh import niosh_42cfr37_53
from annotator.domain.consensus.outcome import ConsensusOutcome, ItemOutcome
from annotator.domain.consensus.panel import panel_median
from annotator.domain.consensus.summary import ReadingSummary, parse_short_notation, summarize
from annotator.domain.errors import UnknownRuleError

RULES: dict[str, Callable[..., ConsensusOutcome]] = {
    niosh.RULE_ID: niosh_42cfr37_53,
    panel.RULE_ID: panel_median,
}
RULE_VERSIONS: dict[str, str] = {niosh.RULE_ID: niosh.RULE_VERSION, panel.RULE_ID: panel.RULE_VERSION}


def rule_named(name: str) -> Callable[..., ConsensusOutcome]:
    """The rule with this id. Raises UnknownRuleError."""
    if name not in RULES:
        raise UnknownRuleError(f"The consensus rule {name!r} came, but known are {sorted(RULES)}. Use one of these.")
    return RULES[name]


__all__ = [
    "RULES",
    "RULE_VERSIONS",
    "ConsensusOutcome",
    "ItemOutcome",
    "ReadingSummary",
    "niosh_42cfr37_53",
    "panel_median",
    "parse_short_notation",
    "rule_named",
    "summarize",
]
