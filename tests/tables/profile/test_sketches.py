"""Sketches: exact while values are few, within their stated bounds beyond, the same for the same batches."""

from __future__ import annotations

from math import ceil, log2

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.tables.profile.sketches import Counts, Moments, Quantiles

SHARES = [0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0]


def quantiles_of(values: np.ndarray, batch: int, most: int = 8_192) -> Quantiles:
    quantiles = Quantiles(most)
    for start in range(0, len(values), batch):
        quantiles.add(values[start : start + batch])
    return quantiles


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=200), st.integers(1, 50))
def test_few_numbers_have_exact_quantiles(values: list[float], batch: int) -> None:
    assert quantiles_of(np.array(values), batch).at(SHARES) == np.quantile(values, SHARES).tolist()


@pytest.mark.parametrize("order", ["sorted", "reversed", "shuffled", "few values"])
@pytest.mark.parametrize("batch", [100, 4_000, 65_536])
def test_many_numbers_have_quantiles_within_the_bound(order: str, batch: int) -> None:
    n, most = 300_000, 1_024
    values = np.arange(n, dtype=float)
    rng = np.random.default_rng(0)
    values = {
        "sorted": values,
        "reversed": values[::-1],
        "shuffled": rng.permutation(values),
        "few values": rng.integers(0, 7, n).astype(float),
    }[order]
    found = quantiles_of(values, batch, most)
    bound = ceil(log2(n / most)) / most * n
    ascending = np.sort(values)
    for share, value in zip(SHARES, found.at(SHARES), strict=True):
        low, high = np.searchsorted(ascending, value, "left"), np.searchsorted(ascending, value, "right")
        assert low - bound <= share * (n - 1) <= high + bound
    assert (found.low, found.high) == (values.min(), values.max())
    assert sum(len(level) for level in found._levels) <= most * len(found._levels)


def test_counts_are_exact_while_there_is_room() -> None:
    counts = Counts(most=10)
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, 10, 5_000)
    for batch in np.split(drawn, 50):
        counts.add(pa.array([str(value) for value in range(10)]), np.bincount(batch, minlength=10))
    found = dict(zip(counts.texts, counts.counts.tolist(), strict=True))
    assert found == {str(value): int(count) for value, count in enumerate(np.bincount(drawn))}
    assert counts.lost == 0


def test_frequent_texts_stay_among_many_rare_ones() -> None:
    counts, most, rows = Counts(most=100), 100, 0
    for batch in range(200):
        texts = ["often", "sometimes", *(f"once {batch} {number}" for number in range(50))]
        times = np.array([30, 10, *[1] * 50])
        counts.add(pa.array(texts), times)
        rows += int(times.sum())
    found = dict(zip(counts.texts, counts.counts.tolist(), strict=True))
    assert len(found) <= most
    assert counts.lost <= rows / (most + 1)
    assert 6_000 - counts.lost <= found["often"] <= 6_000
    assert 2_000 - counts.lost <= found["sometimes"] <= 2_000


def test_long_texts_make_less_room() -> None:
    counts = Counts()
    for batch in range(20):
        counts.add(pa.array([f"{batch} {number} {'x' * 10_000}" for number in range(100)]), np.ones(100, np.int64))
    assert counts._texts.nbytes < 10_000_000


def test_moments_of_batches_are_those_of_all() -> None:
    values = np.random.default_rng(2).normal(1e6, 3.0, 10_000)
    moments = Moments()
    for batch in np.split(values, [1, 10, 5_000]):
        moments.add(batch)
    assert moments.mean == pytest.approx(values.mean(), rel=1e-12)
    assert moments.deviation == pytest.approx(values.std(), rel=1e-9)
