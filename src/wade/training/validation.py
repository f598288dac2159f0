"""What an epoch is worth: the loss on rows that are not learned from, and a metric of them where one is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wade.engines import Engine
from wade.errors import InvalidArgument
from wade.maths.losses import Loss
from wade.network import Network
from wade.training.metrics import Metric, as_shares, sklearn_metrics
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
    figure : Metric or None
        The metric, besides the loss.
    units : tuple of float
        What 1 of each output is in the unit of the metric; one for all outputs will do.
    """

    held_out: RowSource | None
    figure: Metric | None = None
    units: tuple[float, ...] = (1.0,)

    def look(self, engine: Engine, network: Network, loss: Loss) -> EpochScore:
        """Loss and metric of the network as it is."""
        if self.held_out is None:
            return EpochScore(None, None)
        metric = None if self.figure is None else self._metric(engine, network, self.held_out, self.figure)
        return EpochScore(_mean_loss(engine, network, loss, self.held_out), metric)

    def _metric(self, engine: Engine, network: Network, held_out: RowSource, figure: Metric) -> float:
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
        if y.ndim == 1:  # class codes, of a softmax output
            return figure.measure(y, as_shares(outputs), weights)
        if figure.of == "classes":
            columns = [(y[:, k].astype(np.int64), _two_classes(outputs[:, k])) for k in range(y.shape[1])]
        else:
            units = np.broadcast_to(np.asarray(self.units), y.shape[1])
            columns = [(y[:, k] * units[k], outputs[:, k] * units[k]) for k in range(y.shape[1])]
        return float(np.mean([figure.measure(truth, answer, weights) for truth, answer in columns]))


def check_metric(figure: Metric, network: Network, held_out: RowSource) -> None:
    """Refuse a metric that these rows cannot give.

    Raises
    ------
    InvalidArgument
        It is one of classes and the network answers with a number, or the other way round; or the rows are all alike.
    """
    sklearn_metrics()  # now: that takes a second, which is no part of training
    classes = network.output in ("sigmoid", "softmax")
    if (figure.of == "classes") != classes:
        answers, remedy = ("classes", "log_loss, auc or accuracy") if classes else ("numbers", "rmse, mae or r2")
        raise InvalidArgument("stop_on", f"must be a metric for {answers}", figure.name, f"Try {remedy}.")
    y = np.concatenate([np.array(y) for _, y, _ in held_out.blocks()])
    if classes and y.ndim == 2 and not np.isin(y, (0, 1)).all():
        raise InvalidArgument("stop_on", "must be the loss where targets are no classes, 0 or 1", figure.name)
    columns: Sequence[Array] = [y] if y.ndim == 1 else list(y.T)
    if figure.name in ("auc", "r2") and any((column == column[0]).all() for column in columns):
        remedy = "Give more validation rows, or take another metric."
        raise InvalidArgument("stop_on", "needs validation rows that are not all alike", figure.name, remedy)


def _two_classes(probability: Floats) -> Floats:
    return as_shares(np.column_stack([1 - probability, probability]))


def _mean_loss(engine: Engine, network: Network, loss: Loss, rows: RowSource) -> float:
    losses, counts = [], []
    for X, y, weights in rows.blocks():
        losses.append(engine.loss(network, X, y, loss, weights))
        counts.append(len(X) if weights is None else float(weights.sum()))
    total = sum(counts)
    return sum(one * (count / total) for one, count in zip(losses, counts, strict=True)) if total else 0.0
