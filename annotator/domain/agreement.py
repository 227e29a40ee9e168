"""Agreement of two readers: Cohen's weighted kappa, percent agreement and a bootstrap interval by case.

Weighted kappa after Cohen, Psychological Bulletin 1968;70:213; with quadratic weights the disagreement of two
categories is the square of their distance. The order of the categories comes from the scheme, never from the data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from annotator.domain.errors import DomainError

Weights = Literal["quadratic", "linear", "unweighted"]


class UnpairedRatingsError(DomainError):
    """The two readers do not have the same number of ratings, or a rating is not a category."""


@dataclass(frozen=True)
class Estimate:
    """A statistic over n cases with its interval; value None and a reason where it is undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    reason_if_undefined: str | None = None


def weighted_kappa(
    *, a: Sequence[Any], b: Sequence[Any], categories: Sequence[Any], weights: Weights = "quadratic"
) -> Estimate:
    """Kappa of two readers over the same cases, -1..1; `categories` in their order.

    Undefined without cases, and when chance alone would agree completely (both readers used one and the same category).
    """
    first, second = _ranks(a, b, categories)
    if first.size == 0:
        return Estimate(None, reason_if_undefined="no case was read by both")
    value = _kappa(first, second, _disagreement(len(categories), weights))
    if np.isnan(value):
        return Estimate(None, n=first.size, reason_if_undefined="both readers used one and the same category only")
    return Estimate(value, n=first.size)


def percent_agreement(*, a: Sequence[Any], b: Sequence[Any], categories: Sequence[Any]) -> Estimate:
    """The percentage of cases, 0..100, in which both readers gave the same category."""
    first, second = _ranks(a, b, categories)
    if first.size == 0:
        return Estimate(None, reason_if_undefined="no case was read by both")
    return Estimate(float(100 * np.mean(first == second)), n=first.size)


def bootstrap_interval(
    *,
    a: Sequence[Any],
    b: Sequence[Any],
    categories: Sequence[Any],
    rng: np.random.Generator,
    weights: Weights = "quadratic",
    draws: int = 1000,
) -> Estimate:
    """Weighted kappa with its 95 % percentile interval over `draws` resamples of cases.

    Resamples in which kappa is undefined are left out; without 20 defined resamples the interval is None.
    """
    point = weighted_kappa(a=a, b=b, categories=categories, weights=weights)
    if point.value is None:
        return point
    first, second = _ranks(a, b, categories)
    disagreement = _disagreement(len(categories), weights)
    picks = rng.integers(0, first.size, size=(draws, first.size))
    values = np.array([_kappa(first[pick], second[pick], disagreement) for pick in picks])
    values = values[~np.isnan(values)]
    if values.size < 20:
        return Estimate(point.value, n=point.n, reason_if_undefined="too few resamples in which kappa is defined")
    low, high = np.percentile(values, [2.5, 97.5])
    return Estimate(point.value, float(low), float(high), point.n)


def _ranks(a: Sequence[Any], b: Sequence[Any], categories: Sequence[Any]) -> tuple[npt.NDArray[np.int64], ...]:
    if len(a) != len(b):
        raise UnpairedRatingsError(
            f"{len(a)} and {len(b)} ratings came; give one rating of each reader for every case."
        )
    order = {category: rank for rank, category in enumerate(categories)}
    unknown = sorted({str(rating) for rating in (*a, *b) if rating not in order})
    if unknown:
        raise UnpairedRatingsError(f"The ratings {unknown} came, but the categories are {list(categories)}.")
    return tuple(np.array([order[rating] for rating in ratings], dtype=np.int64) for ratings in (a, b))


def _disagreement(size: int, weights: Weights) -> npt.NDArray[np.float64]:
    """(size, size) float64, 0 on the diagonal, growing with the distance of the categories."""
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(np.float64)
    if weights == "unweighted":
        return (distance > 0).astype(np.float64)
    return distance**2 if weights == "quadratic" else distance


def _kappa(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], disagreement: npt.NDArray[np.float64]) -> float:
    """1 - observed / expected disagreement; nan when no disagreement is expected."""
    size = len(disagreement)
    by_first = np.bincount(first, minlength=size) / first.size
    by_second = np.bincount(second, minlength=size) / second.size
    expected = float(by_first @ disagreement @ by_second)
    return float("nan") if expected == 0 else float(1 - disagreement[first, second].mean() / expected)
