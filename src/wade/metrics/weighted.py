"""What depends on how much each row counts, for many weightings of the same rows at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.types import Array

Doubles: TypeAlias = NDArray[np.float64]
Replicates: TypeAlias = Callable[[Doubles], Doubles]


class Computation(NamedTuple):
    """How a metric is computed: its value, and what its interval takes, a formula or else replicates."""

    value: Callable[..., float]
    replicates: Callable[[Any], Replicates] | None = None
    interval: Callable[[Any, float], list[float] | None] | None = None


def with_replicates(replicates: Callable[[Any], Replicates]) -> Callable[[Callable[..., float]], Computation]:
    """Make the function of a metric's value, which it decorates, the whole computation."""
    return lambda value: Computation(value, replicates)


def with_interval(
    interval: Callable[[Any, float], list[float] | None],
) -> Callable[[Callable[..., float]], Computation]:
    """The same for a metric whose interval is a function of the predictions and the value."""
    return lambda value: Computation(value, interval=interval)


def means(counts: Doubles, values: Array) -> Doubles:
    """The weighted mean of each column of `values` (n, m) in each replicate; NaN where a replicate drew no row."""
    with np.errstate(invalid="ignore"):
        return np.asarray((counts @ values) / counts.sum(axis=1, keepdims=True))


def weighted_average_precision(positive: NDArray[np.bool_], scores: Array) -> Callable[[Doubles], Doubles]:
    """The average precision as a function of the rows' weights: sorted once, computed for many weights.

    ::

        AP(c) = Σ_{i positive} c_i · precision at the score of row i  /  Σ_{positive} c

    where the precision at a score is the positives' share of the weight of all rows that score as much or more.

    Parameters
    ----------
    positive : array (n,), bool
    scores : array (n,), any float; higher means "more likely positive"

    Returns
    -------
    function of weights (r, n), float64 -> array (r,), float64
        NaN where the weights leave no positive row.

    Examples
    --------
    >>> precision = weighted_average_precision(np.array([True, False, True]), np.array([0.9, 0.5, 0.1]))
    >>> precision(np.array([[1.0, 1.0, 1.0], [2.0, 1.0, 1.0]])).round(4).tolist()
    [0.8333, 0.9167]
    """
    order = np.argsort(-scores, kind="stable")
    ranked = -scores[order]
    is_positive, last_of_equals = positive[order], np.searchsorted(ranked, ranked, "right") - 1
    positives, ends = np.flatnonzero(is_positive), last_of_equals[is_positive]

    def average_precision(weights: Doubles) -> Doubles:
        weights = weights[:, order]
        own = np.where(is_positive, weights, 0.0)
        above, right = np.cumsum(weights, axis=1)[:, ends], np.cumsum(own, axis=1)[:, ends]
        own = own[:, positives]
        with np.errstate(invalid="ignore"):
            precision = np.where(above > 0, right / above, 0.0)
            return np.asarray(np.einsum("ri,ri->r", own, precision) / own.sum(axis=1))

    return average_precision


def weighted_area(positive: NDArray[np.bool_], scores: Array, weights: Array | None = None) -> float:
    """The area under the ROC curve: the share of pairs in which the positive row scores higher; equal scores are half.

    ::

        AUC = Σ_{i positive, j not} w_i w_j ([s_i > s_j] + ½ [s_i = s_j])  /  (Σ_{positive} w · Σ_{others} w)

    Examples
    --------
    >>> weighted_area(np.array([True, False, True, False]), np.array([0.9, 0.5, 0.5, 0.1]))
    0.875
    """
    own = np.ones(len(scores)) if weights is None else np.asarray(weights, float)
    different, place = np.unique(scores, return_inverse=True)
    right, wrong = (np.bincount(place[rows], own[rows], len(different)) for rows in (positive, ~positive))
    lower, pairs = np.cumsum(wrong) - wrong, right.sum() * wrong.sum()
    return float((right * (lower + wrong / 2)).sum() / pairs) if pairs > 0 else float("nan")


def weighted_median(values: Array, weights: Array | None = None) -> float:
    """The value that half of the weight does not exceed; halfway to the next one where it is exactly half.

    Examples
    --------
    >>> weighted_median(np.array([3.0, 1.0, 2.0])), weighted_median(np.array([1.0, 2.0]), np.array([1, 1]))
    (2.0, 1.5)
    """
    if weights is None:
        return float(np.median(values))
    counted = np.asarray(weights, float) > 0
    order = np.argsort(values[counted])
    ordered, so_far = values[counted][order], np.cumsum(np.asarray(weights, float)[counted][order])
    at = int(np.searchsorted(so_far, so_far[-1] / 2))
    exactly = so_far[at] == so_far[-1] / 2 and at + 1 < len(ordered)
    return float((ordered[at] + ordered[at + 1]) / 2 if exactly else ordered[at])
