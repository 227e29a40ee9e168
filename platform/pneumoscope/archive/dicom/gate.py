"""The header gate: what a file says it is, checked against bounds before a pixel is decoded.

Order: "DICM" at byte 128 (PS3.10 7.1), file meta, transfer syntax, bounded scan of the data set, SOP class, UIDs,
pixel description (PS3.3 C.7.6.3), size, spacing.
"""

from dataclasses import dataclass
from pathlib import Path

from pydicom.datadict import tag_for_keyword

from .elements import PIXEL_DATA, PixelLocation, Scanner, Tree
from .inflate import inflate
from .limits import LIMITS
from .reasons import Reason, Rejected
from .source import Source, open_source
from .spacing import Spacing, read_spacing
from .syntaxes import SOP_CLASSES, TRANSFER_SYNTAXES, SopKind, TransferSyntax
from .values import integer, text, uid

META_START = 132
FOREIGN_MAGIC = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip file",
}


@dataclass(frozen=True, slots=True)
class PixelDescription:
    """The Image Pixel module (PS3.3 C.7.6.3): numbers of rows, columns, frames; bits per sample; 1 if signed."""

    rows: int
    columns: int
    frames: int
    bits_allocated: int
    bits_stored: int
    pixel_representation: int
    photometric_interpretation: str

    @property
    def frame_bytes(self) -> int:
        """Bytes of one decoded frame."""
        return self.rows * self.columns * (self.bits_allocated // 8)

    @property
    def size_bytes(self) -> int:
        """Bytes of all decoded frames."""
        return self.frame_bytes * self.frames


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself. The UIDs are the original ones: identifying, never to be stored or logged."""

    sop_class_uid: str
    sop_instance_uid: str
    study_instance_uid: str
    series_instance_uid: str
    transfer_syntax_uid: str
    kind: SopKind
    modality: str
    pixels: PixelDescription
    spacing: Spacing
    burned_in_annotation: str
    location: PixelLocation


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that passed the gate: its header, the raw tree, and the source (inflated if it was deflated)."""

    header: Header
    tree: Tree
    source: Source
    syntax: TransferSyntax


def inspect_header(data: bytes | Path | str) -> Header:
    """The header of a DICOM image, or Rejected; no pixel is decoded."""
    return open_image(data).header


def open_image(data: bytes | Path | str) -> Opened:
    """Pass a path or bytes through the gate, or raise Rejected."""
    source = open_source(data)
    _refuse_foreign(source)
    syntax_uid, start = _read_meta(source)
    syntax = TRANSFER_SYNTAXES.get(syntax_uid)
    if syntax is None:
        raise Rejected(
            Reason.UNSUPPORTED_TRANSFER_SYNTAX,
            f"Transfer syntax {_public(syntax_uid)} is not accepted. Export uncompressed (Explicit "
            "VR Little Endian) or as JPEG-LS.",
        )
    if syntax.deflated:
        source, start = inflate(source, offset=start), 0
    scanner = Scanner(source.head, start, source.size, syntax.implicit, syntax.little_endian)
    tree = scanner.scan()
    return Opened(_header(tree, scanner.pixels, syntax_uid, syntax), tree, source, syntax)


def _public(value: str) -> str:
    """A UID of the standard, fit for a message; others might identify and are not repeated."""
    return value if value.startswith("1.2.840.10008.") else "(none of the standard)" if value else "(none)"


def _refuse_foreign(source: Source) -> None:
    if source.head[128:META_START] == b"DICM":
        return
    kind = next((name for magic, name in FOREIGN_MAGIC.items() if source.head.startswith(magic)), "no DICOM file")
    raise Rejected(
        Reason.NOT_DICOM,
        f'This is {kind}: "DICM" is missing at byte 128. Send DICOM Part 10 files; '
        "import PNG or JPEG with import_images.",
    )


def _read_meta(source: Source) -> tuple[str, int]:
    """Transfer syntax UID and the offset of the data set; the file meta is always Explicit VR Little Endian."""
    scanner = Scanner(source.head, META_START, source.size, False, True, stop_after_group=0x0002)
    meta = scanner.scan()
    if scanner.position >= source.size:
        raise Rejected(Reason.TRUNCATED, "Nothing follows the file meta information. Send the complete file.")
    return uid(meta.get(0x00020010)) or "", scanner.position


def _header(tree: Tree, location: PixelLocation | None, syntax_uid: str, syntax: TransferSyntax) -> Header:
    sop_class = uid(tree.get(0x00080016)) or ""
    kind = SOP_CLASSES.get(sop_class)
    if kind is None:
        raise Rejected(
            Reason.UNSUPPORTED_SOP_CLASS,
            f"SOP class {_public(sop_class)} is not accepted. Send CR, DX, CT, enhanced CT or "
            "grayscale secondary capture.",
        )
    sop, study, series = (
        _required_uid(tree, name) for name in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
    )
    pixels = _pixel_description(tree, syntax.little_endian)
    _check_pixel_element(location)
    assert location is not None
    return Header(
        sop_class_uid=sop_class,
        sop_instance_uid=sop,
        study_instance_uid=study,
        series_instance_uid=series,
        transfer_syntax_uid=syntax_uid,
        kind=kind,
        modality=text(tree.get(0x00080060)),
        pixels=pixels,
        spacing=read_spacing(tree, kind=kind, little_endian=syntax.little_endian),
        burned_in_annotation=text(tree.get(0x00280301)),
        location=location,
    )


def _required_uid(tree: Tree, keyword: str) -> str:
    value = uid(tree.get(tag_for_keyword(keyword) or 0))
    if value is None:
        raise Rejected(
            Reason.INVALID_UID,
            f"{keyword} is missing or no UID (digits and dots, at most 64 characters). Export again with a valid UID.",
        )
    return value


def _check_pixel_element(location: PixelLocation | None) -> None:
    if location is None:
        raise Rejected(Reason.NO_PIXEL_DATA, "The file holds no pixel data. Send the image object itself.")
    if location.tag != PIXEL_DATA:
        raise Rejected(
            Reason.INVALID_PIXEL_DESCRIPTION,
            "Floating point pixel data came, integers were expected. Export as CR, DX or CT.",
        )
    if location.length == 0:
        raise Rejected(Reason.NO_PIXEL_DATA, "The pixel data have 0 bytes. Send the image object itself.")


def _pixel_description(tree: Tree, little_endian: bool) -> PixelDescription:
    def us(tag: int) -> int | None:
        return integer(tree, tag, vr="US", little_endian=little_endian)

    photometric = text(tree.get(0x00280004))
    _refuse_color(us(0x00280002), photometric)
    rows, columns, allocated, stored = us(0x00280010), us(0x00280011), us(0x00280100), us(0x00280101)
    frames = 1 if 0x00280008 not in tree else integer(tree, 0x00280008, vr="IS", little_endian=little_endian)
    high_bit, signed = us(0x00280102), us(0x00280103)
    if not rows or not columns or frames is None or frames < 1:
        raise _invalid(f"Rows {rows}, Columns {columns}, NumberOfFrames {frames}: each must be a number of at least 1")
    if allocated not in (8, 16):
        raise _invalid(f"BitsAllocated is {allocated}, 8 or 16 was expected")
    if stored is None or not 1 <= stored <= allocated:
        raise _invalid(f"BitsStored is {stored}, 1 to {allocated} was expected")
    if high_bit != stored - 1:
        raise _invalid(f"HighBit is {high_bit}, BitsStored - 1 = {stored - 1} was expected")
    if signed not in (0, 1):
        raise _invalid(f"PixelRepresentation is {signed}, 0 or 1 was expected")
    described = PixelDescription(rows, columns, frames, allocated, stored, signed, photometric)
    if described.size_bytes > LIMITS.pixel_bytes or frames > LIMITS.frames:
        raise Rejected(
            Reason.TOO_LARGE,
            f"{frames} x {rows} x {columns} samples make {described.size_bytes} bytes, at most "
            f"{LIMITS.pixel_bytes} bytes and "
            f"{LIMITS.frames} frames are accepted. Check the header, or send single frames.",
        )
    return described


def _refuse_color(samples: int | None, photometric: str) -> None:
    if samples not in (None, 1) or photometric.startswith(("RGB", "PALETTE", "YBR")):
        raise Rejected(
            Reason.COLOR_IMAGE,
            "A color image came, a grayscale image was expected. Send the original image, not a capture of a screen.",
        )
    if samples is None or photometric not in ("MONOCHROME1", "MONOCHROME2"):
        raise _invalid("SamplesPerPixel 1 and PhotometricInterpretation MONOCHROME1 or MONOCHROME2 were expected")


def _invalid(what: str) -> Rejected:
    return Rejected(Reason.INVALID_PIXEL_DESCRIPTION, f"{what}. Export again from the modality or the PACS.")
