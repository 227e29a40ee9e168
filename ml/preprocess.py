"""From a radiograph to the working image: pitch, lungs, gain; then wavelet energy channels.

Down-sampling always passes a Gaussian filter first: nearest or bare bilinear sampling
loses most of a 1.5 mm opacity or keeps it by chance.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ml.io import Radiograph
from ml.lungs import find_lungs, soft_mask
from ml.wavelets import decompose

VERSION = "pp-1"
BANDS = ("horizontal", "vertical", "diagonal")


@dataclass(frozen=True)
class WorkingImage:
    """pixels: (size, size) float32, gain-normalized, zero mean in the lungs; weight: (size, size) float32 0..1.

    `problems` lists failed quality gates; the weight is then one everywhere.
    """

    pixels: np.ndarray
    weight: np.ndarray
    pitch_mm: float
    problems: tuple[str, ...]


def resample(*, pixels: np.ndarray, spacing_mm: tuple[float, float], pitch_mm: float, size_px: int) -> np.ndarray:
    """Centered (size_px, size_px) float32 at a square pitch; Gaussian filter before sampling, edges replicated."""
    factors = [pitch_mm / spacing for spacing in spacing_mm]
    sigma = [0.42 * factor if factor > 1 else 0.0 for factor in factors]
    smooth = ndimage.gaussian_filter(pixels, sigma) if any(sigma) else pixels
    offsets = np.arange(size_px) + 0.5 - size_px / 2
    axes = [offsets * factor + size / 2 - 0.5 for factor, size in zip(factors, pixels.shape, strict=True)]
    grid = np.meshgrid(*axes, indexing="ij")
    return ndimage.map_coordinates(smooth, grid, order=1, mode="nearest").astype(np.float32)


def prepare(*, radiograph: Radiograph, size_px: int, field_mm: float) -> WorkingImage:
    """Working image over a square field; gain divided out by the spread of a band inside the lungs."""
    pitch = field_mm / size_px
    pixels = resample(pixels=radiograph.pixels, spacing_mm=radiograph.spacing_mm, pitch_mm=pitch, size_px=size_px)
    lungs = find_lungs(pixels=pixels, pitch_mm=pitch)
    if lungs.problems:
        weight = np.ones_like(pixels)
    else:
        inner = ndimage.binary_erosion(lungs.mask, iterations=max(1, round(3.0 / pitch)))
        weight = soft_mask(mask=inner, pitch_mm=pitch)
    return WorkingImage(_normalize_gain(pixels, weight, pitch), weight, pitch, lungs.problems)


def _normalize_gain(pixels: np.ndarray, weight: np.ndarray, pitch: float) -> np.ndarray:
    """Subtract the lung mean and divide by the interquartile range of lung grey.

    The range over the whole lung follows the device's gain, not the texture, so disease is not divided away.
    """
    values = pixels[weight > 0.5]
    low, middle, high = np.percentile(values, (25, 50, 75))
    return ((pixels - middle) / max(float(high - low), 1e-6)).astype(np.float32)


def energy_channels(
    *, image: WorkingImage, family: str, level: int, bands: tuple[str, ...], grid_px: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pooled |detail| of each level and band on a common grid.

    Returns (grid, grid, level * len(bands)) float32 of log energies, and the lung
    weight (grid, grid, 1) float32. A signed band must not be averaged, so the
    magnitude is taken before pooling.
    """
    channels = []
    for step in decompose(images=image.pixels, family=family, level=level):
        for band in bands:
            channels.append(np.log(_pool(np.abs(getattr(step, band)), grid_px) + 1e-3))
    weight = _pool(image.weight, grid_px)
    return np.stack(channels, axis=-1).astype(np.float32), weight[..., None].astype(np.float32)


def _pool(values: np.ndarray, grid_px: int) -> np.ndarray:
    block = values.shape[0] // grid_px
    return values.reshape(grid_px, block, grid_px, block).mean(axis=(1, 3))
