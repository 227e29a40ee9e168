"""Actions of the allow-list: from the raw tree of a foreign file to a new data set.

Nothing is copied. A number is parsed and written again, a code is taken from its list, a UID, a date and a patient are
replaced under the center's key; a value that does not parse is left out. So text hidden in any element stays outside.
"""

import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydicom.datadict import dictionary_has_tag
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.valuerep import format_number_as_ds

from .elements import Element, Tree
from .flags import Flag
from .keyed import Keyed
from .luts import LUT_DATA, read_lut
from .rules import Rule
from .spacing import plausible
from .syntaxes import SOP_CLASSES
from .values import DATE_PATTERN, decimals, numbers, text, texts, uid

AGE_PATTERN = re.compile(r"0*(\d{1,3})([DWMY]?)")
OLDEST_AGE_YEARS = 90
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
INTEGER_RANGE = {
    "IS": (-(2**31), 2**31 - 1),
    "US": (0, 2**16 - 1),
    "SS": (-(2**15), 2**15 - 1),
    "UL": (0, 2**32 - 1),
    "SL": (-(2**31), 2**31 - 1),
}
SCHEME_ALIASES = {"SNM3": "SRT", "99SDM": "SRT"}
CODE_VALUE, CODING_SCHEME_DESIGNATOR = 0x00080100, 0x00080102


@dataclass(slots=True)
class Context:
    """What the actions need to know of the file and its patient; they add flags."""

    keyed: Keyed
    identity: str
    signed: bool
    little_endian: bool
    flags: set[Flag] = field(default_factory=set)


def emit(rules: tuple[Rule, ...], tree: Tree, context: Context) -> Dataset:
    """A new data set with what the rules let through of the tree."""
    dataset = Dataset()
    for rule in rules:
        element = tree.get(rule.tag)
        if rule.action == "lut":
            _emit_lut(dataset, rule, tree, context)
            continue
        value = ACTIONS[rule.action](rule, element, context)
        if value is not None:
            dataset.add_new(rule.tag, _written_vr(rule, context), value)
        elif rule.required:
            dataset.add_new(rule.tag, rule.vr, None)
    _drop_unpaired_windows(dataset)
    return dataset


def _written_vr(rule: Rule, context: Context) -> str:
    if rule.vr == "US or SS":
        return "SS" if context.signed else "US"
    return rule.vr


def _drop_unpaired_windows(dataset: Dataset) -> None:
    """Window center and width stand in pairs (PS3.3 C.11.2.1.2) or not at all."""
    if ("WindowCenter" in dataset) == ("WindowWidth" in dataset) and (
        "WindowCenter" not in dataset or dataset["WindowCenter"].VM == dataset["WindowWidth"].VM
    ):
        return
    for keyword in ("WindowCenter", "WindowWidth", "VOILUTFunction"):
        if keyword in dataset:
            delattr(dataset, keyword)


def _codes(rule: Rule, element: Element | None, context: Context) -> Any:
    if element is None or element.items is not None or not text(element):
        return None
    values = [value.upper() if rule.upper else value for value in texts(element)]
    if rule.keep_positions:
        return [value if rule.allows(value) else "" for value in values[: rule.count]]
    if len(values) > rule.count or not all(rule.allows(value) for value in values):
        return None
    return values if len(values) > 1 else values[0]


def _number(rule: Rule, element: Element | None, context: Context) -> Any:
    vr = _written_vr(rule, context)
    if element is not None and rule.vr == "US or SS" and element.vr in ("US", "SS"):
        element = Element(element.tag, vr, element.value)
    values = numbers(element, vr=vr, little_endian=context.little_endian)
    if not values or len(values) > rule.count or (rule.exact_count and len(values) != rule.count):
        return None
    if not all(rule.minimum <= value <= rule.maximum for value in values):
        return None
    written = [_formatted(value, vr) for value in values]
    if any(value is None for value in written):
        return None
    return written if len(written) > 1 else written[0]


def _formatted(value: float, vr: str) -> int | float | str | None:
    """The number as its VR holds it; None when it cannot."""
    if vr in INTEGER_RANGE:
        low, high = INTEGER_RANGE[vr]
        return int(value) if value == math.floor(value) and low <= value <= high else None
    if vr != "DS":
        return float(value)
    if value == math.floor(value):
        return str(int(value))
    short = repr(float(value))
    return short if len(short) <= 16 else format_number_as_ds(float(value))


def _spacing(rule: Rule, element: Element | None, context: Context) -> Any:
    pair = decimals({rule.tag: element}, rule.tag, count=2, little_endian=context.little_endian) if element else None
    return [_formatted(value, "DS") for value in pair] if pair and plausible(pair) else None


