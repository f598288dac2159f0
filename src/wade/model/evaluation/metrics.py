"""How good predictions are: figures of scikit-learn, each with a 95 % interval over rows.

For classes: log-loss, AUC, accuracy, and by choice more. For numbers: root mean squared error, mean absolute error, R²,
and by choice more (`wade.model.evaluation.metric_registry`). A figure that the rows cannot give (an AUC of rows of one
class) is None, and `undefined` says why: never NaN.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import Any, TypeAlias, TypeVar

import numpy as np

from wade.errors import InvalidArgument, unknown_name
from wade.model.evaluation.intervals import bootstrap, replicates_for
from wade.model.evaluation.metric_registry import (
    OF_CLASSES,
    OF_NUMBERS,
    USUAL_OF_CLASSES,
    USUAL_OF_NUMBERS,
    ClassAnswers,
    Metric,
    NumberAnswers,
)
from wade.types import Array, Floats

Metrics: TypeAlias = dict[str, Any]
A = TypeVar("A")

MOST_CLASSES_IN_A_MATRIX = 100


def score_classes(
    codes: Array, probabilities: Floats, seed: int = 0, metrics: Sequence[str] = USUAL_OF_CLASSES
) -> Metrics:
    """Figures of predicted probabilities, with 95 % intervals.

    ::

        log-loss = −1/n Σ_i ln p_i[y_i]          accuracy = share of rows whose likeliest class is the true one
        AUC      = P(a positive row scores higher than a negative one), ties one half
        brier    = 1/n Σ_i (p_i − y_i)², with more than two classes summed over them
        average_precision = Σ_t (recall_t − recall_{t−1}) precision_t over the thresholds t

    Of two classes, precision, recall and F1 are those of the second one. With more, they, AUC and average precision are
    the plain mean over the classes of "this class against the rest". `balanced_accuracy` is the mean recall of the
    classes that occur, `matthews` the correlation of given and true classes.

    Parameters
    ----------
    codes : array (n,), integer
        The true classes, 0 … n_classes − 1.
    probabilities : array (n, n_classes), any float
        Non-negative rows; they are clipped to [1.2e-7, 1] and scaled to sum to 1.
    seed : int
        Of the bootstrap.
    metrics : names
        Of `figures.OF_CLASSES`.

    Returns
    -------
    dict
        ``{"log_loss", "auc", "accuracy", "intervals": {...the same names: [low, high]}}``, and ``"undefined"``:
        name -> reason for each figure that is None.

    Examples
    --------
    >>> figures = score_classes(np.array([0, 1]), np.array([[0.8, 0.2], [0.4, 0.6]]))
    >>> round(figures["log_loss"], 4), figures["auc"], figures["accuracy"]
    (0.367, 1.0, 1.0)
    """
    answers = ClassAnswers.of(codes, probabilities)
    areas = {"auc", "average_precision"} & set(metrics)
    return _score(OF_CLASSES, answers, len(codes), metrics, max(1, len(areas)) * len(answers.present), seed)


def score_numbers(
    truth: Array, predictions: Array, seed: int = 0, metrics: Sequence[str] = USUAL_OF_NUMBERS
) -> Metrics:
    """Figures of predicted numbers, with 95 % intervals.

    ::

        RMSE = √(1/n Σ (ŷ − y)²)     MAE = 1/n Σ |ŷ − y|     R² = 1 − Σ (ŷ − y)² / Σ (y − ȳ)²
        median_absolute_error = the median of |ŷ − y|         MAPE = 1/n Σ |ŷ − y| / |y|

    Parameters
    ----------
    truth, predictions : array (n,), any float
        In the target's own units.
    seed : int
        Of the bootstrap.
    metrics : names
        Of `figures.OF_NUMBERS`.

    Returns
    -------
    dict
        ``{"rmse", "mae", "r2", "intervals": {...}}``, and ``"undefined"`` where a figure is None.

    Examples
    --------
    >>> figures = score_numbers(np.array([1.0, 3.0]), np.array([2.0, 3.0]))
    >>> round(figures["rmse"], 4), figures["mae"], figures["r2"]
    (0.7071, 0.5, 0.5)
    """
    answers = NumberAnswers(truth.astype(np.float64), predictions.astype(np.float64))
    return _score(OF_NUMBERS, answers, len(truth), metrics, 1, seed)


def metric_names(task: str, metrics: Collection[str] | None) -> tuple[str, ...]:
    """The names of figures that suit a task; the usual ones where none are named.

    Parameters
    ----------
    task : "binary", "multiclass" or "regression"
    metrics : names or None

    Raises
    ------
    InvalidArgument
        A name is unknown for this task, or there is none.

    Examples
    --------
    >>> metric_names("regression", None), metric_names("binary", ["f1", "brier"])
    (('rmse', 'mae', 'r2'), ('f1', 'brier'))
    """
    known, usual = (OF_NUMBERS, USUAL_OF_NUMBERS) if task == "regression" else (OF_CLASSES, USUAL_OF_CLASSES)
    names = tuple(usual if metrics is None else [metrics] if isinstance(metrics, str) else metrics)
    for name in names:
        if name not in known:
            raise unknown_name("metrics", name, known)
    if not names:
        raise InvalidArgument("metrics", "must name at least one", names, f"Try {', '.join(usual)}.")
    return names


def confusion(classes: Sequence[Any], codes: Array, probabilities: Floats) -> dict[str, Any] | None:
    """How many rows of each class are given each class, as plain data; None for more than 100 classes.

    Returns
    -------
    dict
        ``{"classes", "matrix"}``; a row of the matrix for each true class, a column for each given one.

    Examples
    --------
    >>> confusion(["no", "yes"], np.array([0, 1, 1]), np.array([[0.8, 0.2], [0.6, 0.4], [0.3, 0.7]]))
    {'classes': ['no', 'yes'], 'matrix': [[1, 0], [1, 1]]}
    """
    if len(classes) > MOST_CLASSES_IN_A_MATRIX:
        return None
    return {"classes": list(classes), "matrix": ClassAnswers.of(codes, probabilities).confusion().tolist()}


def _score(known: Mapping[str, Metric[A]], answers: A, n: int, names: Sequence[str], passes: int, seed: int) -> Metrics:
    """Every figure, its interval, and why there is none."""
    replicates = [known[name].replicates(answers) for name in names]
    found = bootstrap(
        n, lambda counts: np.column_stack([one(counts) for one in replicates]), replicates_for(n, passes), seed
    )
    values = {name: known[name].value(answers) for name in names}
    lacking = [name for name in names if not isfinite(values[name])]
    figures: Metrics = {name: None if name in lacking else value for name, value in values.items()}
    figures["intervals"] = {
        name: None if name in lacking else bounds for name, bounds in zip(names, found, strict=True)
    }
    if lacking:
        figures["undefined"] = {name: known[name].why_not for name in lacking}
    return figures
