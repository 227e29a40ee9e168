"""Checks that the data of a scheme hold together, so that a slip in a new version is named at load."""

from collections.abc import Iterator, Mapping
from typing import Any

from annotator.domain.conditions import OPERATORS
from annotator.domain.errors import SchemeError

FIELD_TYPES = frozenset({"single", "ordinal", "multi", "bool", "text", "date"})
_WITH_OPTIONS = frozenset({"single", "ordinal", "multi"})
_CODE_OPERATORS = frozenset({"eq", "in", "has", "has_any"})
_LOGICAL = frozenset({"all", "any", "implies", "iff"})


def check_scheme(data: Mapping[str, Any]) -> None:
    """Raises SchemeError naming the first fault: unknown path or option, missing label, repeated id."""
    for key in ("id", "version", "label", "sections", "rules", "settings"):
        if key not in data:
            raise SchemeError(f"A scheme needs {key!r}, but it has only {sorted(data)}.")
    fields = _fields(data)
    settings = frozenset(data["settings"])
    for section in data["sections"]:
        _check_label(section, section["id"])
        _check_conditions(section, fields, settings, section["id"])
    for field in fields.values():
        _check_field(field)
        _check_conditions(field, fields, settings, field["path"])
    _check_rules(data["rules"], fields, settings)


def _fields(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    fields: dict[str, Mapping[str, Any]] = {}
    for section in data["sections"]:
        for field in section["fields"]:
            if field["path"] in fields:
                raise SchemeError(f"The path {field['path']} is there twice. Give each field its own path.")
            fields[field["path"]] = field
    return fields


def _check_label(owner: Mapping[str, Any], name: str, key: str = "label") -> None:
    words = owner.get(key)
    if not isinstance(words, Mapping) or not all(words.get(language) for language in ("en", "ja")):
        raise SchemeError(f"{name} needs a {key} in en and ja, but has {words!r}.")


def _check_field(field: Mapping[str, Any]) -> None:
    name = field["path"]
    _check_label(field, name)
    if field.get("type") not in FIELD_TYPES:
        raise SchemeError(f"{name} has the type {field.get('type')!r}; known are {sorted(FIELD_TYPES)}.")
    if (field["type"] in _WITH_OPTIONS) != bool(field.get("options")):
        raise SchemeError(f"{name}: the types {sorted(_WITH_OPTIONS)}, and only these, have options.")
    codes = [option["code"] for option in field.get("options", ())]
    if len(set(codes)) != len(codes):
        raise SchemeError(f"{name} has an option code twice: {codes}.")
    for option in field.get("options", ()):
        _check_label(option, f"{name}={option['code']}")


def _check_rules(rules: Any, fields: Mapping[str, Any], settings: frozenset[str]) -> None:
    ids = [rule["id"] for rule in rules]
    if len(set(ids)) != len(ids):
        raise SchemeError(f"A rule id is there twice: {ids}.")
    for rule in rules:
        name = f"rule {rule['id']}"
        _check_label(rule, name, key="text")
        if rule.get("severity") not in ("E", "W") or not rule.get("checks"):
            raise SchemeError(f"{name} needs a severity, E or W, and at least one check.")
        _check_conditions(rule, fields, settings, name)
        for check in rule["checks"]:
            _check_condition(check["require"], fields, settings, name)
            for path in check["paths"]:
                _check_path(path, fields, name)


def _check_conditions(owner: Mapping[str, Any], fields: Mapping[str, Any], settings: frozenset[str], name: str) -> None:
    for key in ("visible_if", "required_if", "when"):
        if key in owner:
            _check_condition(owner[key], fields, settings, name)


def _check_condition(node: Any, fields: Mapping[str, Any], settings: frozenset[str], name: str) -> None:
    for operator, operands in _leaves(node, name):
        parts = [operands] if operator in ("answered", "unanswered", "empty") else list(operands)
        if isinstance(parts[0], str):
            _check_path(parts[0], fields, name)
        else:
            _check_operand(parts[0], fields, settings, name)
        for part in parts[1:]:
            if isinstance(part, Mapping):
                _check_operand(part, fields, settings, name)
            elif operator in _CODE_OPERATORS and isinstance(parts[0], str):
                _check_codes(fields.get(parts[0]), part, name)


def _leaves(node: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, bool):
        return
    if not isinstance(node, Mapping) or len(node) != 1 or not set(node) <= OPERATORS:
        raise SchemeError(f"{name}: {node!r} is not a condition; known operators are {sorted(OPERATORS)}.")
    operator, operands = next(iter(node.items()))
    if operator == "not":
        yield from _leaves(operands, name)
    elif operator in _LOGICAL:
        for part in operands:
            yield from _leaves(part, name)
    else:
        yield operator, operands


def _check_operand(node: Mapping[str, Any], fields: Mapping[str, Any], settings: frozenset[str], name: str) -> None:
    kind, argument = next(iter(node.items()))
    if kind == "path":
        _check_path(argument, fields, name)
    elif kind == "setting" and argument not in settings:
        raise SchemeError(f"{name} uses the setting {argument!r}; the scheme has {sorted(settings)}.")
    elif kind == "first":
        for part in argument:
            _check_operand(part, fields, settings, name)


def _check_path(path: str, fields: Mapping[str, Any], name: str) -> None:
    if path not in fields and not any(known.startswith(f"{path}.") for known in fields):
        raise SchemeError(f"{name} names the path {path!r}, which no field of the scheme has.")


def _check_codes(field: Mapping[str, Any] | None, literal: Any, name: str) -> None:
    if field is None or not field.get("options"):
        return
    codes = [option["code"] for option in field["options"]]
    wanted = literal if isinstance(literal, (list, tuple)) else [literal]
    unknown = [code for code in wanted if code not in codes]
    if unknown:
        raise SchemeError(f"{name} compares {field['path']} with {unknown}; its options are {codes}.")
