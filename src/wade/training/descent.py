"""One training run, epoch by epoch.

The batches of an epoch go to the engine in stretches of about a tenth of a second, so that the compiled engine works
without the interpreter and a person is never far from being heard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from wade.engines import Engine
from wade.errors import Diverged
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer
from wade.maths.regularisers import Regularisation
from wade.network import Network
from wade.training.history import EpochDone, History, Listener, StretchDone
from wade.training.plateau import ReduceOnPlateau, Watch
from wade.training.rows import RowSource
from wade.training.stopping import EarlyStopping
from wade.types import Floats, Rows

SECONDS_PER_STRETCH = 0.1


@dataclass
class Descent:
    """One training run: the network on its way down, and the best parameters it has met."""

    network: Network
    rows: RowSource
    shuffle: bool
    held_out: RowSource | None
    loss: Loss
    optimizer: Optimizer
    regularisation: Regularisation
    learning_rates: NDArray[np.float64]  # (epochs, steps of an epoch)
    batch_size: int
    plateau: ReduceOnPlateau | None
    seed: int
    engine: Engine
    on_event: Listener

    def __post_init__(self) -> None:
        self.history = History(self.engine.name)
        self.state = self.optimizer.init(self.network.theta)
        self.watch = Watch()
        self.best_theta = self.network.theta.copy()
        self.rows_per_stretch = 16 * self.batch_size
        self.started = perf_counter()

    @property
    def seconds(self) -> float:
        """Since training began."""
        return perf_counter() - self.started

    def run_epoch(self, epoch: int) -> None:
        """One pass over the rows."""
        total, done, step = 0.0, 0, 0
        epochs, rates = len(self.learning_rates), self.watch.factor * self.learning_rates[epoch - 1]
        order = self.seed if self.shuffle else None
        for (X, y, weights), rows in self.rows.epoch(epoch, self.batch_size, order):
            for stretch in self._stretches(rows):
                steps = -(-len(stretch) // self.batch_size)
                losses = self.engine.descend(
                    self.network,
                    X,
                    y,
                    self.loss,
                    self.optimizer,
                    self.state,
                    stretch,
                    self.batch_size,
                    rates[step : step + steps],
                    weights,
                    self.regularisation,
                    self.seed,
                )
                total += _sum_over_rows(losses, len(stretch), self.batch_size)
                done, step = done + len(stretch), step + steps
                self.on_event(StretchDone(epoch, epochs, done, len(self.rows), total / done, self.seconds))
        self._judge(epoch, total / done, float(rates[-1]))

    def reason_to_stop(self, stopping: EarlyStopping | None) -> str | None:
        """Why to stop after the epoch that has just ended, or None to go on."""
        if not np.isfinite(self.history.epochs[-1].judged_loss):
            return f"the loss became {self.history.epochs[-1].judged_loss} in epoch {len(self.history.epochs)}"
        return stopping.decide(self.history) if stopping else None

    def finish(self, reason: str) -> History:
        """Restores the best parameters, where an epoch has ended, and closes the history."""
        history = self.history
        if history.epochs and not history.best_epoch:
            rate = self.learning_rates[0, 0]
            raise Diverged(f"Training diverged: {reason}, with a learning rate of {rate:g}. Try a tenth of it.")
        if history.best_epoch:
            self.network.theta[:] = self.best_theta
        history.stopped_because, history.seconds = reason, self.seconds
        return history

    def _judge(self, epoch: int, loss: float, learning_rate: float) -> None:
        """Ends an epoch: validation loss, best parameters, event."""
        held_out = self.held_out
        validation_loss = None if held_out is None else self._mean_loss(held_out)
        done = EpochDone(epoch, len(self.learning_rates), loss, validation_loss, learning_rate, False, self.seconds)
        best = self.history.best
        # Without validation there is nothing to choose by: the last finite epoch is the one to keep.
        if np.isfinite(done.judged_loss) and (best is None or held_out is None or done.judged_loss < best.judged_loss):
            done = replace(done, is_best=True)
            self.history.best_epoch = epoch
            self.best_theta[:] = self.network.theta
        if self.plateau:
            self.watch = self.plateau.look(self.watch, done.judged_loss)
        self.history.epochs.append(done)
        self.on_event(done)

    def _mean_loss(self, rows: RowSource) -> float:
        """The mean loss over rows that are not learned from."""
        losses, counts = [], []
        for X, y, weights in rows.blocks():
            losses.append(self.engine.loss(self.network, X, y, self.loss, weights))
            counts.append(len(X) if weights is None else float(weights.sum()))
        total = sum(counts)
        return sum(loss * (count / total) for loss, count in zip(losses, counts, strict=True)) if total else 0.0

    def _stretches(self, rows: Rows) -> Iterator[Rows]:
        """The rows in pieces of whole batches that take about `SECONDS_PER_STRETCH` each."""
        first = 0
        while first < len(rows):
            stretch, began = rows[first : first + self.rows_per_stretch], perf_counter()
            yield stretch
            first += len(stretch)
            batches = len(stretch) / self.batch_size * SECONDS_PER_STRETCH / (perf_counter() - began)
            self.rows_per_stretch = max(1, round(batches)) * self.batch_size


def _sum_over_rows(losses: Floats, n_rows: int, batch_size: int) -> float:
    """The sum over rows of the mean losses of batches, of which only the last may be shorter."""
    return float(losses[:-1].sum() * batch_size + losses[-1] * (n_rows - (len(losses) - 1) * batch_size))
