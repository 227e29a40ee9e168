"""An iterative, bounded reader of DICOM element headers (PS3.5 section 7).

It builds a plain tree of raw values and stops at the pixel data. Nothing recurses and nothing is interpreted, so the
depth, the number of elements and the memory are known before any library touches a value.
"""

import struct
from dataclasses import dataclass, field

from pydicom.datadict import dictionary_VR

from .limits import LIMITS
from .reasons import Reason, Rejected

ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
PIXEL_DATA = 0x7FE00010
OTHER_PIXEL_DATA = (0x7FE00008, 0x7FE00009)
UNDEFINED = 0xFFFFFFFF
LONG_VRS = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"])
SHORT_VRS = frozenset(
    [
        "AE",
        "AS",
        "AT",
        "CS",
        "DA",
        "DS",
        "DT",
        "FD",
        "FL",
        "IS",
        "LO",
        "LT",
        "PN",
        "SH",
        "SL",
        "SS",
        "ST",
        "TM",
        "UI",
        "UL",
        "US",
    ]
)


@dataclass(slots=True)
class Element:
    """One raw element: value bytes, or the items of a sequence."""

    tag: int
    vr: str
    value: bytes = b""
    items: "list[Tree] | None" = None


Tree = dict[int, Element]


@dataclass(frozen=True, slots=True)
class PixelLocation:
    """Where the pixel data lie in the source; `length` is None for encapsulated data."""

    tag: int
    vr: str
    offset: int
    length: int | None


@dataclass(slots=True)
class _Level:
    """One open data set (tree) or sequence (items) while scanning."""

    end: int | None
    implicit: bool
    tree: Tree | None = None
    items: list[Tree] | None = None


