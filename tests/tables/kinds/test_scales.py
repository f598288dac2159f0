"""Quantiles between two values, and the scale that rests on them, by numbers worked out by hand."""

from __future__ import annotations

from math import inf, isfinite

import numpy as np
import pytest

from wade.tables.kinds.scales import Scale, among_bins, edges_among, find_edges, put_on_scale, quantile, quantiles_of


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([0.0, 1.0], 0.25, 0.25),
        ([0.0, 1.0], 0.75, 0.75),
        ([1.0, 2.0, 4.0, 8.0], 0.25, 1.75),  # 0.75 of the way from 1 to 2
        ([1.0, 2.0, 4.0, 8.0], 0.5, 3.0),
        ([1.0, 2.0, 4.0, 8.0], 0.75, 5.0),  # a quarter of the way from 4 to 8
        # Beyond the middle half: the outer one of the two.
        ([1.0, 2.0, 4.0, 8.0], 0.125, 1.0),
        ([1.0, 2.0, 4.0, 8.0], 0.875, 8.0),
        ([1.0, 2.0, 4.0], 0.0, 1.0),
        ([1.0, 2.0, 4.0], 1.0, 4.0),
        ([5.0], 0.75, 5.0),
    ],
)
def test_a_quantile_between_two_values(values, share, expected):
    assert quantile(np.array(values), share) == expected


def test_within_the_middle_half_they_are_numpys_to_the_last_bit():
    for rows in range(2, 200):
        # Far apart, so that the line from one value to the next rounds differently from either end.
        values = np.sort(np.random.default_rng(rows).lognormal(0, 3, rows))
        for share in (0.25, 0.3, 0.5, 0.6, 0.75):
            assert quantile(values, share) == np.quantile(values, share)


def test_two_values_whose_distance_is_no_double_have_one_between_them():
    far = np.array([-1.7e308, 1.7e308])
    assert quantile(far, 0.5) == 0.0
    assert quantile(far, 0.25) == pytest.approx(-0.85e308)
    assert isfinite(Scale.fit(far).factor)


def test_what_is_missing_counts_nowhere():
    assert quantiles_of(np.array([np.nan, 4.0, 2.0, np.nan])) == quantiles_of(np.array([2.0, 4.0]))
    assert quantiles_of(np.array([np.nan])) == []
    assert Scale.fit(np.array([np.nan])) == Scale(0.0, 0.0)


@pytest.mark.parametrize(
    ("values", "median", "factor"),
    [
        ([0.0, 1.0, 2.0, 3.0, 4.0], 2.0, 0.5),  # 1 / (3 − 1)
        ([0.0] * 6 + [1.0] * 2, 0.0, 4.0),  # a quarter of the way from 0 to 1: 1 / (0.25 − 0)
        ([7.0] * 4, 7.0, 0.0),
        ([0.0] * 5 + [1.0] * 5, 0.5, 1.0),  # 1 / (max − min), for the middle half reaches as far
        ([0.0] * 99 + [10.0], 0.0, 0.2),  # nothing but one value: 2 / (max − min)
        ([0.0] * 2_000 + [10.0], 0.0, 0.2),  # within 1/1024 of the end
        ([0.0] * 3_000 + [10.0] * 2 + [1_000.0], 0.0, 0.1),  # 1 / (10 − 0): 1/1024 of the values lie beyond 10
    ],
)
def test_the_scale_of_values_of_which_most_are_one(values, median, factor):
    assert Scale.fit(np.array(values)) == Scale(median, factor)


@pytest.mark.parametrize("halvings", range(1, 9))
def test_the_range_grows_by_halves_of_the_tail_until_it_holds_two_values(halvings):
    # 10 is the first value that a tail of 1/4, 1/8, … after so many halvings ends at; 1,000 the next one's.
    at, next_at = (2_048 - 2_048 // 4 // 2**number for number in (halvings, halvings + 1))
    values = np.zeros(2_049)
    values[at:], values[next_at:] = 10.0, 1_000.0
    assert Scale.fit(values) == Scale(0.0, 0.1)


def test_a_value_far_off_and_a_missing_one_on_a_scale():
    scale = Scale(median=1.0, factor=2.0)
    assert scale.steps(1e9) == (1e6, pytest.approx(3.0))
    assert scale.steps(-1e9) == (-1e6, pytest.approx(-3.0))
    assert scale.apply(np.array([np.nan])) == [0.0]
    values = np.array([[np.nan, 1.0, 2.5]])
    put_on_scale(values, scale.median, scale.factor, np.empty_like(values))
    assert values.tolist() == [[0.0, 0.0, pytest.approx(3 / 2**0.5)]]


def test_bins_are_of_equal_counts_and_no_fewer_than_two():
    assert find_edges(np.arange(19.0)) == ()
    assert find_edges(np.arange(20.0)) == (0.0, 9.0, 19.0)
    assert find_edges(np.array([np.nan, *range(20), np.nan])) == (0.0, 9.0, 19.0)
    assert len(find_edges(np.arange(1_000.0))) == 48 + 1
    assert edges_among([1.0, 2.0]) == ()
    assert edges_among([-1.7e308, 0.0, 1.7e308]) == ()
    assert edges_among([1.0, 2.0, inf]) == ()


def test_positions_among_bins_end_at_the_outer_edges():
    edges = np.array([0.0, 10.0, 30.0])
    assert among_bins(np.array([-5.0, 0.0, 5.0, 30.0, 31.0]), 20.0, edges).tolist() == [0.0, 0.0, 0.5, 2.0, 2.0]
