"""Curved strokes with a Gaussian cross profile: irregular opacities and vessels share this brush."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from ml.simulate.anatomy import Grid

STEP_MM = 0.3
CLASSES_PER_OCTAVE = 3
FWHM_PER_SIGMA = 2.3548


@dataclass(frozen=True)
class Strokes:
    """Points of many strokes in mm, flat float arrays of one length: position, width (FWHM), axial thickness."""

    x_mm: np.ndarray
    y_mm: np.ndarray
    width_mm: np.ndarray
    thickness_mm: np.ndarray
    step_mm: float = STEP_MM


def deposit(*, grid: Grid, x_mm: np.ndarray, y_mm: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Sum of weights (h, w) float32, each shared bilinearly among the four nearest pixels."""
    height, width = grid.shape
    column = x_mm / grid.pitch_mm + width / 2 - 0.5
    row = y_mm / grid.pitch_mm - 0.5
    left, top = np.floor(column).astype(np.int64), np.floor(row).astype(np.int64)
    fx, fy = column - left, row - top
    image = np.zeros(height * width)
    for dy, wy in ((0, 1 - fy), (1, fy)):
        for dx, wx in ((0, 1 - fx), (1, fx)):
            r, c = top + dy, left + dx
            inside = (r >= 0) & (r < height) & (c >= 0) & (c < width)
            image += np.bincount((r * width + c)[inside], (weight * wy * wx)[inside], minlength=height * width)
    return image.reshape(height, width).astype(np.float32)


def paint(*, strokes: Strokes, grid: Grid) -> np.ndarray:
    """Path length (h, w) float32 in mm; the peak on the axis of a straight stroke equals its thickness."""
    total = np.zeros(grid.shape, np.float32)
    if strokes.x_mm.size == 0:
        return total
    width_class = np.round(np.log2(strokes.width_mm) * CLASSES_PER_OCTAVE).astype(int)
    for value in np.unique(width_class):
        chosen = width_class == value
        sigma_mm = 2.0 ** (value / CLASSES_PER_OCTAVE) / FWHM_PER_SIGMA
        mass = strokes.thickness_mm[chosen] * np.sqrt(2 * np.pi) * sigma_mm * strokes.step_mm / grid.pitch_mm**2
        line = deposit(grid=grid, x_mm=strokes.x_mm[chosen], y_mm=strokes.y_mm[chosen], weight=mass)
        total += gaussian_filter(line, sigma_mm / grid.pitch_mm, mode="constant", truncate=3.5)
    return total