@dataclass(slots=True)
class Scanner:
    """State of one pass over `data` from `position`; `size` is the size of the whole file in bytes."""

    data: bytes
    position: int
    size: int
    implicit: bool
    little_endian: bool
    stop_after_group: int | None = None
    count: int = 0
    pixels: PixelLocation | None = None
    levels: list[_Level] = field(default_factory=list)

    def scan(self) -> Tree:
        """Read to the pixel data, to the end of the file, or past `stop_after_group`; return the root tree."""
        root: Tree = {}
        self.levels = [_Level(None, self.implicit, tree=root)]
        while self.levels:
            level = self.levels[-1]
            if level.end is not None and self.position >= level.end:
                self._close_by_length(level)
            elif len(self.levels) == 1 and self.position >= self.size:
                break
            elif level.tree is None:
                self._read_item(level)
            elif not self._read_element(level, level.tree):
                break
        return root

    def _close_by_length(self, level: _Level) -> None:
        if self.position != level.end:
            raise Rejected(
                Reason.MALFORMED, f"An element overruns its sequence at byte {self.position}. Export the file again."
            )
        self.levels.pop()

    def _unpack(self, layout: str, offset: int) -> tuple[int, ...]:
        layout = ("<" if self.little_endian else ">") + layout
        try:
            return struct.unpack_from(layout, self.data, offset)
        except struct.error:
            raise self._beyond_end(offset) from None

    def _beyond_end(self, offset: int) -> Rejected:
        if offset >= LIMITS.header_bytes and self.size > len(self.data):
            return Rejected(
                Reason.HEADER_TOO_LARGE,
                f"The header is longer than {LIMITS.header_bytes} bytes. Remove private data and export again.",
            )
        return Rejected(
            Reason.TRUNCATED,
            f"The header needs bytes beyond {offset}, the file ends at {self.size}. Send the complete file.",
        )

    def _tag(self, offset: int) -> int:
        group, element = self._unpack("HH", offset)
        return group << 16 | element

    def _read_item(self, level: _Level) -> None:
        tag = self._tag(self.position)
        (length,) = self._unpack("L", self.position + 4)
        self.position += 8
        if tag == SEQUENCE_END and level.end is None:
            self.levels.pop()
        elif tag == ITEM:
            assert level.items is not None
            tree: Tree = {}
            level.items.append(tree)
            self._push(_Level(self._end_of(length, level), level.implicit, tree=tree))
        else:
            raise Rejected(
                Reason.MALFORMED,
                f"No sequence item where one must begin, at byte {self.position - 8}. Export the file again.",
            )

    def _end_of(self, length: int, level: _Level) -> int | None:
        if length == UNDEFINED:
            return None
        end = self.position + length
        if end > self.size:
            raise self._beyond_end(end)
        if level.end is not None and end > level.end:
            raise Rejected(
                Reason.MALFORMED,
                f"A sequence at byte {self.position} is longer than what holds it. Export the file again.",
            )
        return end

    def _push(self, level: _Level) -> None:
        self.levels.append(level)
        self._count()
        if len(self.levels) > 2 * LIMITS.depth + 1:
            raise Rejected(
                Reason.TOO_DEEP,
                f"Sequences are nested more than {LIMITS.depth} deep. Remove "
                "private or annotation data and export again.",
            )

    def _count(self) -> None:
        self.count += 1
        if self.count > LIMITS.elements:
            raise Rejected(
                Reason.TOO_MANY_ELEMENTS,
                f"The header holds more than {LIMITS.elements} elements. Remove private data and export again.",
            )

    def _read_element(self, level: _Level, tree: Tree) -> bool:
        start = self.position
        tag = self._tag(start)
        if tag == ITEM_END and len(self.levels) > 1 and level.end is None:
            self.position += 8
            self.levels.pop()
            return True
        if self.stop_after_group is not None and tag >> 16 > self.stop_after_group:
            return False
        vr, length = self._read_vr_and_length(level, tag)
        if len(self.levels) == 1 and (tag == PIXEL_DATA or tag in OTHER_PIXEL_DATA):
            self._locate_pixels(tag, vr, length)
            return False
        self._count()
        if vr == "SQ" or length == UNDEFINED:
            self._open_sequence(level, tree, Element(tag, vr, items=[]), length)
            return True
        end = self._end_of(length, level)
        assert end is not None
        if end > len(self.data):
            raise self._beyond_end(end)
        tree.setdefault(tag, Element(tag, vr, self.data[self.position : end]))
        self.position = end
        return True

    def _open_sequence(self, level: _Level, tree: Tree, element: Element, length: int) -> None:
        if element.vr not in ("SQ", "UN"):
            raise Rejected(
                Reason.MALFORMED, f"A plain value of undefined length at byte {self.position}. Export the file again."
            )
        # PS3.5 6.2.2 note 2: UN of undefined length is an implicit VR sequence whatever the transfer syntax.
        implicit = level.implicit or element.vr == "UN"
        element.vr = "SQ"
        tree.setdefault(element.tag, element)
        self._push(_Level(self._end_of(length, level), implicit, items=element.items))

    def _read_vr_and_length(self, level: _Level, tag: int) -> tuple[str, int]:
        start = self.position
        if tag >> 16 == 0xFFFE or tag >> 16 == 0:
            raise Rejected(Reason.MALFORMED, f"No element may begin at byte {start}. Export the file again.")
        if level.implicit:
            (length,) = self._unpack("L", start + 4)
            self._refuse_hidden_explicit(tag, start)
            self.position += 8
            return implicit_vr(tag, length), length
        vr = self.data[start + 4 : start + 6].decode("latin-1")
        if vr in LONG_VRS:
            (length,) = self._unpack("L", start + 8)
            self.position += 12
            return vr, length
        if vr not in SHORT_VRS:
            self._unpack("L", start + 4)
            raise Rejected(
                Reason.MALFORMED, f"No value representation of DICOM at byte {start + 4}. Export the file again."
            )
        (length,) = self._unpack("H", start + 6)
        self.position += 8
        return vr, length

    def _refuse_hidden_explicit(self, tag: int, start: int) -> None:
        """Explicit VR bytes under an implicit VR label read as absurd lengths; name the lie, not its consequence."""
        vr = self.data[start + 4 : start + 6].decode("latin-1")
        if len(self.levels) == 1 and self.count == 0 and tag >> 16 == 0x0008 and vr in LONG_VRS | SHORT_VRS:
            raise Rejected(
                Reason.TRANSFER_SYNTAX_MISMATCH,
                "The file is labelled Implicit VR but its elements are Explicit VR. Correct the "
                "transfer syntax and export again.",
            )

    def _locate_pixels(self, tag: int, vr: str, length: int) -> None:
        if length != UNDEFINED and self.position + length > self.size:
            raise Rejected(
                Reason.TRUNCATED,
                f"The pixel data announce {length} bytes, {self.size - self.position} are there. "
                "Send the complete file.",
            )
        self.pixels = PixelLocation(tag, vr, self.position, None if length == UNDEFINED else length)


def implicit_vr(tag: int, length: int) -> str:
    """VR of an element of an implicit VR data set (PS3.6); undefined length means a sequence."""
    if tag == PIXEL_DATA:
        return "OW"
    if length == UNDEFINED:
        return "SQ"
    try:
        return dictionary_VR(tag)[:2]
    except KeyError:
        return "UN"
