"""DICOM radiograph in, float pixels out: modality LUT, VOI LUT and inversion, each exactly once.

Pixels stay float32: small opacities change the grey by about one part in 200, so 8 bits would hide them.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut, apply_voi

ASSUMED_FIELD_MM = 350.0
SpacingSource = Literal["imager", "pixel", "assumed"]


class RadiographError(ValueError):
    """Raised when a file cannot serve as a frontal radiograph; the text says why and what to send instead."""


class LateralViewError(RadiographError):
    pass


class NoPixelDataError(RadiographError):
    pass


class ConstantImageError(RadiographError):
    pass


@dataclass(frozen=True)
class Radiograph:
    """pixels: (h, w) float32 0..1, MONOCHROME2 (bone bright); spacing_mm: (row, column) at the patient."""

    pixels: np.ndarray
    spacing_mm: tuple[float, float]
    spacing_source: SpacingSource
    warnings: tuple[str, ...]


def read_radiograph(*, source: Path | str | bytes) -> Radiograph:
    """Read a DICOM file by path or content; raises a RadiographError that names what came."""
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        dataset = pydicom.dcmread(stream)
    except (pydicom.errors.InvalidDicomError, EOFError, RecursionError) as error:
        raise RadiographError(
            f"This is not a readable DICOM file ({error}); send a DICOM radiograph (CR or DX)."
        ) from error
    return radiograph_from_dataset(dataset=dataset)


def radiograph_from_dataset(*, dataset: Dataset) -> Radiograph:
    """As `read_radiograph`, from a parsed dataset (DICOM PS3.4 N.2: grayscale transformation order)."""
    _refuse_unusable(dataset)
    warnings: list[str] = []
    values = _display_values(dataset)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        values = values.max() + values.min() - values
    low, high = float(values.min()), float(values.max())
    if not np.isfinite(values).all() or high <= low:
        raise ConstantImageError(f"All pixels are {low}; an image with contrast was expected: export the film again.")
    pixels = ((values - low) / (high - low)).astype(np.float32)
    spacing, origin = _spacing_mm(dataset, warnings)
    return Radiograph(pixels, spacing, origin, tuple(warnings))


def _refuse_unusable(dataset: Dataset) -> None:
    view = str(dataset.get("ViewPosition", "") or "")
    if view in ("LL", "RL", "LATERAL"):
        raise LateralViewError(f"ViewPosition {view} came; a frontal (PA or AP) radiograph was expected.")
    if "PixelData" not in dataset:
        raise NoPixelDataError("The file holds no pixel data; send the image object, not a report or a header.")
    photometric = dataset.get("PhotometricInterpretation")
    if photometric not in ("MONOCHROME1", "MONOCHROME2") or int(dataset.get("NumberOfFrames", 1) or 1) != 1:
        raise RadiographError(
            f"Photometric interpretation {photometric!r} with {dataset.get('NumberOfFrames', 1)} frame(s) came; "
            "one MONOCHROME1 or MONOCHROME2 frame was expected."
        )


def _display_values(dataset: Dataset) -> np.ndarray:
    """Stored values through the modality and the VOI LUT, float64; the window is left out when none is given."""
    try:
        stored = dataset.pixel_array
    except (AttributeError, ValueError, RuntimeError, NotImplementedError) as error:
        raise NoPixelDataError(f"The pixel data cannot be decoded ({error}); export the film uncompressed.") from error
    values = apply_modality_lut(stored, dataset)
    if "VOILUTSequence" in dataset:
        return np.asarray(apply_voi(values, dataset), np.float64)
    return _windowed(np.asarray(values, np.float64), dataset)


def _windowed(values: np.ndarray, dataset: Dataset) -> np.ndarray:
    """First window of the file, output 0..1 (PS3.3 C.11.2.1.2 and C.11.2.1.3); unchanged where none is given.

    The library's windowing inverts the picture when the rescale slope is negative.
    """
    if dataset.get("WindowCenter") is None or dataset.get("WindowWidth") is None:
        return values
    center, width = (float(np.atleast_1d(dataset[name].value)[0]) for name in ("WindowCenter", "WindowWidth"))
    function = str(dataset.get("VOILUTFunction") or "LINEAR")
    if width < 1 or (function == "LINEAR" and width == 1):
        return (values > center - 0.5).astype(np.float64)
    if function == "SIGMOID":
        return 1 / (1 + np.exp(np.clip(-4 * (values - center) / width, -50, 50)))
    if function == "LINEAR":
        center, width = center - 0.5, width - 1
    return np.clip((values - center) / width + 0.5, 0, 1)


def _spacing_mm(dataset: Dataset, warnings: list[str]) -> tuple[tuple[float, float], SpacingSource]:
    """Imager spacing divided by the magnification (PS3.3 10.7.1.3), else pixel spacing, else a 350 mm field."""
    imager = dataset.get("ImagerPixelSpacing")
    if imager and min(imager) > 0:
        magnification = float(dataset.get("EstimatedRadiographicMagnificationFactor") or 1.0)
        factor = max(magnification, 1.0)
        return (float(imager[0]) / factor, float(imager[1]) / factor), "imager"
    pixel = dataset.get("PixelSpacing")
    if pixel and min(pixel) > 0:
        return (float(pixel[0]), float(pixel[1])), "pixel"
    assumed = ASSUMED_FIELD_MM / max(dataset.Rows, dataset.Columns)
    warnings.append(f"no pixel spacing; {assumed:.3f} mm assumed from a field of {ASSUMED_FIELD_MM:.0f} mm")
    return (assumed, assumed), "assumed"
