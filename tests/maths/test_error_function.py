from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.maths.activations.error_function import FAR, NEAR, erf, erfc

SEAMS = [np.nextafter(seam, seam + step) for seam in (NEAR, FAR, -NEAR, -FAR) for step in (-1, 0, 1)]


def farthest_apart(ours: np.ndarray, exact: list[float]) -> float:
    """The largest relative difference; 0/0 is none."""
    wanted = np.asarray(exact)
    return float((abs(ours - wanted) / np.where(wanted == 0, 1, abs(wanted))).max())


def test_erf_has_full_precision() -> None:
    """Against the C library, at 60,000 places: 5e-16 is about two units in the last place."""
    X = np.concatenate([np.linspace(-7, 7, 50_001), np.geomspace(1e-300, 1, 10_000), SEAMS, [0, -0.0, 30, -1e4]])
    assert farthest_apart(erf(X), [math.erf(x) for x in X]) < 5e-16


def test_erfc_keeps_its_digits_in_the_tail() -> None:
    X = np.concatenate([np.linspace(-7, 26, 50_001), SEAMS, [0, -1e4]])
    assert farthest_apart(erfc(X), [math.erfc(x) for x in X]) < 1e-15


def test_the_ends() -> None:
    ends = np.asarray([-np.inf, -1e300, -1e4, 0, 1e4, 1e300, np.inf])
    np.testing.assert_array_equal(erf(ends), [-1, -1, -1, 0, 1, 1, 1])
    np.testing.assert_array_equal(erfc(ends), [2, 2, 2, 1, 0, 0, 0])
    assert np.isnan(erf(np.asarray([np.nan]))).all()
    assert np.isnan(erfc(np.asarray([np.nan]))).all()


def test_no_numbers() -> None:
    assert erf(np.empty((0, 3))).shape == erfc(np.empty((0, 3))).shape == (0, 3)


def test_single_precision() -> None:
    X = np.linspace(-5, 5, 1001, dtype=np.float32)
    assert erf(X).dtype == erfc(X).dtype == np.float32
    assert farthest_apart(erf(X).astype(np.float64), [math.erf(x) for x in X]) < 5e-7
    assert farthest_apart(erfc(X).astype(np.float64), [math.erfc(x) for x in X]) < 1e-6


@given(st.floats(-6, 6))
def test_symmetries(x: float) -> None:
    X = np.asarray([x])
    assert erf(-X) == -erf(X)
    assert (erf(X) + erfc(X)).item() == pytest.approx(1, abs=3e-16)
    assert (erfc(X) + erfc(-X)).item() == pytest.approx(2, abs=3e-16)
