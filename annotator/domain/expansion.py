"""Writes out the two shorthands of scheme data, so that the engines meet only plain conditions.

`{ref: name}` stands for a condition named under `conditions`; `each: {side: [R, L]}` in a check repeats the check
for every value, with `$side` replaced in its strings.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from annotator.domain.errors import SchemeError

_NAME = re.compile(r"\$(\w+)")


def expand_scheme(data: dict[str, Any]) -> dict[str, Any]:
    """The scheme with every shorthand written out; `conditions` is gone, for nothing refers to it any more."""
    named = data.pop("conditions", {})
    for section in data["sections"]:
        _expand_conditions(section, named)
        for field in section["fields"]:
            _expand_conditions(field, named)
    for rule in data["rules"]:
        rule["checks"] = [_resolve(copy, named, ()) for check in rule["checks"] for copy in _copies(check)]
        _expand_conditions(rule, named)
    return data


def _expand_conditions(owner: dict[str, Any], named: dict[str, Any]) -> None:
    for key in ("visible_if", "required_if", "when"):
        if key in owner:
            owner[key] = _resolve(owner[key], named, ())


def _copies(check: dict[str, Any]) -> Iterator[dict[str, Any]]:
    names = check.get("each", {})
    body = {key: value for key, value in check.items() if key != "each"}
    for values in product(*names.values()):
        yield _substitute(body, dict(zip(names, values, strict=True)))


def _substitute(node: Any, values: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _substitute(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [_substitute(value, values) for value in node]
    if isinstance(node, str):
        return _NAME.sub(lambda match: _value_of(match.group(1), values), node)
    return node


def _value_of(name: str, values: dict[str, str]) -> str:
    if name not in values:
        raise SchemeError(f"${name} is used, but `each` gives only {sorted(values)}. Add the name to `each`.")
    return values[name]


def _resolve(node: Any, named: dict[str, Any], seen: tuple[str, ...]) -> Any:
    if isinstance(node, dict):
        if set(node) == {"ref"}:
            return _referred(node["ref"], named, seen)
        return {key: _resolve(value, named, seen) for key, value in node.items()}
    if isinstance(node, list):
        return [_resolve(value, named, seen) for value in node]
    return node


def _referred(name: str, named: dict[str, Any], seen: tuple[str, ...]) -> Any:
    if name not in named:
        raise SchemeError(f"ref {name!r} is not among the conditions {sorted(named)}. Correct the ref.")
    if name in seen:
        raise SchemeError(f"The condition {name!r} refers to itself through {' > '.join(seen)}. Break the circle.")
    return _resolve(named[name], named, (*seen, name))
