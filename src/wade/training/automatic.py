"""The learning rate that nobody named: several race for a tenth of the training's steps, and the best of them trains.

The race is the one of `wade race`: all rates from the network's own start, over the batches that training will begin
with, judged by `verdicts`. It counts steps and never looks at the clock, so the same seed finds the same rate.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from wade.maths.optimizers import Optimizer, choose_optimizer
from wade.network import Network
from wade.settings import USUAL_RATES, Choice, Settled
from wade.training.rates import race_rates
from wade.training.rows import RowSource
from wade.training.verdicts import brief, judge

SHARE_OF_STEPS: Final = 0.1
FEWEST_STEPS: Final = 20
MOST_STEPS: Final = 100
RATES: Final = {"adam": (3e-4, 3e-2, 8), "adamw": (3e-4, 3e-2, 8), "rmsprop": (1e-4, 1e-2, 8)}
OTHER_RATES: Final = (1e-3, 10.0, 12)
"""The lowest, the highest, and how many: methods that measure every parameter's gradient need less of a span."""


def raced_rate(settings: Settled, network: Network, rows: RowSource) -> Choice:
    """The learning rate that ends a short race lowest, or the usual one where no race is possible or it tells nothing.

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
    """
    usual = USUAL_RATES[settings.optimizer]
    lowest, highest, count = RATES.get(settings.optimizer, OTHER_RATES)
    all_steps = settings.epochs * -(-len(rows) // settings.batch_size)
    # The start runs along too.
    steps = min(MOST_STEPS, int(SHARE_OF_STEPS * all_steps / (count + 1)))
    if steps < FEWEST_STEPS:
        return Choice(usual, f"the usual one for {settings.optimizer}: {all_steps:,} steps are too few to race before")
    # All rows in memory, or as many as a window holds of rows that are streamed.
    (X, y, weights), _ = next(rows.epoch(1, settings.batch_size, settings.seed))
    raced = race_rates(
        network,
        X,
        y,
        np.geomspace(lowest, highest, count),
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
    race = f"{count} rates from {brief(lowest)} to {brief(highest)} raced for {steps} steps"
    if found.best is None or found.lowest is None or found.highest is None:
        return Choice(usual, f"the usual one for {settings.optimizer}: {race}, and none ended below the start")
    span = f"{brief(found.lowest)} to {brief(found.highest)}"
    return Choice(float(brief(found.best)), f"{race}; it ended lowest, and {span} converge")


def loss_name(network: Network) -> str:
    """The loss that belongs to the network's output: its answer is a number, or classes."""
    return "mean_squared_error" if network.output == "identity" else "cross_entropy"


def optimizer_by(settings: Settled) -> Optimizer:
    """The optimiser with its weight decay."""
    return replace(choose_optimizer(settings.optimizer), weight_decay=settings.weight_decay)
