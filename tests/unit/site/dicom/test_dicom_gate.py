"""The header gate lets images in and names a reason for everything else."""

import io
import struct
import zlib

import pydicom
import pytest

from pneumoscope.archive.dicom.deidentify import write_part10
from pneumoscope.archive.dicom.gate import inspect_header
from pneumoscope.archive.dicom.limits import LIMITS
from pneumoscope.archive.dicom.reasons import Reason, Rejected


def refused(data) -> Rejected:
    with pytest.raises(Rejected) as caught:
        inspect_header(data)
    return caught.value


def test_header_of_a_film_is_read_from_bytes_and_from_a_path(dx_bytes, tmp_path):
    path = tmp_path / "film.dcm"
    path.write_bytes(dx_bytes)
    header = inspect_header(dx_bytes)
    assert header == inspect_header(path)
    assert (header.pixels.rows, header.pixels.columns, header.pixels.bits_stored) == (48, 40, 16)
    assert (header.spacing.row_mm, header.spacing.source) == (0.2, "imager")


@pytest.mark.parametrize(
    ("data", "reason", "words"),
    [
        (b"", Reason.EMPTY_FILE, "0 bytes"),
        (b"Patient: nobody", Reason.NOT_DICOM, "DICM"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, Reason.NOT_DICOM, "PNG"),
        (b"\0" * 128 + b"DICM", Reason.TRUNCATED, "meta"),
    ],
)
def test_what_is_no_dicom_file_is_named(data, reason, words):
    error = refused(data)
    assert error.reason is reason
    assert words in error.detail


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.88.33"}, Reason.UNSUPPORTED_SOP_CLASS),
        ({"StudyInstanceUID": ""}, Reason.INVALID_UID),
        ({"SeriesInstanceUID": None}, Reason.INVALID_UID),
        ({"Rows": None}, Reason.INVALID_PIXEL_DESCRIPTION),
        ({"BitsAllocated": 12}, Reason.INVALID_PIXEL_DESCRIPTION),
        ({"BitsStored": 20}, Reason.INVALID_PIXEL_DESCRIPTION),
        ({"BitsStored": 12}, Reason.INVALID_PIXEL_DESCRIPTION),
        ({"PixelRepresentation": 7}, Reason.INVALID_PIXEL_DESCRIPTION),
        ({"Rows": 60000, "Columns": 60000}, Reason.TOO_LARGE),
        ({"NumberOfFrames": 1_000_000}, Reason.TOO_LARGE),
        ({"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}, Reason.COLOR_IMAGE),
        ({"PixelData": None}, Reason.NO_PIXEL_DATA),
    ],
)
def test_a_wrong_header_is_refused_with_its_reason(edited, changes, reason):
    assert refused(edited(**changes)).reason is reason


def test_a_uid_that_is_a_path_is_refused_without_being_repeated(planted):
    from pydicom.dataelem import RawDataElement
    from pydicom.tag import Tag

    def change(dataset):
        dataset[Tag(0x0020000D)] = RawDataElement(Tag(0x0020000D), "UI", 16, b"../../etc/passwd", 0, False, True)

    error = refused(planted(change))
    assert error.reason is Reason.INVALID_UID
    assert "passwd" not in str(error)


def test_high_bit_other_than_bits_stored_minus_one_is_refused(edited):
    error = refused(edited(BitsStored=12, HighBit=15))
    assert error.reason is Reason.INVALID_PIXEL_DESCRIPTION
    assert "HighBit is 15" in error.detail