def _uid(rule: Rule, element: Element | None, context: Context) -> str | None:
    original = uid(element)
    return context.keyed.uid(original) if original else None


def _sop_class(rule: Rule, element: Element | None, context: Context) -> str | None:
    value = uid(element)
    return value if value in SOP_CLASSES else None


def parsed_date(value: str) -> date | None:
    """A date YYYYMMDD of a living archive, or None."""
    if not DATE_PATTERN.fullmatch(value) or not EARLIEST_YEAR <= int(value[:4]) <= LATEST_YEAR:
        return None
    try:
        return date(int(value[:4]), int(value[4:6]), int(value[6:8]))
    except ValueError:
        return None


def _date(rule: Rule, element: Element | None, context: Context) -> str | None:
    day = parsed_date(text(element))
    return f"{context.keyed.shifted(day, identity=context.identity):%Y%m%d}" if day else None


def _datetime(rule: Rule, element: Element | None, context: Context) -> str | None:
    day = parsed_date(text(element)[:8])
    return f"{context.keyed.shifted(day, identity=context.identity):%Y%m%d}" if day else None


def _age(rule: Rule, element: Element | None, context: Context) -> str | None:
    match = AGE_PATTERN.fullmatch(text(element))
    if match is None:
        return None
    number, unit = int(match[1]), match[2] or "Y"
    return f"{min(number, OLDEST_AGE_YEARS) if unit == 'Y' else number:03d}{unit}"


def _pseudonym(rule: Rule, element: Element | None, context: Context) -> str:
    return context.keyed.pseudonym(context.identity)


def _empty(rule: Rule, element: Element | None, context: Context) -> str:
    return ""


def _empty_sequence(rule: Rule, element: Element | None, context: Context) -> Sequence:
    return Sequence([])


def _pointer(rule: Rule, element: Element | None, context: Context) -> int | None:
    if element is None or element.items is not None or len(element.value) != 4:
        return None
    group, number = struct.unpack("<HH" if context.little_endian else ">HH", element.value)
    tag = group << 16 | number
    return tag if group % 2 == 0 and dictionary_has_tag(tag) else None


def coded_entry(rule_codes: dict[tuple[str, str], str], item: Tree) -> tuple[str, str, str] | None:
    """(scheme, value, our meaning) of a coded entry that is listed, or None."""
    scheme = text(item.get(CODING_SCHEME_DESIGNATOR))
    key = SCHEME_ALIASES.get(scheme, scheme), text(item.get(CODE_VALUE))
    return (*key, rule_codes[key]) if key in rule_codes else None


def code_item(scheme: str, value: str, meaning: str) -> Dataset:
    """One item of a code sequence (PS3.3 8.8)."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _coded(rule: Rule, element: Element | None, context: Context) -> Sequence | None:
    found = [coded_entry(rule.coded, item) for item in (element.items or [])[:1]] if element else []
    return Sequence([code_item(*entry) for entry in found if entry]) if any(found) else None


def _sequence(rule: Rule, element: Element | None, context: Context) -> Sequence | None:
    if element is None or not element.items or len(element.items) > rule.count:
        return None
    items = [emit(rule.rules, item, context) for item in element.items]
    if any(inner.action == "lut" for inner in rule.rules):
        items = [item for item in items if "LUTData" in item]
    return Sequence(items) if items else None


def _emit_lut(dataset: Dataset, rule: Rule, tree: Tree, context: Context) -> None:
    lut = read_lut(tree, signed=context.signed, little_endian=context.little_endian)
    if lut is None:
        return
    entries = lut.values.size % 65536
    dataset.add_new(
        rule.tag, "SS" if context.signed else "US", _descriptor(entries, lut.first, lut.bits, context.signed)
    )
    dataset.add_new(LUT_DATA, "OW", lut.values.astype("<u2").tobytes())


def _descriptor(entries: int, first: int, bits: int, signed: bool) -> list[int]:
    """The number of entries is unsigned whatever the VR says (PS3.3 C.11.1.1); as SS it wraps."""
    return [entries - 65536 if signed and entries >= 32768 else entries, first, bits]


ACTIONS: dict[str, Callable[[Rule, Element | None, Context], Any]] = {
    "codes": _codes,
    "number": _number,
    "spacing": _spacing,
    "uid": _uid,
    "sop_class": _sop_class,
    "date": _date,
    "datetime": _datetime,
    "age": _age,
    "pseudonym": _pseudonym,
    "empty": _empty,
    "empty_sequence": _empty_sequence,
    "coded": _coded,
    "pointer": _pointer,
    "sequence": _sequence,
}
