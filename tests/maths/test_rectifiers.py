from __future__ import annotations

import numpy as np
import pytest

from wade.maths.activations.rectifiers import (
    SELU_FLOOR,
    SELU_SCALE,
    elu,
    elu_derivative,
    leaky_relu,
    leaky_relu_derivative,
    selu,
    selu_derivative,
)

KINK = np.asarray([-0.0, 0.0, 5e-324])


def test_leaky_relu_by_hand() -> None:
    """−3 leaks 0.01 · (−3) = −0.03; at the kink the slope is the one from below."""
    np.testing.assert_array_equal(leaky_relu(np.asarray([-3.0, 0.0, 4.0])), [-0.03, 0, 4])
    np.testing.assert_array_equal(leaky_relu_derivative(KINK), [0.01, 0.01, 1])


def test_elu_by_hand() -> None:
    """e^−ln 4 − 1 = ¼ − 1 = −¾, and the slope there is ¼; at 0 both sides have the slope 1."""
    Z = np.asarray([-np.log(4), 0.0, 2.5])
    np.testing.assert_allclose(elu(Z), [-0.75, 0, 2.5], rtol=1e-15)
    np.testing.assert_allclose(elu_derivative(Z), [0.25, 1, 1], rtol=1e-15)
    np.testing.assert_array_equal(elu_derivative(KINK), [1, 1, 1])


def test_elu_keeps_the_digits_of_small_numbers() -> None:
    np.testing.assert_allclose(elu(np.asarray([-1e-20, 1e-20])), [-1e-20, 1e-20], rtol=1e-15)


def test_selu_by_hand() -> None:
    """λα(½ − 1) = −1.758099/2 = −0.879050, with the slope 1.758099 · ½; λ · 2 = 2.101402."""
    Z = np.asarray([-np.log(2), 2.0])
    np.testing.assert_allclose(selu(Z), [-0.879050, 2.101402], atol=1e-6)
    np.testing.assert_allclose(selu_derivative(Z), [0.879050, 1.050701], atol=1e-6)
    np.testing.assert_allclose(selu_derivative(KINK), [1.758099, 1.758099, 1.050701], atol=1e-6)


@pytest.mark.parametrize("power", [1, 2])
def test_selus_constants_are_the_fixed_point(power: int) -> None:
    """E g(z) = 0 and E g(z)² = 1 for a standard normal z, summed over a grid of four million places."""
    z = np.linspace(-14, 14, 4_000_001)
    bell = np.exp(-(z**2) / 2)
    mean = float((selu(z) ** power * bell).sum() / bell.sum())
    assert mean == pytest.approx(power - 1, abs=1e-9)
    assert pytest.approx(1.7580993408473766, rel=1e-15) == SELU_SCALE * SELU_FLOOR
