"""Validation after an epoch: the loss on the validation rows, and a metric where epochs are selected by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wade.engines import Engine
from wade.errors import InvalidArgument
from wade.maths.losses import Loss
from wade.metrics import Metric, metrics_of
from wade.metrics.classification import ClassPredictions, class_probabilities
from wade.metrics.regression import NumberPredictions
from wade.network import Network
from wade.training.rows import RowSource
from wade.types import Array, Floats


class EpochScore(NamedTuple):
    """Loss and metric of the validation rows; None without such rows, or without a metric."""

    loss: float | None
    metric: float | None


@dataclass(frozen=True)
class EpochEvaluator:
    """Evaluates a network on validation rows, by the loss and by a metric; `units` as in `EarlyStopping`."""

    held_out: RowSource | None
    metric: Metric | None = None
    units: tuple[float, ...] = (1.0,)

    def evaluate(self, engine: Engine, network: Network, loss: Loss) -> EpochScore:
        """Loss and metric of the network as it is."""
        if self.held_out is None:
            return EpochScore(None, None)
        metric = None if self.metric is None else self._value(engine, network, self.held_out, self.metric)
        return EpochScore(_mean_loss(engine, network, loss, self.held_out), metric)

    def _value(self, engine: Engine, network: Network, held_out: RowSource, metric: Metric) -> float:
        """The mean over outputs, where each is a target of its own: several labels, several numbers."""
        predicted, observed = [], []
        weighed: list[Floats] = []
        for X, y, weights in held_out.blocks():
            predicted.append(engine.predict(network, X))
            observed.append(np.array(y))
            if weights is not None:
                weighed.append(weights)
        outputs, y = np.concatenate(predicted).astype(np.float64), np.concatenate(observed)
        if not np.isfinite(outputs).all():
            return float("nan")
        weights = np.concatenate(weighed).astype(np.float64) if weighed else None
        values = [metric.value(given, weights) for given in _columns(metric, y, outputs, self.units)]
        # Where the predictions leave it undefined (precision without a positive one), it is as bad as it can be.
        worst = 0.0 if metric.direction == "higher" else np.inf
        return float(np.mean(np.where(np.isnan(values), worst, values)))


def check_metric(metric: Metric, network: Network, held_out: RowSource) -> None:
    """Raises where these rows cannot give the metric.

    Raises
    ------
    InvalidArgument
        It is of the other task, or not even perfect predictions of these rows would give it.
    """
    task = "classification" if network.output in ("sigmoid", "softmax") else "regression"
    if metric.task != task:
        remedy = f"Try {', '.join(list(metrics_of(task))[:3])}."
        raise InvalidArgument("stop_on", f"must be a metric for {task}", metric.name, remedy)
    y = np.concatenate([np.array(y) for _, y, _ in held_out.blocks()])
    if task == "classification" and y.ndim == 2 and not np.isin(y, (0, 1)).all():
        raise InvalidArgument("stop_on", "must be the loss where targets are no classes, 0 or 1", metric.name)
    perfect = np.eye(network.outputs)[y] if y.ndim == 1 else y
    if np.isnan([metric.value(given) for given in _columns(metric, y, perfect)]).any():
        remedy = "Give more validation rows, or take another metric."
        raise InvalidArgument("stop_on", f"needs other validation rows: {metric.undefined}", metric.name, remedy)


def _columns(
    metric: Metric, y: Array, outputs: Floats, units: tuple[float, ...] = (1.0,)
) -> list[ClassPredictions] | list[NumberPredictions]:
    """The predictions of each output that is a target of its own: several labels, several numbers."""
    if y.ndim == 1:  # class codes, of a softmax output
        return [ClassPredictions(y, class_probabilities(outputs))]
    if metric.task == "classification":
        both = map(class_probabilities, outputs.T)
        return [ClassPredictions(codes.astype(np.int64), each) for codes, each in zip(y.T, both, strict=True)]
    scales = np.broadcast_to(np.asarray(units), y.shape[1])
    return [NumberPredictions(y[:, k] * scale, outputs[:, k] * scale) for k, scale in enumerate(scales)]


def _mean_loss(engine: Engine, network: Network, loss: Loss, rows: RowSource) -> float:
    losses, counts = [], []
    for X, y, weights in rows.blocks():
        losses.append(engine.loss(network, X, y, loss, weights))
        counts.append(len(X) if weights is None else float(weights.sum()))
    total = sum(counts)
    return sum(one * (count / total) for one, count in zip(losses, counts, strict=True)) if total else 0.0
