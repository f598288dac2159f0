"""The figures that predictions can be judged by: what each is called, its value, and its replicates in a bootstrap.

A value is scikit-learn's. A replicate is the same figure of rows that count more or less than once: of a mean over rows
one product, of an area one running sum, and of what only counts hits and mistakes a function of the confusion matrix.
Hundreds of them are wanted at once, for which scikit-learn's functions take too long; tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from wade.model.evaluation.intervals import Doubles, means, weighted_auc, weighted_average_precision
from wade.training.metrics import as_shares, log_loss, mae, rmse, sklearn_metrics
from wade.types import Array, Floats

Replicates: TypeAlias = Callable[[Doubles], Doubles]
A = TypeVar("A")


class Metric(NamedTuple, Generic[A]):
    """One figure.

    Parameters
    ----------
    label : str
        What a person reads.
    better : "lower" or "higher"
    unit : "plain", "share" or "target"
        A plain number, a share of the rows, or an amount in the target's unit.
    value : function of the answers
        NaN where the rows cannot give it.
    replicates : function of the answers
        Makes the function of the rows' weights (r, n) that gives each replicate's value, (r,).
    why_not : str
        What the rows lack where there is no value.
    """

    label: str
    better: Literal["lower", "higher"]
    unit: Literal["plain", "share", "target"]
    value: Callable[[A], float]
    replicates: Callable[[A], Replicates]
    why_not: str = ""


@dataclass(frozen=True)
class ClassAnswers:
    """What was predicted of classes, and which they were.

    Parameters
    ----------
    codes : array (n,), integer
        The true classes, 0 … n_classes − 1.
    shares : array (n, n_classes), float64
        Probabilities above 0; each row sums to 1.
    """

    codes: Array
    shares: Doubles

    @classmethod
    def of(cls, codes: Array, probabilities: Floats) -> ClassAnswers:
        """Probabilities clipped to [1.2e-7, 1] and scaled to sum to 1, in the order of the last class's.

        The running sums of the bootstrap go through the rows by score; in that order memory is read in one sweep.
        """
        order = np.argsort(probabilities[:, -1])
        return cls(codes[order], np.asarray(as_shares(probabilities[order]), np.float64))

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return int(self.shares.shape[1])

    @cached_property
    def likeliest(self) -> NDArray[np.int64]:
        """The class that each row is given."""
        return np.asarray(self.shares.argmax(axis=1))

    @cached_property
    def present(self) -> list[int]:
        """The classes that some rows have and some have not; of two, the second stands for both."""
        classes = range(self.n_classes)[1 if self.n_classes == 2 else 0 :]
        return [k for k in classes if 0 < (self.codes == k).sum() < len(self.codes)]

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """Where each row falls in the confusion matrix, counted along its rows."""
        return self.codes.astype(np.int64) * self.n_classes + self.likeliest

    def confusion(self) -> NDArray[np.int64]:
        """How many rows of each class (down) are given each class (across), (n_classes, n_classes)."""
        return np.bincount(self.cells, minlength=self.n_classes**2).reshape(self.n_classes, -1)


@dataclass(frozen=True)
class NumberAnswers:
    """What was predicted of numbers, and what they were, in the target's own unit; arrays (n,), float64."""

    truth: Doubles
    predicted: Doubles

    @cached_property
    def off(self) -> Doubles:
        """How far off each prediction is."""
        return np.abs(self.predicted - self.truth)


def _mean_over_rows(per_row: Callable[[A], Doubles]) -> Callable[[A], Replicates]:
    def replicates(answers: A) -> Replicates:
        values = per_row(answers)[:, None]
        return lambda counts: means(counts, values)[:, 0]

    return replicates


def _surprise(answers: ClassAnswers) -> Doubles:
    return np.asarray(-np.log(answers.shares[np.arange(len(answers.codes)), answers.codes]))


def _squared_distance(answers: ClassAnswers) -> Doubles:
    """Brier's score of each row: of two classes (p − y)², of many the sum of that over the classes."""
    if answers.n_classes == 2:
        return (answers.shares[:, 1] - answers.codes) ** 2
    return np.asarray(((answers.shares - np.eye(answers.n_classes)[answers.codes]) ** 2).sum(axis=1))


