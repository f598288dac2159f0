"""Many learning rates from one start, over the same batches in the same order."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from math import ceil
from time import perf_counter
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.engines import Candidate, Task, choose_engine
from wade.errors import Diverged, InvalidArgument
from wade.maths.losses import Loss, choose_loss
from wade.maths.optimizers import Optimizer, State, choose_optimizer
from wade.maths.random import permutation
from wade.maths.schedules import Schedule, choose_schedule
from wade.network import Network
from wade.training.data import check_samples
from wade.types import Array, Inputs

Doubles: TypeAlias = NDArray[np.float64]

# Called with the steps that are done, and with all of them.
Watcher: TypeAlias = Callable[[int, int], None]

AMONG: Final = (0.05, 0.5, 0.95)
CHUNKS: Final = 32  # between which whoever watches is told how far it is


class RacedRates(NamedTuple):
    """The losses of a race.

    Parameters
    ----------
    learning_rates : array (K,), in rising order
    losses : array (K, n_steps)
        Of each step, before it; NaN after a rate's first that is infinite or NaN.
    start : array (n_steps,)
        What the parameters that all started from give on the same batches.
    passes : float
        How often the rows were gone through.
    paces : array (K, 3)
        How long a step is for each parameter's own direction after the race (`effective_learning_rate`): where a
        twentieth of the parameters is below, half of them, and nineteen twentieths. One number for all of them where
        the method has but one; NaN where a rate was lost.
    engine : str
        The engine that ran.
    seconds : float
    """

    learning_rates: Doubles
    losses: Doubles
    start: Doubles
    paces: Doubles
    passes: float
    engine: str
    seconds: float


def race_rates(
    network: Network,
    X: Inputs | Array,
    y: Array,
    learning_rates: Doubles,
    loss: str | Loss = "cross_entropy",
    optimizer: str | Optimizer = "adamw",
    batch_size: int = 256,
    steps: int = 200,
    seed: int = 0,
    engine: str = "auto",
    threads: int | None = None,
    watcher: Watcher | None = None,
    weights: Array | None = None,
    schedule: str | Schedule = "constant",
) -> RacedRates:
    """Trains a copy of the network with each learning rate, all of them batch by batch.

    Parameters
    ----------
    network : Network
        Where all start; it stays as it is.
    X, y, loss, optimizer, batch_size, engine, threads
        As in `train`.
    learning_rates : array (K,), > 0
    steps : int, ≥ 1
        How many batches. Where the rows do not suffice they are gone through again, in another order.
    seed : int
        Of the order of the rows.
    watcher : function of the steps done and all steps, optional
    weights : array (n_samples,), ≥ 0, optional
        How much each row counts.
    schedule : str or Schedule
        What all rates are multiplied by on the way, as in `train`.

    Raises
    ------
    InvalidArgument
        Where a setting or the shape of the rows is not valid.
    Diverged
        Where the loss of the start is not finite.

    Examples
    --------
    >>> X, y = np.linspace(-1, 1, 64)[:, None], np.linspace(-1, 1, 64) > 0
    >>> raced = race_rates(Network(1, (4,)), X, y, np.array([1e-4, 0.1]), batch_size=16, steps=40)
    >>> raced.losses.shape, bool(raced.losses[1, -1] < raced.losses[0, -1])
    ((2, 40), True)
    """
    for name, value in (("batch_size", batch_size), ("steps", steps)):
        if value < 1:
            raise InvalidArgument(name, "must be at least 1", value)
    rates = np.sort(np.asarray(learning_rates, np.float64))
    if not (len(rates) and rates[0] > 0 and np.isfinite(rates[-1])):
        raise InvalidArgument("learning_rates", "must be greater than 0 and finite", rates.tolist(), "Try 1e-5 to 10.")
    chosen_loss, chosen_optimizer = choose_loss(loss, network.output), choose_optimizer(optimizer)
    samples = check_samples(network, X, y, weights, chosen_loss, "racing")
    task = Task(network, chosen_loss, chosen_optimizer)
    chosen_engine = choose_engine(engine, threads, task)
    batch_size, began = min(batch_size, len(samples.X)), perf_counter()
    rows = _rows(seed, len(samples.X), steps * batch_size)
    # The first of them does not move: its losses are those of the start.
    all_rates = np.concatenate([[0.0], rates])
    candidates = [Candidate(deepcopy(network), chosen_optimizer.init(network.theta), float(rate)) for rate in all_rates]
    losses, running = np.full((len(candidates), steps), np.nan), list(range(len(candidates)))
    factors = np.asarray(choose_schedule(schedule)(np.arange(steps) / steps), np.float64)
    at_once = ceil(steps / CHUNKS) if watcher else steps
    for first in range(0, steps, at_once):
        last = min(first + at_once, steps)
        part = rows[first * batch_size : last * batch_size]
        entered = [candidates[k] for k in running]
        losses[running, first:last] = chosen_engine.race(
            task, entered, samples, part, batch_size, factors[first:last], seed=seed
        )
        running = [k for k in running if np.isfinite(losses[k, last - 1])]
        if not running:
            break
        if watcher:
            watcher(last, steps)
    if not np.isfinite(losses[0]).all():
        raise Diverged("The loss is no finite number before any step is taken. Look at the target for enormous values.")
    passes, seconds = len(rows) / len(samples.X), perf_counter() - began
    paces = [
        _pace(chosen_optimizer, one.state, one.learning_rate) if np.isfinite(path[-1]) else (np.nan,) * 3
        for one, path in zip(candidates[1:], losses[1:], strict=True)
    ]
    return RacedRates(rates, losses[1:], losses[0], np.array(paces), passes, chosen_engine.name, seconds)


def _pace(optimizer: Optimizer, state: State, learning_rate: float) -> Doubles:
    with np.errstate(over="ignore"):  # a parameter without any gradient has a rate beyond the numbers of float32
        return np.asarray(np.quantile(optimizer.effective_learning_rate(state, learning_rate), AMONG), np.float64)


def _rows(seed: int, n_rows: int, count: int) -> NDArray[np.int64]:
    """So many row numbers, each pass in an order of its own, as `train` has them."""
    passes = [permutation(seed, epoch, n_rows) for epoch in range(1, ceil(count / n_rows) + 1)]
    return np.concatenate(passes)[:count]
