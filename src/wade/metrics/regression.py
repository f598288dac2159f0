"""Metrics of predicted numbers: each one's value, which is scikit-learn's, and its replicates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wade.metrics.weighted import Doubles, Replicates, means, weighted_median, with_replicates
from wade.types import Array


@dataclass(frozen=True)
class NumberPredictions:
    """Observed and predicted numbers in the target's own unit; arrays (n,), float64."""

    observed: Doubles
    predicted: Doubles

    @cached_property
    def errors(self) -> Doubles:
        """The absolute error of each prediction."""
        return np.abs(self.predicted - self.observed)


@with_replicates(lambda given: lambda counts: np.sqrt(means(counts, given.errors[:, None] ** 2)[:, 0]))
def rmse(given: NumberPredictions, weights: Array | None = None) -> float:
    """√ mean (ŷ − y)²."""
    return float(np.sqrt(mse.value(given, weights)))


@with_replicates(lambda given: lambda counts: means(counts, given.errors[:, None] ** 2)[:, 0])
def mse(given: NumberPredictions, weights: Array | None = None) -> float:
    """Mean (ŷ − y)²."""
    return float(np.average(given.errors**2, weights=weights))


@with_replicates(lambda given: lambda counts: means(counts, given.errors[:, None])[:, 0])
def mae(given: NumberPredictions, weights: Array | None = None) -> float:
    """Mean |ŷ − y|."""
    return float(np.average(given.errors, weights=weights))


@with_replicates(lambda given: _explained_variance(given))
def r2(given: NumberPredictions, weights: Array | None = None) -> float:
    """1 − Σ (ŷ − y)² / Σ (y − ȳ)²; NaN where all rows have one value."""
    if not (given.observed != given.observed[0]).any():
        return float("nan")
    centred = given.observed - np.average(given.observed, weights=weights)
    return float(1 - np.average(given.errors**2, weights=weights) / np.average(centred**2, weights=weights))


@with_replicates(lambda given: _mean_relative_errors(given))
def mape(given: NumberPredictions, weights: Array | None = None) -> float:
    """Mean |ŷ − y| / |y|; NaN where an observed value is 0."""
    if not given.observed.all():
        return float("nan")
    return float(np.average(given.errors / np.abs(given.observed), weights=weights))


@with_replicates(lambda given: _medians(given))
def median_absolute_error(given: NumberPredictions, weights: Array | None = None) -> float:
    """The median of |ŷ − y|."""
    return weighted_median(given.errors, weights)


def _explained_variance(given: NumberPredictions) -> Replicates:
    centred = given.observed - given.observed.mean()
    of_rows = np.column_stack([given.errors**2, centred, centred**2])

    def explained(counts: Doubles) -> Doubles:
        squared, mean, mean_of_squares = means(counts, of_rows).T
        variance = mean_of_squares - mean**2
        variance[variance <= 1e-12 * mean_of_squares] = np.nan  # the replicate drew one value only
        return np.asarray(1 - squared / variance)

    return explained


def _mean_relative_errors(given: NumberPredictions) -> Replicates:
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = given.errors / np.abs(given.observed)
    return lambda counts: means(counts, relative[:, None])[:, 0]


def _medians(given: NumberPredictions) -> Replicates:
    """The median of each replicate: the least error that half of its rows do not exceed."""
    order = np.argsort(given.errors)
    errors = given.errors[order]

    def median(counts: Doubles) -> Doubles:
        so_far = np.cumsum(counts[:, order], axis=1)
        at = [int(np.searchsorted(sums, sums[-1] / 2)) for sums in so_far]
        return np.where(so_far[:, -1] > 0, errors[at], np.nan)

    return median
