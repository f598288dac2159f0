"""95 % intervals hold the truth as often as they say, few rows and rare mistakes included, and never lack a width."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, norm
from sklearn import metrics as sklearn_metrics

from wade.metrics import metrics_of
from wade.metrics.intervals import (
    _hanley_mcneil,
    area_interval,
    beyond_chance,
    confusion_interval,
    mean_interval,
    quantile_interval,
    share_interval,
)
from wade.model.evaluation.scoring import score_classes, score_numbers

ROWS = (30, 36, 50, 100, 200, 300, 500, 1000)
SHARES = np.r_[np.linspace(0.5, 0.99, 50), np.linspace(0.991, 0.999, 17)]
DRAWS = 200


def covered(intervals: list[list[float] | None], truth: float) -> float:
    assert all(bounds is not None and bounds[0] < bounds[1] for bounds in intervals)
    return float(np.mean([bounds is not None and bounds[0] <= truth <= bounds[1] for bounds in intervals]))


def test_intervals_of_shares_cover_95_percent_exactly_computed() -> None:
    found = []
    for rows in ROWS:
        bounds = np.array([share_interval(hits, rows) for hits in range(rows + 1)])
        for share in SHARES:
            holds = (bounds[:, 0] <= share) & (share <= bounds[:, 1])
            found.append(binom.pmf(np.arange(rows + 1), rows, share)[holds].sum())
    assert 0.95 < np.mean(found) < 0.96
    assert min(found) > 0.92
    assert np.mean(np.array(found) > 0.93) > 0.99


def test_the_interval_of_accuracy_is_that_of_a_share() -> None:
    codes, shares = np.tile([0, 1], 50), np.tile([[0.8, 0.2], [0.2, 0.8]], (50, 1))
    shares[:3] = 0.5, 0.5  # all of them taken for the first class: one is wrong
    assert score_classes(codes, shares, metrics=["accuracy"])["intervals"]["accuracy"] == share_interval(99, 100)


def test_intervals_of_auc_cover_95_percent() -> None:
    found = [
        coverage_of_auc(positive, negative, distance, spread)
        for positive, negative, distance in AREAS
        for spread in (0.5, 1.0, 2.0)
    ]
    assert min(found) > 0.88
    assert max(found) < 1
    assert 0.935 < np.mean(found) < 0.97


AREAS = [(15, 15, 1.0), (15, 15, 3.0), (18, 18, 2.5), (5, 31, 1.5), (50, 50, 2.0), (10, 190, 2.5), (500, 500, 1.0)]


def coverage_of_auc(positive: int, negative: int, distance: float, spread: float) -> float:
    random, of_class = np.random.default_rng(positive), np.arange(positive + negative) < positive
    distance *= np.sqrt((1 + spread**2) / 2)  # so that the area is that of equal spreads
    found = []
    for _ in range(DRAWS):
        scores = random.normal(size=len(of_class)) * np.where(of_class, spread, 1.0) + distance * of_class
        found.append(area_interval([of_class], [scores]))
    return covered(found, float(norm.cdf(distance / np.sqrt(1 + spread**2))))


def test_the_variance_of_an_auc_is_delongs() -> None:
    # Computed pair by pair, for 40 and 60 rows with ties; at these sizes the interval is about ± 1.96 of it.
    random = np.random.default_rng(5)
    of_class = np.arange(100) < 40
    scores = random.integers(0, 30, 100) + 6.0 * of_class
    won = (scores[of_class][:, None] > scores[~of_class]) + 0.5 * (scores[of_class][:, None] == scores[~of_class])
    deviation = np.sqrt(won.mean(axis=1).var(ddof=1) / 40 + won.mean(axis=0).var(ddof=1) / 60)
    low, high = area_interval([of_class], [scores])
    assert high - low == pytest.approx(2 * 1.96 * deviation, rel=0.05)


def test_intervals_of_the_mean_auc_of_three_classes_cover_95_percent() -> None:
    random, found = np.random.default_rng(6), []
    codes = np.arange(90) % 3
    classes = [codes == k for k in range(3)]
    for _ in range(DRAWS):
        scores = random.normal(size=(90, 3)) + 1.5 * np.eye(3)[codes]
        found.append(area_interval(classes, list(scores.T)))
    truth = float(norm.cdf(1.5 / np.sqrt(2)))
    assert 0.91 < covered(found, truth) < 0.99


@pytest.mark.parametrize("name", ["f1", "precision", "recall", "balanced_accuracy", "matthews"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_intervals_of_a_confusion_matrix_cover_95_percent(name: str, n_classes: int) -> None:
    random, rows, right = np.random.default_rng(7), 60, 0.9
    chances = np.full((n_classes, n_classes), (1 - right) / (n_classes - 1))
    np.fill_diagonal(chances, right)
    codes = np.arange(30_000) % n_classes
    truth = score_classes(codes, drawn(random, codes, chances), metrics=[name])[name]
    codes = np.arange(rows) % n_classes
    found = [score_classes(codes, drawn(random, codes, chances), metrics=[name]) for _ in range(DRAWS // 2)]
    assert 0.88 < covered([one["intervals"][name] for one in found], truth) <= 1


def drawn(random: np.random.Generator, codes: Any, chances: Any) -> Any:
    predicted = (random.random(len(codes))[:, None] > np.cumsum(chances, axis=1)[codes]).sum(axis=1)
    shares = np.full((len(codes), len(chances)), 0.1)
    shares[np.arange(len(codes)), predicted] = 1 - 0.1 * (len(chances) - 1)
    return shares


def test_intervals_of_average_precision_cover_most_of_95_percent() -> None:
    random, of_class = np.random.default_rng(8), np.arange(80) % 4 == 0
    found, values = [], []
    for _ in range(DRAWS // 2):
        shares = 1 / (1 + np.exp(-(random.normal(size=80) + 2 * of_class)))
        scores = score_classes(of_class.astype(int), np.c_[1 - shares, shares], metrics=["average_precision"])
        found.append(scores["intervals"]["average_precision"])
        values.append(scores["average_precision"])
    assert covered(found, float(np.mean(values))) > 0.9


def test_intervals_of_a_mean_error_cover_95_percent_with_30_rows() -> None:
    random, found = np.random.default_rng(9), []
    for _ in range(DRAWS):
        error = random.normal(size=30)
        found.append(score_numbers(np.zeros(30), error, metrics=["mae"])["intervals"]["mae"])
    assert 0.9 < covered(found, float(np.sqrt(2 / np.pi))) < 0.99


@pytest.mark.parametrize("n_classes", [2, 3])
def test_rows_that_are_all_right_leave_a_doubt(n_classes: int) -> None:
    codes = np.arange(30) % n_classes
    shares = 0.05 + np.eye(n_classes)[codes] * (1 - 0.05 * n_classes)
    names = set(metrics_of("classification")) - {"log_loss", "brier"}  # every row has the same loss
    scores = score_classes(codes, shares, metrics=sorted(names))
    for name in names:
        low, high = scores["intervals"][name]
        assert low < 0.97, name
        assert scores[name] == pytest.approx(1)
        assert high == pytest.approx(1), name


def test_one_row_has_no_interval_of_means_and_a_wide_one_of_shares() -> None:
    scores = score_classes(np.array([1]), np.array([[0.2, 0.8]]), metrics=["log_loss", "accuracy"])
    assert scores["intervals"]["log_loss"] is None
    assert scores["intervals"]["accuracy"] == pytest.approx([0.2065, 1], abs=1e-4)
    assert mean_interval(np.array([1.0])) == (1.0, None)
    assert mean_interval(np.ones(5)) == (1.0, None)


def test_an_interval_of_a_confusion_matrix_narrows_with_its_rows() -> None:
    def accuracy(cells: Any) -> Any:
        return np.trace(cells, axis1=1, axis2=2) / cells.sum(axis=(1, 2))

    few, many = (confusion_interval(np.array([[8, 2], [2, 8]]) * factor, accuracy, 0.8) for factor in (1, 100))
    assert few is not None
    assert many is not None
    assert few[1] - few[0] == pytest.approx(0.34, abs=0.05)
    assert many[1] - many[0] == pytest.approx(0.035, abs=0.005)


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_saturated_and_tied_probabilities_give_scikit_learns_metrics(n_classes: int) -> None:
    random = np.random.default_rng(n_classes)
    codes = random.integers(0, n_classes, 400)
    logits = np.round(60 * np.eye(n_classes)[np.where(random.random(400) < 0.9, codes, 0)] * random.random((400, 1)))
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[:40] = np.eye(n_classes)[random.integers(0, n_classes, 40)]  # sure, some of them wrongly
    found = score_classes(codes, shares, metrics=["log_loss", "auc", "average_precision"])
    positive = [1] if n_classes == 2 else range(n_classes)
    areas = [sklearn_metrics.roc_auc_score(codes == k, shares[:, k]) for k in positive]
    precisions = [sklearn_metrics.average_precision_score(codes == k, shares[:, k]) for k in positive]
    assert found["log_loss"] == pytest.approx(sklearn_metrics.log_loss(codes, shares), rel=1e-12)
    assert found["auc"] == pytest.approx(np.mean(areas), rel=1e-12)
    assert found["average_precision"] == pytest.approx(np.mean(precisions), rel=1e-12)


def test_the_interval_of_a_mean_is_students_with_one_degree_of_freedom_less_than_rows() -> None:
    # Two rows: 12.706 standard errors of 0.5.
    assert mean_interval(np.array([0.0, 1.0])) == (0.5, pytest.approx([0.5 - 6.3531, 0.5 + 6.3531], abs=1e-4))


def test_one_row_of_a_class_has_an_area_with_an_interval() -> None:
    of_class, scores = np.arange(20) == 15, np.arange(20.0)
    low, high = area_interval([of_class], [scores])
    assert 0 < low < 15 / 19 < high <= 1


def test_the_variance_of_a_usual_area_is_hanleys_and_mcneils() -> None:
    # θ (1 − θ) (1 + 14 ((1 − θ) / (2 − θ) + θ / (1 + θ))) / 200 at θ = 0.8, by hand.
    assert _hanley_mcneil(0.8, 10, 20) == pytest.approx(0.16 * (1 + 14 * (0.2 / 1.2 + 0.8 / 1.8)) / 200)


def test_an_interval_of_a_confusion_matrix_takes_fewer_draws_of_larger_ones() -> None:
    drawn: list[int] = []

    def count(cells: Any) -> Any:
        drawn.append(len(cells))
        return cells[:, 0, 0]

    for classes in (3, 100):
        confusion_interval(np.eye(classes, dtype=np.int64), count, 0.5)
    assert drawn == [2_000, 400]


def test_one_class_has_no_interval_of_its_accuracy() -> None:
    def accuracy(cells: Any) -> Any:
        return np.trace(cells, axis1=1, axis2=2) / cells.sum(axis=(1, 2))

    assert confusion_interval(np.array([[30]]), accuracy, 1.0) is None


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_rounding_is_no_width(size: float) -> None:
    assert quantile_interval(size * (1 + np.array([0.0, 1.0, 2.0]) * np.finfo(np.float64).eps)) is None
    assert quantile_interval(size * np.array([1.0, 1.001, 1.002])) is not None


@pytest.mark.parametrize(
    ("interval", "expected"),
    [([0.5, 2.0], True), ([-2.0, -0.5], True), ([0.0, 1.0], False), ([-1.0, 0.0], False), ([-1.0, 2.0], False)],
)
def test_beyond_chance_is_on_one_side_of_0(interval: list[float], expected: bool) -> None:
    assert beyond_chance(interval) is expected


def test_rows_of_one_score_have_an_area_without_doubt():
    of_class = np.arange(30) % 3 == 0
    assert area_interval([of_class], [np.full(30, 0.4)]) is None
    assert area_interval([of_class, ~of_class], [np.full(30, 0.4), np.full(30, 0.6)]) is None
