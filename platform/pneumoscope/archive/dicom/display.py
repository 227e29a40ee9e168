"""Stored samples to what a screen shows, in the standard's order (PS3.3 C.11, PS3.4 N.2).

Modality LUT, then the VOI transformation (a VOI LUT before a window), then the presentation step: MONOCHROME1 and the
INVERSE shape both mean that low values are bright, so together they invert once.
"""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset

from .luts import Lut

Gray = np.ndarray


def display_rendition(dataset: Dataset, samples: np.ndarray | None = None, *, bits: int = 8, window: int = 0) -> Gray:
    """Display values (frames, rows, columns), u1 for 8 bits or u2 for 16, 0 = black.

    dataset: as stored by `deidentify`; samples: its stored values, read from it when not given; window: which of
    several windows or VOI LUTs to apply.
    """
    if samples is None:
        samples = stored_samples(dataset)
    groups = _functional_groups(dataset, len(samples))
    frames = [_unit(frame, dataset, group, window) for frame, group in zip(samples, groups, strict=True)]
    scaled = np.rint(np.stack(frames) * ((1 << bits) - 1))
    return scaled.astype(np.uint8 if bits == 8 else np.uint16)


def stored_samples(dataset: Dataset) -> np.ndarray:
    """Stored values (frames, rows, columns) of a native little-endian data set; a view of its pixel data."""
    kind = "i" if dataset.PixelRepresentation else "u"
    frames = int(dataset.get("NumberOfFrames") or 1)
    count = frames * dataset.Rows * dataset.Columns
    samples = np.frombuffer(dataset.PixelData, dtype=f"<{kind}{dataset.BitsAllocated // 8}", count=count)
    return samples.reshape(frames, dataset.Rows, dataset.Columns)


def _functional_groups(dataset: Dataset, frames: int) -> list[Callable[[str, str], Any]]:
    """For each frame a look-up (macro, attribute) over per-frame, shared and top-level attributes, in this order."""
    shared = list(dataset.get("SharedFunctionalGroupsSequence") or [])
    per_frame = list(dataset.get("PerFrameFunctionalGroupsSequence") or [])

    def look_up(number: int) -> Callable[[str, str], Any]:
        holders = [*per_frame[number : number + 1], *shared]

        def value(macro: str, attribute: str) -> Any:
            for holder in holders:
                items = holder.get(macro)
                if items and attribute in items[0]:
                    return items[0].get(attribute)
            return dataset.get(attribute)

        return value

    return [look_up(number) for number in range(frames)]


def _unit(frame: np.ndarray, dataset: Dataset, value: Callable[[str, str], Any], window: int) -> Gray:
    """One frame as float32 0..1, 0 = black."""
    modality = _modality(frame, dataset, value)
    unit = _voi(modality, dataset, value, window)
    if dataset.PhotometricInterpretation == "MONOCHROME1" or dataset.get("PresentationLUTShape") == "INVERSE":
        unit = 1 - unit
    return unit


def _modality(frame: np.ndarray, dataset: Dataset, value: Callable[[str, str], Any]) -> np.ndarray:
    """Modality LUT or rescale (PS3.3 C.11.1), float32."""
    table = dataset.get("ModalityLUTSequence")
    if table:
        return _looked_up(frame, _lut_of(table[0], signed=dataset.PixelRepresentation == 1)).astype(np.float32)
    slope = value("PixelValueTransformationSequence", "RescaleSlope")
    intercept = value("PixelValueTransformationSequence", "RescaleIntercept")
    scaled = frame.astype(np.float32) * np.float32(1 if slope is None else slope)
    return scaled + np.float32(0 if intercept is None else intercept)


def _voi(values: np.ndarray, dataset: Dataset, value: Callable[[str, str], Any], window: int) -> Gray:
    """VOI LUT, else window, else the full range (PS3.3 C.11.2), float32 0..1."""
    tables = dataset.get("VOILUTSequence")
    if tables:
        lut = _lut_of(tables[min(window, len(tables) - 1)], signed=dataset.PixelRepresentation == 1)
        return _looked_up(values, lut).astype(np.float32) / ((1 << lut.bits) - 1)
    centers = _listed(value("FrameVOILUTSequence", "WindowCenter"))
    widths = _listed(value("FrameVOILUTSequence", "WindowWidth"))
    if not centers or len(centers) != len(widths):
        return _full_range(values)
    chosen = min(window, len(centers) - 1)
    return windowed(values, centers[chosen], widths[chosen], value("FrameVOILUTSequence", "VOILUTFunction") or "LINEAR")


def _listed(value: Any) -> list[float]:
    if value is None:
        return []
    return [float(part) for part in value] if hasattr(value, "__iter__") else [float(value)]


def windowed(values: np.ndarray, center: float, width: float, function: str) -> Gray:
    """The window functions of PS3.3 C.11.2.1.2 and C.11.2.1.3; values in modality units, result float32 0..1."""
    if function == "SIGMOID":
        return (1 / (1 + np.exp(np.clip(-4 * (values - center) / width, -80, 80)))).astype(np.float32)
    if function == "LINEAR_EXACT":
        return np.clip((values - center) / width + 0.5, 0, 1).astype(np.float32)
    if width <= 1:
        return (values > center - 0.5).astype(np.float32)
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1).astype(np.float32)


def _full_range(values: np.ndarray) -> Gray:
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def _lut_of(item: Dataset, *, signed: bool) -> Lut:
    entries, first, bits = (int(part) for part in item.LUTDescriptor)
    data = np.frombuffer(item["LUTData"].value, dtype="<u2")
    return Lut(first, bits, data[: entries % 65536 or 65536])


def _looked_up(values: np.ndarray, lut: Lut) -> np.ndarray:
    """Values below the first entry take the first, values above the last take the last (PS3.3 C.11.1.1)."""
    index = np.clip(np.rint(values).astype(np.int64) - lut.first, 0, len(lut.values) - 1)
    return lut.values[index]


def thumbnail_png(stored: bytes, size: int = 256) -> bytes:
    """PNG of the middle frame, at most `size` pixels a side, square pixels, 8 bits."""
    dataset = pydicom.dcmread(io.BytesIO(stored))
    middle = int(dataset.get("NumberOfFrames") or 1) // 2
    image = Image.fromarray(display_rendition(dataset)[middle])
    aspect = _aspect(dataset)
    scale = size / max(image.width, image.height * aspect)
    image = image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * aspect * scale))), Image.Resampling.LANCZOS
    )
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _aspect(dataset: Dataset) -> float:
    """Height over width of one pixel."""
    spacing = (
        dataset.get("PixelSpacing") or dataset.get("ImagerPixelSpacing") or dataset.get("NominalScannedPixelSpacing")
    )
    return float(spacing[0]) / float(spacing[1]) if spacing else 1.0
