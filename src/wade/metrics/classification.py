"""Metrics of predicted classes: each one's value, which is scikit-learn's, and its interval or replicates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.metrics.bootstrap import replicate, replicates_for
from wade.metrics.intervals import area_interval, confusion_interval, share_interval
from wade.metrics.weighted import (
    Doubles,
    Replicates,
    means,
    weighted_area,
    weighted_average_precision,
    with_interval,
    with_replicates,
)
from wade.types import Array, Floats

LEAST_PROBABILITY: Final = float(np.finfo(np.float64).eps)
"""What the log-loss counts instead of 0, as scikit-learn does: a row costs at most 36, not infinity."""


@dataclass(frozen=True)
class ClassPredictions:
    """Predicted probabilities, and the classes that were observed.

    Parameters
    ----------
    codes : array (n,), integer
        The observed classes, 0 … n_classes − 1.
    probabilities : array (n, n_classes), float64
        Each row sums to 1.
    """

    codes: Array
    probabilities: Doubles

    @property
    def n_classes(self) -> int:
        """The number of classes."""
        return int(self.probabilities.shape[1])

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """The likeliest class of each row."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @cached_property
    def present(self) -> list[int]:
        """The classes that some rows have and some have not; of two, the second stands for both."""
        return [k for k in self.positive if 0 < (self.codes == k).sum() < len(self.codes)]

    @property
    def positive(self) -> list[int]:
        """The classes that are looked for: the second of two, or each of many."""
        return list(range(self.n_classes))[1 if self.n_classes == 2 else 0 :]

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """Where each row falls in the confusion matrix, counted along its rows."""
        return self.codes.astype(np.int64) * self.n_classes + self.predicted

    def confusion(self, weights: Array | None = None) -> NDArray[Any]:
        """The rows, or their weight, of each class (down) predicted as each class (across), (n_classes, n_classes)."""
        return np.bincount(self.cells, weights, self.n_classes**2).reshape(self.n_classes, -1)


def class_probabilities(outputs: Floats) -> Doubles:
    """One probability for each class, in double precision, from the activations of a sigmoid or a softmax.

    A sigmoid, (n,) or (n, 1), gives the probability of the second of two classes. The rows of a softmax (n, n_classes)
    in single precision sum to 1 to seven digits only: here they sum to 1.

    Examples
    --------
    >>> class_probabilities(np.array([0.25])), class_probabilities(np.array([[0.25, 0.25]]))
    (array([[0.75, 0.25]]), array([[0.5, 0.5]]))
    """
    shares = outputs.astype(np.float64)
    if shares.ndim == 1 or shares.shape[1] == 1:
        return np.column_stack([1 - shares, shares])
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def log_losses(codes: Array, probabilities: Doubles) -> Doubles:
    """−ln p[observed class] of each row, with p from `LEAST_PROBABILITY` to 1 − `LEAST_PROBABILITY`.

    Examples
    --------
    >>> log_losses(np.array([0, 1]), np.array([[0.5, 0.5], [1.0, 0.0]])).round(4)
    array([ 0.6931, 36.0437])
    """
    observed = probabilities[np.arange(len(codes)), codes]
    return np.asarray(-np.log(np.clip(observed, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)))


@with_replicates(lambda given: _means(log_losses(given.codes, given.probabilities)))
def log_loss(given: ClassPredictions, weights: Array | None = None) -> float:
    """−mean ln p[observed class]."""
    return float(np.average(log_losses(given.codes, given.probabilities), weights=weights))


@with_interval(lambda given, value: area_interval(*_each_class(given)))
def auc(given: ClassPredictions, weights: Array | None = None) -> float:
    """P(a row of the class scores higher than another row), the plain mean over the classes that are present."""
    return _one_against_rest(weighted_area, given, weights)


@with_interval(lambda given, value: _average_precision_interval(given, value))
def average_precision(given: ClassPredictions, weights: Array | None = None) -> float:
    """Σ_t (recall_t − recall_{t−1}) precision_t over the thresholds t, the plain mean over the classes present."""
    return _one_against_rest(_area_under_precision, given, weights)


@with_interval(lambda given, value: share_interval(int((given.predicted == given.codes).sum()), len(given.codes)))
def accuracy(given: ClassPredictions, weights: Array | None = None) -> float:
    """The share of rows whose likeliest class is the observed one."""
    return float(np.average(given.predicted == given.codes, weights=weights))


@with_replicates(lambda given: _means(_squared_errors(given)))
def brier(given: ClassPredictions, weights: Array | None = None) -> float:
    """Mean (p − y)², with more than two classes summed over them."""
    return float(np.average(_squared_errors(given), weights=weights))


@with_interval(
    lambda given, value: confusion_interval(
        given.confusion(), lambda cells: _of_each(2 * _hits(cells) / (cells.sum(axis=2) + cells.sum(axis=1))), value
    )
)
def f1(given: ClassPredictions, weights: Array | None = None) -> float:
    """The harmonic mean of precision and recall."""
    return _of_positive(given, weights, lambda cells: 2 * _hits(cells) / (cells.sum(axis=2) + cells.sum(axis=1)))


@with_interval(lambda given, value: _share_of_class(given, value, axis=0))
def precision(given: ClassPredictions, weights: Array | None = None) -> float:
    """Of the rows predicted as the class, the share that is of it."""
    return _of_positive(given, weights, lambda cells: _hits(cells) / cells.sum(axis=1))


