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
    """How a metric is computed: its value, and the function of row weights that gives its replicates."""

    value: Callable[..., float]
    replicates: Callable[[Any], Replicates]


def with_replicates(replicates: Callable[[Any], Replicates]) -> Callable[[Callable[..., float]], Computation]:
    """Make the function of a metric's value, which it decorates, the whole computation."""
    return lambda value: Computation(value, replicates)


def means(counts: Doubles, values: Array) -> Doubles:
    """The weighted mean of each column of `values` (n, m) in each replicate; NaN where a replicate drew no row."""
    with np.errstate(invalid="ignore"):
        return np.asarray((counts @ values) / counts.sum(axis=1, keepdims=True))


def weighted_auc(positive: NDArray[np.bool_], scores: Array) -> Callable[[Doubles], Doubles]:
    """The area under the ROC curve as a function of the rows' weights: sorted once, computed for many weights.

    ::

        AUC(c) = Σ_{i positive} c_i (B_i + U_i) / 2  /  (Σ_{positive} c · Σ_{negative} c)

    where B_i is the weight of the negatives with a lower score than row i and U_i that of those with a score no higher,
    both read off one running sum over the negatives in order of their scores. A tie counts one half.

    Parameters
    ----------
    positive : array (n,), bool
    scores : array (n,), any float; higher means "more likely positive"

    Returns
    -------
    function of weights (r, n), float64 -> array (r,), float64
        NaN where the weights leave one side empty.

    Examples
    --------
    >>> auc = weighted_auc(np.array([True, False, True]), np.array([0.9, 0.5, 0.1]))
    >>> auc(np.array([[1.0, 1.0, 1.0], [3.0, 1.0, 1.0]])).tolist()
    [0.5, 0.75]
    """
    negatives, positives = np.flatnonzero(~positive), np.flatnonzero(positive)
    negatives = negatives[np.argsort(scores[negatives], kind="stable")]
    below = np.searchsorted(scores[negatives], scores[positives], "left")
    up_to = np.searchsorted(scores[negatives], scores[positives], "right")

    def auc(weights: Doubles) -> Doubles:
        lower = np.zeros((len(weights), len(negatives) + 1))
        np.cumsum(weights[:, negatives], axis=1, out=lower[:, 1:])
        own = weights[:, positives]
        won = np.einsum("ri,ri->r", own, lower[:, below] + lower[:, up_to]) / 2
        with np.errstate(invalid="ignore"):
            return np.asarray(won / (own.sum(axis=1) * lower[:, -1]))

    return auc


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
