"""Two-dimensional wavelet sub-bands with one boundary mode, over batches.

`pywt.dwt2` returns (cA, (cH, cV, cD)); the named type keeps them apart: horizontal lines
light `horizontal` only. Mode `periodization` halves every even size for every family.
"""

from dataclasses import dataclass

import numpy as np
import pywt

FAMILIES = ("haar", "db1", "db2", "db3", "db4", "db6", "db8", "sym2", "sym4", "sym6", "sym8", "coif1", "coif2", "coif3")
MODE = "periodization"
MAX_LEVEL = 4


class WaveletError(ValueError):
    """Raised for a family, level or image size that cannot be decomposed."""


@dataclass(frozen=True)
class Subbands:
    """One decomposition step, each band (..., h/2, w/2) with the dtype of the input."""

    approximation: np.ndarray
    horizontal: np.ndarray
    vertical: np.ndarray
    diagonal: np.ndarray


def decompose(*, images: np.ndarray, family: str = "haar", level: int = 1) -> tuple[Subbands, ...]:
    """Sub-bands of levels 1..level, finest first; images (..., h, w), h and w divisible by 2**level."""
    _check(images, family, level)
    steps, approximation = [], images
    for _ in range(level):
        approximation, (horizontal, vertical, diagonal) = pywt.dwt2(approximation, family, mode=MODE, axes=(-2, -1))
        steps.append(Subbands(approximation, horizontal, vertical, diagonal))
    return tuple(steps)


def reconstruct(*, steps: tuple[Subbands, ...], family: str = "haar") -> np.ndarray:
    """Inverse of `decompose`: images (..., h, w)."""
    approximation = steps[-1].approximation
    for step in reversed(steps):
        details = (step.horizontal, step.vertical, step.diagonal)
        approximation = pywt.idwt2((approximation, details), family, mode=MODE, axes=(-2, -1))
    return approximation


def _check(images: np.ndarray, family: str, level: int) -> None:
    if family not in FAMILIES:
        raise WaveletError(f"Wavelet family {family!r} came; expected one of {FAMILIES}.")
    if not 1 <= level <= MAX_LEVEL:
        raise WaveletError(f"Wavelet level {level} came; expected 1..{MAX_LEVEL}.")
    if images.ndim < 2 or any(size % 2**level or not size for size in images.shape[-2:]):
        raise WaveletError(
            f"Images of shape {images.shape} came; height and width must be divisible by {2**level} for level {level}: "
            "resample or pad first."
        )
