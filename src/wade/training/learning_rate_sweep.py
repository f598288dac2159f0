"""Learning-rate sweep: many rates from one start, over the same batches in the same order."""

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
ProgressCallback: TypeAlias = Callable[[int, int], None]

QUANTILES: Final = (0.05, 0.5, 0.95)
PROGRESS_CALLS: Final = 32  # at most, over the whole sweep


class SweepLosses(NamedTuple):
    """The losses of a sweep.

    Parameters
    ----------
    learning_rates : array (K,), in rising order
    losses : array (K, n_steps)
        Of each step, before it; NaN after a rate's first that is infinite or NaN.
    start : array (n_steps,)
        Of the initial parameters, on the same batches.
    passes : float
        Epochs: how often the rows were used.
    step_sizes : array (K, 3)
        Quantiles (5, 50 and 95 %) of the effective learning rates after the sweep (`Optimizer.effective_learning_rate`)
        of the parameters that had a gradient; all the same where the optimizer has one rate for all parameters; NaN
        where a rate diverged. The rate is that of the last step: a schedule is part of it.
    engine : str
        The engine that ran.
    seconds : float
    baseline : array (n_steps,) or None
        Of the constant baseline, on the same batches.
    """

    learning_rates: Doubles
    losses: Doubles
    start: Doubles
    step_sizes: Doubles
    passes: float
    engine: str
    seconds: float
    baseline: Doubles | None = None


def sweep_learning_rates(
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
    watcher: ProgressCallback | None = None,
    weights: Array | None = None,
    schedule: str | Schedule = "constant",
    baseline: Doubles | None = None,
) -> SweepLosses:
    """Trains a copy of the network with each learning rate, all of them batch by batch.

    Parameters
    ----------
    network : Network
        The initial parameters; it is not changed.
    X, y, loss, optimizer, batch_size, seed, engine, threads, weights, schedule
        As in `train`.
    learning_rates : array (K,), > 0
    steps : int, ≥ 1
        How many batches; as many epochs as that takes, each in another order.
    watcher : function of the steps done and all steps, optional
    baseline : array (n_samples,), optional
        The loss of each row with the constant baseline.

    Raises
    ------
    InvalidArgument
        Where a setting or the shape of the rows is not valid.
    Diverged
        Where the loss of the initial parameters is not finite.

    Examples
    --------
    >>> X, y = np.linspace(-1, 1, 64)[:, None], np.linspace(-1, 1, 64) > 0
    >>> raced = sweep_learning_rates(Network(1, (4,)), X, y, np.array([1e-4, 0.1]), batch_size=16, steps=40)
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
    count, n_rows = steps * batch_size, len(samples.X)
    # Each epoch in an order of its own, as in `train`.
    rows = np.concatenate([permutation(seed, epoch + 1, n_rows) for epoch in range(ceil(count / n_rows))])[:count]
    # The first has a learning rate of 0: its losses are those of the initial parameters.
    all_rates = np.concatenate([[0.0], rates])
    candidates = [Candidate(deepcopy(network), chosen_optimizer.init(network.theta), float(rate)) for rate in all_rates]
    losses, running = np.full((len(candidates), steps), np.nan), list(range(len(candidates)))
    factors = np.asarray(choose_schedule(schedule)(np.arange(steps) / steps), np.float64)
    at_once = ceil(steps / PROGRESS_CALLS) if watcher else steps
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
    step_sizes = np.full((len(rates), len(QUANTILES)), np.nan)
    for k, (one, path) in enumerate(zip(candidates[1:], losses[1:], strict=True)):
        if np.isfinite(path[-1]):
            with np.errstate(over="ignore"):  # a parameter without any gradient has a rate beyond float32
                sizes = chosen_optimizer.effective_learning_rate(one.state, one.learning_rate * factors[-1])
                step_sizes[k] = np.quantile(_with_gradient(np.asarray(sizes), one.state), QUANTILES)
    means = None if baseline is None else baseline[rows].reshape(steps, batch_size).mean(axis=1)
    return SweepLosses(rates, losses[1:], losses[0], step_sizes, passes, chosen_engine.name, seconds, means)


def _with_gradient(sizes: Doubles, state: State) -> Doubles:
    """Of the effective learning rates those of parameters with a state other than 0; all where there is one rate."""
    seen = [np.asarray(values) != 0 for name, values in state.items() if name != "step"]
    had_gradient = np.any(seen, axis=0) if seen and sizes.ndim else np.ones(sizes.shape, bool)
    return sizes[had_gradient] if had_gradient.any() else sizes
