"""The learning rate that nobody named: several race for a tenth of the training's steps, and one of them trains.

The race is the one of `wade race`: all rates from the network's own start, over the batches that training will begin
with, judged by `verdicts`. A short race is noisy, so the usual rate of the optimiser, which runs in the middle, stands
where it gains nearly as much as the best one. Steps are counted and nobody looks at the clock: the same seed finds the
same rate.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wade.maths.optimizers import Optimizer, choose_optimizer
from wade.network import Network
from wade.settings import USUAL_RATES, Choice, Settled
from wade.training.learning_rate_sweep import race_rates
from wade.training.rows import RowSource
from wade.training.sweep_outcomes import brief, judge

SHARE_OF_STEPS: Final = 0.1
FEWEST_STEPS: Final = 20
MOST_STEPS: Final = 100
NEARLY: Final = 0.95
ADAPTIVE: Final = ("rmsprop", "adam", "adamw")
"""The methods that divide by how large gradients are, so that a tenth and ten times the usual rate are far enough."""


def raced_rate(settings: Settled, network: Network, rows: RowSource) -> Choice:
    """The learning rate to train with, and why.

    Parameters
    ----------
    settings : Settled
    network : Network
        At its start, where it stays.
    rows : RowSource
        The training rows.

    Returns
    -------
    Choice
        The usual rate where it gains at least `NEARLY` of what the best gains, or where no race is possible or it tells
        nothing; else the rate that ends the race lowest.
    """
    usual = USUAL_RATES[settings.optimizer]
    rates = around(usual, settings.optimizer)
    all_steps = settings.epochs * -(-len(rows) // settings.batch_size)
    # The start runs along too.
    steps = min(MOST_STEPS, int(SHARE_OF_STEPS * all_steps / (len(rates) + 1)))
    named = f"the usual one for {settings.optimizer}"
    if steps < FEWEST_STEPS:
        return Choice(usual, f"{named}; {all_steps:,} steps are too few for a race before them")
    # All rows in memory, or as many as a window holds of rows that are streamed.
    (X, y, weights), _ = next(rows.epoch(1, settings.batch_size, settings.seed))
    raced = race_rates(
        network,
        X,
        y,
        rates,
        loss=loss_name(network),
        optimizer=optimizer_by(settings),
        batch_size=settings.batch_size,
        steps=steps,
        weights=weights,
        seed=settings.seed,
        engine=settings.engine,
        threads=settings.threads,
    )
    found = judge(raced.learning_rates, raced.losses, raced.start)
    race = f"in a race of {len(rates)} rates over {steps} steps"
    if found.best is None:
        return Choice(usual, f"{named}; {race} none ended below the start")
    best, own = (next(one for one in found.verdicts if one.learning_rate == rate) for rate in (found.best, usual))
    gain = (found.plain - (inf if own.last is None else own.last)) / (found.plain - (best.last or 0.0))
    if own is best or gain >= NEARLY:
        share = "ended lowest" if own is best else f"gained {100 * gain:.0f} % of what {brief(found.best)} did"
        return Choice(usual, f"{named}; {race} it {share}")
    lost = "was lost" if own.last is None else f"gained {100 * gain:.0f} % of that"
    return Choice(found.best, f"{race} it ended lowest; the usual {brief(usual)} {lost}")


def around(usual: float, optimizer: str) -> NDArray[np.float64]:
    """The rates that race: the usual one in the middle, neighbours about twice each other.

    Examples
    --------
    >>> around(0.003, "adamw").tolist()
    [0.0003, 0.00065, 0.0014, 0.003, 0.0065, 0.014, 0.03]
    """
    reach, count = (10, 7) if optimizer in ADAPTIVE else (100, 13)
    return np.array([float(brief(rate)) for rate in np.geomspace(usual / reach, usual * reach, count)])


def loss_name(network: Network) -> str:
    """The loss that belongs to the network's output: its answer is a number, or classes."""
    return "mean_squared_error" if network.output == "identity" else "cross_entropy"


def optimizer_by(settings: Settled) -> Optimizer:
    """The optimiser with its weight decay."""
    return replace(choose_optimizer(settings.optimizer), weight_decay=settings.weight_decay)
