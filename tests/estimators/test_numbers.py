"""How arrays, dense and sparse, become what a network reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from tests.estimators.samples import numbers, quick
from wade.errors import DataError
from wade.estimators import numbers as module
from wade.estimators.numbers import NumberReader
from wade.tables.kinds.scales import Scale

NAMES = ("a", "b", "c", "d")


def test_each_column_goes_on_the_robust_scale_of_tables() -> None:
    # Five values, whose quartiles are values themselves: there the kinds of quantiles agree.
    X = np.array([[1.0, 9.0], [2.0, 9.0], [3.0, 9.0], [4.0, 9.0], [100.0, 9.0]])
    encoded = NumberReader.fit(X, ("size", "same")).encode(X).numbers
    assert np.array_equal(encoded[:, 0], Scale.fit(X[:, 0]).apply(X[:, 0]))
    assert np.array_equal(encoded[:, 1], np.zeros(5))
    assert encoded[2, 0] == 0
    assert 2 < encoded[4, 0] < 3


@given(st.lists(st.integers(1, 4), min_size=1, max_size=12), st.integers(0, 2**32 - 1))
def test_a_row_of_weight_two_counts_as_two_rows(weights: list[int], seed: int) -> None:
    X = np.random.default_rng(seed).normal(size=(len(weights), 2)).round(1)
    weighted = NumberReader.fit(X, ("a", "b"), np.array(weights, float))
    repeated = NumberReader.fit(X.repeat(weights, axis=0), ("a", "b"))
    assert np.array_equal(weighted.medians, repeated.medians)
    assert np.array_equal(weighted.factors, repeated.factors)


def test_missing_values_get_an_indicator_where_training_rows_have_some() -> None:
    X = np.array([[1.0, 1.0], [np.nan, 2.0], [3.0, 3.0]])
    reader = NumberReader.fit(X, ("a", "b"))
    assert reader.layout.numbers == ("a", "b", "a missing")
    assert reader.encode(np.array([[np.nan, np.nan]])).numbers.tolist() == [[0, 0, 1]]


def test_a_column_of_nothing_but_missing_values_says_nothing() -> None:
    reader = NumberReader.fit(np.array([[np.nan], [np.nan]]), ("a",), np.array([1.0, 2.0]))
    assert reader.encode(np.array([[np.nan], [5.0]])).numbers.tolist() == [[0, 1], [0, 0]]


@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.csc_array, scipy.sparse.coo_matrix])
@pytest.mark.parametrize("at_once", [1, 50, 2**20])
def test_a_sparse_matrix_is_read_as_the_same_numbers(kind: Any, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "VALUES_AT_ONCE", at_once)
    X, y = numbers()
    X[np.abs(X) < 1] = 0
    dense, sparse = quick("NetRegressor").fit(X, y), quick("NetRegressor").fit(kind(X), y)
    assert np.array_equal(dense.predict(X), sparse.predict(kind(X)))
    assert np.array_equal(dense.predict(X[:7]), sparse.predict(X[:7]))


def test_a_sparse_matrix_too_large_to_write_out_is_refused_with_a_way_out() -> None:
    X = scipy.sparse.csr_array((900, 2_000_000))
    with pytest.raises(DataError, match=r"6\.7 GiB .* at most 4 GiB .*TruncatedSVD.*partial_fit"):
        quick("NetRegressor").fit(X, np.arange(900))


def test_wide_sparse_rows_are_predicted_in_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    rows_seen: list[int] = []
    encode = NumberReader.encode
    X = scipy.sparse.random_array((300, 400), density=0.01, rng=np.random.default_rng(0), format="csr")
    regressor = quick("NetRegressor").fit(X, np.arange(300))
    monkeypatch.setattr("wade.estimators.estimator.VALUES_AT_ONCE", 20_000)
    monkeypatch.setattr(NumberReader, "encode", lambda self, X: rows_seen.append(X.shape[0]) or encode(self, X))
    regressor.predict(X)
    assert rows_seen == [50] * 6
