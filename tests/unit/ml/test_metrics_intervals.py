import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, roc_auc_score

from ml.baseline import hospital_only_scores
from ml.evaluate import evaluate, within_center_auc
from ml.intervals import auc_with_interval, newcombe_auc, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_intervals_of_newcombe_1998_table_1(successes, n, low, high):
    assert wilson(successes=successes, n=n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_refuses_an_empty_sample():
    with pytest.raises(ValueError, match="n > 0"):
        wilson(successes=0, n=0)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(4, 60))
def test_auc_equals_scikit_learn_also_with_ties(seed, n):
    rng = np.random.default_rng(seed)
    labels = np.r_[0, 1, rng.integers(0, 2, n)]
    scores = rng.integers(0, 6, n + 2) / 5
    auc, low, high = auc_with_interval(labels=labels, scores=scores)
    assert auc == pytest.approx(roc_auc_score(labels, scores))
    assert 0 <= low <= auc <= high <= 1


def test_delong_interval_covers_the_true_auc_in_95_percent():
    rng = np.random.default_rng(0)
    truth = 0.7602499  # Phi(1 / sqrt(2)) for two unit normals one apart
    labels = np.repeat([0, 1], 60)
    inside = 0
    for _ in range(600):
        _, low, high = auc_with_interval(labels=labels, scores=rng.normal(size=120) + labels)
        inside += low <= truth <= high
    assert inside / 600 == pytest.approx(0.95, abs=0.03)


def test_perfect_separation_still_has_a_wide_interval():
    auc, low, high = auc_with_interval(labels=np.array([0, 0, 0, 1, 1, 1]), scores=np.arange(6.0))
    assert (auc, high) == (1.0, 1.0)
    assert 0.2 < low < 0.8
    assert newcombe_auc(auc=0.0, positives=3, negatives=3) == pytest.approx(
        (0.0, 1 - newcombe_auc(auc=1.0, positives=3, negatives=3)[0]), abs=1e-6
    )


def test_confusion_and_proportions_equal_scikit_learn():
    rng = np.random.default_rng(1)
    labels, scores = rng.integers(0, 2, 80), rng.random(80)
    found = evaluate(labels=labels, scores=scores, centers=["a"] * 80)
    tn, fp, fn, tp = confusion_matrix(labels, scores >= 0.5).ravel()
    assert found["confusion"] == {"true_positive": tp, "false_negative": fn, "false_positive": fp, "true_negative": tn}
    assert found["sensitivity"]["value"] == pytest.approx(tp / (tp + fn))
    assert found["specificity"]["n"] == tn + fp
    assert found["accuracy"]["value"] == pytest.approx((tp + tn) / 80)


@pytest.mark.parametrize(
    ("labels", "reason"), [([1, 1, 1], "only abnormal films"), ([0, 0, 0], "only normal films"), ([], "no films")]
)
def test_undefined_auc_is_null_with_a_reason(labels, reason):
    found = evaluate(labels=np.array(labels), scores=np.zeros(len(labels)), centers=["a"] * len(labels))
    assert found["auc"] == {"value": None, "low": None, "high": None, "n": len(labels), "reason": reason}


def test_score_that_knows_only_the_hospital_has_no_within_center_value():
    labels = np.array([1] * 9 + [0] + [0] * 9 + [1])
    centers = ["a"] * 10 + ["b"] * 10
    scores = hospital_only_scores(train_centers=centers, labels=labels, apply_to=centers)
    found = evaluate(labels=labels, scores=scores, centers=centers)
    assert found["auc"]["value"] == pytest.approx(0.9)
    assert found["within_center_auc"]["value"] == pytest.approx(0.5)


def test_hospital_baseline_of_the_published_counts_reaches_88_6_percent():
    """91/4, 28/23 and 0/90 abnormal/normal films at three centers: 209 of 236 right without a look at any film."""
    counts = (("kochi", 91, 4), ("niosh", 28, 23), ("nih", 0, 90))
    labels = np.concatenate([np.repeat([1, 0], [a, b]) for _, a, b in counts])
    centers = [name for name, a, b in counts for _ in range(a + b)]
    scores = hospital_only_scores(train_centers=centers, labels=labels, apply_to=centers)
    found = evaluate(labels=labels, scores=scores, centers=centers)
    assert found["accuracy"]["value"] == pytest.approx(209 / 236)
    assert (found["accuracy"]["low"], found["accuracy"]["high"]) == pytest.approx((0.839, 0.920), abs=1e-3)
    assert found["auc"]["value"] == pytest.approx(0.956, abs=1e-3)


def test_within_center_pairs_alone_count():
    found = within_center_auc(
        labels=np.array([1, 0, 1, 0]), scores=np.array([0.2, 0.1, 0.9, 0.95]), centers=["a", "a", "b", "b"]
    )
    assert found.value == pytest.approx(0.5)
    none = within_center_auc(labels=np.array([1, 0]), scores=np.array([0.2, 0.1]), centers=["a", "b"])
    assert (none.value, none.reason) == (None, "no center has both normal and abnormal films")


def test_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="expected one each"):
        evaluate(labels=np.array([1]), scores=np.array([0.1, 0.2]), centers=["a"])
