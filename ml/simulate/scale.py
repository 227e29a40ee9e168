"""Sizes and numbers of small opacities: the simulator's convention for profusion.

The ILO defines categories by standard films, not by numbers; this scale is a
convention that readers must calibrate. Levels run from 0 (0/-) to 11 (3/+).
"""

from dataclasses import dataclass
from math import exp, log
from types import MappingProxyType

import numpy as np
from scipy.special import ndtr, ndtri

PROFUSION_LEVELS = ("0/-", "0/0", "0/1", "1/0", "1/1", "1/2", "2/1", "2/2", "2/3", "3/2", "3/3", "3/+")
ZONES = ("RU", "RM", "RL", "LU", "LM", "LL")
ROUNDED = ("p", "q", "r")
IRREGULAR = ("s", "t", "u")
LENGTH_PER_WIDTH = 9.0
LENGTH_LOG_SD = 0.3


@dataclass(frozen=True)
class SizeDistribution:
    """Truncated log-normal diameter (rounded) or width (irregular), all in mm."""

    median_mm: float
    geometric_sd: float
    low_mm: float
    high_mm: float

    def quantile(self, *, probability: np.ndarray) -> np.ndarray:
        """Sizes in mm for probabilities in (0, 1), float64, same shape."""
        mean, sd = log(self.median_mm), log(self.geometric_sd)
        low = ndtr((log(self.low_mm) - mean) / sd)
        high = ndtr((log(self.high_mm) - mean) / sd)
        return np.exp(mean + sd * ndtri(low + probability * (high - low)))

    def mean_square_mm2(self) -> float:
        """Mean of the squared size, by midpoint quadrature over the quantiles."""
        midpoints = (np.arange(2000) + 0.5) / 2000
        return float(np.mean(self.quantile(probability=midpoints) ** 2))


SIZES = MappingProxyType(
    {
        "p": SizeDistribution(1.10, 1.25, 0.5, 1.5),
        "q": SizeDistribution(2.10, 1.22, 1.5, 3.0),
        "r": SizeDistribution(4.50, 1.35, 3.0, 10.0),
        "s": SizeDistribution(1.00, 1.25, 0.5, 1.5),
        "t": SizeDistribution(2.10, 1.22, 1.5, 3.0),
        "u": SizeDistribution(4.20, 1.35, 3.0, 10.0),
    }
)


def layers(*, level: int) -> float:
    """Mean number of superimposed opacity layers at a profusion level 0..11.

    Doubles per major category in three sub-steps; levels 0 and 1 (0/-, 0/0) are zero.
    """
    if not 0 <= level < len(PROFUSION_LEVELS):
        raise ValueError(f"Profusion level {level!r} is outside 0..11; pass an index into {PROFUSION_LEVELS}.")
    if level <= 1:
        return 0.0
    return 2.0 * (2.0 ** (level / 3) - 1.0) / (2.0 ** (10 / 3) - 1.0)


def mean_area_mm2(*, shape: str) -> float:
    """Mean projected area of one opacity: disc for p, q, r; width times length for s, t, u."""
    square = SIZES[shape].mean_square_mm2()
    if shape in ROUNDED:
        return np.pi / 4 * square
    return LENGTH_PER_WIDTH * exp(LENGTH_LOG_SD**2 / 2) * square


def density_per_mm2(*, shape: str, level: int) -> float:
    """Expected number of opacities of `shape` per mm2 of projected lung at `level`."""
    return layers(level=level) / mean_area_mm2(shape=shape)
