"""The shape of a reading: every field of the scheme, nothing else, each value of its type (pseudo rule S1)."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from annotator.domain.canonical import thaw
from annotator.domain.errors import MisshapenReadingError
from annotator.domain.scheme import Scheme

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def blank_reading(*, scheme: Scheme) -> dict[str, Any]:
    """A reading with every field present and unanswered (null)."""
    reading: dict[str, Any] = {}
    for path in scheme.fields:
        put(reading, path, None)
    return reading


def put(reading: dict[str, Any], path: str, value: Any) -> None:
    """Sets the value at a dotted path, making the groups on the way."""
    *steps, last = path.split(".")
    node = reading
    for step in steps:
        node = node.setdefault(step, {})
    node[last] = value


def faults(*, scheme: Scheme, reading: Any) -> list[tuple[str, str]]:
    """(path, text) for each unknown field, wrong type or unknown option; empty for a well-shaped reading."""
    return list(_walk(scheme, blank_reading(scheme=scheme), reading, ""))


def complete(*, scheme: Scheme, reading: Any) -> dict[str, Any]:
    """A copy with every field present, null where the reading says nothing. Raises MisshapenReadingError."""
    found = faults(scheme=scheme, reading=reading)
    if found:
        raise MisshapenReadingError(" ".join(text for _, text in found))
    return fill(blank_reading(scheme=scheme), reading)


def fill(blank: dict[str, Any], reading: Mapping[str, Any]) -> dict[str, Any]:
    """`blank` with the answers of a reading that is known to have no faults."""
    for key, value in reading.items():
        if isinstance(blank[key], dict):
            fill(blank[key], value or {})
        else:
            blank[key] = thaw(value)
    return blank


def _walk(scheme: Scheme, shape: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(shape, dict):
        problem = None if value is None else _problem(scheme.fields[path], value)
        if problem:
            yield path, f"{path}: expected {problem}, but {_shown(value)} came."
        return
    if value is None and path:
        return
    if not isinstance(value, Mapping):
        yield path, f"{path or 'the reading'}: expected a mapping of {', '.join(shape)}, but {_shown(value)} came."
        return
    for key, part in value.items():
        place = f"{path}.{key}" if path else str(key)
        if key in shape:
            yield from _walk(scheme, shape[key], part, place)
        else:
            yield place, f"{place}: unknown field; expected one of {', '.join(shape)}. Correct or remove it."


def _problem(field: Mapping[str, Any], value: Any) -> str | None:
    """What was expected, when the value is not it."""
    kind = field["type"]
    if kind == "bool":
        return None if isinstance(value, bool) else "true or false"
    if kind == "text":
        return _text_problem(value, field.get("max_length"))
    if kind == "date":
        return None if is_date(value) else "a date YYYY-MM-DD"
    codes = [option["code"] for option in field["options"]]
    if kind == "multi":
        return _multi_problem(value, codes)
    return None if _is_code(value, codes) else f"one of {_listed(codes)}"


def _text_problem(value: Any, longest: int | None) -> str | None:
    if not isinstance(value, str):
        return "a text"
    return f"at most {longest} characters" if longest is not None and len(value) > longest else None


def _multi_problem(value: Any, codes: list[Any]) -> str | None:
    wanted = f"a list of different codes out of {_listed(codes)}"
    if not isinstance(value, (list, tuple)) or not all(_is_code(item, codes) for item in value):
        return wanted
    return wanted if len(set(value)) != len(value) else None


def _is_code(value: Any, codes: list[Any]) -> bool:
    """True is not 1 here, although Python says so."""
    return type(value) in (str, int) and value in codes


def is_date(value: Any) -> bool:
    """Whether the value is a real day as YYYY-MM-DD."""
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _listed(codes: list[Any]) -> str:
    return ", ".join(str(code) for code in codes)


def _shown(value: Any) -> str:
    text = json.dumps(thaw(value), ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."
