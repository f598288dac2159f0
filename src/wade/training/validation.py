"""What an epoch is worth: the loss on rows that are not learned from, and a metric of them where one is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wade.engines import Engine
from wade.errors import InvalidArgument
from wade.maths.losses import Loss
from wade.metrics import Metric, metrics_of, sklearn_metrics
from wade.metrics.classification import ClassPredictions, normalized
from wade.metrics.regression import NumberPredictions
from wade.network import Network
from wade.training.rows import RowSource
from wade.types import Array, Floats


class EpochScore(NamedTuple):
    """What was found of the validation rows; None where there are none, or no metric was asked for."""

    loss: float | None
    metric: float | None


@dataclass(frozen=True)
class EpochEvaluator:
    """Judges a network by validation rows.

    Parameters
    ----------
    held_out : RowSource or None
        The validation rows.
    metric : Metric or None
        The metric, besides the loss.
    units : tuple of float
        What 1 of each output is in the unit of the metric; one for all outputs will do.
    """

    held_out: RowSource | None
    metric: Metric | None = None
    units: tuple[float, ...] = (1.0,)

    def look(self, engine: Engine, network: Network, loss: Loss) -> EpochScore:
        """Loss and metric of the network as it is."""
        if self.held_out is None:
            return EpochScore(None, None)
        metric = None if self.metric is None else self._value(engine, network, self.held_out, self.metric)
        return EpochScore(_mean_loss(engine, network, loss, self.held_out), metric)

    def _value(self, engine: Engine, network: Network, held_out: RowSource, metric: Metric) -> float:
        """The mean over outputs that are questions of their own: several labels, several numbers."""
        said, true = [], []
        heavy: list[Floats] = []
        for X, y, weights in held_out.blocks():
            said.append(engine.predict(network, X))
            true.append(np.array(y))
            if weights is not None:
                heavy.append(weights)
        outputs, y = np.concatenate(said).astype(np.float64), np.concatenate(true)
        if not np.isfinite(outputs).all():
            return float("nan")
        weights = np.concatenate(heavy).astype(np.float64) if heavy else None
        values = [metric.value(given, weights) for given in _columns(metric, y, outputs, self.units)]
        # Where the predictions leave it undefined (precision without a positive one), it is as bad as it can be.
        worst = 0.0 if metric.direction == "higher" else np.inf
        return float(np.mean(np.where(np.isnan(values), worst, values)))


def check_metric(metric: Metric, network: Network, held_out: RowSource) -> None:
    """Refuse a metric that these rows cannot give.

    Raises
    ------
    InvalidArgument
        It is of the other task, or not even perfect predictions of these rows would give it.
    """
    sklearn_metrics()  # now: that takes a second, which is no part of training
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
        return [ClassPredictions(y, normalized(outputs))]
    if metric.task == "classification":
        both = (normalized(np.column_stack([1 - p, p])) for p in outputs.T)
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
