"""Small DICOM files built for one test each."""

import io
from collections.abc import Callable
from datetime import date

import numpy as np
import pydicom
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from pneumoscope.archive.dicom.deidentify import write_part10
from pneumoscope.archive.dicom.images import radiograph_to_dicom

KEY = b"key of a center in the tests...."


@pytest.fixture
def key() -> bytes:
    return KEY


@pytest.fixture
def radiograph() -> np.ndarray:
    """A gradient with noise, (48, 40) u2."""
    rng = np.random.default_rng(20260101)
    return (np.linspace(0, 60000, 48 * 40).reshape(48, 40) + rng.integers(0, 500, (48, 40))).astype(np.uint16)


@pytest.fixture
def dx_bytes(radiograph) -> bytes:
    return radiograph_to_dicom(
        image=radiograph, spacing_mm=0.2, patient_id="MRN-1", study_date=date(2019, 3, 4), sex="F", age_years=61
    )


@pytest.fixture
def edited(dx_bytes) -> Callable[..., bytes]:
    """A writer of the base file with changed attributes; None deletes one."""

    def write(**changes) -> bytes:
        dataset = pydicom.dcmread(io.BytesIO(dx_bytes))
        for keyword, value in changes.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)
        return write_part10(dataset)

    return write


def plant(dataset: Dataset, tag: int, vr: str, value: bytes) -> None:
    """Put raw bytes into an element, whatever its VR allows."""
    value += b" " * (len(value) % 2)
    dataset[Tag(tag)] = RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)


@pytest.fixture
def planted(dx_bytes) -> Callable[[Callable[[Dataset], None]], bytes]:
    """A writer of the base file after a function has planted something in its data set."""

    def write(change: Callable[[Dataset], None]) -> bytes:
        dataset = pydicom.dcmread(io.BytesIO(dx_bytes))
        change(dataset)
        return write_part10(dataset)

    return write
