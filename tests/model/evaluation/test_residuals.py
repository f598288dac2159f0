"""Bands and grids hold every row once, and what they say of them is what the rows say."""

from __future__ import annotations

import numpy as np
import pytest

from wade.model.evaluation.residuals import CELLS, bands, density, largest_errors


@pytest.mark.parametrize("n", [1, 4, 59, 5_000])
def test_bands_hold_every_row_once_by_rising_prediction(n):
    random = np.random.default_rng(n)
    predicted = random.normal(size=n)
    observed = predicted + random.gamma(2, 1, n) - 2
    found = bands(observed, predicted)
    assert sum(one.rows for one in found) == n
    assert [one.predicted for one in found] == sorted(one.predicted for one in found)
    mean = sum(one.rows * one.residual for one in found) / n
    assert mean == pytest.approx((observed - predicted).mean())
    for one in found:
        assert one.observed - one.predicted == pytest.approx(one.residual)
        assert one.low <= one.high
        assert one.interval is None or one.interval[0] <= one.residual <= one.interval[1]


def test_the_spread_of_a_band_is_that_of_its_residuals():
    (one,) = bands(np.arange(21.0)[:9], np.zeros(9))
    assert (one.low, one.high) == pytest.approx((0.4, 7.6))


def test_a_share_of_the_rows_has_no_larger_error():
    observed, predicted = np.arange(100.0), np.zeros(100)
    for share, error in zip((0.5, 0.9), largest_errors(observed, predicted, (0.5, 0.9)), strict=True):
        assert (np.abs(observed - predicted) <= error).mean() >= share


@pytest.mark.parametrize("n", [2, 300, 20_000])
def test_a_grid_counts_every_row_in_the_cell_where_it_lies(n):
    random = np.random.default_rng(n)
    observed = random.lognormal(sigma=2, size=n)
    predicted = observed * random.lognormal(sigma=0.2, size=n)
    found = density(observed, predicted)
    assert found.counts.shape == (CELLS, CELLS)
    assert found.counts.sum() == n
    assert found.outside <= 0.008 * n
    inside = (observed > found.edges[3]) & (observed < found.edges[4]) & (predicted > found.edges[2])
    assert found.counts[3, 2] == (inside & (predicted < found.edges[3])).sum()


def test_rows_of_one_value_have_a_grid_too():
    assert density(np.ones(5), np.ones(5)).counts.sum() == 5
