"""Reads values of foreign files (spreadsheets, other software) tolerantly and reports each repair.

Only spellings with one meaning are repaired; everything else is left as it came, for S1 to name.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from annotator.domain.canonical import thaw
from annotator.domain.scheme import Scheme

YES = frozenset({"yes", "y", "true", "1", "はい", "有", "あり", "有り"})
NO = frozenset({"no", "n", "false", "0", "いいえ", "無", "なし", "無し"})
NONE = frozenset({"o", "none", "no", "0", "なし", "無"})
_BOTH = ["R", "L"]
_SIDES = {"right": ["R"], "left": ["L"], "右": ["R"], "左": ["L"], "both": _BOTH, "両側": _BOTH, "rl": _BOTH}
_ALIASES = {"image_quality.grade": {"u/r": "UR", "4": "UR"}}
_DATE = re.compile(r"([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})")


@dataclass(frozen=True)
class Repair:
    """One value that was read as another: where, what came, what it was read as."""

    path: str
    came: str
    read_as: Any


@dataclass(frozen=True)
class ForeignReading:
    """The reading after repair, and what was repaired."""

    reading: dict[str, Any]
    repairs: tuple[Repair, ...]


def read_foreign(*, scheme: Scheme, reading: Mapping[str, Any]) -> ForeignReading:
    """A copy in which unambiguous foreign spellings are canonical; unknown fields and values stay as they came."""
    repairs: list[Repair] = []
    repaired = _walk(scheme, thaw(reading), "", repairs)
    return ForeignReading(repaired, tuple(repairs))


def _walk(scheme: Scheme, node: Any, path: str, repairs: list[Repair]) -> Any:
    if path in scheme.fields:
        value = _repair(scheme.fields[path], node)
        if value != node or type(value) is not type(node):
            repairs.append(Repair(path, str(node), value))
        return value
    if isinstance(node, dict):
        return {key: _walk(scheme, part, f"{path}.{key}" if path else str(key), repairs) for key, part in node.items()}
    return node


def _repair(field: Mapping[str, Any], value: Any) -> Any:
    if value is None or isinstance(value, dict):
        return value
    if isinstance(value, str) and not value.strip() and field["type"] != "text":
        return None
    return _READERS[field["type"]](field, value)


def _plain(value: Any) -> str:
    """Full-width forms become ordinary ones, outer blanks go."""
    return unicodedata.normalize("NFKC", str(value)).strip()


def _bool(field: Mapping[str, Any], value: Any) -> Any:
    word = _plain(value).lower()
    return value if isinstance(value, (bool, list)) else True if word in YES else False if word in NO else value


def _text(field: Mapping[str, Any], value: Any) -> Any:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _date(field: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    match = _DATE.fullmatch(_plain(value)) if isinstance(value, str) else None
    return value if match is None else f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}"


def _choice(field: Mapping[str, Any], value: Any) -> Any:
    """An option code in another case, width or type; O, none or 0 where the field has such an answer."""
    codes = [option["code"] for option in field["options"]]
    if isinstance(value, (bool, list)) or (type(value) in (str, int) and value in codes):
        return value
    word = _plain(value).lower()
    same = [code for code in codes if str(code).lower() == word]
    if len(same) == 1:
        return same[0]
    if field.get("none_answer") == 0 and word in NONE:
        return 0
    return _ALIASES.get(field["path"], {}).get(word, value)


def _many(field: Mapping[str, Any], value: Any) -> Any:
    """A list from one cell such as `R, L`; O or none becomes the empty list."""
    if isinstance(value, list):
        return [_choice(field, item) for item in value]
    if not isinstance(value, str):
        return value
    word = _plain(value).lower()
    codes = [option["code"] for option in field["options"]]
    if word in NONE and word not in (str(code).lower() for code in codes):
        return []
    if codes == ["R", "L"] and word in _SIDES:
        return list(_SIDES[word])
    return [_choice(field, item) for item in re.split(r"[,;\s]+", _plain(value)) if item]


_READERS: dict[str, Callable[[Mapping[str, Any], Any], Any]] = {
    "bool": _bool,
    "text": _text,
    "date": _date,
    "single": _choice,
    "ordinal": _choice,
    "multi": _many,
}
