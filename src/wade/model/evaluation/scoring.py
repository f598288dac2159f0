"""What a network's answers are worth on rows whose answers are known: probabilities, figures, tables of hits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wade.engines import Engine
from wade.errors import Diverged
from wade.model.evaluation.calibration import predicted_and_observed, reliability
from wade.model.evaluation.intervals import Doubles
from wade.model.evaluation.metrics import Metrics, confusion, metric_names, score_classes, score_numbers
from wade.network import Network
from wade.tables import Target
from wade.training.metrics import SURE
from wade.training.rows import InMemory, RowSource, Samples
from wade.types import Array, Floats, Inputs


def output_shape(target: Target) -> tuple[int, str]:
    """How many outputs a network for this target has, and the last layer's activation.

    Examples
    --------
    >>> output_shape(Target("delayed", "binary", (0, 1)))
    (1, 'sigmoid')
    """
    if target.task == "regression":
        return 1, "identity"
    return (1, "sigmoid") if target.task == "binary" else (len(target.classes), "softmax")


def answers(network: Network, X: Inputs, engine: Engine) -> Floats:
    """The activations of the last layer, (n_rows, outputs).

    Raises
    ------
    Diverged
        One of them is not a finite number.
    """
    return finite(engine.predict(network, network.as_inputs(X)))


def finite(outputs: Floats) -> Floats:
    """The outputs, if each is a finite number; Diverged otherwise."""
    if not np.isfinite(outputs).all():
        raise Diverged("The network's answers are not finite numbers. Train again with a smaller learning rate.")
    return outputs


def judged(network: Network, rows: RowSource, engine: Engine) -> tuple[Floats, Array]:
    """The activations of the last layer for all of the rows, and what should have come out."""
    found = [(answers(network, X, engine), y.copy()) for X, y, _ in rows.blocks()]
    outputs, observed = zip(*found, strict=True)
    return np.concatenate(outputs), np.concatenate(observed)


def some_of(rows: RowSource, count: int, seed: int) -> RowSource:
    """So many of the rows, drawn at random: of rows on disk, of those that an epoch has in memory first."""
    if len(rows) <= count:
        return rows
    (X, y, weights), order = next(rows.epoch(1, 1, seed))
    taken = order[:count]
    return InMemory(Samples(X[taken], y[taken], None if weights is None else weights[taken]))


def constant_outputs(target: Target, base_rate: Sequence[float], rows: int) -> Floats:
    """What a network would give that knows nothing but the base rate, (rows, outputs).

    Parameters
    ----------
    target : Target
        Of the model.
    base_rate : numbers
        Of two classes the share of the second, of many the share of each; of numbers the mean, in their own unit.
    rows : int
        How many answers to give.
    """
    same = np.tile(np.asarray(base_rate, np.float64), (rows, 1))
    return (same - target.mean) / target.scale if target.task == "regression" else same


def probabilities(target: Target, outputs: Floats) -> NDArray[np.float64]:
    """The last layer's activations as one probability for each class, (n_rows, n_classes)."""
    shares = np.asarray(outputs, np.float64)
    return np.concatenate([1 - shares, shares], axis=1) if target.task == "binary" else shares


def score(target: Target, outputs: Floats, y: Array, seed: int = 0, metrics: Sequence[str] | None = None) -> Metrics:
    """The metrics of the last layer's activations, given the encoded target of the same rows."""
    names = metric_names(target.task, metrics)
    if target.task == "regression":
        return score_numbers(target.decode_number(y[:, 0]), target.decode_number(outputs[:, 0]), seed, names)
    return score_classes(codes(target, y), probabilities(target, outputs), seed, names)


def confusion_and_calibration(target: Target, outputs: Floats, y: Array, seed: int = 0) -> dict[str, Any]:
    """Who is taken for whom, and whether probabilities keep their word; None for numbers, which have neither.

    Returns
    -------
    dict
        "confusion", as `metrics.confusion` gives it, and "calibration", as `calibration.reliability` does.
    """
    if target.task == "regression":
        return {"confusion": None, "calibration": None}
    truth, shares = codes(target, y), probabilities(target, outputs)
    return {
        "confusion": confusion(target.classes, truth, shares),
        "calibration": reliability(*predicted_and_observed(truth, shares), seed),
    }


def codes(target: Target, y: Array) -> NDArray[np.int32]:
    """The class of each row, from what the network is trained towards."""
    return y[:, 0].astype(np.int32) if target.task == "binary" else y


def losses(target: Target, outputs: Floats, y: Array) -> Doubles:
    """How wrong each row's answer is: its surprise in nats, or its squared error in deviations of the training rows.

    Examples
    --------
    >>> losses(Target("late", "binary", (0, 1)), np.array([[0.5], [0.9]]), np.array([[0.0], [1.0]])).round(4)
    array([0.6931, 0.1054])
    """
    if target.task == "regression":
        return np.asarray((outputs[:, 0].astype(np.float64) - y[:, 0]) ** 2)
    shares = np.clip(probabilities(target, outputs), SURE, 1.0)
    return np.asarray(-np.log(shares[np.arange(len(y)), codes(target, y)]))
