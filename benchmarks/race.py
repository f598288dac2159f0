"""Many learning rates at once, beside as many single runs of wade's own: what a race saves.

Each model has a learning rate of its own from 1e-5 to 10. Rows come in chunks, as a caller that wants to be
interruptible would pass them, and models that are lost are left out of the next. One thread each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wade.engines import Candidate, NativeEngine, Task
from wade.maths.losses import choose_loss
from wade.network import Network
from wade.types import Inputs, Rows, Samples

from .turns import Contestant, Turn
from .works import OPTIMIZERS, flights

ROWS_AT_ONCE = 16_384
COLUMNS = ("temperature", "wind_speed")  # the question as the deck first asks it
LOSS = choose_loss("cross_entropy", "sigmoid")


@dataclass(frozen=True)
class Race:
    """Models of one architecture over the first rows of the flights; None: all of them, one epoch."""

    hidden: tuple[int, ...]
    models: int
    batch_size: int
    optimizer: str
    n_rows: int | None = None

    @property
    def name(self) -> str:
        """As the table calls it."""
        widths = "-".join(map(str, (len(COLUMNS), *self.hidden, 1)))
        rows = "an epoch of the flights" if self.n_rows is None else f"{self.n_rows:,} flights"
        return f"{self.models} × {widths}, {self.optimizer}, batch {self.batch_size}, {rows}"

    @property
    def rows(self) -> Rows:
        """In the order of descent."""
        return flights().rows[: self.n_rows]


@cache
def table() -> tuple[Inputs, NDArray[Any]]:
    """Numbers of the columns, and the answers."""
    prepared = flights()
    columns = [prepared.layout.numbers.index(name) for name in COLUMNS]
    return Inputs(np.ascontiguousarray(prepared.X.numbers[:, columns]), prepared.X.codes[:, :0].copy()), prepared.y


def chunks(race: Race) -> Iterator[tuple[Rows, NDArray[np.float64]]]:
    """The rows in chunks of whole batches, with the factors of their steps."""
    for first in range(0, len(race.rows), ROWS_AT_ONCE):
        chunk = race.rows[first : first + ROWS_AT_ONCE]
        yield chunk, np.ones(-(-len(chunk) // race.batch_size))


def start(race: Race) -> list[Candidate]:
    """The models with their optimizer states and learning rates."""
    networks = [Network(len(COLUMNS), race.hidden, 1, seed=model) for model in range(race.models)]
    rates = np.geomspace(1e-5, 10, race.models).tolist()
    states = [OPTIMIZERS[race.optimizer].init(network.theta) for network in networks]
    return [Candidate(*each) for each in zip(networks, states, rates, strict=True)]


def side_by_side(race: Race) -> Contestant:
    """All models in one pass over the rows."""
    engine, (X, y), optimizer = NativeEngine(threads=1), table(), OPTIMIZERS[race.optimizer]

    def turn() -> Turn:
        candidates = start(race)
        task, running, first_losses = Task(candidates[0].network, LOSS, optimizer), list(range(race.models)), []
        began = perf_counter()
        for rows, factors in chunks(race):
            entered = [candidates[k] for k in running]
            losses = engine.race(task, entered, Samples(X, y), rows, race.batch_size, factors)
            first_losses.append(losses[0])  # of the slowest model, which is never lost
            running = [k for k, found in zip(running, losses[:, -1], strict=True) if np.isfinite(found)]
        return Turn(perf_counter() - began, np.concatenate(first_losses))

    return turn


def one_by_one(race: Race) -> Contestant:
    """A whole descent for each model, one after another."""
    engine, (X, y), optimizer = NativeEngine(threads=1), table(), OPTIMIZERS[race.optimizer]

    def turn() -> Turn:
        candidates, first_losses = start(race), []
        began = perf_counter()
        for network, state, rate in candidates:
            for rows, factors in chunks(race):
                losses = engine.descend(
                    Task(network, LOSS, optimizer), state, Samples(X, y), rows, race.batch_size, rate * factors
                )
                if network is candidates[0].network:
                    first_losses.append(losses)
        return Turn(perf_counter() - began, np.concatenate(first_losses))

    return turn
