"""Metrics with n and 95 % interval; what is undefined is null with a reason in words."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ml.intervals import auc_with_interval, newcombe_auc, wilson

BOOTSTRAP = 1000


@dataclass(frozen=True)
class Metric:
    """value with its 95 % interval (low, high) from n films; value None comes with a reason."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str = ""


def evaluate(
    *, labels: np.ndarray, scores: np.ndarray, centers: list[str], threshold: float = 0.5, seed: int = 0
) -> dict[str, Any]:
    """All metrics as plain JSON values.

    labels: (n,) 0 or 1; scores: (n,) probabilities; centers: n names; a film is
    called abnormal when its score reaches the threshold.
    """
    labels, scores = np.asarray(labels, int), np.asarray(scores, float)
    if not labels.shape == scores.shape == (len(centers),):
        raise ValueError(
            f"{labels.shape} labels, {scores.shape} scores, {len(centers)} centers came; expected one each."
        )
    result: dict[str, Any] = _core(labels, scores, threshold)
    result["confusion"] = confusion(labels=labels, scores=scores, threshold=threshold)
    result["threshold"] = threshold
    names = np.asarray(centers)
    result["within_center_auc"] = asdict(within_center_auc(labels=labels, scores=scores, centers=centers, seed=seed))
    result["per_center"] = {
        name: _core(labels[names == name], scores[names == name], threshold) for name in sorted(set(centers))
    }
    return result


def confusion(*, labels: np.ndarray, scores: np.ndarray, threshold: float) -> dict[str, int]:
    called = scores >= threshold
    return {
        "true_positive": int((called & (labels == 1)).sum()),
        "false_negative": int((~called & (labels == 1)).sum()),
        "false_positive": int((called & (labels == 0)).sum()),
        "true_negative": int((~called & (labels == 0)).sum()),
    }


def _core(labels: np.ndarray, scores: np.ndarray, threshold: float) -> dict[str, Any]:
    right = (scores >= threshold) == (labels == 1)
    return {
        "accuracy": asdict(_proportion(right, "no films")),
        "sensitivity": asdict(_proportion(right[labels == 1], "no abnormal films")),
        "specificity": asdict(_proportion(right[labels == 0], "no normal films")),
        "auc": asdict(_auc(labels, scores)),
    }


def _proportion(right: np.ndarray, reason: str) -> Metric:
    if right.size == 0:
        return Metric(None, None, None, 0, reason)
    low, high = wilson(successes=int(right.sum()), n=right.size)
    return Metric(float(right.mean()), low, high, int(right.size))


def _missing_class(labels: np.ndarray) -> str:
    if labels.size == 0:
        return "no films"
    return "only abnormal films" if labels.min() == 1 else "only normal films" if labels.max() == 0 else ""


def _auc(labels: np.ndarray, scores: np.ndarray) -> Metric:
    if reason := _missing_class(labels):
        return Metric(None, None, None, int(labels.size), reason)
    return Metric(*auc_with_interval(labels=labels, scores=scores), int(labels.size))


def within_center_auc(*, labels: np.ndarray, scores: np.ndarray, centers: list[str], seed: int = 0) -> Metric:
    """Share of (abnormal, normal) pairs of the same center in the right order (stratified bootstrap).

    Pairs across centers are left out: they can be ordered by the device alone.
    """
    names = np.asarray(centers)
    groups = [
        (scores[(names == c) & (labels == 1)], scores[(names == c) & (labels == 0)]) for c in sorted(set(centers))
    ]
    groups = [pair for pair in groups if pair[0].size and pair[1].size]
    n = sum(pair[0].size + pair[1].size for pair in groups)
    if not groups:
        return Metric(None, None, None, 0, "no center has both normal and abnormal films")
    value = _concordance(groups)
    if len(groups) == 1:
        positive, negative = groups[0]
        ordered = np.repeat([1, 0], [positive.size, negative.size])
        return Metric(*auc_with_interval(labels=ordered, scores=np.concatenate(groups[0])), n)
    rng = np.random.default_rng(seed)
    drawn = [
        _concordance([(rng.choice(p, p.size), rng.choice(q, q.size)) for p, q in groups]) for _ in range(BOOTSTRAP)
    ]
    low, high = (float(bound) for bound in np.percentile(drawn, (2.5, 97.5)))
    if low == high:
        positives, negatives = (sum(pair[side].size for pair in groups) for side in (0, 1))
        low, high = newcombe_auc(auc=value, positives=positives, negatives=negatives)
    return Metric(value, low, high, n)


def _concordance(groups: list[tuple[np.ndarray, np.ndarray]]) -> float:
    wins = sum(float((p[:, None] > q).sum() + 0.5 * (p[:, None] == q).sum()) for p, q in groups)
    return wins / sum(p.size * q.size for p, q in groups)
