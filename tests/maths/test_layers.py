from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.maths.arrays import one_hot
from wade.maths.layers import dense, dense_backward, embedding, embedding_backward

SHAPES = [(1, 1, 1), (5, 3, 2), (2, 7, 4), (0, 3, 2), (3, 0, 2)]


def test_the_decks_perceptron_sums_to_3_2() -> None:
    """2 · 0.1 + 3 · 0.5 + (−1) · 2.5 + 5 · 0.2 + 3.0 = 0.2 + 1.5 − 2.5 + 1.0 + 3.0 = 3.2."""
    Z = dense(np.asarray([[2.0, 3.0, -1.0, 5.0]]), np.asarray([[0.1], [0.5], [2.5], [0.2]]), np.asarray([3.0]))
    assert Z.item() == pytest.approx(3.2, rel=1e-15)


def test_backward_by_hand() -> None:
    """X = [1 2; 3 4], W = [5; 6], delta = [1; 10]: δWᵀ = [5 6; 50 60], Xᵀδ = [1+30; 2+40], Σδ = 11."""
    X, W = np.asarray([[1.0, 2.0], [3.0, 4.0]]), np.asarray([[5.0], [6.0]])
    grad_X, grad_W, grad_b = dense_backward(X, W, np.asarray([[1.0], [10.0]]))
    np.testing.assert_array_equal(grad_X, [[5, 6], [50, 60]])
    np.testing.assert_array_equal(grad_W, [[31], [42]])
    np.testing.assert_array_equal(grad_b, [11])


@pytest.mark.parametrize(("n", "n_in", "n_out"), SHAPES)
def test_dense_backward_is_the_slope_of_dense(n: int, n_in: int, n_out: int, slope) -> None:
    draw = np.random.RandomState(n)
    X, W, b = draw.uniform(-1, 1, (n, n_in)), draw.uniform(-1, 1, (n_in, n_out)), draw.uniform(-1, 1, n_out)
    delta = draw.uniform(-1, 1, (n, n_out))
    grad_X, grad_W, grad_b = dense_backward(X, W, delta)
    np.testing.assert_allclose(grad_X, slope(lambda X: (delta * dense(X, W, b)).sum(), X), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(grad_W, slope(lambda W: (delta * dense(X, W, b)).sum(), W), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(grad_b, slope(lambda b: (delta * dense(X, W, b)).sum(), b), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("n", "size", "n_out"), [(1, 1, 1), (6, 3, 2), (4, 9, 3), (0, 3, 2)])
def test_embedding_backward_is_the_slope_of_embedding(n: int, size: int, n_out: int, slope) -> None:
    draw = np.random.RandomState(n)
    codes, E = draw.randint(0, size, n).astype(np.int32), draw.uniform(-1, 1, (size, n_out))
    delta = draw.uniform(-1, 1, (n, n_out))
    expected = slope(lambda E: (delta * embedding(codes, E)).sum(), E)
    np.testing.assert_allclose(embedding_backward(codes, delta, size), expected, rtol=1e-6, atol=1e-8)


@given(st.lists(st.integers(0, 4), max_size=12))
def test_a_row_of_a_table_is_a_one_hot_row_times_the_table(codes: list[int]) -> None:
    picked, E = np.asarray(codes, dtype=np.int32), np.arange(15.0).reshape(5, 3)
    np.testing.assert_array_equal(embedding(picked, E), one_hot(picked, 5, like=E) @ E)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12))
def test_gradients_are_neither_lost_nor_invented(codes: list[int]) -> None:
    delta = np.arange(2.0 * len(codes)).reshape(-1, 2)
    grad_E = embedding_backward(np.asarray(codes, dtype=np.int32), delta, 4)
    np.testing.assert_array_equal(grad_E.sum(axis=0), delta.sum(axis=0))
    assert not grad_E[[code for code in range(4) if code not in codes]].any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_dtype_stays(dtype: str) -> None:
    X, W, b = np.ones((3, 2), dtype), np.ones((2, 4), dtype), np.ones(4, dtype)
    codes = np.zeros(3, np.int32)
    results = (dense(X, W, b), *dense_backward(X, W, np.ones((3, 4), dtype)), embedding(codes, W))
    assert {result.dtype.name for result in (*results, embedding_backward(codes, X, 2))} == {dtype}
