"""Network and linear baseline, row by row: which is better, and what is said and advised."""

from __future__ import annotations

import numpy as np
import pytest

from wade.model.evaluation.linear_comparison import compare_with_linear

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
