"""Real and hostile files: samples bit-equal to the known truth, or a reason."""

import csv
import hashlib

import pytest

from pneumoscope.archive.dicom.decode import decode
from pneumoscope.archive.dicom.deidentify import deidentify
from pneumoscope.archive.dicom.flags import Flag
from pneumoscope.archive.dicom.reasons import Reason, Rejected

REFUSED_CONFORMANCE = {
    "highbit15_stored12_retired.dcm": Reason.INVALID_PIXEL_DESCRIPTION,
    "rgb_secondary_capture.dcm": Reason.COLOR_IMAGE,
}
REFUSED_MALFORMED = {
    "zero_length.dcm": Reason.EMPTY_FILE,
    "text_renamed.dcm": Reason.NOT_DICOM,
    "png_renamed.dcm": Reason.NOT_DICOM,
    "truncated_pixeldata.dcm": Reason.TRUNCATED,
    "truncated_in_header.dcm": Reason.TRUNCATED,
    "preamble_only.dcm": Reason.TRUNCATED,
    "no_preamble.dcm": Reason.NOT_DICOM,
    "missing_rows.dcm": Reason.INVALID_PIXEL_DESCRIPTION,
    "rows_65535_oob.dcm": Reason.TOO_LARGE,
    "rows_46341_int_overflow.dcm": Reason.TOO_LARGE,
    "frames_1e6.dcm": Reason.TOO_LARGE,
    "bitsallocated12.dcm": Reason.INVALID_PIXEL_DESCRIPTION,
    "bitsstored_gt_allocated.dcm": Reason.INVALID_PIXEL_DESCRIPTION,
    "no_pixel_data.dcm": Reason.NO_PIXEL_DATA,
    "rescaleslope_zero.dcm": Reason.INVALID_PIXEL_DESCRIPTION,
    "uid_path_traversal.dcm": Reason.INVALID_UID,
    "uid_too_long.dcm": Reason.INVALID_UID,
    "uid_empty_study.dcm": Reason.INVALID_UID,
    "explicit_bytes_labelled_implicit.dcm": Reason.TRANSFER_SYNTAX_MISMATCH,
    "unknown_transfer_syntax.dcm": Reason.UNSUPPORTED_TRANSFER_SYNTAX,
    "pixeldata_length_2GB.dcm": Reason.TRUNCATED,
    "deep_nested_sequences_300.dcm": Reason.TOO_DEEP,
    "unterminated_sequence.dcm": Reason.TRUNCATED,
    "deflate_bomb_128MB.dcm": Reason.INFLATE_BOMB,
    "gzip_wrapped.dcm.gz": Reason.NOT_DICOM,
    "jpegls_header_65535.dcm": Reason.UNDECODABLE_PIXELS,
    "jpegls_truncated_codestream.dcm": Reason.TRUNCATED,
    "bitflip30_header.dcm": Reason.MALFORMED,
}
FLAGGED = {
    "conformance/declared_lateral_view_LL.dcm": Flag.NON_FRONTAL_VIEW,
    "conformance/cr_modality_no_view.dcm": Flag.VIEW_UNKNOWN,
    "conformance/dx_for_processing.dcm": Flag.NOT_FOR_PRESENTATION,
    "conformance/no_spacing_at_all.dcm": Flag.MISSING_SPACING,
    "conformance/spacing_conflict_imager_vs_pixel.dcm": Flag.SPACING_CONFLICT,
    "conformance/rotated90_orientation_declared.dcm": Flag.UNUSUAL_ORIENTATION,
    "conformance/flipped_lr_orientation_R_F.dcm": Flag.UNUSUAL_ORIENTATION,
    "conformance/secondary_capture_8bit.dcm": Flag.NEEDS_PIXEL_REVIEW,
    "conformance/overlay_6000_rois.dcm": Flag.OVERLAYS_DROPPED,
    "conformance/multiframe_grayscale_word_sc_3f.dcm": Flag.MULTI_FRAME,
    "conformance/jpeg_extended_12bit_p2_4.dcm": Flag.LOSSY,
    "deid/burned_in_flag_yes.dcm": Flag.NEEDS_PIXEL_REVIEW,
    "malformed/pixelspacing_absurd.dcm": Flag.IMPLAUSIBLE_SPACING,
}


@pytest.fixture(scope="module")
def dicom_folder(shared_data):
    return shared_data / "dicom"


@pytest.fixture(scope="module")
def expected(dicom_folder) -> list[dict[str, str]]:
    with (dicom_folder / "EXPECTED.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_every_conformance_file_decodes_bit_equal_or_is_refused_with_its_reason(dicom_folder, expected):
    compared = 0
    for row in expected:
        if row["kind"] not in ("conformance", "deid"):
            continue
        name = row["path"].split("/")[-1]
        if name in REFUSED_CONFORMANCE:
            with pytest.raises(Rejected) as caught:
                decode(dicom_folder / row["path"])
            assert caught.value.reason is REFUSED_CONFORMANCE[name], name
            continue
        samples = decode(dicom_folder / row["path"])
        if row["pixel_sha256_truth"]:
            assert hashlib.sha256(samples.tobytes()).hexdigest() == row["pixel_sha256_truth"], name
            compared += 1
    assert compared >= 40


@pytest.mark.parametrize(
    ("name", "tolerance"), [("jpeg_extended_12bit_p2_4", 20), ("jpegls_near_lossless_2", 2), ("j2k_lossy", 200)]
)
def test_lossy_files_stay_near_the_original(dicom_folder, name, tolerance):
    original = decode(dicom_folder / "conformance" / "native_explicit_le_12in16_mono2.dcm").astype(int)
    lossy = decode(dicom_folder / "conformance" / f"{name}.dcm").astype(int)
    assert abs(lossy - original).max() <= tolerance


def test_every_malformed_file_is_refused_with_its_reason_or_let_in_clean(dicom_folder, expected, key):
    refused = {}
    for row in expected:
        if row["kind"] != "malformed":
            continue
        name = row["path"].split("/")[-1]
        try:
            result = deidentify(data=dicom_folder / row["path"], key=key)
        except Rejected as error:
            refused[name] = error.reason
            continue
        assert result.dataset_bytes[:128] == b"\0" * 128, name
    assert refused == REFUSED_MALFORMED


@pytest.mark.parametrize(("path", "flag"), FLAGGED.items())
def test_what_a_coordinator_must_know_is_flagged(dicom_folder, key, path, flag):
    assert flag in deidentify(data=dicom_folder / path, key=key).flags


def test_a_plain_film_carries_no_flag(dicom_folder, key):
    assert deidentify(data=dicom_folder / "conformance" / "native_explicit_le_12in16_mono2.dcm", key=key).flags == ()


def test_stored_samples_are_bit_equal_for_every_accepted_file(dicom_folder, key):
    for path in sorted(dicom_folder.glob("*/*.dcm")):
        try:
            result = deidentify(data=path, key=key)
        except Rejected:
            continue
        assert result.pixel_sha256 == hashlib.sha256(decode(path).tobytes()).hexdigest(), path.name
        assert hashlib.sha256(decode(result.dataset_bytes).tobytes()).hexdigest() == result.pixel_sha256, path.name


def test_upstream_files_with_their_own_defects_raise_nothing_but_rejected(dicom_folder, key):
    accepted, reasons = 0, []
    for path in sorted((dicom_folder / "upstream").iterdir()):
        try:
            accepted += bool(deidentify(data=path, key=key).sop_uid)
        except Rejected as error:
            reasons.append(error.reason)
    assert set(reasons) <= set(Reason)
    assert accepted >= 8
