"""Checks rows, targets and weights once, before training; the engines rely on it."""

from __future__ import annotations

import numpy as np

from wade.errors import InvalidArgument
from wade.maths.arrays import one_hot
from wade.maths.losses import Loss
from wade.network import Network
from wade.training.rows import InMemory, RowSource
from wade.types import Array, Floats, Inputs, Samples


def as_source(
    network: Network, X: Inputs | Array | RowSource, y: Array | None, weights: Array | None, loss: Loss, where: str
) -> RowSource:
    """Arrays as a row source, checked by `check_samples`; a row source is returned as it is.

    Raises
    ------
    InvalidArgument
        As in `check_samples`, or the source is empty or has targets or weights beside it.
    """
    if not isinstance(X, RowSource):
        if y is None:
            raise InvalidArgument("y", "must be given with arrays", None, "Pass what was observed for each row.")
        return InMemory(check_samples(network, X, y, weights, loss, where))
    if y is not None or weights is not None:
        raise InvalidArgument("y", "must be left out where the rows bring their own", "y or weights")
    if len(X) == 0:
        raise InvalidArgument("X", f"must hold at least one row for {where}", "0 rows")
    return X


def check_samples(
    network: Network, X: Inputs | Array, y: Array, weights: Array | None, loss: Loss, where: str
) -> Samples:
    """`X`, `y` and `weights` in the network's dtype and shape.

    Parameters
    ----------
    X : Inputs, or array (n_samples, n_numbers)
    y : array (n_samples, n_outputs), or (n_samples,) for one output; for softmax class codes (n_samples,)
    weights : array (n_samples,), ≥ 0, or None
    loss : Loss
        The targets must fit it.
    where : str
        "training" or "validation", for messages.

    Raises
    ------
    InvalidArgument
        Where shapes do not agree, a number is not finite, or a target lies outside the range of the output.
    """
    inputs = network.as_inputs(X)
    if len(inputs) == 0:
        raise InvalidArgument("X", f"must hold at least one row for {where}", f"{len(inputs)} rows")
    _check_finite("X", inputs.numbers, f"Replace missing numbers before {where}, or let `wade.learn` encode the table.")
    targets = _check_targets(network, np.atleast_1d(y), len(inputs), loss)
    if loss.name == "poisson" and targets.min() < 0:
        raise InvalidArgument("y", "must be 0 or more for the Poisson loss", float(targets.min()), "Try loss='huber'.")
    if weights is None:
        return Samples(inputs, targets)
    weighed = np.ascontiguousarray(weights, network.dtype)
    if weighed.shape != (len(inputs),):
        raise InvalidArgument("weights", f"must have one number for each of {len(inputs)} rows", weighed.shape)
    _check_finite("weights", weighed)
    if weighed.min() < 0:
        raise InvalidArgument("weights", "must be 0 or more", float(weighed.min()))
    return Samples(inputs, targets, weighed)


def _check_targets(network: Network, y: Array, n_samples: int, loss: Loss) -> Array:
    if network.output == "softmax":
        classes = _check_classes(y, n_samples, network.outputs)
        # A distance compares the probabilities with a row of 0 and 1.
        takes_classes = loss.name == "softmax_cross_entropy"
        return classes if takes_classes else one_hot(classes, network.outputs, like=network.theta)
    column = y.ndim == 1 and network.outputs == 1
    if len(y) != n_samples or not (column or y.shape[1:] == (network.outputs,)):
        raise InvalidArgument("y", f"must have the shape ({n_samples}, {network.outputs})", y.shape)
    targets = np.ascontiguousarray(y, network.dtype).reshape(n_samples, network.outputs)
    _check_finite("y", targets)
    if network.output == "sigmoid" and not (targets.min() >= 0 and targets.max() <= 1):
        received = f"values from {targets.min()} to {targets.max()}"
        raise InvalidArgument("y", "must lie in [0, 1] for a sigmoid output", received, "Take output='identity'.")
    return targets


def _check_classes(y: Array, n_samples: int, n_classes: int) -> Array:
    if y.shape != (n_samples,) or y.dtype.kind not in "iu":
        expected = f"must be whole class numbers of shape ({n_samples},) for a softmax output"
        raise InvalidArgument("y", expected, f"{y.dtype} of shape {y.shape}")
    if y.min() < 0 or y.max() >= n_classes:
        received = f"{int(y.min())} to {int(y.max())}"
        raise InvalidArgument("y", f"must lie in 0 … {n_classes - 1}, the network's outputs", received)
    return np.ascontiguousarray(y, np.int32)


def _check_finite(name: str, values: Floats, remedy: str = "") -> None:
    if np.isfinite(values).all():
        return
    place = tuple(int(index) for index in np.argwhere(~np.isfinite(values))[0])
    raise InvalidArgument(name, "must hold finite numbers only", f"{values[place]} at {place}", remedy)
