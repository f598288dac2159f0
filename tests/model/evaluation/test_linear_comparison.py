"""Network and linear baseline, row by row: which is better, and what is said and advised."""

from __future__ import annotations

import numpy as np
import pytest

from wade.model.evaluation.linear_comparison import compare_over_folds, compare_with_linear

NOISE = np.array([0.1, -0.1, 0.2, -0.2] * 10)


@pytest.mark.parametrize(
    ("gain", "better", "says", "advises"),
    [
        (1.0, "network", "", ""),
        (0.01, "level", "No better than the linear baseline", "wade validate DATA compares"),
        (-0.01, "level", "No better than the linear baseline", "--hidden none"),
        (0.0, "level", "No better than the linear baseline", "wade validate DATA compares"),
        (-1.0, "linear", "The linear baseline is better", "--hidden none"),
    ],
)
def test_the_difference_is_told_with_its_chance(gain: float, better: str, says: str, advises: str) -> None:
    found = compare_with_linear(2 + np.zeros(40), 2 + gain + NOISE, (8,))
    assert found["better"] == better
    assert found["gain"] == pytest.approx(gain)
    assert found["summary"].startswith(says)
    assert bool(found["summary"]) == bool(says)
    assert advises in " ".join(found["next"])
    assert bool(found["next"]) == bool(advises)


@pytest.mark.parametrize("gain", [-0.01, 0.0, -1.0])
@pytest.mark.parametrize(("hidden", "activation"), [((8,), "identity"), ((), "relu")])
def test_a_network_that_is_linear_itself_is_no_worse_than_a_simpler_one(
    gain: float, hidden: tuple[int, ...], activation: str
) -> None:
    assert compare_with_linear(2 + np.zeros(40), 2 + gain + NOISE, hidden, activation)["next"] == []


def test_one_row_shows_nothing() -> None:
    assert compare_with_linear(np.array([1.0]), np.array([0.0]), (8,))["better"] == "level"


def test_two_linear_models_differ_in_how_they_are_fitted_and_it_is_said() -> None:
    said = compare_with_linear(2 + np.zeros(40), 2 + NOISE, (), error="squared error")["summary"]
    assert said.startswith("No better than the linear baseline by squared error, beyond chance.")
    assert "Both are linear; the baseline is fitted exactly" in said
    assert "Both" not in compare_with_linear(2 + np.zeros(40), 2 + NOISE, (8,))["summary"]


@pytest.mark.parametrize(
    ("metric", "network", "linear", "better", "said"),
    [
        ("log_loss", [0.30, 0.32, 0.31], [0.50, 0.53, 0.52], "network", "Better than the linear baseline by log-loss"),
        ("log_loss", [0.50, 0.53, 0.52], [0.30, 0.32, 0.31], "linear", "Prefer a linear model: --hidden none"),
        ("log_loss", [0.50, 0.48, 0.51], [0.51, 0.47, 0.52], "level", "which chance may explain"),
        ("auc", [0.90, 0.91, 0.92], [0.70, 0.72, 0.71], "network", "by AUC: 0.2000 better in the mean of 3 folds"),
    ],
)
def test_folds_come_to_a_conclusion(
    metric: str, network: list[float], linear: list[float], better: str, said: str
) -> None:
    found = compare_over_folds(metric, network, linear, 0.5)
    assert found is not None
    assert found["better"] == better
    assert said in found["summary"]
    assert "paired over folds" in found["summary"]


def test_the_interval_over_folds_is_that_of_nadeau_and_bengio() -> None:
    found = compare_over_folds("log_loss", [0.0, 0.0, 0.0], [1.0, 2.0, 3.0], 0.5)
    assert found is not None
    half = 4.302652729911275 * np.sqrt(1 / 3 + 0.5)
    assert found["interval"] == pytest.approx([2 - half, 2 + half])
    assert compare_over_folds("log_loss", [0.1], [0.2], 0.5) is None
