"""Metrics of predicted classes: each one's value, by scikit-learn, and its replicates, in one pass over the rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.metrics import sklearn_metrics
from wade.metrics.weighted import (
    Doubles,
    Replicates,
    means,
    weighted_auc,
    weighted_average_precision,
    with_replicates,
)
from wade.types import Array, Floats

SURE: Final = float(np.finfo(np.float32).eps)
"""Probabilities are kept this far from 0, so that one overconfident row costs a log-loss of 15.9, not infinity."""


@dataclass(frozen=True)
class ClassPredictions:
    """Predicted probabilities, and the classes that were observed.

    Parameters
    ----------
    codes : array (n,), integer
        The observed classes, 0 … n_classes − 1.
    probabilities : array (n, n_classes), float64
        Above 0; each row sums to 1.
    """

    codes: Array
    probabilities: Doubles

    @classmethod
    def of(cls, codes: Array, probabilities: Floats) -> ClassPredictions:
        """Probabilities clipped and scaled as `normalized` does, in the order of the last class's.

        The running sums of the bootstrap go through the rows by score; in that order memory is read in one sweep.
        """
        order = np.argsort(probabilities[:, -1])
        return cls(codes[order], normalized(probabilities[order]))

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

    def confusion(self) -> NDArray[np.int64]:
        """The number of rows of each class (down) predicted as each class (across), (n_classes, n_classes)."""
        return np.bincount(self.cells, minlength=self.n_classes**2).reshape(self.n_classes, -1)


def normalized(probabilities: Floats) -> Doubles:
    """Probabilities in double precision, clipped to [1.2e-7, 1] and scaled to sum to 1 in each row.

    Examples
    --------
    >>> normalized(np.asarray([[0.5, 0.0]])).round(4)
    array([[1., 0.]])
    """
    clipped: Doubles = np.clip(probabilities.astype(np.float64), SURE, 1.0)
    clipped /= clipped.sum(axis=1, keepdims=True)
    return clipped


@with_replicates(lambda given: _means(-np.log(given.probabilities[np.arange(len(given.codes)), given.codes])))
def log_loss(given: ClassPredictions, weights: Array | None = None) -> float:
    """−mean ln p[observed class]."""
    labels = list(range(given.n_classes))
    return float(sklearn_metrics().log_loss(given.codes, given.probabilities, labels=labels, sample_weight=weights))


@with_replicates(lambda given: _replicates_of_classes(weighted_auc, given))
def auc(given: ClassPredictions, weights: Array | None = None) -> float:
    """P(a row of the class scores higher than another row), the plain mean over the classes that are present."""
    return _one_against_rest(sklearn_metrics().roc_auc_score, given, weights)


@with_replicates(lambda given: _replicates_of_classes(weighted_average_precision, given))
def average_precision(given: ClassPredictions, weights: Array | None = None) -> float:
    """Σ_t (recall_t − recall_{t−1}) precision_t over the thresholds t, the plain mean over the classes present."""
    return _one_against_rest(sklearn_metrics().average_precision_score, given, weights)


@with_replicates(lambda given: _means((given.predicted == given.codes).astype(np.float64)))
def accuracy(given: ClassPredictions, weights: Array | None = None) -> float:
    """The share of rows whose likeliest class is the observed one."""
    return float(sklearn_metrics().accuracy_score(given.codes, given.predicted, sample_weight=weights))


@with_replicates(lambda given: _means(_squared_errors(given)))
def brier(given: ClassPredictions, weights: Array | None = None) -> float:
    """Mean (p − y)², with more than two classes summed over them."""
    return float(np.average(_squared_errors(given), weights=weights))


@with_replicates(
    lambda given: _by_cells(given, lambda cells: _of_each(2 * _hits(cells) / (cells.sum(axis=2) + cells.sum(axis=1))))
)
def f1(given: ClassPredictions, weights: Array | None = None) -> float:
    """The harmonic mean of precision and recall."""
    return _of_positive(sklearn_metrics().f1_score, given, weights)


@with_replicates(lambda given: _by_cells(given, lambda cells: _of_each(_hits(cells) / cells.sum(axis=1))))
def precision(given: ClassPredictions, weights: Array | None = None) -> float:
    """Of the rows predicted as the class, the share that is of it."""
    return _of_positive(sklearn_metrics().precision_score, given, weights)


@with_replicates(lambda given: _by_cells(given, lambda cells: _of_each(_hits(cells) / cells.sum(axis=2))))
def recall(given: ClassPredictions, weights: Array | None = None) -> float:
    """Of the rows of the class, the share that is predicted as it."""
    return _of_positive(sklearn_metrics().recall_score, given, weights)


@with_replicates(lambda given: _by_cells(given, lambda cells: _defined_mean(_hits(cells) / cells.sum(axis=2))))
def balanced_accuracy(given: ClassPredictions, weights: Array | None = None) -> float:
    """The mean recall of the classes that occur: scikit-learn's own balanced accuracy, but without its warning."""
    return _of_classes(sklearn_metrics().recall_score, given, list(range(given.n_classes)), weights)


