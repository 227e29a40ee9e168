"""95 % intervals: Wilson for proportions, DeLong (or Newcombe at the ends) for AUC."""

from math import sqrt

import numpy as np
from scipy.optimize import brentq

Z95 = 1.959963984540054


def wilson(*, successes: int, n: int) -> tuple[float, float]:
    """Score interval without continuity correction (Wilson 1927; Newcombe 1998, method 3); n > 0."""
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} of {n} came; expected 0 <= successes <= n and n > 0.")
    p, z2 = successes / n, Z95**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def auc_with_interval(*, labels: np.ndarray, scores: np.ndarray) -> tuple[float, float, float]:
    """AUC with ties counted half, and its 95 % interval; labels (n,) 0 or 1 with both present, scores (n,) float.

    DeLong, DeLong and Clarke-Pearson 1988; where that variance is zero (perfect
    separation) the score interval of Newcombe 2006, method 5.
    """
    positive, negative = scores[labels == 1], scores[labels == 0]
    wins = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
    auc = float(wins.mean())
    variance = 0.0
    if min(positive.size, negative.size) > 1:
        variance = wins.mean(axis=1).var(ddof=1) / positive.size + wins.mean(axis=0).var(ddof=1) / negative.size
    if variance <= 1e-12:
        return auc, *newcombe_auc(auc=auc, positives=positive.size, negatives=negative.size)
    half = Z95 * sqrt(variance)
    return auc, max(0.0, auc - half), min(1.0, auc + half)


def newcombe_auc(*, auc: float, positives: int, negatives: int) -> tuple[float, float]:
    """Both roots of |theta - auc| = z sqrt(V(theta)) (Newcombe, Stat Med 2006;25:559)."""

    def excess(theta: float) -> float:
        spread = (positives + negatives) / 2 - 1
        inner = 1 + spread * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return abs(theta - auc) - Z95 * sqrt(theta * (1 - theta) * inner / (positives * negatives))

    low = 0.0 if auc <= 0 else brentq(excess, 0.0, auc - 1e-12)
    high = 1.0 if auc >= 1 else brentq(excess, auc + 1e-12, 1.0)
    return float(low), float(high)
