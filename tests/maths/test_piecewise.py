from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.maths.piecewise import piecewise_linear, piecewise_linear_backward, positions

P = np.asarray([[10.0, 1.0], [4.0, 2.0], [-6.0, 3.0]])


def encoded(places: np.ndarray, bins: int) -> np.ndarray:
    """The rows that are never built: a one for every bin that was passed, the fraction for the one that was entered."""
    return np.clip(places[:, None] - np.arange(bins), 0, 1)


def test_positions_by_hand() -> None:
    """Bins 0–10, 10–30, 30–40: 15 is 5/20 into the second, 1 + 0.25; 40 is the end of the third, 3."""
    x, edges = np.asarray([-5.0, 0.0, 4.0, 10.0, 15.0, 40.0, 1e9]), np.asarray([0.0, 10.0, 30.0, 40.0])
    np.testing.assert_array_equal(positions(x, edges), [0, 0, 0.4, 1, 1.25, 3, 3])


@given(st.lists(st.floats(-50, 90, width=32), max_size=20))
def test_positions_are_an_interpolation(x: list[float]) -> None:
    edges = np.asarray([-20.0, -1.0, 0.0, 30.0, 64.0])
    np.testing.assert_allclose(positions(np.asarray(x), edges), np.interp(x, edges, np.arange(5)), rtol=1e-12)


def test_forward_by_hand() -> None:
    """0: nothing; 0.5: ½·10; 1: 10; 1.25: 10 + ¼·4; 3: 10 + 4 − 6. The second column likewise with 1, 2, 3."""
    Z = piecewise_linear(np.asarray([0.0, 0.5, 1.0, 1.25, 3.0]), P)
    np.testing.assert_array_equal(Z, [[0, 0], [5, 0.5], [10, 1], [11, 1.5], [8, 6]])


def test_backward_by_hand() -> None:
    """At 1.25 with delta 8 the first bin takes 8, the second ¼·8 = 2; at 3 with delta 1 each bin takes 1."""
    grad_P = piecewise_linear_backward(np.asarray([1.25, 3.0]), np.asarray([[8.0], [1.0]]), bins=3)
    np.testing.assert_array_equal(grad_P, [[9], [3], [1]])


PLACES = st.lists(st.one_of(st.floats(0, 3), st.sampled_from([0.0, 1.0, 2.0, 3.0])), max_size=12)


@given(PLACES)
def test_it_is_the_product_with_the_encoded_row(places: list[float]) -> None:
    at = np.asarray(places)
    np.testing.assert_allclose(piecewise_linear(at, P), encoded(at, 3) @ P, rtol=1e-12, atol=1e-12)
    delta = np.cos(np.arange(2.0 * len(at))).reshape(-1, 2)
    expected = encoded(at, 3).T @ delta
    np.testing.assert_allclose(piecewise_linear_backward(at, delta, 3), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("n", "bins", "n_out"), [(0, 3, 2), (1, 1, 1), (7, 4, 3)])
def test_backward_is_the_slope_of_forward(n: int, bins: int, n_out: int, slope) -> None:
    draw = np.random.RandomState(n)
    at, slopes, delta = draw.uniform(0, bins, n), draw.uniform(-1, 1, (bins, n_out)), draw.uniform(-1, 1, (n, n_out))
    expected = slope(lambda P: (delta * piecewise_linear(at, P)).sum(), slopes)
    np.testing.assert_allclose(piecewise_linear_backward(at, delta, bins), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_dtype_stays(dtype: str) -> None:
    at = positions(np.asarray([0.0, 2.0], dtype), np.asarray([0.0, 1.0, 3.0], dtype))
    Z = piecewise_linear(at, np.ones((2, 3), dtype))
    assert {array.dtype.name for array in (at, Z, piecewise_linear_backward(at, Z, 2))} == {dtype}
