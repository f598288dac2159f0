"""The first steps of a training run, taken again: the rows in their order, the learning rates, the losses.

A model keeps no row, so its table has to be given once more. That it is the same table, split in the same way, is
proven by what was learned of it: an encoder fitted on the training rows that are found must be the model's own.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade.engines import Task, choose_engine
from wade.errors import InvalidArgument
from wade.maths.losses import Loss, choose_loss, usual_loss
from wade.maths.optimizers import Optimizer
from wade.maths.random import permutation
from wade.maths.regularizers import Regularization
from wade.maths.schedules import choose_schedule
from wade.model.kept_report import kept_split
from wade.model.model import Model
from wade.model.recovered_split import open_as_in_training, splits_like
from wade.network import Network
from wade.settings import AUTO, PLATEAU, Settings, Settled, settle
from wade.tables import Dialect, Encoder
from wade.training.automatic import build_optimizer
from wade.types import Array, Inputs, Rows, Samples

MOST_STEPS: Final = 100
REMEDY: Final = "Give the very table that the model was trained on, with the rows in the same order."


class FirstSteps(NamedTuple):
    """The beginning of a training run.

    Parameters
    ----------
    network : at its start
    rows : how many training rows there are
    X, y : the rows that were seen, and their targets; in the order of `seen`
    seen : which of the training rows these are, ascending
    rates : (steps,) learning rates
    losses : (steps,) the mean loss of each batch before its update, as the engine of the run reports it
    """

    network: Network
    settings: Settled
    loss: Loss
    optimizer: Optimizer
    regularization: Regularization
    rows: int
    X: Inputs
    y: Array
    seen: Rows
    rates: NDArray[np.float64]
    losses: NDArray[np.float64]
    engine: str


def first_steps(model: Model, data: Any, dialect: Dialect | None = None, most: int = MOST_STEPS) -> FirstSteps:
    """The first steps of the run that made this model, `most` at most.

    Another table is refused, and so is a run that cannot be taken again from it alone.
    """
    X, y = _training_rows(model, data, dialect)
    settings = _settings(model, len(X))
    start = Network.from_dict(model.network.to_dict())
    batch_size, epochs = settings.batch_size, int(model.report["epochs"])
    per_epoch = -(-len(X) // batch_size)
    steps = min(most, per_epoch * epochs)
    rates = _rates(model, settings, per_epoch)[:steps]
    optimizer, loss = build_optimizer(settings), choose_loss(usual_loss(start.output), start.output)
    regularization = Regularization(settings.l1, settings.l2, settings.clip_norm)
    task = Task(Network.from_dict(model.network.to_dict()), loss, optimizer, regularization)
    engine = choose_engine(model.report["engine"], None, task)
    state, losses, seen = optimizer.init(start.theta), [], []
    for epoch, first in enumerate(range(0, steps, per_epoch), start=1):
        here = rates[first : first + per_epoch]
        order = permutation(settings.seed, epoch, len(X))[: len(here) * batch_size]
        losses.append(engine.descend(task, state, Samples(X, y), order, batch_size, here, seed=settings.seed))
        seen.append(order)
    chosen = np.unique(np.concatenate(seen))
    return FirstSteps(
        start,
        settings,
        loss,
        optimizer,
        regularization,
        rows=len(X),
        X=X[chosen],
        y=y[chosen],
        seen=chosen,
        rates=rates,
        losses=np.concatenate(losses),
        engine=engine.name,
    )


def _settings(model: Model, rows: int) -> Settled:
    """The settings of the run, as the report keeps them."""
    kept = {name: value for name, value in model.report["settings"].items() if name != "plateau"}
    return settle(Settings(**{**kept, "hidden": tuple(kept["hidden"])}), rows)


def _rates(model: Model, settings: Settled, per_epoch: int) -> NDArray[np.float64]:
    """The learning rate of every step of the run."""
    epochs = settings.epochs
    assert settings.learning_rate != AUTO  # the report holds the one that a race has found
    schedule = choose_schedule("constant" if settings.schedule == PLATEAU else settings.schedule)
    factors = np.asarray(schedule(np.arange(epochs * per_epoch) / (epochs * per_epoch)), np.float64)
    rates = (settings.learning_rate * factors).reshape(epochs, per_epoch)[: len(model.report["history"])]
    # A plateau multiplies the rates of whole epochs; the history holds the result.
    for row, epoch in zip(rates, model.report["history"], strict=True):
        if settings.schedule == PLATEAU:
            row *= epoch["learning_rate"] / row[-1]
    return rates.reshape(-1)


def _training_rows(model: Model, data: Any, dialect: Dialect | None) -> tuple[Inputs, Array]:
    """The training rows, encoded."""
    _refuse_what_is_not_known(model)
    table, name, *_ = open_as_in_training(model, data, dialect)
    by_time, piecewise = kept_split(model.report).how == "time", bool(model.encoder.layout.piecewise)
    for split in splits_like(model, table, name):
        training = table.take(split.train)
        if Encoder.fit(training, model.schema, by_time, name, piecewise) == model.encoder:
            return model.encoder.encode(training, name), model.target.encode(training, name)
    raise InvalidArgument("training", "must be the table that the model was trained on", name, REMEDY)


def _refuse_what_is_not_known(model: Model) -> None:
    how = kept_split(model.report).how or "not known"
    if how not in ("random", "time"):
        expected = f"needs a model whose rows were split at random or by time (these: {how})"
        raise InvalidArgument("training", expected, how, "Train without --group, --part, --validation and --test.")
    if not model.report["history"]:
        raise InvalidArgument("training", "needs a run of one epoch at least", 0, "Train without interrupting it.")
    if model.report["memory"]["streamed"]:
        remedy = "Train on some of the rows (--rows) to see the steps."
        raise InvalidArgument("training", "needs a model whose table was in memory", "streamed", remedy)
