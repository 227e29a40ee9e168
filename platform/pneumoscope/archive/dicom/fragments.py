"""Encapsulated pixel data (PS3.5 A.4): where each frame's fragments lie, and what each codestream says of its size."""

import struct

from .elements import ITEM, SEQUENCE_END
from .limits import LIMITS
from .reasons import Reason, Rejected
from .source import Source
from .syntaxes import Codec

Span = tuple[int, int]
STARTS = {Codec.JPEG: b"\xff\xd8\xff", Codec.JPEG_LS: b"\xff\xd8\xff", Codec.JPEG_2000: b"\xff\x4f\xff\x51"}
END_MARKER = b"\xff\xd9"
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  "


def frame_spans(source: Source, *, offset: int, frames: int, codec: Codec) -> list[list[Span]]:
    """For each frame the (offset, length) of its fragments in the source; Rejected when they do not add up."""
    table, fragments = _items(source, offset)
    if frames == 1:
        return [fragments]
    if len(fragments) == frames:
        return [[fragment] for fragment in fragments]
    groups = _by_table(source, table, fragments) if table[1] else _by_start(source, fragments, codec)
    if len(groups) != frames:
        raise Rejected(
            Reason.PIXEL_LENGTH_MISMATCH,
            f"NumberOfFrames is {frames}, the pixel data hold {len(groups)} frames. Correct the "
            "header or send the complete file.",
        )
    return groups


def _items(source: Source, offset: int) -> tuple[Span, list[Span]]:
    """The basic offset table and the fragments, each as (offset, length)."""
    spans: list[Span] = []
    position = offset
    while True:
        raw = source.read(position, 8)
        if len(raw) < 8:
            if len(spans) > 1 and position >= source.size:
                break  # the last delimiter is missing; the codestream's own end marker is checked later
            raise Rejected(
                Reason.TRUNCATED, f"The compressed pixel data end at byte {position}. Send the complete file."
            )
        group, element, length = struct.unpack("<HHL", raw)
        tag = group << 16 | element
        if tag == SEQUENCE_END:
            break
        if tag != ITEM:
            raise Rejected(
                Reason.MALFORMED, f"No fragment of pixel data begins at byte {position}. Export the file again."
            )
        if position + 8 + length > source.size:
            raise Rejected(Reason.TRUNCATED, f"A fragment at byte {position} is cut. Send the complete file.")
        spans.append((position + 8, length))
        position += 8 + length
        if len(spans) > LIMITS.fragments:
            raise Rejected(
                Reason.TOO_LARGE,
                f"More than {LIMITS.fragments} fragments of pixel data. Send fewer frames in one file.",
            )
    if len(spans) < 2:
        raise Rejected(
            Reason.NO_PIXEL_DATA, "The compressed pixel data hold no fragment. Send the image object itself."
        )
    return spans[0], spans[1:]


def _by_table(source: Source, table: Span, fragments: list[Span]) -> list[list[Span]]:
    raw = source.read(*table)
    offsets = {value for (value,) in struct.iter_unpack("<L", raw[: len(raw) // 4 * 4])}
    first = fragments[0][0]
    groups: list[list[Span]] = []
    for fragment in fragments:
        if not groups or fragment[0] - first in offsets:
            groups.append([])
        groups[-1].append(fragment)
    return groups


def _by_start(source: Source, fragments: list[Span], codec: Codec) -> list[list[Span]]:
    start = STARTS.get(codec)
    groups: list[list[Span]] = []
    for fragment in fragments:
        if start is None or not groups or source.read(fragment[0], len(start)) == start:
            groups.append([])
        groups[-1].append(fragment)
    return groups


def check_codestream(data: bytes, *, codec: Codec, rows: int, columns: int) -> None:
    """Refuse a codestream (not RLE) whose own size differs from the header's or whose end marker is missing."""
    start = STARTS.get(codec)
    if start is None:
        return
    if codec is Codec.JPEG_2000 and data.startswith(JP2_SIGNATURE):
        data = data[max(data.find(start), 0) :]  # some writers wrap the codestream into a JP2 file against PS3.5 8.2.4
    if not data.startswith(start):
        raise Rejected(
            Reason.UNDECODABLE_PIXELS,
            "The compressed pixel data do not begin as their transfer syntax demands. Export uncompressed.",
        )
    size = _jpeg_2000_size(data) if codec is Codec.JPEG_2000 else _jpeg_size(data)
    if size != (rows, columns):
        raise Rejected(
            Reason.UNDECODABLE_PIXELS,
            f"The codestream says {size} rows and columns, the header {(rows, columns)}. Export uncompressed.",
        )
    if END_MARKER not in data[-16:]:
        raise Rejected(Reason.TRUNCATED, "The compressed pixel data have no end marker. Send the complete file.")


def _jpeg_2000_size(data: bytes) -> tuple[int, int] | None:
    """(rows, columns) of the SIZ segment (ISO/IEC 15444-1 A.5.1)."""
    if len(data) < 24:
        return None
    width, height, left, top = struct.unpack_from(">4L", data, 8)
    return height - top, width - left


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """(rows, columns) of the first frame header (ISO/IEC 10918-1 B.2.2; ISO/IEC 14495-1 C.2.2)."""
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
        elif marker in START_OF_FRAME:
            rows, columns = struct.unpack_from(">HH", data, position + 5)
            return rows, columns
        else:
            position += 2 + struct.unpack_from(">H", data, position + 2)[0]
    return None
