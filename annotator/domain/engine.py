"""Executes a scheme on a reading: rules, skip logic and derived values. The twin is frontend/src/scheme/engine.ts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotator.domain.conditions import Context, holds, value_at
from annotator.domain.derived import derive
from annotator.domain.scheme import Scheme
from annotator.domain.settings import resolve_settings
from annotator.domain.structure import blank_reading, complete, faults, fill, put

STRUCTURE = "S1"


@dataclass(frozen=True)
class Finding:
    """One broken rule, or S1 for a fault of structure: its text in one language and the paths it concerns."""

    rule: str
    severity: str
    text: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """Errors block a signature, warnings must be acknowledged; both in the order of the scheme."""

    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    derived: Mapping[str, Any] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        return not self.errors

    @property
    def error_ids(self) -> list[str]:
        return list(dict.fromkeys(finding.rule for finding in self.errors))

    @property
    def warning_ids(self) -> list[str]:
        return list(dict.fromkeys(finding.rule for finding in self.warnings))


def validate(
    *, scheme: Scheme, reading: Any, settings: Mapping[str, Any] | None = None, language: str = "en"
) -> Outcome:
    """Every rule of the scheme on one reading.

    A reading of the wrong shape gives only S1 errors, for no rule can be trusted on it. `settings` override the
    defaults of the scheme; a date in `today` makes "not in the future" mean that day, else the date of reading.
    """
    chosen = resolve_settings(scheme=scheme, settings=settings)
    found = faults(scheme=scheme, reading=reading)
    if found:
        return Outcome(errors=tuple(Finding(STRUCTURE, "E", text, (path,)) for path, text in found))
    full = fill(blank_reading(scheme=scheme), reading)
    context = Context(full, chosen)
    findings = [finding for rule in scheme.rules if (finding := _apply(rule, context, language))]
    return Outcome(
        errors=tuple(finding for finding in findings if finding.severity == "E"),
        warnings=tuple(finding for finding in findings if finding.severity == "W"),
        derived=derive(scheme=scheme, reading=full),
    )


def visible_paths(*, scheme: Scheme, reading: Any, settings: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """The fields that the form shows for this reading, in the order of the form. Raises MisshapenReadingError."""
    full = complete(scheme=scheme, reading=reading)
    return _visible(scheme, Context(full, resolve_settings(scheme=scheme, settings=settings)))


def prune(*, scheme: Scheme, reading: Any, settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A complete copy in which hidden fields are unanswered, to a fixed point. Raises MisshapenReadingError."""
    full = complete(scheme=scheme, reading=reading)
    context = Context(full, resolve_settings(scheme=scheme, settings=settings))
    while hidden := _answered_but_hidden(scheme, context):
        for path in hidden:
            put(full, path, None)
    return full


def normal_film(*, scheme: Scheme) -> dict[str, Any]:
    """The reading of a normal film of good quality, reader block still unanswered."""
    reading = blank_reading(scheme=scheme)
    for path, value in scheme.data["normal_film"].items():
        put(reading, path, value)
    return reading


def _apply(rule: Mapping[str, Any], context: Context, language: str) -> Finding | None:
    if not holds(rule.get("when", True), context):
        return None
    broken = [check for check in rule["checks"] if not holds(check["require"], context)]
    if not broken:
        return None
    paths = dict.fromkeys(path for check in broken for path in check["paths"])
    return Finding(rule["id"], rule["severity"], rule["text"][language], tuple(paths))


def _visible(scheme: Scheme, context: Context) -> tuple[str, ...]:
    return tuple(
        spec["path"]
        for section in scheme.sections
        if holds(section.get("visible_if", True), context)
        for spec in section["fields"]
        if holds(spec.get("visible_if", True), context)
    )


def _answered_but_hidden(scheme: Scheme, context: Context) -> list[str]:
    shown = set(_visible(scheme, context))
    return [path for path in scheme.fields if path not in shown and value_at(context.reading, path) is not None]
