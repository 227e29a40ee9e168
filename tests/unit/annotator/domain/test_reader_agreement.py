"""Agreement against scikit-learn and against published worked examples."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from annotator.domain.agreement import UnpairedRatingsError, bootstrap_interval, percent_agreement, weighted_kappa

GRADES = ["0", "1", "2", "3"]
ratings = st.lists(st.tuples(st.sampled_from(GRADES), st.sampled_from(GRADES)), min_size=2, max_size=40)


@given(ratings, st.sampled_from([("quadratic", "quadratic"), ("linear", "linear"), ("unweighted", None)]))
def test_kappa_equals_that_of_scikit_learn(pairs, weights):
    a, b = zip(*pairs, strict=True)
    assume(len(set(a) | set(b)) > 1)
    expected = cohen_kappa_score(a, b, labels=GRADES, weights=weights[1])
    assert weighted_kappa(a=a, b=b, categories=GRADES, weights=weights[0]).value == pytest.approx(expected)


@given(ratings)
def test_kappa_is_symmetric_bounded_and_the_same_for_any_order_of_cases(pairs):
    a, b = map(list, zip(*pairs, strict=True))
    kappa = weighted_kappa(a=a, b=b, categories=GRADES).value
    assume(kappa is not None)
    assert kappa == pytest.approx(weighted_kappa(a=b, b=a, categories=GRADES).value)
    assert kappa == pytest.approx(weighted_kappa(a=a[::-1], b=b[::-1], categories=GRADES).value)
    assert -1 <= kappa <= 1 + 1e-12


def test_kappa_of_the_worked_example_of_cohen_1960():
    """Cohen, Educ Psychol Meas 1960;20:37, table 1 (proportions of 200 cases): po = .70, pe = .41, kappa = .492."""
    table = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    a = [str(i) for i in range(3) for j in range(3) for _ in range(table[i, j])]
    b = [str(j) for i in range(3) for j in range(3) for _ in range(table[i, j])]
    estimate = weighted_kappa(a=a, b=b, categories=["0", "1", "2"], weights="unweighted")
    assert (round(estimate.value, 3), estimate.n) == (0.492, 200)
    assert percent_agreement(a=a, b=b, categories=["0", "1", "2"]).value == pytest.approx(70.0)


def test_the_order_of_categories_decides_the_weight():
    a, b = ["low", "mid", "high", "low"], ["high", "mid", "high", "low"]
    by_scheme = weighted_kappa(a=a, b=b, categories=["low", "mid", "high"]).value
    by_alphabet = weighted_kappa(a=a, b=b, categories=sorted(["low", "mid", "high"])).value
    assert by_scheme < by_alphabet


def test_undefined_kappa_says_why():
    assert "no case" in weighted_kappa(a=[], b=[], categories=GRADES).reason_if_undefined
    assert "no case" in percent_agreement(a=[], b=[], categories=GRADES).reason_if_undefined
    same = weighted_kappa(a=["0"] * 9, b=["0"] * 9, categories=GRADES)
    assert (same.value, same.n) == (None, 9)
    assert "one and the same category" in same.reason_if_undefined
    assert bootstrap_interval(a=[], b=[], categories=GRADES, rng=np.random.default_rng(1)).value is None


def test_the_bootstrap_interval_is_reproducible_and_holds_the_value():
    rng = np.random.default_rng(7)
    a = [str(grade) for grade in rng.integers(0, 4, 120)]
    b = [grade if keep else "1" for grade, keep in zip(a, rng.random(120) < 0.7, strict=True)]
    first = bootstrap_interval(a=a, b=b, categories=GRADES, rng=np.random.default_rng(3), draws=400)
    again = bootstrap_interval(a=a, b=b, categories=GRADES, rng=np.random.default_rng(3), draws=400)
    assert first == again
    assert first.low < first.value < first.high
    assert first.n == 120


def test_the_bootstrap_interval_covers_the_true_kappa_about_95_times_in_100():
    truth = np.array([[0.35, 0.15], [0.15, 0.35]])
    kappa = 0.4
    covered = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        cells = rng.choice(4, size=100, p=truth.ravel())
        a, b = ["01"[cell // 2] for cell in cells], ["01"[cell % 2] for cell in cells]
        estimate = bootstrap_interval(a=a, b=b, categories=["0", "1"], rng=rng, draws=200)
        covered += estimate.low <= kappa <= estimate.high
    assert 105 <= covered <= 120


def test_few_cases_that_hardly_vary_give_no_interval():
    a, b = ["0", "1"], ["1", "0"]
    estimate = bootstrap_interval(a=a, b=b, categories=["0", "1"], rng=np.random.default_rng(0), draws=15)
    assert (estimate.low, estimate.n) == (None, 2)
    assert "too few resamples" in estimate.reason_if_undefined


@pytest.mark.parametrize(("a", "b", "message"), [(["0"], [], "1 and 0 ratings"), (["0"], ["9"], r"\['9'\] came")])
def test_ratings_that_do_not_pair_are_named(a, b, message):
    with pytest.raises(UnpairedRatingsError, match=message):
        weighted_kappa(a=a, b=b, categories=GRADES)