@with_interval(lambda given, value: _share_of_class(given, value, axis=1))
def recall(given: ClassPredictions, weights: Array | None = None) -> float:
    """Of the rows of the class, the share that is predicted as it."""
    return _of_positive(given, weights, lambda cells: _hits(cells) / cells.sum(axis=2))


@with_interval(lambda given, value: _recall_interval(given, value))
def balanced_accuracy(given: ClassPredictions, weights: Array | None = None) -> float:
    """The mean recall of the classes that occur."""
    cells = given.confusion(weights)[None]
    with np.errstate(invalid="ignore"):
        return float(_defined_mean(_hits(cells) / cells.sum(axis=2))[0])


@with_interval(lambda given, value: confusion_interval(given.confusion(), _correlation, value))
def matthews(given: ClassPredictions, weights: Array | None = None) -> float:
    """The correlation of observed and predicted classes."""
    return float(_correlation(given.confusion(weights)[None].astype(np.float64))[0])


def _correlation(cells: Doubles) -> Doubles:
    """The covariance of observed and predicted classes over both deviations; 0 where either is always one class."""
    hits, rows = np.trace(cells, axis1=1, axis2=2), cells.sum(axis=(1, 2))
    observed, predicted = cells.sum(axis=2), cells.sum(axis=1)
    spread = (rows**2 - (observed**2).sum(axis=1)) * (rows**2 - (predicted**2).sum(axis=1))
    covariance = hits * rows - (observed * predicted).sum(axis=1)
    return np.asarray(np.divide(covariance, np.sqrt(spread), out=np.zeros(len(cells)), where=spread > 0))


def _squared_errors(given: ClassPredictions) -> Doubles:
    """Brier's score of each row."""
    if given.n_classes == 2:
        return np.asarray((given.probabilities[:, 1] - given.codes) ** 2)
    return np.asarray(((given.probabilities - np.eye(given.n_classes)[given.codes]) ** 2).sum(axis=1))


def _one_against_rest(
    score: Callable[[NDArray[np.bool_], Array, Array | None], float], given: ClassPredictions, weights: Array | None
) -> float:
    """The plain mean over the classes that are present of "this class against the rest"."""
    scores = [score(given.codes == k, given.probabilities[:, k], weights) for k in given.present]
    return float(np.mean(scores)) if scores else float("nan")


def _each_class(given: ClassPredictions) -> tuple[list[NDArray[np.bool_]], list[Doubles]]:
    """The rows of each class that is present, and how likely each row is of that class."""
    return [given.codes == k for k in given.present], [given.probabilities[:, k] for k in given.present]


def _average_precision_interval(given: ClassPredictions, value: float) -> list[float]:
    """Wilson's, of as many rows as would make the bootstrap's variance that of a share; at most the class's own."""
    curves = [weighted_average_precision(*one) for one in zip(*_each_class(given), strict=True)]
    rows = len(given.codes)
    drawn = replicate(
        rows,
        lambda counts: _defined_mean(np.column_stack([one(counts) for one in curves])),
        replicates_for(rows, len(curves)),
    )
    variance, own = float(np.nanvar(drawn)), sum(float((given.codes == k).sum()) for k in given.present)
    size = min(own, value * (1 - value) / variance) if variance > 0 else own
    return share_interval(value * size, max(size, 1.0))


def _share_of_class(given: ClassPredictions, value: float, axis: int) -> list[float] | None:
    """Of the hits among the rows predicted as a class (axis 0) or of it (axis 1)."""
    matrix = given.confusion()
    if given.n_classes == 2:
        return share_interval(int(matrix[1, 1]), int(matrix.sum(axis=axis)[1]))
    return confusion_interval(matrix, lambda cells: _of_each(_hits(cells) / cells.sum(axis=axis + 1)), value)


def _recall_interval(given: ClassPredictions, value: float) -> list[float] | None:
    """Of the mean recall of the classes that occur."""
    matrix = given.confusion()
    occur = matrix.sum(axis=1) > 0
    return confusion_interval(matrix, lambda cells: (_hits(cells) / cells.sum(axis=2))[:, occur].mean(axis=1), value)


def _of_positive(given: ClassPredictions, weights: Array | None, scores: Callable[[Doubles], Doubles]) -> float:
    """A score of the second of two classes, or the plain mean over the many that have one."""
    with np.errstate(invalid="ignore"):
        return float(_of_each(scores(given.confusion(weights)[None]))[0])


def _area_under_precision(positive: NDArray[np.bool_], scores: Array, weights: Array | None) -> float:
    own = np.ones(len(scores)) if weights is None else np.asarray(weights, float)
    return float(weighted_average_precision(positive, scores)(own[None])[0])


def _hits(cells: Doubles) -> Doubles:
    return np.asarray(np.diagonal(cells, axis1=1, axis2=2))


def _of_each(scores: Doubles) -> Doubles:
    """Of the scores of all classes (r, n_classes), that of the second of two, or the mean over those defined."""
    return np.asarray(scores[:, 1]) if scores.shape[1] == 2 else _defined_mean(scores)


def _defined_mean(values: Doubles) -> Doubles:
    """The mean along the last axis of what is a number; NaN where nothing is."""
    defined = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(defined, values, 0.0).sum(axis=-1) / defined.sum(axis=-1))


def _means(of_rows: Doubles) -> Replicates:
    return lambda counts: means(counts, of_rows[:, None])[:, 0]
