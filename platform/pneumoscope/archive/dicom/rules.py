"""The allow-list of `rules.yaml` as checked, immutable rules; a mistyped rule stops the import, it never fails open."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydicom.datadict import dictionary_VR, tag_for_keyword

from .syntaxes import SopKind

FILE = Path(__file__).with_name("rules.yaml")
OPTIONS: dict[str, frozenset[str]] = {
    "codes": frozenset({"list", "count", "required", "upper", "keep_positions"}),
    "number": frozenset({"min", "max", "count", "exact_count", "required"}),
    "spacing": frozenset(),
    "uid": frozenset(),
    "sop_class": frozenset(),
    "date": frozenset({"required"}),
    "datetime": frozenset(),
    "age": frozenset(),
    "pseudonym": frozenset(),
    "empty": frozenset(),
    "empty_sequence": frozenset(),
    "lut": frozenset(),
    "pointer": frozenset(),
    "coded": frozenset({"codes"}),
    "sequence": frozenset({"rules", "count"}),
}


class RuleError(ValueError):
    """The rule file contradicts itself or the DICOM dictionary."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What may be written for one attribute."""

    tag: int
    keyword: str
    vr: str
    action: str
    count: int = 1
    exact_count: bool = False
    minimum: float = 0.0
    maximum: float = 0.0
    required: bool = False
    upper: bool = False
    keep_positions: bool = False
    values: frozenset[str] = frozenset()
    patterns: tuple[re.Pattern[str], ...] = ()
    coded: dict[tuple[str, str], str] = field(default_factory=dict)
    rules: "tuple[Rule, ...]" = ()

    def allows(self, value: str) -> bool:
        """True if a code string is one of the listed values or matches a listed pattern as a whole."""
        return value in self.values or any(pattern.fullmatch(value) for pattern in self.patterns)


@cache
def rules_for(kind: SopKind) -> tuple[Rule, ...]:
    """The rules of one family of images, by ascending tag."""
    document = _document()
    merged = {keyword: entry for name in document["kinds"][kind] for keyword, entry in document["rules"][name].items()}
    return _build(merged, document)


@cache
def _document() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def _build(entries: dict[str, dict[str, Any]], document: dict[str, Any]) -> tuple[Rule, ...]:
    return tuple(sorted((_rule(*entry, document) for entry in entries.items()), key=lambda rule: rule.tag))


def _rule(keyword: str, entry: dict[str, Any], document: dict[str, Any]) -> Rule:
    tag = tag_for_keyword(keyword)
    options = dict(entry)
    action = options.pop("action", "")
    if tag is None or action not in OPTIONS or not options.keys() <= OPTIONS[action]:
        raise RuleError(
            f"{keyword}: {entry} came; a keyword of the standard with an action of {sorted(OPTIONS)} was expected."
        )
    listed = [str(value) for value in document["lists"][options["list"]]] if action == "codes" else []
    return Rule(
        tag=int(tag),
        keyword=keyword,
        vr=dictionary_VR(tag),
        action=action,
        count=options.get("count", 1),
        exact_count=options.get("exact_count", False),
        minimum=options.get("min", 0.0),
        maximum=options.get("max", 0.0),
        required=options.get("required", False),
        upper=options.get("upper", False),
        keep_positions=options.get("keep_positions", False),
        values=frozenset(value for value in listed if not value.startswith("^")),
        patterns=tuple(re.compile(value) for value in listed if value.startswith("^")),
        coded=_coded(document["coded"][options["codes"]]) if action == "coded" else {},
        rules=_build(document["rules"][options["rules"]], document) if action == "sequence" else (),
    )


def _coded(schemes: dict[str, dict[str, str]]) -> dict[tuple[str, str], str]:
    return {(scheme, str(value)): meaning for scheme, entries in schemes.items() for value, meaning in entries.items()}
