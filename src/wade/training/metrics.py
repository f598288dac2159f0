"""Figures that people judge predictions by: scikit-learn's, each with its name, its kind of answer and its direction.

For classes log-loss, AUC and accuracy; for numbers root mean squared error, mean absolute error and R². `wade.model`
reports the same functions on the test rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from wade.errors import unknown_name
from wade.types import Array, Floats

SURE: Final = float(np.finfo(np.float32).eps)
"""Probabilities are kept this far from 0, so that one overconfident row costs a log-loss of 15.9, not infinity."""

# What is true, what the network says, how much each row counts.
Measure: TypeAlias = Callable[[Array, Floats, Array | None], float]


@dataclass(frozen=True)
class Metric:
    """A way to judge predictions.

    Parameters
    ----------
    name : str
        As scikit-learn's users know it.
    label : str
        For a sentence.
    of : "classes" or "numbers"
        What is predicted.
    more_is_better : bool
    measure : function
        Of class codes and probabilities (n, n_classes), or of numbers and predicted numbers, both (n,).
    """

    name: str
    label: str
    of: Literal["classes", "numbers"]
    more_is_better: bool
    measure: Measure

    def is_better(self, value: float, than: float | None) -> bool:
        """Whether a value is better than another, or the first one that is a number."""
        if not np.isfinite(value):
            return False
        return than is None or (value > than if self.more_is_better else value < than)


def sklearn_metrics() -> Any:
    """scikit-learn's metrics: they take a second to import, for which only those wait who judge.

    Not a lazy module: where somebody imports a part of scikit-learn before the whole has been loaded, that part is
    loaded twice, and its errors are strangers to each other.
    """
    return import_module("sklearn.metrics")


def as_shares(probabilities: Floats) -> Floats:
    """Probabilities in double precision, none of them 0, that sum to 1 in each row.

    Examples
    --------
    >>> as_shares(np.asarray([[0.5, 0.0]])).round(4)
    array([[1., 0.]])
    """
    shares = np.clip(probabilities.astype(np.float64), SURE, 1.0)
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def log_loss(codes: Array, shares: Floats, weights: Array | None = None) -> float:
    """−mean ln p[true class]."""
    labels = list(range(shares.shape[1]))
    return float(sklearn_metrics().log_loss(codes, shares, labels=labels, sample_weight=weights))


def auc(codes: Array, shares: Floats, weights: Array | None = None) -> float:
    """P(a row of the class scores higher than another row), the plain mean over classes that part the rows; or NaN.

    Of two classes, the second one is looked for.
    """
    classes = range(shares.shape[1])
    parting = [k for k in (classes[1:] if len(classes) == 2 else classes) if 0 < (codes == k).sum() < len(codes)]
    score: Any = sklearn_metrics().roc_auc_score
    areas = [score(codes == k, shares[:, k], sample_weight=weights) for k in parting]
    return float(np.mean(areas)) if areas else float("nan")


def accuracy(codes: Array, shares: Floats, weights: Array | None = None) -> float:
    """The share of rows whose likeliest class is the true one."""
    return float(sklearn_metrics().accuracy_score(codes, shares.argmax(axis=1), sample_weight=weights))


def rmse(truth: Array, predictions: Floats, weights: Array | None = None) -> float:
    """√ mean (ŷ − y)²."""
    return float(np.sqrt(sklearn_metrics().mean_squared_error(truth, predictions, sample_weight=weights)))


def mae(truth: Array, predictions: Floats, weights: Array | None = None) -> float:
    """Mean |ŷ − y|."""
    return float(sklearn_metrics().mean_absolute_error(truth, predictions, sample_weight=weights))


def r2(truth: Array, predictions: Floats, weights: Array | None = None) -> float:
    """1 − Σ (ŷ − y)² / Σ (y − ȳ)²; NaN where all rows have one value."""
    if not (truth != truth[0]).any():
        return float("nan")
    return float(sklearn_metrics().r2_score(truth, predictions, sample_weight=weights))


METRICS: Final[dict[str, Metric]] = {
    figure.name: figure
    for figure in (
        Metric("log_loss", "log-loss", "classes", False, log_loss),
        Metric("auc", "AUC", "classes", True, auc),
        Metric("accuracy", "accuracy", "classes", True, accuracy),
        Metric("rmse", "RMSE", "numbers", False, rmse),
        Metric("mae", "MAE", "numbers", False, mae),
        Metric("r2", "R²", "numbers", True, r2),
    )
}


def choose_metric(name: str, setting: str) -> Metric:
    """The figure that a name means.

    Raises
    ------
    InvalidArgument
        There is none of that name.
    """
    if name not in METRICS:
        raise unknown_name(setting, name, METRICS)
    return METRICS[name]
