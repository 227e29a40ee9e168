"""Raw element bytes to typed values: every parse is total, a value that does not parse is None."""

import math
import re
import struct

from .elements import Element, Tree

BINARY_LAYOUT = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "FL": "f", "FD": "d", "UV": "Q", "SV": "q"}
UID_PATTERN = re.compile(r"[0-9]+(\.[0-9]+)*")
DECIMAL_PATTERN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
INTEGER_PATTERN = re.compile(r"[+-]?\d{1,12}")
DATE_PATTERN = re.compile(r"\d{8}")


def text(element: Element | None) -> str:
    """The value as latin-1 text without padding; empty when absent. For codes only, never for names."""
    return "" if element is None else element.value.decode("latin-1").strip(" \0\t\r\n")


def texts(element: Element | None) -> list[str]:
    """The backslash-separated values of a text element, each without padding."""
    return [part.strip() for part in text(element).split("\\")]


def uid(element: Element | None) -> str | None:
    """A UID of at most 64 characters (PS3.5 9.1), or None."""
    value = text(element)
    return value if len(value) <= 64 and UID_PATTERN.fullmatch(value) else None


def numbers(element: Element | None, *, vr: str, little_endian: bool = True) -> list[float] | list[int] | None:
    """The numbers of an element whose dictionary VR is `vr`; None when absent, empty or not numeric."""
    if element is None or element.items is not None or not element.value:
        return None
    own = element.vr if element.vr in BINARY_LAYOUT or element.vr in ("DS", "IS") else vr
    if own in BINARY_LAYOUT:
        return _binary(element.value, BINARY_LAYOUT[own], little_endian)
    pattern, convert = (INTEGER_PATTERN, int) if own == "IS" else (DECIMAL_PATTERN, float)
    parts = texts(element)
    if not all(pattern.fullmatch(part) for part in parts):
        return None
    values = [convert(part) for part in parts]
    return values if all(math.isfinite(value) for value in values) else None


def _binary(raw: bytes, layout: str, little_endian: bool) -> list[float] | list[int] | None:
    size = struct.calcsize("=" + layout)
    if len(raw) % size:
        return None
    values = list(struct.unpack(f"{'<' if little_endian else '>'}{len(raw) // size}{layout}", raw))
    return values if all(math.isfinite(value) for value in values) else None


def integer(tree: Tree, tag: int, *, vr: str, little_endian: bool = True) -> int | None:
    """The single integer of an element, or None."""
    values = numbers(tree.get(tag), vr=vr, little_endian=little_endian)
    return int(values[0]) if values is not None and len(values) == 1 and values[0] == int(values[0]) else None


def decimals(tree: Tree, tag: int, *, count: int, little_endian: bool = True) -> tuple[float, ...] | None:
    """Exactly `count` decimal numbers (DS), or None."""
    values = numbers(tree.get(tag), vr="DS", little_endian=little_endian)
    return tuple(float(value) for value in values) if values is not None and len(values) == count else None
