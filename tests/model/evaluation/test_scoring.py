"""Figures against numbers worked by hand, against scikit-learn, and where there is no figure to give."""

from __future__ import annotations

import json
from math import log, sqrt

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from wade.model.evaluation.scoring import score_classes, score_numbers


def test_two_classes_by_hand() -> None:
    codes = np.array([0, 0, 1, 1])
    second = np.array([0.1, 0.6, 0.4, 0.8])
    figures = score_classes(codes, np.column_stack([1 - second, second]))
    assert figures["log_loss"] == pytest.approx(-(log(0.9) + log(0.4) + log(0.4) + log(0.8)) / 4)
    assert figures["auc"] == pytest.approx(3 / 4)  # of the four pairs, only (0.6, 0.4) is in the wrong order
    assert figures["accuracy"] == 0.5


def test_the_decks_flights() -> None:
    # Slide 13: predicted [0.05, 0.02, 0.96, 0.35], actual [1, 0, 1, 1].
    second = np.array([0.05, 0.02, 0.96, 0.35])
    figures = score_classes(np.array([1, 0, 1, 1]), np.column_stack([1 - second, second]))
    assert figures["log_loss"] == pytest.approx(1.0266, abs=5e-5)
    assert figures["accuracy"] == 0.5


def test_many_classes_by_hand() -> None:
    shares = np.array([[0.7, 0.2, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4], [0.1, 0.6, 0.3]])
    figures = score_classes(np.array([0, 1, 2, 2]), shares)
    assert figures["log_loss"] == pytest.approx(-(log(0.7) + log(0.5) + log(0.4) + log(0.3)) / 4)
    # Class 0 against the rest: 3 of 3 pairs in order; class 1: 2 of 3; class 2: 3½ of 4 (a tie of 0.3 and 0.3).
    assert figures["auc"] == pytest.approx((1 + 2 / 3 + 3.5 / 4) / 3)
    assert figures["accuracy"] == 0.75


def test_many_classes_as_scikit_learn_says() -> None:
    generator = np.random.default_rng(1)
    shares = generator.dirichlet(np.ones(5), 500)
    codes = np.array([generator.choice(5, p=row) for row in shares])
    figures = score_classes(codes, shares)
    assert figures["auc"] == pytest.approx(sklearn_metrics.roc_auc_score(codes, shares, multi_class="ovr"))
    low, high = figures["intervals"]["auc"]
    assert low < figures["auc"] < high


def test_numbers_by_hand() -> None:
    figures = score_numbers(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 2.0, 4.0, 2.0]))
    assert figures["rmse"] == pytest.approx(sqrt(5 / 4))
    assert figures["mae"] == pytest.approx(3 / 4)
    assert figures["r2"] == pytest.approx(0.0)


def test_an_interval_is_as_wide_as_theory_says() -> None:
    generator = np.random.default_rng(3)
    truth, error = generator.normal(size=4000), generator.normal(size=4000)
    low, high = score_numbers(truth, truth + error)["intervals"]["mae"]
    width = 2 * 1.96 * np.abs(error).std() / sqrt(4000)
    assert high - low == pytest.approx(width, rel=0.2)


def test_an_interval_covers_the_truth_about_19_times_in_20() -> None:
    generator = np.random.default_rng(11)
    covered = 0
    for run in range(100):
        second = generator.uniform(0.05, 0.95, 200)
        codes = (generator.random(200) < second).astype(int)
        low, high = score_classes(codes, np.column_stack([1 - second, second]), seed=run)["intervals"]["log_loss"]
        # E[−s ln s − (1 − s) ln(1 − s)] for s uniform on (0.05, 0.95), by numerical integration.
        covered += low < 0.543114 < high
    assert 88 <= covered <= 99


def test_rows_of_one_class_have_no_auc_but_a_reason() -> None:
    figures = score_classes(np.zeros(5, int), np.full((5, 2), 0.5))
    assert figures["auc"] is None
    assert figures["intervals"]["auc"] is None
    assert "one class" in figures["undefined"]["auc"]
    assert figures["log_loss"] == pytest.approx(log(2))
    json.dumps(figures, allow_nan=False)


def test_rows_of_one_value_have_no_r2_but_a_reason() -> None:
    figures = score_numbers(np.full(5, 3.0), np.arange(5.0))
    assert figures["r2"] is None
    assert "one value" in figures["undefined"]["r2"]
    json.dumps(figures, allow_nan=False)


def test_a_class_that_does_not_occur_is_left_out_of_the_mean_auc() -> None:
    shares = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.5, 0.4, 0.1]])
    assert score_classes(np.array([0, 1, 0]), shares)["auc"] == 1.0


def test_one_row_has_figures() -> None:
    figures = score_classes(np.array([1]), np.array([[0.25, 0.75]]))
    assert figures["log_loss"] == pytest.approx(-log(0.75))
    json.dumps(figures, allow_nan=False)
    json.dumps(score_numbers(np.array([1.0]), np.array([2.0])), allow_nan=False)


def test_overconfidence_costs_much_but_not_infinity() -> None:
    figures = score_classes(np.array([0, 1]), np.array([[0.0, 1.0], [0.0, 1.0]], np.float32))
    assert figures["log_loss"] == pytest.approx(18.02, abs=0.01)  # half of −ln(2.2e-16) = 36.04
    json.dumps(figures, allow_nan=False)


def test_the_same_seed_draws_the_same_intervals() -> None:
    truth, guess = np.arange(50.0), np.arange(50.0)[::-1]
    assert score_numbers(truth, guess, seed=4) == score_numbers(truth, guess, seed=4)
    assert score_numbers(truth, guess, seed=4) != score_numbers(truth, guess, seed=5)


def test_class_order_of_rows_does_not_matter_to_the_figures() -> None:
    generator = np.random.default_rng(2)
    shares, codes = generator.dirichlet(np.ones(3), 60), generator.integers(0, 3, 60)
    order = generator.permutation(60)
    first, second = score_classes(codes, shares), score_classes(codes[order], shares[order])
    for name in ("log_loss", "auc", "accuracy"):
        assert first[name] == pytest.approx(second[name])
