"""What a network must beat: a logistic model on mean energies, and knowing only the hospital."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ml.datasets import Features


def radiomics(*, features: Features) -> np.ndarray:
    """(n, 2 c) float64: lung-weighted mean and standard deviation of every energy channel."""
    total = np.maximum(features.weight.sum(axis=(1, 2)), 1e-6)
    mean = (features.channels * features.weight).sum(axis=(1, 2)) / total
    square = ((features.channels - mean[:, None, None]) ** 2 * features.weight).sum(axis=(1, 2)) / total
    return np.concatenate([mean, np.sqrt(square)], axis=1).astype(np.float64)


def radiomics_scores(*, train: np.ndarray, labels: np.ndarray, apply_to: np.ndarray) -> np.ndarray:
    """Probabilities (m,) of a ridge-penalized logistic regression fitted on (n, k) features with both labels."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=2000))
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        model.fit(train, labels)
    return model.predict_proba(apply_to)[:, 1]


def hospital_only_scores(*, train_centers: list[str], labels: np.ndarray, apply_to: list[str]) -> np.ndarray:
    """Probabilities (m,): share of abnormal training films of the case's center, or of all centers."""
    names, labels = np.asarray(train_centers), np.asarray(labels, float)
    share = {name: float(labels[names == name].mean()) for name in set(train_centers)}
    return np.array([share.get(name, float(labels.mean())) for name in apply_to])
