"""The native engine beside the record: the same row, in the dtype that the network really has."""

from __future__ import annotations

from typing import Final

import numpy as np

from wade.engines import Task, choose_engine
from wade.engines.protocol import Engine
from wade.errors import EngineUnavailable
from wade.explanation.steps.record import NativeCheck, Record
from wade.maths.optimizers import SGD
from wade.network import Network
from wade.types import Array, Samples

# As a share of the largest number: float32 has 7 digits and float64 has 16, and sums of some hundred terms lose one.
BOUNDS: Final = {"float32": 1e-5, "float64": 1e-12}


def compare(record: Record, network: Network, seed: int = 0) -> NativeCheck:
    """The native engine's results on the recorded row, in the dtype of `network`; `seed` is that of dropout masks."""
    try:
        engine = choose_engine("native", 1, Task(network, record.loss))
    except EngineUnavailable as error:
        return NativeCheck(False, str(error))
    tolerance = BOUNDS[network.dtype] + _cancellation(record, network)
    return NativeCheck(True, "", network.dtype, _differences(record, network, engine, seed), tolerance)


def _cancellation(record: Record, network: Network) -> float:
    """What rounding adds where a prediction is near its target, as a share: the digits that o − y cancels."""
    if record.output is None or record.deltas is None:
        return 0.0
    difference = network.members * float(np.abs(record.deltas[-1]).max())
    largest = float(np.abs(record.output).max())
    return 10 * float(np.finfo(network.dtype).eps) * largest / difference if difference > 0 else 0.0


def _differences(record: Record, network: Network, engine: Engine, seed: int) -> dict[str, float]:
    X = record.X.astype(network.dtype)
    found: dict[str, float] = {}
    if not record.masks:
        assert record.output is not None
        found["prediction"] = _apart(record.output, engine.predict(network, X)[0])
    if record.y is None or record.J is None:
        return found
    y = record.y.astype(network.dtype) if record.y.dtype.kind == "f" else record.y
    if record.masks:
        # Masks belong to a step of descent; one of no length leaves everything where it is.
        steps = {"step": record.state_before["step"]}
        copy = Network.from_dict(network.to_dict(), network.theta)
        task = Task(copy, record.loss, SGD())
        losses = engine.descend(task, steps, Samples(X, y), np.arange(1), 1, np.zeros(1), seed=seed)
        return {"loss": _apart(record.J, losses[0])}
    J, gradient = engine.loss_and_gradient(network, X, y, record.loss)
    found["loss"] = _apart(record.J, J)
    if record.gradient is not None:
        found["gradient"] = _apart(record.gradient, gradient)
    return found


def _apart(recorded: Array | float, native: Array | float) -> float:
    """The largest difference as a share of the largest number; 0 where all are 0."""
    size = float(np.abs(recorded).max(initial=0.0)) if isinstance(recorded, np.ndarray) else abs(recorded)
    if not np.isfinite(size):
        return 0.0 if np.array_equal(recorded, np.asarray(native), equal_nan=True) else np.inf
    difference = float(np.abs(np.asarray(native, np.float64) - recorded).max(initial=0.0))
    return difference / size if size else difference
