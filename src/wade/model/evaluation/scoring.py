"""Metrics of predictions, each with a 95 % interval over rows, the confusion matrix, and calibration.

A metric that the rows cannot give (an AUC of rows of one class) is None, and "undefined" holds the reason: never NaN.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import Any, TypeAlias

import numpy as np

from wade.metrics import DEFAULT_METRICS, METRICS, choose_metrics
from wade.metrics.bootstrap import bootstrap, replicates_for
from wade.metrics.classification import ClassPredictions, class_probabilities
from wade.metrics.regression import NumberPredictions
from wade.model.evaluation.calibration import predicted_and_observed, reliability
from wade.model.evaluation.outputs import class_codes
from wade.tables import Target
from wade.types import Array, Floats

Scores: TypeAlias = dict[str, Any]

MOST_CLASSES_IN_A_MATRIX = 100


def score(target: Target, outputs: Floats, y: Array, seed: int = 0, metrics: Collection[str] | None = None) -> Scores:
    """The metrics of the last layer's activations, given the encoded target of the same rows."""
    names = choose_metrics(target.task, metrics)
    if target.task == "regression":
        return score_numbers(target.decode_number(y[:, 0]), target.decode_number(outputs[:, 0]), seed, names)
    return score_classes(class_codes(target, y), class_probabilities(outputs), seed, names)


def score_classes(
    codes: Array, probabilities: Floats, seed: int = 0, metrics: Sequence[str] = DEFAULT_METRICS["classification"]
) -> Scores:
    """Metrics of predicted probabilities, with 95 % intervals.

    In binary classification, precision, recall and F1 are those of the second class. With more classes, they, AUC and
    average precision are the plain mean over the classes of "this class against the rest".

    Parameters
    ----------
    codes : array (n,), integer
        The observed classes, 0 … n_classes − 1.
    probabilities : array (n, n_classes), any float
        Each row sums to 1.
    seed : int
        Of the bootstrap.
    metrics : names
        Of `wade.metrics.METRICS`.

    Returns
    -------
    dict
        ``{"log_loss", "auc", "accuracy", "intervals": {...the same names: [low, high]}}``, and ``"undefined"``:
        name -> reason for each metric that is None.

    Examples
    --------
    >>> scores = score_classes(np.array([0, 1]), np.array([[0.8, 0.2], [0.4, 0.6]]))
    >>> round(scores["log_loss"], 4), scores["auc"], scores["accuracy"]
    (0.367, 1.0, 1.0)
    """
    given = ClassPredictions(codes, probabilities.astype(np.float64))
    return _score(given, len(codes), metrics, seed)


def score_numbers(
    observed: Array, predicted: Array, seed: int = 0, metrics: Sequence[str] = DEFAULT_METRICS["regression"]
) -> Scores:
    """Metrics of predicted numbers, with 95 % intervals.

    Parameters
    ----------
    observed, predicted : array (n,), any float
        In the target's own units.
    seed, metrics
        As in `score_classes`.

    Returns
    -------
    dict
        ``{"rmse", "mae", "r2", "intervals": {...}}``, and ``"undefined"`` where a metric is None.

    Examples
    --------
    >>> scores = score_numbers(np.array([1.0, 3.0]), np.array([2.0, 3.0]))
    >>> round(scores["rmse"], 4), scores["mae"], scores["r2"]
    (0.7071, 0.5, 0.5)
    """
    given = NumberPredictions(observed.astype(np.float64), predicted.astype(np.float64))
    return _score(given, len(observed), metrics, seed)


def _score(given: ClassPredictions | NumberPredictions, n: int, names: Sequence[str], seed: int) -> Scores:
    """Every metric, its interval, and why there is none."""
    values = {name: METRICS[name].value(given) for name in names}
    undefined = {name: METRICS[name].undefined for name in names if not isfinite(values[name])}
    scores: Scores = {name: None if name in undefined else value for name, value in values.items()}
    scores["intervals"] = _intervals(given, n, scores, seed)
    return {**scores, "undefined": undefined} if undefined else scores


def _intervals(
    given: ClassPredictions | NumberPredictions, n: int, values: Mapping[str, float | None], seed: int
) -> dict[str, list[float] | None]:
    """By the metric's formula, or else by the bootstrap, in which the metrics share each replicate's rows."""
    replicates = {name: make(given) for name in values if (make := METRICS[name].replicates)}
    drawn = {name: one for name, one in replicates.items() if one is not None and values[name] is not None}
    intervals: dict[str, list[float] | None] = dict.fromkeys(values)
    if drawn:
        found = bootstrap(
            n, lambda counts: np.column_stack([one(counts) for one in drawn.values()]), replicates_for(n), seed
        )
        intervals |= dict(zip(drawn, found, strict=True))
    for name, value in values.items():
        formula = METRICS[name].interval
        if value is not None and name not in drawn and formula is not None:
            intervals[name] = formula(given, value)
    return intervals


def confusion_and_calibration(target: Target, outputs: Floats, y: Array, seed: int = 0) -> dict[str, Any]:
    """The reports "confusion" and "calibration" of predicted classes; None for numbers, which have neither."""
    if target.task == "regression":
        return {"confusion": None, "calibration": None}
    codes, shares = class_codes(target, y), class_probabilities(outputs)
    return {
        "confusion": confusion(target.classes, codes, shares),
        "calibration": reliability(*predicted_and_observed(codes, shares), seed),
    }


def confusion(classes: Sequence[Any], codes: Array, probabilities: Floats) -> dict[str, Any] | None:
    """The number of rows of each class (down) predicted as each class (across); None for more than 100 classes.

    Examples
    --------
    >>> confusion(["no", "yes"], np.array([0, 1, 1]), np.array([[0.8, 0.2], [0.6, 0.4], [0.3, 0.7]]))
    {'classes': ['no', 'yes'], 'matrix': [[1, 0], [1, 1]]}
    """
    if len(classes) > MOST_CLASSES_IN_A_MATRIX:
        return None
    return {
        "classes": list(classes),
        "matrix": ClassPredictions(codes, probabilities.astype(np.float64)).confusion().tolist(),
    }