@with_replicates(lambda given: _by_cells(given, _correlation))
def matthews(given: ClassPredictions, weights: Array | None = None) -> float:
    """The correlation of observed and predicted classes."""
    return float(sklearn_metrics().matthews_corrcoef(given.codes, given.predicted, sample_weight=weights))


def _correlation(cells: Doubles) -> Doubles:
    """The covariance of observed and predicted classes over both deviations; 0 where either is always one class."""
    hits, rows = np.trace(cells, axis1=1, axis2=2), cells.sum(axis=(1, 2))
    observed, predicted = cells.sum(axis=2), cells.sum(axis=1)
    spread = (rows**2 - (observed**2).sum(axis=1)) * (rows**2 - (predicted**2).sum(axis=1))
    return np.where(spread > 0, (hits * rows - (observed * predicted).sum(axis=1)) / np.sqrt(spread), 0.0)


def _squared_errors(given: ClassPredictions) -> Doubles:
    """Brier's score of each row."""
    if given.n_classes == 2:
        return np.asarray((given.probabilities[:, 1] - given.codes) ** 2)
    return np.asarray(((given.probabilities - np.eye(given.n_classes)[given.codes]) ** 2).sum(axis=1))


def _one_against_rest(score: Callable[..., float], given: ClassPredictions, weights: Array | None) -> float:
    """The plain mean over the classes that are present of "this class against the rest"."""
    scores = [score(given.codes == k, given.probabilities[:, k], sample_weight=weights) for k in given.present]
    return float(np.mean(scores)) if scores else float("nan")


def _replicates_of_classes(curve: Callable[[Any, Any], Replicates], given: ClassPredictions) -> Replicates:
    """The same of each replicate, over the classes that it defines; NaN where it defines none."""
    curves = [curve(given.codes == k, given.probabilities[:, k]) for k in given.present]
    return lambda counts: _defined_mean(np.array([one(counts) for one in curves]).reshape(len(curves), len(counts)).T)


def _of_positive(score: Callable[..., float], given: ClassPredictions, weights: Array | None) -> float:
    """A score of the second of two classes, or the plain mean over many."""
    return _of_classes(score, given, given.positive, weights)


def _of_classes(
    score: Callable[..., float], given: ClassPredictions, classes: list[int], weights: Array | None
) -> float:
    chosen = {"labels": classes, "average": "macro", "zero_division": np.nan, "sample_weight": weights}
    return float(score(given.codes, given.predicted, **chosen))


def _by_cells(given: ClassPredictions, metric: Callable[[Doubles], Doubles]) -> Replicates:
    """Replicates of a metric of the confusion matrices (r, n_classes, n_classes)."""
    k = given.n_classes

    def replicates(counts: Doubles) -> Doubles:
        cells = np.array([np.bincount(given.cells, weights, k * k) for weights in counts])
        with np.errstate(invalid="ignore"):
            return metric(cells.reshape(-1, k, k))

    return replicates


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