def _mean_of_classes(score: Callable[[Any, Any], float]) -> Callable[[ClassAnswers], float]:
    """The plain mean over the classes that occur of "this class against the rest"."""

    def value(answers: ClassAnswers) -> float:
        scores = [score(answers.codes == k, answers.shares[:, k]) for k in answers.present]
        return float(np.mean(scores)) if scores else np.nan

    return value


def _means_of_classes(curve: Callable[[Any, Any], Replicates]) -> Callable[[ClassAnswers], Replicates]:
    """The same of each replicate, over the classes that it defines; NaN where it defines none."""

    def replicates(answers: ClassAnswers) -> Replicates:
        curves = [curve(answers.codes == k, answers.shares[:, k]) for k in answers.present]

        def mean(counts: Doubles) -> Doubles:
            return _defined_mean(np.array([one(counts) for one in curves]).reshape(len(curves), len(counts)).T)

        return mean

    return replicates


def _defined_mean(values: Doubles) -> Doubles:
    """The mean along the last axis of what is a number; NaN where nothing is."""
    defined = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(defined, values, 0.0).sum(axis=-1) / defined.sum(axis=-1))


def _by_cells(figure: Callable[[Doubles], Doubles]) -> Callable[[ClassAnswers], Replicates]:
    """Replicates of what follows from hits and mistakes: of the confusion matrix of each, (r, n_classes, n_classes)."""

    def replicates(answers: ClassAnswers) -> Replicates:
        k = answers.n_classes

        def of(counts: Doubles) -> Doubles:
            cells = np.array([np.bincount(answers.cells, weights, k * k) for weights in counts])
            with np.errstate(invalid="ignore"):
                return figure(cells.reshape(-1, k, k))

        return of

    return replicates


def _of_each_class(label: str, unit: Literal["plain", "share"], name: str, why_not: str) -> Metric[ClassAnswers]:
    """Precision, recall or F1: of two classes the second one's, of many the mean over those that define it."""

    def value(answers: ClassAnswers) -> float:
        labels, score = range(answers.n_classes)[1 if answers.n_classes == 2 else 0 :], getattr(sklearn_metrics(), name)
        truth, given = answers.codes, answers.likeliest
        return float(score(truth, given, labels=list(labels), average="macro", zero_division=np.nan))

    def figure(cells: Doubles) -> Doubles:
        hits, true, given = np.diagonal(cells, axis1=1, axis2=2), cells.sum(axis=2), cells.sum(axis=1)
        each = {"f1_score": 2 * hits / (true + given), "precision_score": hits / given, "recall_score": hits / true}[
            name
        ]
        return np.asarray(each[:, 1]) if cells.shape[1] == 2 else _defined_mean(each)

    return Metric(label, "higher", unit, value, _by_cells(figure), why_not)


def _balanced_accuracy(answers: ClassAnswers) -> float:
    # The mean recall of the classes that occur, which scikit-learn's own balanced accuracy is, but without its warning.
    every, truth, given = list(range(answers.n_classes)), answers.codes, answers.likeliest
    return float(sklearn_metrics().recall_score(truth, given, labels=every, average="macro", zero_division=np.nan))


def _mean_recall(cells: Doubles) -> Doubles:
    return _defined_mean(np.diagonal(cells, axis1=1, axis2=2) / cells.sum(axis=2))


def _correlation(cells: Doubles) -> Doubles:
    """Matthews: the covariance of true and given classes over both deviations; 0 where either is always one class."""
    hits, rows = np.trace(cells, axis1=1, axis2=2), cells.sum(axis=(1, 2))
    true, given = cells.sum(axis=2), cells.sum(axis=1)
    spread = (rows**2 - (true**2).sum(axis=1)) * (rows**2 - (given**2).sum(axis=1))
    return np.where(spread > 0, (hits * rows - (true * given).sum(axis=1)) / np.sqrt(spread), 0.0)


_ONE_CLASS: Final = "the rows are all of one class, so no pair of rows can be put in order"

