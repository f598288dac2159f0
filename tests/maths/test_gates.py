from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.maths.activations.gates import (
    gelu,
    gelu_derivative,
    mish,
    mish_derivative,
    silu,
    silu_derivative,
    softplus,
    softplus_derivative,
)

FAR_OUT = [-700.0, -300.0, -40.0, -18.5, -3.0, -0.3, 1e-9, 0.3, 12.0, 36.0, 300.0]


def test_numbers_worked_by_hand() -> None:
    """At z = ln 3: e^z = 3, σ = ¾, σ′ = 3/16; softplus = ln 4; n = 3·5 = 15, so Mish opens to 15/17.

    Mish′ = 15/17 + ln 3 · 4·3·4/17² = 15/17 + ln 3 · 48/289.
    """
    Z = np.log([3.0])
    assert softplus(Z).item() == pytest.approx(np.log(4), rel=1e-15)
    assert softplus_derivative(Z).item() == pytest.approx(3 / 4, rel=1e-15)
    assert silu(Z).item() == pytest.approx(np.log(3) * 3 / 4, rel=1e-15)
    assert silu_derivative(Z).item() == pytest.approx(3 / 4 + np.log(3) * 3 / 16, rel=1e-15)
    assert mish(Z).item() == pytest.approx(np.log(3) * 15 / 17, rel=1e-15)
    assert mish_derivative(Z).item() == pytest.approx(15 / 17 + np.log(3) * 48 / 289, rel=1e-15)


def test_mish_by_hand_left_of_zero() -> None:
    """At z = −ln 3: e^z = ⅓, n = ⅓ · 7/3 = 7/9, n + 2 = 25/9: 7/25 open; slope 7/25 − ln 3 · (16/9)/(25/9)²."""
    Z = -np.log([3.0])
    assert mish(Z).item() == pytest.approx(-np.log(3) * 7 / 25, rel=1e-15)
    assert mish_derivative(Z).item() == pytest.approx(7 / 25 - np.log(3) * (16 / 9) / (25 / 9) ** 2, rel=1e-14)


def test_gelu_by_hand() -> None:
    """From tables of the normal distribution: Φ(1) = 0.841345, φ(1) = 0.241971; Φ(−2) = 0.022750, φ(2) = 0.053991."""
    Z = np.asarray([1.0, -2.0, 0.0])
    np.testing.assert_allclose(gelu(Z), [0.841345, -2 * 0.022750, 0], atol=2e-6)
    np.testing.assert_allclose(gelu_derivative(Z), [0.841345 + 0.241971, 0.022750 - 2 * 0.053991, 0.5], atol=2e-6)


@pytest.mark.parametrize("z", FAR_OUT)
def test_digits_are_kept_far_out(z: float) -> None:
    """Against 700 digits, straight from the definitions."""
    with localcontext() as context:
        context.prec = 700
        e = Decimal(z).exp()
        share, opened = e / (1 + e), ((1 + e) ** 2 - 1) / ((1 + e) ** 2 + 1)
        steep = 1 - opened**2
        exact = {
            softplus: (1 + e).ln(),
            softplus_derivative: share,
            silu: Decimal(z) * share,
            silu_derivative: share * (1 + Decimal(z) * (1 - share)),
            mish: Decimal(z) * opened,
            mish_derivative: opened + Decimal(z) * steep * share,
        }
    for formula, wanted in exact.items():
        assert formula(np.asarray([z])).item() == pytest.approx(float(wanted), rel=5e-14, abs=0), formula.__name__


@pytest.mark.parametrize("z", [-37.0, -20.0, -6.0, -0.6, 0.2, 3.0, 9.0])
def test_gelu_keeps_its_digits_left_of_zero(z: float) -> None:
    share = math.erfc(-z / math.sqrt(2)) / 2
    height = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    assert gelu(np.asarray([z])).item() == pytest.approx(z * share, rel=5e-13, abs=0)
    assert gelu_derivative(np.asarray([z])).item() == pytest.approx(share + z * height, rel=5e-13, abs=0)


@given(st.floats(-600, 600))
def test_what_opens_for_z_shuts_for_minus_z(z: float) -> None:
    """σ and Φ give z and −z shares that make 1, so g(z) − g(−z) = z; and softplus, whose slope is σ, likewise."""
    for gate in (silu, gelu, softplus):
        both = gate(np.asarray([z])) - gate(np.asarray([-z]))
        assert both.item() == pytest.approx(z, rel=1e-14, abs=1e-15)
