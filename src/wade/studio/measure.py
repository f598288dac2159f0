"""Loss and metrics of the network on the rows of each part, by the definitions of `wade.metrics`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.maths.random import permutation
from wade.metrics import METRICS
from wade.metrics.classification import ClassPredictions, class_probabilities
from wade.metrics.regression import NumberPredictions
from wade.model.evaluation.outputs import class_codes
from wade.studio.prepared_table import PreparedTable
from wade.training.walk import Walk
from wade.types import Floats, Samples

PARTS: Final = ("train", "validation", "test")
MOST_ROWS: Final = 10_000
"""Of a part, while training is watched."""
SAMPLE_STREAM: Final = (1 << 32) - 6
LOSS: Final = "loss"
METRICS_OF: Final[Mapping[str, tuple[str, ...]]] = {"regression": ("rmse", "mae", "r2")}
OF_CLASSES: Final = ("accuracy",)


def metric_names(task: str) -> tuple[str, ...]:
    """The metrics that are shown beside the loss, the first of them as a curve."""
    return METRICS_OF.get(task, OF_CLASSES)


def metric_info(task: str, unit: str = "") -> dict[str, tuple[str, str]]:
    """The label and the unit of the loss and of each metric."""
    units = {"target": unit, "share": "share"}
    found = {name: (METRICS[name].label, units.get(METRICS[name].unit, "")) for name in metric_names(task)}
    return {LOSS: ("loss", ""), **found}


def sampled(prepared: PreparedTable, part: int, most: int = MOST_ROWS) -> Samples:
    """The rows of a part, or as many of them, drawn at random."""
    samples = prepared.samples(part)
    if len(samples.X) <= most:
        return samples
    return samples.take(np.sort(permutation(0, SAMPLE_STREAM, len(samples.X))[:most]))


def predictions(prepared: PreparedTable, outputs: Floats, samples: Samples) -> ClassPredictions | NumberPredictions:
    """The outputs beside what was observed, as metrics take them."""
    target = prepared.data.target
    if target.task == "regression":
        observed, predicted = (target.decode_number(each.reshape(len(each))) for each in (samples.y, outputs))
        return NumberPredictions(observed, predicted)
    return ClassPredictions(class_codes(target, samples.y), class_probabilities(outputs))


@np.errstate(all="ignore")  # of a network whose numbers overflow, no metric is a number
def measure(walk: Walk, prepared: PreparedTable, samples: Samples) -> dict[str, float | None]:
    """Loss and metrics on some rows; None where they are no numbers."""
    network, task = walk.network, prepared.data.target.task
    X = network.as_inputs(samples.X)
    found: dict[str, float] = {LOSS: float(walk.engine.loss(network, X, samples.y, walk.loss))}
    outputs = walk.engine.predict(network, X)
    given = predictions(prepared, outputs, samples)
    for name in metric_names(task):
        found[name] = METRICS[name].value(given) if np.isfinite(outputs).all() else np.nan
    return {name: value if np.isfinite(value) else None for name, value in found.items()}


def confusion_of(walk: Walk, prepared: PreparedTable, samples: Samples) -> NDArray[Any]:
    """The rows of each class (down) predicted as each class (across)."""
    given = predictions(prepared, walk.engine.predict(walk.network, walk.network.as_inputs(samples.X)), samples)
    assert isinstance(given, ClassPredictions)
    return given.confusion()
