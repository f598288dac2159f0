from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.maths.regression_losses import (
    absolute_error,
    absolute_error_gradient,
    huber_error,
    huber_error_gradient,
    quantile_error,
    quantile_error_gradient,
    squared_error,
)

numbers = st.lists(st.floats(-100, 100), min_size=1, max_size=7)


def column(values: list[float]) -> np.ndarray:
    return np.asarray(values)[:, None]


def test_absolute_error_by_hand() -> None:
    """|2 − 5| = 3, |1 − 1| = 0, |0 + 2| = 2: mean 5/3, slopes −⅓, 0 at the kink, ⅓."""
    A, y = np.asarray([[2.0, 1.0, 0.0]]), np.asarray([[5.0, 1.0, -2.0]])
    np.testing.assert_allclose(absolute_error(A, y), [5 / 3], rtol=1e-15)
    np.testing.assert_allclose(absolute_error_gradient(A, y), [[-1 / 3, 0, 1 / 3]], rtol=1e-15)


def test_huber_by_hand() -> None:
    """δ = 2: d = 1 costs ½, d = −3 costs 2 · (3 − 1) = 4, d = 2 costs 2: mean 6.5/3; slopes 1, −2 (cut), 2, by 3."""
    A, y = np.asarray([[1.0, -3.0, 2.0]]), np.zeros((1, 3))
    np.testing.assert_allclose(huber_error(A, y, 2.0), [6.5 / 3], rtol=1e-15)
    np.testing.assert_allclose(huber_error_gradient(A, y, 2.0), [[1 / 3, -2 / 3, 2 / 3]], rtol=1e-15)
    np.testing.assert_allclose(huber_error(A, y), [(0.5 + 2.5 + 1.5) / 3], rtol=1e-15)  # δ = 1 by default
    np.testing.assert_allclose(huber_error_gradient(A, y), [[1 / 3, -1 / 3, 1 / 3]], rtol=1e-15)


def test_quantile_by_hand() -> None:
    """τ = 0.8: 5 too low costs 4, 5 too high costs 1, right 0: mean 5/3; slopes −0.8, 0.2, 0 at the kink, by 3."""
    A, y = np.asarray([[0.0, 10.0, 7.0]]), np.asarray([[5.0, 5.0, 7.0]])
    np.testing.assert_allclose(quantile_error(A, y, 0.8), [5 / 3], rtol=1e-15)
    np.testing.assert_allclose(quantile_error_gradient(A, y, 0.8), [[-0.8 / 3, 0.2 / 3, 0]], rtol=1e-14)
    np.testing.assert_allclose(quantile_error(A, y), [2.5 * 2 / 3], rtol=1e-15)  # τ = ½ by default
    np.testing.assert_allclose(quantile_error_gradient(A, y), [[-0.5 / 3, 0.5 / 3, 0]], rtol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_out(dtype: str) -> None:
    A, y = np.asarray([[1e4], [-1e4]], dtype=dtype), np.zeros((2, 1), dtype)
    np.testing.assert_array_equal(absolute_error(A, y), np.asarray([1e4, 1e4], dtype))
    np.testing.assert_array_equal(absolute_error_gradient(A, y), [[1], [-1]])
    np.testing.assert_allclose(huber_error(A, y), [1e4 - 0.5] * 2, rtol=1e-7)
    np.testing.assert_array_equal(huber_error_gradient(A, y), [[1], [-1]])
    np.testing.assert_allclose(quantile_error(A, y, 0.25), [7.5e3, 2.5e3], rtol=1e-7)
    np.testing.assert_array_equal(quantile_error_gradient(A, y, 0.25), [[0.75], [-0.25]])
    for formula in (absolute_error, absolute_error_gradient, huber_error, huber_error_gradient, quantile_error):
        assert formula(A, y).dtype == dtype
    assert quantile_error_gradient(A, y).dtype == dtype


@pytest.mark.parametrize("formula", [absolute_error_gradient, huber_error_gradient, quantile_error_gradient])
def test_not_a_number_stays_one(formula) -> None:
    assert np.isnan(formula(np.asarray([[np.nan]]), np.ones((1, 1)))).all()


@given(numbers, st.floats(0.01, 50))
def test_huber_lies_between_its_two_pieces(differences: list[float], delta: float) -> None:
    d = column(differences)
    zero = np.zeros_like(d)
    ours = huber_error(d, zero, delta)
    assert (ours <= squared_error(d, zero) / 2 + 1e-9).all()
    assert (ours <= delta * absolute_error(d, zero) + 1e-9).all()
    assert (ours >= delta * absolute_error(d, zero) - delta**2 / 2 - 1e-9).all()


@given(numbers)
def test_a_wide_huber_is_half_the_square(differences: list[float]) -> None:
    d = column(differences)
    # Below the smallest normal number a float has no twelve digits left for two formulas to agree in.
    tiny = np.finfo(np.float64).tiny
    np.testing.assert_allclose(huber_error(d, 0 * d, 1e3), squared_error(d, 0 * d) / 2, rtol=1e-12, atol=tiny)


@given(numbers, st.floats(0.01, 0.99))
def test_quantiles_mirror(differences: list[float], tau: float) -> None:
    """Too low at τ costs what too high costs at 1 − τ; the two together are the distance."""
    d = column(differences)
    np.testing.assert_allclose(quantile_error(d, 0 * d, tau), quantile_error(-d, 0 * d, 1 - tau), rtol=1e-9, atol=1e-12)
    both = quantile_error(d, 0 * d, tau) + quantile_error(d, 0 * d, 1 - tau)
    np.testing.assert_allclose(both, absolute_error(d, 0 * d), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("tau", [0.1, 0.5, 0.9])
def test_the_quantile_loss_is_least_at_the_quantile(tau: float) -> None:
    """Of 0 … 1000, a share τ lies below 1000 τ."""
    y = np.arange(1001.0)[:, None]
    guesses = np.arange(0.0, 1001.0, 5)
    costs = [quantile_error(np.full_like(y, guess), y, tau).mean() for guess in guesses]
    assert guesses[int(np.argmin(costs))] == pytest.approx(1000 * tau)


def test_many_outputs_are_averaged() -> None:
    A, y = np.ones((1, 4)), np.zeros((1, 4))
    assert absolute_error(A, y) == 1
    assert huber_error(A, y) == quantile_error(A, y) == 0.5
    np.testing.assert_array_equal(absolute_error_gradient(A, y), [[0.25] * 4])
