"""The learning rate "auto": a short sweep over a tenth of the training's steps picks one.

The sweep is that of `wade race`: all rates start from the network's initial parameters and see the batches that
training begins with; `sweep_outcomes` classifies the results. A short sweep is noisy, so the optimizer's usual rate,
the middle one, is kept where it gains nearly as much as the best. The sweep's length is counted in steps, never
in seconds: the same seed finds the same rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wade.maths.losses import usual_loss
from wade.maths.optimizers import Optimizer, choose_optimizer
from wade.network import Network
from wade.settings import Choice, Settled
from wade.settings.automatic import TINY
from wade.training.chunk_losses import brief, clearly_lower
from wade.training.learning_rate_sweep import sweep_learning_rates
from wade.training.rows import RowSource
from wade.training.sweep_length import ROWS_OF_STEP, steps_at_once
from wade.training.sweep_outcomes import classify_rates

SHARE_OF_STEPS: Final = 0.1
FEWEST_STEPS: Final = 20
MOST_STEPS: Final = 100
CHEAP: Final = 1e8
"""Multiplications of a forward pass over the rows of all runs, up to which a sweep takes hundredths of a second."""
NEARLY: Final = 0.95
MANY_MEMBERS: Final = 16
MEMBERS_OF_SWEEP: Final = 4
WITH_MEMBERS: Final = f" with {MANY_MEMBERS} ensemble members or more"
NO_HIDDEN: Final = " without hidden layers"


def search_learning_rate(settings: Settled, network: Network, rows: RowSource) -> Choice:
    """The learning rate to train with, and why; the network stays as it is.

    The usual rate where it gains at least `NEARLY` of what the best gains, or where no sweep is possible or no rate has
    an effect; else the rate with the lowest final loss, or the lowest where all are too high.
    """
    usual = usual_rate(settings.optimizer, network.hidden, settings.members, len(rows))
    rates = around(usual, settings.optimizer)
    all_steps = settings.epochs * -(-len(rows) // settings.batch_size)
    runs = len(rates) + 1  # one extra run keeps the initial parameters, as the reference
    steps = steps_of_search(all_steps, runs, settings.batch_size, len(rows), _with_few_members(network).theta.size)
    large = usual > choose_optimizer(settings.optimizer).usual_learning_rate
    named = (
        f"the usual rate for {settings.optimizer}{'' if not large else WITH_MEMBERS if network.hidden else NO_HIDDEN}"
    )
    if steps is None:
        return Choice(usual, f"{named}; training has too few steps ({all_steps:,}) for a sweep")
    # All rows in memory, or one window of rows that are streamed.
    (X, y, weights), _ = next(rows.epoch(1, settings.batch_size, settings.seed))
    raced = sweep_learning_rates(
        _with_few_members(network),
        X,
        y,
        rates,
        loss=usual_loss(network.output),
        optimizer=build_optimizer(settings),
        batch_size=settings.batch_size,
        steps=steps,
        weights=weights,
        seed=settings.seed,
        engine=settings.engine,
        threads=settings.threads,
    )
    found = classify_rates(raced.learning_rates, raced.losses, raced.start)
    sweep = f"in a sweep of {len(rates)} rates over {steps} steps"
    own = next(one for one in found.outcomes if one.learning_rate == usual)
    if not found.suggestions:
        if own.outcome == "too small":
            return Choice(usual, f"{named}; {sweep} no rate lowered the loss")
        how = {
            "converges": "converged",
            "ends higher": "ended higher than a lower rate",
            "oscillates": "oscillated",
            "diverges": "diverged",
        }[own.outcome]
        none = "none converged" if found.best is None else "none converged with a margin to rates that are too high"
        return Choice(float(rates[0]), f"the lowest {sweep}, where {none}; the usual {brief(usual)} {how}")
    lowest = found.suggestions[0].learning_rate  # at the end, with a margin to rates that are too high
    most = found.gain(next(one for one in found.outcomes if one.learning_rate == lowest))
    share = found.gain(own) / most
    if own.learning_rate == lowest or share >= NEARLY:
        gained = f"gained {100 * share:.0f} % as much as {brief(lowest)}"
        return Choice(usual, f"{named}; {sweep} it {'had the lowest loss' if own.learning_rate == lowest else gained}")
    # Of the rates from the usual one to the lowest loss, the first that gains nearly as much, with a difference that
    # chance explains: the lead of an extreme rate over its neighbours often is chance.
    between = sorted((usual, lowest))
    path = {one.learning_rate: losses for one, losses in zip(found.outcomes, raced.losses, strict=True)}
    chosen = min(
        (
            one
            for one in found.with_margin()
            if between[0] <= one.learning_rate <= between[1]
            and found.gain(one) >= NEARLY * most
            and not clearly_lower(path[lowest], path[one.learning_rate])
        ),
        key=lambda one: abs(np.log(one.learning_rate / usual)),
    )
    lost = "diverged" if own.last is None else f"gained {100 * share:.0f} % as much"
    how = "lowest loss" if chosen.learning_rate == lowest else f"as low a loss as {brief(lowest)}, up to chance,"
    return Choice(chosen.learning_rate, f"{how} {sweep}; the usual {brief(usual)} {lost}")


def steps_of_search(all_steps: int, runs: int, batch_size: int, n_rows: int, n_parameters: int) -> int | None:
    """The steps of each run of the sweep; None where training has too few.

    All runs together take a tenth of the training's steps, or as many as it has where that is cheap; each takes 20 to
    100 steps, or the steps of as many rows where batches are small (`sweep_length`), but no more than training.

    Examples
    --------
    >>> steps_of_search(9_000, 8, 64, 6_400, 40_000), steps_of_search(500, 8, 64, 600, 40_000)
    (100, None)
    >>> steps_of_search(570, 8, 32, 600, 33), steps_of_search(18_000, 14, 1, 600, 33)
    (71, 1285)
    """
    cheap = runs * FEWEST_STEPS * max(batch_size, ROWS_OF_STEP) * n_parameters <= CHEAP
    steps = int((1 if cheap else SHARE_OF_STEPS) * all_steps / runs)
    if steps < FEWEST_STEPS:
        return None
    times = steps_at_once(batch_size, n_rows)
    return min(all_steps, max(FEWEST_STEPS * times, min(MOST_STEPS * times, steps)))


def usual_rate(optimizer: str, hidden: Sequence[int], members: int, rows: int) -> float:
    """The usual learning rate of the optimizer; of a tiny table more for many members, or without hidden layers.

    There, steps are few, and members that share their weights need larger ones: on ten tables of 47 to 1,030 rows and
    on `digits`, 1,000 steps at 0.01 reach a lower loss than at 0.003. Without hidden layers the loss is convex and
    bears large steps, while adaptive methods move a parameter by at most about the rate in a step: on `moons` with
    scaled numbers, 500 steps at 0.003 end above the constant baseline (0.694), at 0.03 near the minimum (0.271).

    Examples
    --------
    >>> [usual_rate("adamw", hidden, members, 600) for hidden, members in (((64,), 1), ((64,), 16), ((), 1))]
    [0.003, 0.009, 0.03]
    """
    chosen = choose_optimizer(optimizer)
    if not chosen.is_adaptive or rows > TINY:
        return chosen.usual_learning_rate
    factor = 10 if not hidden else 3 if members >= MANY_MEMBERS else 1
    return float(brief(factor * chosen.usual_learning_rate))


def _with_few_members(network: Network) -> Network:
    """The same network with at most four members: which rate is best does not depend on how many there are."""
    if network.members <= MEMBERS_OF_SWEEP:
        return network
    return Network.from_dict({**network.to_dict(), "members": MEMBERS_OF_SWEEP})


def around(usual: float, optimizer: str) -> NDArray[np.float64]:
    """The rates of the sweep: the usual one in the middle, each about twice the one before.

    Examples
    --------
    >>> around(0.003, "adamw").tolist()
    [0.0003, 0.00065, 0.0014, 0.003, 0.0065, 0.014, 0.03]
    """
    # A method that divides by the size of gradients needs no more than a tenth and ten times the usual rate.
    reach, count = (10, 7) if choose_optimizer(optimizer).is_adaptive else (100, 13)
    return np.array([float(brief(rate)) for rate in np.geomspace(usual / reach, usual * reach, count)])


def build_optimizer(settings: Settled) -> Optimizer:
    """The optimizer with its weight decay."""
    return replace(choose_optimizer(settings.optimizer), weight_decay=settings.weight_decay)
