"""Lookup tables as numbers (PS3.3 C.11.1 and C.11.2): read, checked, written anew."""

from dataclasses import dataclass

import numpy as np

from .elements import Element, Tree

LUT_DESCRIPTOR = 0x00283002
LUT_DATA = 0x00283006
MAXIMUM_ENTRIES = 65536


@dataclass(frozen=True, slots=True)
class Lut:
    """`values` (entries,) u2; `first` = the stored value of the first entry; `bits` of each entry, 8 to 16."""

    first: int
    bits: int
    values: np.ndarray


def read_lut(tree: Tree, *, signed: bool, little_endian: bool) -> Lut | None:
    """The table of one sequence item; None when absent or not a monotone table of numbers.

    A table of gray values rises or falls; one that does neither may be text in disguise and is not let through.
    """
    descriptor = _words(tree.get(LUT_DESCRIPTOR), little_endian)
    data = tree.get(LUT_DATA)
    if descriptor is None or descriptor.size != 3 or data is None or data.items is not None:
        return None
    entries, bits = int(descriptor[0]) or MAXIMUM_ENTRIES, int(descriptor[2])
    first = int(descriptor[1].astype(np.int16)) if signed else int(descriptor[1])
    if not 8 <= bits <= 16:
        return None
    values = _entries(data, entries, bits, little_endian)
    if values is None or values.max() >= 1 << bits:
        return None
    steps = np.diff(values.astype(np.int32))
    return Lut(first, bits, values) if (steps >= 0).all() or (steps <= 0).all() else None


def _words(element: Element | None, little_endian: bool) -> np.ndarray | None:
    if element is None or element.items is not None or len(element.value) % 2:
        return None
    return np.frombuffer(element.value, dtype="<u2" if little_endian else ">u2").astype("<u2")


def _entries(data: Element, entries: int, bits: int, little_endian: bool) -> np.ndarray | None:
    """Entries of 16 bits each, or of 8 bits packed into words when the table says 8 bits and has half the length."""
    words = _words(data, little_endian)
    if words is None:
        return None
    if words.size >= entries:
        return words[:entries]
    packed = words.view(np.uint8)
    return packed[:entries].astype("<u2") if bits == 8 and packed.size >= entries else None
