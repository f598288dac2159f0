"""The bootstrap against scikit-learn's weighted figures, replicate by replicate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics

from wade.metrics.bootstrap import _COUNT_OF, bootstrap, poisson_counts, replicates_for
from wade.metrics.intervals import quantile_interval
from wade.metrics.weighted import means, weighted_average_precision


def test_counts_are_poisson() -> None:
    counts = np.concatenate(list(poisson_counts(2000, 100, seed=5)))
    shares = [(counts == k).mean() for k in range(4)]
    assert counts.shape == (100, 2000)
    assert shares == pytest.approx([0.3679, 0.3679, 0.1839, 0.0613], abs=0.005)  # e⁻¹ / k!
    assert counts.var() == pytest.approx(1.0, abs=0.01)


def test_counts_come_a_few_at_a_time() -> None:
    sizes = [block.size for block in poisson_counts(100_000, 12)]
    assert sum(sizes) == 1_200_000
    assert max(sizes) <= 2**20
    assert [block.shape for block in poisson_counts(1_000, 300)] == [(262, 1_000), (38, 1_000)]
    assert [block.shape for block in poisson_counts(0, 3)] == [(3, 0)]


def test_65536_numbers_stand_for_the_counts_of_a_poisson_distribution() -> None:
    expected = 65_536 * np.exp(-1.0) / np.array([1, 1, 2, 6, 24, 120, 720, 5040])
    found = np.bincount(_COUNT_OF.astype(int), minlength=8)[:8]
    assert np.abs(found - expected).max() < 1
    assert found[0] == round(expected[0])


def test_huge_tables_have_fewer_replicates() -> None:
    found = [replicates_for(n, passes) for n, passes in ((1_000, 0), (1_000, 1), (40_000, 1), (40_000, 2), (10**7, 1))]
    assert found == [1000, 1000, 500, 250, 100]


def test_two_rows_have_an_interval() -> None:
    [interval] = bootstrap(2, lambda counts: means(counts, np.array([[1.0], [2.0]])))
    assert interval == [1.0, 2.0]


@given(st.integers(0, 10_000), st.integers(2, 40), st.sampled_from([2, 5, 1000]))
def test_weighted_average_precision_is_scikit_learns(seed: int, n: int, distinct: int) -> None:
    generator = np.random.default_rng(seed)
    positive = generator.random(n) < 0.5
    positive[:2] = True, False
    scores = generator.integers(0, distinct, n) / distinct
    weights = generator.integers(0, 4, (6, n)).astype(float)
    weights[:, :2] += 1
    expected = [sklearn_metrics.average_precision_score(positive, scores, sample_weight=row) for row in weights]
    assert weighted_average_precision(positive, scores)(weights) == pytest.approx(expected)


def test_replicates_are_scikit_learns_weighted_figures() -> None:
    generator = np.random.default_rng(9)
    shares = generator.uniform(0.01, 0.99, 300)
    codes = (generator.random(300) < shares).astype(int)
    losses = -np.log(np.where(codes == 1, shares, 1 - shares))
    counts = next(poisson_counts(300, 20, seed=1))
    expected = [sklearn_metrics.log_loss(codes, shares, sample_weight=row) for row in counts]
    assert means(counts, losses[:, None])[:, 0] == pytest.approx(expected)


def test_an_interval_ignores_undefined_replicates_unless_most_are() -> None:
    assert quantile_interval(np.array([np.nan, 1.0, 2.0])) == pytest.approx([1.025, 1.975])
    assert quantile_interval(np.array([np.nan, np.nan, 1.0])) is None
    assert quantile_interval(np.array([])) is None


def test_an_interval_without_width_is_none() -> None:
    assert quantile_interval(np.array([1.0, 1.0])) is None
    assert bootstrap(1, lambda counts: means(counts, np.array([[3.0]]))) == [None]
    assert bootstrap(40, lambda counts: means(counts, np.full((40, 1), 3.0))) == [None]


def test_bootstrap_gives_one_interval_for_each_statistic() -> None:
    values = np.random.default_rng(0).normal([0, 10], 1, (1000, 2))
    (first, second) = bootstrap(1000, lambda counts: means(counts, values))
    assert first is not None
    assert second is not None
    assert first[0] < values[:, 0].mean() < first[1]
    assert second[0] < values[:, 1].mean() < second[1]
    assert second[1] - second[0] == pytest.approx(2 * 1.96 / np.sqrt(1000), rel=0.25)
