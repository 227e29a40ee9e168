import io

import numpy as np
import pydicom
import pytest

from ml.io import (
    ConstantImageError,
    LateralViewError,
    NoPixelDataError,
    RadiographError,
    radiograph_from_dataset,
    read_radiograph,
)
from ml.simulate import draw_patient, film_to_dicom, render, simulate_film


@pytest.fixture(scope="module")
def film_bytes():
    return simulate_film(seed=4, profusion="1/1", primary="q", size_px=128).dicom


@pytest.fixture
def dataset(film_bytes):
    return pydicom.dcmread(io.BytesIO(film_bytes))


def test_same_arguments_write_the_same_bytes(film_bytes):
    assert simulate_film(seed=4, profusion="1/1", primary="q", size_px=128).dicom == film_bytes


def test_file_says_simulated_and_carries_an_invented_identity(dataset):
    assert dataset.ImageType[0] == "DERIVED"
    assert "SIMULATED" in dataset.SeriesDescription
    assert dataset.PatientID.startswith("SIM-")
    assert dataset.SOPClassUID.name == "Digital X-Ray Image Storage - For Presentation"
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID


@pytest.mark.parametrize("device", ["alpha", "delta"])
def test_pixels_survive_the_file_whatever_the_photometric_interpretation(device):
    parameters = draw_patient(2, device=device, profusion=0)
    film = render(parameters, size_px=128)
    back = read_radiograph(source=film_to_dicom(film=film, parameters=parameters))
    expected = (film.pixels - film.pixels.min()) / np.ptp(film.pixels)
    assert back.pixels.dtype == np.float32
    assert np.abs(back.pixels - expected).max() < 2 / 4095


def test_pixels_keep_more_than_eight_bits(film_bytes):
    assert np.unique(read_radiograph(source=film_bytes).pixels).size > 256


def test_rescale_slope_is_applied_once(dataset):
    plain = radiograph_from_dataset(dataset=dataset).pixels
    dataset.RescaleSlope, dataset.RescaleIntercept = "-1", "4095"
    assert radiograph_from_dataset(dataset=dataset).pixels == pytest.approx(1 - plain, abs=1e-3)


def test_window_is_applied(dataset):
    dataset.WindowCenter, dataset.WindowWidth = "1000", "100"
    pixels = radiograph_from_dataset(dataset=dataset).pixels
    assert np.mean((pixels == 0) | (pixels == 1)) > 0.8


def test_imager_spacing_is_divided_by_the_magnification(dataset):
    dataset.PixelSpacing = ["9", "9"]
    dataset.EstimatedRadiographicMagnificationFactor = "1.2"
    found = radiograph_from_dataset(dataset=dataset)
    assert found.spacing_source == "imager"
    assert found.spacing_mm == pytest.approx((2.4, 2.4))


def test_missing_spacing_is_assumed_and_said(dataset):
    del dataset.ImagerPixelSpacing
    found = radiograph_from_dataset(dataset=dataset)
    assert found.spacing_source == "assumed"
    assert "assumed" in found.warnings[0]


def test_lateral_view_is_refused(dataset):
    dataset.ViewPosition = "LL"
    with pytest.raises(LateralViewError, match="frontal"):
        radiograph_from_dataset(dataset=dataset)


def test_missing_pixels_are_refused(dataset):
    del dataset.PixelData
    with pytest.raises(NoPixelDataError, match="no pixel data"):
        radiograph_from_dataset(dataset=dataset)


def test_constant_image_is_refused(dataset):
    dataset.PixelData = bytes(len(dataset.PixelData))
    with pytest.raises(ConstantImageError, match="contrast was expected"):
        radiograph_from_dataset(dataset=dataset)


def test_color_is_refused(dataset):
    dataset.PhotometricInterpretation = "RGB"
    with pytest.raises(RadiographError, match="MONOCHROME1 or MONOCHROME2"):
        radiograph_from_dataset(dataset=dataset)


def test_text_file_is_refused():
    with pytest.raises(RadiographError, match="not a readable DICOM file"):
        read_radiograph(source=b"hello, this is no film")


def test_truncated_pixels_are_refused(film_bytes):
    with pytest.raises(RadiographError, match="decoded"):
        read_radiograph(source=film_bytes[: len(film_bytes) // 2])