OF_CLASSES: Final[dict[str, Metric[ClassAnswers]]] = {
    "log_loss": Metric(
        "log-loss",
        "lower",
        "plain",
        lambda answers: log_loss(answers.codes, answers.shares),
        _mean_over_rows(_surprise),
    ),
    "auc": Metric(
        "AUC",
        "higher",
        "plain",
        _mean_of_classes(lambda true, scores: sklearn_metrics().roc_auc_score(true, scores)),
        _means_of_classes(weighted_auc),
        _ONE_CLASS,
    ),
    "accuracy": Metric(
        "accuracy",
        "higher",
        "share",
        lambda answers: float(sklearn_metrics().accuracy_score(answers.codes, answers.likeliest)),
        _mean_over_rows(lambda answers: (answers.likeliest == answers.codes).astype(np.float64)),
    ),
    "average_precision": Metric(
        "average precision",
        "higher",
        "plain",
        _mean_of_classes(lambda true, scores: sklearn_metrics().average_precision_score(true, scores)),
        _means_of_classes(weighted_average_precision),
        _ONE_CLASS,
    ),
    "brier": Metric(
        "Brier score",
        "lower",
        "plain",
        lambda answers: float(_squared_distance(answers).mean()),
        _mean_over_rows(_squared_distance),
    ),
    "f1": _of_each_class("F1", "plain", "f1_score", "no row is of that class or is given it"),
    "precision": _of_each_class("precision", "share", "precision_score", "no row is given that class"),
    "recall": _of_each_class("recall", "share", "recall_score", "no row is of that class"),
    "balanced_accuracy": Metric("balanced accuracy", "higher", "share", _balanced_accuracy, _by_cells(_mean_recall)),
    "matthews": Metric(
        "Matthews correlation",
        "higher",
        "plain",
        lambda answers: float(sklearn_metrics().matthews_corrcoef(answers.codes, answers.likeliest)),
        _by_cells(_correlation),
    ),
}


def _r2(answers: NumberAnswers) -> float:
    truth = answers.truth
    return float(sklearn_metrics().r2_score(truth, answers.predicted)) if (truth != truth[0]).any() else np.nan


def _r2_replicates(answers: NumberAnswers) -> Replicates:
    centred = answers.truth - answers.truth.mean()
    per_row = np.column_stack([answers.off**2, centred, centred**2])

    def explained(counts: Doubles) -> Doubles:
        squared, mean, mean_of_squares = means(counts, per_row).T
        variance = mean_of_squares - mean**2
        variance[variance <= 1e-12 * mean_of_squares] = np.nan  # the replicate drew one value only
        return np.asarray(1 - squared / variance)

    return explained


def _relative(answers: NumberAnswers) -> Doubles:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(answers.off / np.abs(answers.truth))


def _mape(answers: NumberAnswers) -> float:
    if not answers.truth.all():
        return np.nan
    return float(sklearn_metrics().mean_absolute_percentage_error(answers.truth, answers.predicted))


def _medians(answers: NumberAnswers) -> Replicates:
    """The median of each replicate: the least error that half of its rows do not exceed."""
    order = np.argsort(answers.off)
    off = answers.off[order]

    def median(counts: Doubles) -> Doubles:
        so_far = np.cumsum(counts[:, order], axis=1)
        at = [int(np.searchsorted(sums, sums[-1] / 2)) for sums in so_far]
        return np.where(so_far[:, -1] > 0, off[np.minimum(at, len(off) - 1)], np.nan)

    return median


OF_NUMBERS: Final[dict[str, Metric[NumberAnswers]]] = {
    "rmse": Metric(
        "RMSE",
        "lower",
        "target",
        lambda answers: rmse(answers.truth, answers.predicted),
        lambda answers: lambda counts: np.sqrt(means(counts, answers.off[:, None] ** 2)[:, 0]),
    ),
    "mae": Metric(
        "MAE",
        "lower",
        "target",
        lambda answers: mae(answers.truth, answers.predicted),
        _mean_over_rows(lambda answers: answers.off),
    ),
    "r2": Metric(
        "R²",
        "higher",
        "plain",
        _r2,
        _r2_replicates,
        "the rows all have one value, so there is no variance to explain",
    ),
    "median_absolute_error": Metric(
        "median absolute error",
        "lower",
        "target",
        lambda answers: float(sklearn_metrics().median_absolute_error(answers.truth, answers.predicted)),
        _medians,
    ),
    "mape": Metric(
        "MAPE", "lower", "share", _mape, _mean_over_rows(_relative), "a true value is 0, which no error is a share of"
    ),
}

METRICS: Final[dict[str, Metric[Any]]] = {**OF_CLASSES, **OF_NUMBERS}
USUAL_OF_CLASSES: Final[Sequence[str]] = ("log_loss", "auc", "accuracy")
USUAL_OF_NUMBERS: Final[Sequence[str]] = ("rmse", "mae", "r2")
