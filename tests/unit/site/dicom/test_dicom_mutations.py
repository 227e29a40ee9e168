"""Seeded mutations of good files: each is let in clean or refused with a reason, nothing else happens."""

import random
import struct

import pytest

from pneumoscope.archive.dicom.deidentify import deidentify
from pneumoscope.archive.dicom.display import thumbnail_png
from pneumoscope.archive.dicom.metadata import dicomweb_metadata, frame_offsets
from pneumoscope.archive.dicom.reasons import Reason, Rejected

KEY = b"key of a center in the tests...."
INTERESTING = (0, 1, 0xFF, 0x7F, 0x80, 0xFE)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """One to twelve small damages: flips, overwritten lengths, cuts, doubled or removed stretches."""
    result = bytearray(data)
    header = min(len(result), 2500)
    for _ in range(rng.randint(1, 12)):
        position = rng.randrange(128, header) if rng.random() < 0.8 else rng.randrange(len(result))
        position = min(position, max(len(result) - 8, 0))
        kind = rng.randrange(7)
        if kind <= 1:
            result[position] = rng.choice(INTERESTING)
        elif kind == 2:
            result[position] ^= 1 << rng.randrange(8)
        elif kind == 3:
            result[position : position + 4] = struct.pack("<L", rng.choice((0, 0xFFFFFFFF, 0xFFFFFFFE, 0x7FFFFFFF, 13)))
        elif kind == 4:
            result[position : position + rng.randrange(1, 40)] = b""
        elif kind == 5:
            result[position:position] = result[position : position + rng.randrange(1, 60)]
        else:
            result[position : position + 2] = rng.choice((b"SQ", b"UN", b"OB", b"DS", b"PN", b"\xfe\xff", b"US"))
    return bytes(result[: rng.randrange(len(result))] if rng.random() < 0.05 else result)


def outcome(data: bytes) -> str:
    try:
        result = deidentify(data=data, key=KEY)
    except Rejected as error:
        return "refused" if error.reason in set(Reason) and error.detail else "refused without a reason"
    dicomweb_metadata(result.dataset_bytes, bulk_data_uri="x")
    thumbnail_png(result.dataset_bytes, 32)
    assert sum(length for _, length in frame_offsets(result.dataset_bytes)) <= len(result.dataset_bytes)
    return "accepted"


def test_three_hundred_mutations_of_a_film_end_in_success_or_a_reason(dx_bytes):
    rng = random.Random(20260101)
    outcomes = [outcome(mutated(dx_bytes, rng)) for _ in range(300)]
    assert set(outcomes) == {"accepted", "refused"}
    assert outcomes.count("refused") >= 100
    assert outcomes.count("accepted") >= 20


@pytest.mark.parametrize(
    "name",
    [
        "upstream/pdd__eCT_Supplemental.dcm",
        "upstream/pydicom__CT_small.dcm",
        "conformance/jpegls_lossless.dcm",
        "conformance/j2k_lossless.dcm",
        "conformance/rle_lossless.dcm",
        "conformance/jpeg_lossless_sv1_p14.dcm",
        "conformance/native_implicit_le.dcm",
        "conformance/voi_lut_sequence_sigmoid.dcm",
        "conformance/native_explicit_be_retired.dcm",
        "conformance/jpeg_extended_12bit_p2_4.dcm",
    ],
)
def test_mutations_of_real_files_end_in_success_or_a_reason(shared_data, name):
    data = (shared_data / "dicom" / name).read_bytes()
    rng = random.Random(name)
    assert {outcome(mutated(data, rng)) for _ in range(30)} <= {"accepted", "refused"}
