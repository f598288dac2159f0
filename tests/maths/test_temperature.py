"""The temperature: by hand, by finite differences, and against a search that knows nothing of slopes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from wade.maths.arrays import one_hot
from wade.maths.likelihood_losses import softmax_cross_entropy
from wade.maths.temperature import MOST, best_temperature, log_shares, temperature_slope, tempered_cross_entropy

GENERATOR = np.random.default_rng(4)
SHAPES = [(60, 1, 2), (60, 1, 5), (60, 4, 3), (60, 8, 2)]


def drawn(shape: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    Z = 3 * GENERATOR.normal(size=shape)
    return Z, one_hot(GENERATOR.integers(0, shape[2], shape[0]), shape[2], like=Z)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_slope_is_the_finite_difference(shape: tuple[int, int, int], temperature: float) -> None:
    Z, targets = drawn(shape)
    step = 1e-6
    up, down = (tempered_cross_entropy(Z, targets, temperature * np.exp(d)).mean() for d in (step, -step))
    assert temperature_slope(Z, targets, temperature).mean() == pytest.approx(
        (up - down) / (2 * step), rel=1e-6, abs=1e-9
    )


def test_with_one_member_it_is_the_cross_entropy_of_divided_sums() -> None:
    Z, targets = drawn((60, 1, 5))
    expected = softmax_cross_entropy(Z[:, 0] / 1.7, targets.argmax(axis=1))
    np.testing.assert_allclose(tempered_cross_entropy(Z, targets, 1.7), expected, rtol=1e-12)


def test_members_are_averaged_as_probabilities() -> None:
    # Members that say 0.9 and 0.5 say 0.7 together: −ln 0.7.
    Z = np.log([[[1.0, 9.0], [1.0, 1.0]]])
    assert tempered_cross_entropy(Z, np.asarray([[0.0, 1.0]]), 1.0) == pytest.approx([-np.log(0.7)])


@pytest.mark.parametrize("shape", SHAPES)
def test_the_best_temperature_is_where_a_blind_search_ends(shape: tuple[int, int, int]) -> None:
    Z, targets = drawn(shape)
    targets = np.where(
        GENERATOR.random((shape[0], 1)) < 0.7, one_hot(Z[:, 0].argmax(axis=1), shape[2], like=Z), targets
    )
    blind = minimize_scalar(
        lambda log_t: tempered_cross_entropy(Z, targets, np.exp(log_t)).mean(), bounds=(-3, 3), method="bounded"
    )
    assert best_temperature(Z, targets) == pytest.approx(float(np.exp(blind.x)), rel=1e-3)


def test_where_all_are_right_it_goes_as_low_as_it_may_and_where_all_are_wrong_as_high() -> None:
    Z, right = np.log(np.tile([[[1.0, 2.0]]], (4, 1, 1))), np.tile([[0.0, 1.0]], (4, 1))
    assert best_temperature(Z, right) == pytest.approx(1 / MOST)
    assert best_temperature(Z, 1 - right) == pytest.approx(MOST)


def test_nothing_overflows_or_divides_by_zero() -> None:
    Z, targets = 1e4 * drawn((60, 4, 3))[0], drawn((60, 4, 3))[1]
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(log_shares(Z, 0.05)).all()
        assert np.isfinite(temperature_slope(Z, targets, 0.05)).all()
        assert 1 / MOST <= best_temperature(Z, targets) <= MOST * (1 + 1e-9)


def test_the_ends_of_the_search_are_a_twentieth_and_20() -> None:
    right, wrong = np.asarray([[0.0, 1.0]]), np.asarray([[1.0, 0.0]])
    Z = np.asarray([[[0.0, 1.0]]])
    assert (best_temperature(Z, right), best_temperature(Z, wrong)) == (pytest.approx(1 / 20), pytest.approx(20))


def test_members_that_differ_beyond_all_doubles_are_averaged_too() -> None:
    Z = np.asarray([[[0.0, 0.0], [2000.0, 0.0]]])
    assert tempered_cross_entropy(Z, np.asarray([[0.0, 1.0]]), 1.0) == pytest.approx([-np.log(0.25)])
