"""From a network's outputs to predictions: probabilities, classes, the loss of each row; and the constant baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.engines import Engine
from wade.errors import Diverged, unknown_name
from wade.metrics.classification import class_probabilities, log_losses
from wade.metrics.weighted import Doubles
from wade.network import Network
from wade.tables import Target
from wade.tables.columns.views import in_short
from wade.tables.encoding.unseen import Unseen
from wade.training.rows import RowSource
from wade.types import Array, Floats, Inputs


class CheckedPredictions(NamedTuple):
    """The prediction of each row, the probability of each class (None for numbers), what was unseen, and notes.

    `ids` are the columns of the rows that were asked for.
    """

    predictions: list[Any]
    probabilities: NDArray[np.float64] | None
    unseen: tuple[Unseen, ...]
    notes: tuple[str, ...]
    ids: pa.Table


def output_shape(target: Target) -> tuple[int, str]:
    """The number of outputs of a network for this target, and the last layer's activation.

    Examples
    --------
    >>> output_shape(Target("delayed", "binary", (0, 1)))
    (1, 'sigmoid')
    """
    if target.task == "regression":
        return 1, "identity"
    return (1, "sigmoid") if target.task == "binary" else (len(target.classes), "softmax")


def network_outputs(network: Network, X: Inputs, engine: Engine) -> Floats:
    """The activations of the last layer, (n_rows, outputs); Diverged where one is not a finite number."""
    return finite(engine.predict(network, network.as_inputs(X)))


def finite(outputs: Floats) -> Floats:
    """The outputs, if each is a finite number; Diverged otherwise."""
    if not np.isfinite(outputs).all():
        raise Diverged("The network's outputs are not finite numbers. Train again with a smaller learning rate.")
    return outputs


def outputs_and_targets(network: Network, rows: RowSource, engine: Engine) -> tuple[Floats, Array]:
    """The activations of the last layer for all of the rows, and their encoded targets."""
    found = [(network_outputs(network, X, engine), y.copy()) for X, y, _ in rows.blocks()]
    outputs, targets = zip(*found, strict=True)
    return np.concatenate(outputs), np.concatenate(targets)


def constant_outputs(target: Target, base_rate: Sequence[float], rows: int) -> Floats:
    """The outputs of the constant baseline, (rows, outputs), from the base rate of the training rows.

    That is the share of the second of two classes, of each of many, or the mean in its own unit.
    """
    same = np.tile(np.asarray(base_rate, np.float64), (rows, 1))
    return (same - target.mean) / target.scale if target.task == "regression" else same


def predictions(target: Target, outputs: Floats) -> list[Any]:
    """The predicted number or class of each row, as `Model.predict` has it."""
    if target.task == "regression":
        return list(target.decode_number(outputs[:, 0]).tolist())
    return [target.classes[code] for code in class_probabilities(outputs).argmax(axis=1)]


def class_code(target: Target, argument: str, wanted: Any) -> int:
    """The code of a class, which may be given as text; InvalidArgument where there is no such class."""
    texts = [in_short(value) for value in target.classes]
    if in_short(wanted) not in texts:
        raise unknown_name(argument, wanted, texts)
    return texts.index(in_short(wanted))


def class_codes(target: Target, y: Array) -> NDArray[np.int32]:
    """The class of each row, from the encoded target."""
    return y[:, 0].astype(np.int32) if target.task == "binary" else y


def row_losses(target: Target, outputs: Floats, y: Array) -> Doubles:
    """The loss of each row: negative log-likelihood, or squared error in standard deviations of the training rows.

    Examples
    --------
    >>> row_losses(Target("late", "binary", (0, 1)), np.array([[0.5], [0.9]]), np.array([[0.0], [1.0]])).round(4)
    array([0.6931, 0.1054])
    """
    if target.task == "regression":
        return np.asarray((outputs[:, 0].astype(np.float64) - y[:, 0]) ** 2)
    return log_losses(class_codes(target, y), class_probabilities(outputs))
