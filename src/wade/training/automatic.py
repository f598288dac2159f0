"""The learning rate "auto": a short sweep over a tenth of the training's steps picks one.

The sweep is that of `wade race`: all rates start from the network's initial parameters and see the batches that
training begins with; `sweep_outcomes` classifies the results. A short sweep is noisy, so the optimizer's usual rate,
the middle one, is kept where it gains nearly as much as the best. The sweep's length is counted in steps, never
in seconds: the same seed finds the same rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wade.maths.losses import usual_loss
from wade.maths.optimizers import Optimizer, choose_optimizer
from wade.network import Network
from wade.settings import Choice, Settled
from wade.settings.automatic import TINY
from wade.training.learning_rate_sweep import sweep_learning_rates
from wade.training.rows import RowSource
from wade.training.sweep_outcomes import brief, classify_rates

SHARE_OF_STEPS: Final = 0.1
FEWEST_STEPS: Final = 20
MOST_STEPS: Final = 100
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
    # One extra run keeps the initial parameters, as the reference.
    steps = min(MOST_STEPS, int(SHARE_OF_STEPS * all_steps / (len(rates) + 1)))
    large = usual > choose_optimizer(settings.optimizer).usual_learning_rate
    named = (
        f"the usual rate for {settings.optimizer}{'' if not large else WITH_MEMBERS if network.hidden else NO_HIDDEN}"
    )
    if steps < FEWEST_STEPS:
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
        too_high = "diverged" if own.outcome == "diverges" else "oscillated"
        return Choice(float(rates[0]), f"the lowest {sweep}, where none converged; the usual {brief(usual)} {too_high}")
    chosen = found.suggestions[0].learning_rate  # the lowest final loss, with a margin to rates that are too high
    best = next(one for one in found.outcomes if one.learning_rate == chosen)
    gain = (found.reference_loss - (inf if own.last is None else own.last)) / (
        found.reference_loss - (best.last or 0.0)
    )
    if own is best or gain >= NEARLY:
        share = f"gained {100 * gain:.0f} % as much as {brief(chosen)}"
        return Choice(usual, f"{named}; {sweep} it {'had the lowest loss' if own is best else share}")
    lost = "diverged" if own.last is None else f"gained {100 * gain:.0f} % as much"
    return Choice(chosen, f"lowest loss {sweep}; the usual {brief(usual)} {lost}")


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