def sequence_of_depth(depth: int) -> bytes:
    """A private sequence of undefined length nested `depth` times."""
    opening = struct.pack("<HH2sHL", 0x0021, 0x1001, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    closing = struct.pack("<HHL", 0xFFFE, 0xE00D, 0) + struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
    return opening * depth + closing * depth


def before_group_28(data: bytes, inserted: bytes) -> bytes:
    position = data.index(struct.pack("<HH2s", 0x0028, 0x0002, b"US"))
    return data[:position] + inserted + data[position:]


@pytest.mark.parametrize("depth", [LIMITS.depth + 1, 1_000, 20_000])
def test_deep_sequences_are_refused_without_recursion(dx_bytes, depth):
    assert refused(before_group_28(dx_bytes, sequence_of_depth(depth))).reason is Reason.TOO_DEEP


def test_sixteen_nested_sequences_are_still_read(dx_bytes):
    assert inspect_header(before_group_28(dx_bytes, sequence_of_depth(LIMITS.depth))).pixels.rows == 48


def test_too_many_elements_are_refused(dx_bytes):
    element = struct.pack("<HH2sH", 0x0021, 0x1001, b"LO", 0)
    assert refused(before_group_28(dx_bytes, element * (LIMITS.elements + 1))).reason is Reason.TOO_MANY_ELEMENTS


def test_a_header_longer_than_the_limit_is_refused(dx_bytes, tmp_path):
    huge = struct.pack("<HH2sHL", 0x0021, 0x1001, b"OB", 0, LIMITS.header_bytes + 200_000) + b"\0" * (
        LIMITS.header_bytes + 200_000
    )
    path = tmp_path / "huge.dcm"
    path.write_bytes(before_group_28(dx_bytes, huge))
    assert refused(path).reason is Reason.HEADER_TOO_LARGE


def test_every_cut_of_a_file_is_refused(dx_bytes):
    for length in range(0, len(dx_bytes), 7):
        assert refused(dx_bytes[:length]).reason in set(Reason)


def deflated(data: bytes, body: bytes) -> bytes:
    dataset = pydicom.dcmread(io.BytesIO(data))
    head = write_part10(dataset)
    head = head[: head.index(struct.pack("<HH2s", 0x0008, 0x0005, b"CS"))]
    old, new = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99"
    position = head.index(old)
    head = head[: position - 2] + struct.pack("<H", len(new)) + new + head[position + len(old) :]
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return head + packer.compress(body) + packer.flush()


def test_a_deflated_file_is_read(dx_bytes):
    start = dx_bytes.index(struct.pack("<HH2s", 0x0008, 0x0005, b"CS"))
    assert inspect_header(deflated(dx_bytes, dx_bytes[start:])).pixels.columns == 40


def test_a_deflate_bomb_is_refused_while_it_grows(dx_bytes):
    assert refused(deflated(dx_bytes, b"\0" * 100_000_000)).reason is Reason.INFLATE_BOMB


def test_a_cut_deflated_file_is_refused(dx_bytes):
    start = dx_bytes.index(struct.pack("<HH2s", 0x0008, 0x0005, b"CS"))
    assert refused(deflated(dx_bytes, dx_bytes[start:])[:-20]).reason is Reason.TRUNCATED


def test_a_foreign_transfer_syntax_is_named_only_if_it_is_of_the_standard(dx_bytes):
    for other, words in (
        (b"1.2.840.10008.9.9.9", "1.2.840.10008.9.9.9"),
        (b"1.2.33.44.55.66.7.8", "none of the standard"),
    ):
        error = refused(dx_bytes.replace(b"1.2.840.10008.1.2.1", other, 1) if other else dx_bytes)
        assert error.reason in (Reason.UNSUPPORTED_TRANSFER_SYNTAX, Reason.UNSUPPORTED_SOP_CLASS)
        assert words in error.detail


@pytest.mark.parametrize(
    ("spacing", "expected"), [([0.1, 0.2], (0.1, 0.2)), ([0, 0], (0.2, 0.2)), ([143, 143], (0.2, 0.2))]
)
def test_calibrated_spacing_wins_unless_it_is_absurd(edited, spacing, expected):
    header = inspect_header(edited(PixelSpacing=spacing))
    assert (header.spacing.row_mm, header.spacing.column_mm) == expected
    assert header.spacing.implausible == (spacing == [143, 143])
