"""PNG and JPEG radiographs become DICOM that the intake accepts."""

import csv
import io
from datetime import date

import numpy as np
import pydicom
import pytest
from PIL import Image

from pneumoscope.archive.dicom.decode import decode
from pneumoscope.archive.dicom.deidentify import deidentify
from pneumoscope.archive.dicom.images import radiograph_to_dicom
from pneumoscope.archive.dicom.reasons import Reason, Rejected

KEY = b"key of a center in the tests...."
GRAY = (np.arange(30 * 20) % 251).reshape(30, 20).astype(np.uint8)


def png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def convert(image, **changes) -> bytes:
    wishes = {"spacing_mm": 0.2, "patient_id": "MRN-1", "study_date": date(2020, 1, 2)} | changes
    return radiograph_to_dicom(image=image, **wishes)


@pytest.mark.parametrize("pixels", [GRAY, GRAY.astype(np.uint16) * 200], ids=["8 bits", "16 bits"])
def test_gray_values_of_a_png_are_kept(pixels):
    samples = decode(convert(png(pixels)))
    assert samples.dtype == pixels.dtype
    assert (samples[0] == pixels).all()


def test_a_color_file_that_is_gray_is_accepted():
    assert (decode(convert(png(np.repeat(GRAY[..., None], 3, axis=2))))[0] == GRAY).all()


def test_a_color_image_is_refused():
    colors = np.repeat(GRAY[..., None], 3, axis=2)
    colors[..., 0] += 1
    with pytest.raises(Rejected, match="color"):
        convert(png(colors))


def test_odd_numbers_of_bytes_are_padded():
    pixels = GRAY[:3, :5]
    assert (decode(convert(pixels))[0] == pixels).all()


def test_pixels_that_are_not_square_keep_row_and_column_spacing():
    result = deidentify(data=convert(GRAY, spacing_mm=(0.4, 0.5)), key=KEY)
    assert (result.row_spacing_mm, result.column_spacing_mm, result.spacing_source) == (0.4, 0.5, "imager")


def test_the_file_says_how_it_came():
    dataset = pydicom.dcmread(io.BytesIO(convert(GRAY, sex="F", age_years=70)))
    assert (dataset.Modality, dataset.PhotometricInterpretation, dataset.ConversionType) == ("DX", "MONOCHROME2", "WSD")
    assert dataset.ImageType[0] == "DERIVED"
    assert dataset.PatientAge == "070Y"


def test_importing_twice_gives_the_same_file():
    assert convert(png(GRAY)) == convert(png(GRAY))


def test_two_images_of_one_day_share_the_study_only():
    first, second = (pydicom.dcmread(io.BytesIO(convert(pixels))) for pixels in (GRAY, GRAY + 1))
    assert first.StudyInstanceUID == second.StudyInstanceUID
    assert first.SOPInstanceUID != second.SOPInstanceUID


@pytest.mark.parametrize(
    ("image", "changes", "reason"),
    [
        (b"not an image", {}, Reason.NOT_AN_IMAGE),
        (b"", {}, Reason.NOT_AN_IMAGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", {}, Reason.NOT_AN_IMAGE),
        (GRAY, {"spacing_mm": 0}, Reason.INVALID_SPACING),
        (GRAY, {"spacing_mm": float("nan")}, Reason.INVALID_SPACING),
        (GRAY, {"spacing_mm": (0.2, 143.0)}, Reason.INVALID_SPACING),
        (GRAY, {"patient_id": " "}, Reason.INVALID_LABEL),
        (GRAY, {"patient_id": "a\\b"}, Reason.INVALID_LABEL),
        (GRAY, {"sex": "male"}, Reason.INVALID_LABEL),
        (GRAY, {"age_years": 300}, Reason.INVALID_LABEL),
        (GRAY[0], {}, Reason.INVALID_PIXEL_DESCRIPTION),
        (GRAY.astype(np.float32), {}, Reason.INVALID_PIXEL_DESCRIPTION),
    ],
)
def test_what_cannot_become_a_radiograph_is_refused_with_its_reason(image, changes, reason):
    with pytest.raises(Rejected) as caught:
        convert(image, **changes)
    assert caught.value.reason is reason


def test_every_cut_of_a_png_is_refused():
    data = png(GRAY)
    behind_the_pixels = 20  # checksums and the end chunk
    for length in range(0, len(data) - behind_the_pixels, 5):
        with pytest.raises(Rejected) as caught:
            convert(data[:length])
        assert caught.value.reason in (Reason.NOT_AN_IMAGE, Reason.TRUNCATED)


def test_an_enormous_png_is_refused_by_its_header():
    data = bytearray(png(GRAY))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(Rejected) as caught:
        convert(bytes(data))
    assert caught.value.reason in (Reason.TOO_LARGE, Reason.TRUNCATED, Reason.NOT_AN_IMAGE)


def test_real_films_of_the_table_are_converted_with_their_true_spacing(shared_data):
    folder = shared_data / "cxr"
    with (folder / "CXR_SOURCES.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))[:3]
    for row in rows:
        path = next(folder.rglob(row[next(iter(row))].split("/")[-1]))
        spacing = (float(row["px_mm_y"]), float(row["px_mm_x"]))
        result = deidentify(data=convert(path, spacing_mm=spacing), key=KEY)
        assert (result.row_spacing_mm, result.column_spacing_mm) == pytest.approx(spacing, abs=1e-9)
        assert result.flags == ()
