"""Evaluates the conditions of a scheme: small JSON trees with one operator in each node.

The first operand of a leaf operator is a path into the reading (a string), `{setting: name}` or `{first: [...]}`;
the second is a literal, `{path: ...}`, `{setting: ...}` or `{first: [...]}`.
The twin is frontend/src/scheme/conditions.ts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.domain.errors import SchemeError

# Spelled out because str.strip() and JavaScript's trim() disagree on some characters.
BLANKS = " \t\n\r\u00a0\u3000"


@dataclass(frozen=True)
class Context:
    """What a condition may look at: a complete reading (every field present, null = unanswered) and the settings."""

    reading: Mapping[str, Any]
    settings: Mapping[str, Any]


def holds(condition: Any, context: Context) -> bool:
    """Whether the condition is true of the context; a comparison with an unanswered value is false."""
    if isinstance(condition, bool):
        return condition
    operator, operands = _parts(condition)
    logical = _LOGICAL.get(operator)
    if logical is not None:
        return logical(operands, context)
    if operator in _UNARY:
        return _UNARY[operator](operand(operands, context))
    left, right = operands
    return _BINARY[operator](operand(left, context), _right(right, context))


def value_at(reading: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or None where a step is unanswered."""
    node: Any = reading
    for step in path.split("."):
        if not isinstance(node, Mapping):
            return None
        node = node.get(step)
    return node


def operand(node: Any, context: Context) -> Any:
    """A string is a path; a mapping says which source it names."""
    return value_at(context.reading, node) if isinstance(node, str) else _right(node, context)


def is_answered(value: Any) -> bool:
    """A group is answered when each of its fields is; a text when it is not blank; O and [] are answers."""
    if isinstance(value, Mapping):
        return all(is_answered(part) for part in value.values())
    if isinstance(value, str):
        return value.strip(BLANKS) != ""
    return value is not None


def is_unanswered(value: Any) -> bool:
    """Nothing at all was answered, in the field or in any field of the group."""
    if isinstance(value, Mapping):
        return all(is_unanswered(part) for part in value.values())
    return not is_answered(value)


def is_empty(value: Any) -> bool:
    """Nothing positive: unanswered, no option marked, or extent and width O."""
    if isinstance(value, Mapping):
        return all(is_empty(part) for part in value.values())
    if isinstance(value, (list, tuple)):
        return len(value) == 0
    return not is_answered(value) or (value == 0 and not isinstance(value, bool))


def _parts(condition: Any) -> tuple[str, Any]:
    if not isinstance(condition, Mapping) or len(condition) != 1:
        raise SchemeError(f"A condition is a mapping with one operator, but {condition!r} came.")
    operator, operands = next(iter(condition.items()))
    if operator not in OPERATORS:
        raise SchemeError(f"Unknown operator {operator!r}; known are {sorted(OPERATORS)}.")
    return operator, operands


def _right(node: Any, context: Context) -> Any:
    if not isinstance(node, Mapping):
        return node
    kind, argument = next(iter(node.items()))
    if kind == "path":
        return value_at(context.reading, argument)
    if kind == "setting":
        return context.settings.get(argument)
    if kind == "first":
        values = (_right(part, context) for part in argument)
        return next((value for value in values if value is not None), None)
    raise SchemeError(f"An operand names path, setting or first, but {kind!r} came.")


def _implies(operands: Sequence[Any], context: Context) -> bool:
    return not holds(operands[0], context) or holds(operands[1], context)


def _iff(operands: Sequence[Any], context: Context) -> bool:
    return holds(operands[0], context) == holds(operands[1], context)


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: left is not None and right is not None and test(left, right)


_LOGICAL: dict[str, Callable[[Any, Context], bool]] = {
    "all": lambda parts, context: all(holds(part, context) for part in parts),
    "any": lambda parts, context: any(holds(part, context) for part in parts),
    "not": lambda part, context: not holds(part, context),
    "implies": _implies,
    "iff": _iff,
}
_UNARY: dict[str, Callable[[Any], bool]] = {
    "answered": is_answered,
    "unanswered": is_unanswered,
    "empty": is_empty,
}
_BINARY: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left is not None and left == right,
    "in": lambda left, right: left is not None and left in right,
    "has": lambda left, right: right in (left or ()),
    "has_any": lambda left, right: any(item in (left or ()) for item in right),
    "subset": lambda left, right: all(item in (right or ()) for item in (left or ())),
    "lt": _compare(lambda left, right: left < right),
    "le": _compare(lambda left, right: left <= right),
    "gt": _compare(lambda left, right: left > right),
    "ge": _compare(lambda left, right: left >= right),
}
OPERATORS = frozenset(_LOGICAL) | frozenset(_UNARY) | frozenset(_BINARY)
