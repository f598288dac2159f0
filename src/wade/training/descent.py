"""One training run, epoch by epoch.

The batches of an epoch go to the engine in stretches of about a tenth of a second, so that the compiled engine works
without the interpreter and a person is never far from being heard. Where a stretch ends depends on the clock, and
nothing else does: the steps, and the sums over them, are the same however they are cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from wade.engines import Engine, Task
from wade.errors import Diverged
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer
from wade.maths.regularisers import Regularisation
from wade.network import Network
from wade.training.checkpoint import CheckpointWriter
from wade.training.diagnostics import NOT_TAKEN, Sample, Signs, are_due
from wade.training.divergence import Chunk, explain_steps, explain_validation
from wade.training.durations import in_words
from wade.training.history import (
    ChunkDone,
    EpochDone,
    EpochStarted,
    History,
    Listener,
    TrainingEnded,
    ValidationDone,
)
from wade.training.learning_rate_schedule import LearningRateSchedule
from wade.training.listeners import StopTraining
from wade.training.plateau import ReduceOnPlateau
from wade.training.rows import RowSource
from wade.training.stopping import EarlyStopping
from wade.training.train_state import Position, TrainState
from wade.training.validation import EpochEvaluator
from wade.types import Rows, Samples

SECONDS_PER_CHUNK = 0.1
MARKS_SHARE = 0.05
"""Of the time of a stretch, at most, that goes into remembering where it began: what large networks take long for."""


@dataclass
class Descent:
    """One training run: the network on its way down, and the best parameters it has met."""

    network: Network
    rows: RowSource
    shuffle: bool
    judge: EpochEvaluator
    loss: Loss
    optimizer: Optimizer
    regularisation: Regularisation
    pace: LearningRateSchedule
    batch_size: int
    stopping: EarlyStopping | None
    plateau: ReduceOnPlateau | None
    seed: int
    engine: Engine
    on_event: Listener
    keeper: CheckpointWriter | None = None

    def __post_init__(self) -> None:
        history = History(self.engine.name, "loss" if self.judge.metric is None else self.judge.metric.name)
        self.standing = TrainState(self.network, self.optimizer.init(self.network.theta), history)
        self.task = Task(self.network, self.loss, self.optimizer, self.regularisation)
        self.sample = Sample.of(self.rows)
        self.trouble: str | None = None
        self.rate = self.pace.learning_rate
        self.seconds_per_batch, self.seconds_to_mark = SECONDS_PER_CHUNK, 0.0
        self.started = perf_counter()

    @property
    def seconds(self) -> float:
        """Since training began, whatever lay between a checkpoint and going on from it left out."""
        return perf_counter() - self.started

    @property
    def seconds_left(self) -> float:
        """Until the time limit; ∞ where there is none."""
        return np.inf if self.pace.time_limit is None else self.pace.time_limit - self.seconds

    def resume(self) -> bool:
        """Goes on from the checkpoint, where there is one; whether that training had ended already."""
        seconds = self.keeper.resume(self.standing) if self.keeper else None
        if seconds is not None:
            self.started = perf_counter() - seconds
        return bool(self.standing.history.stop_reason)

    def run_epoch(self) -> None:
        """One pass over the rows, or what is left of it: where time runs out, the pass ends there."""
        epoch, begun, _ = self.standing.position
        rates = self.standing.watch.factor * self.pace.of_epoch(epoch)
        self.rate, passed = float(rates[-1]), 0
        self.on_event(EpochStarted(epoch, self.pace.epochs, self.seconds))
        for samples, rows in self.rows.epoch(epoch, self.batch_size, self.seed if self.shuffle else None):
            for stretch in self._stretches(rows[max(0, begun - passed) :]):
                self._learn(samples, stretch, rates)
                if self.trouble:
                    return
            passed += len(rows)
        self._judge()

    def reason_to_stop(self) -> str | None:
        """Why to stop, or None to go on."""
        history, epochs = self.standing.history, self.pace.epochs
        if self.trouble:
            return self.trouble
        if self.stopping and (reason := self.stopping.decide(history)):
            return reason
        if len(history.epochs) == epochs:
            return f"all {epochs} epochs are done"
        if self.pace.time_limit is not None and history.epochs and self.seconds_left <= 0:
            return f"the time limit of {in_words(self.pace.time_limit)} is reached"
        return None

    def interrupt(self) -> None:
        """Ctrl-C: what has been learned stays, and can be gone on with."""
        if self.keeper and self.standing.is_whole and not self.trouble:
            self.keeper.keep(self.standing, self.seconds)
        self.standing.history.interrupted = True

    def finish(self, reason: str) -> History:
        """Restores the best parameters, where an epoch has ended, and closes the history."""
        history = self.standing.history
        history.stop_reason, history.seconds = reason, self.seconds
        if self.trouble and not history.best_epoch:
            self.standing.back_to_mark()
            self._say_the_end()
            raise Diverged(f"Training diverged: {reason}.")
        if history.best_epoch:
            self.network.theta[:] = self.standing.best_theta
        if self.keeper and not history.interrupted:
            self.keeper.keep(self.standing, self.seconds)
        self._say_the_end()
        return history

    def _say_the_end(self) -> None:
        """Tell it; there is nothing left to stop, and Ctrl-C does not take away what has been learned."""
        try:
            with suppress(StopTraining):
                self.on_event(TrainingEnded(self.standing.history))
        except KeyboardInterrupt:
            self.standing.history.interrupted = True

    def _learn(self, samples: Samples, stretch: Rows, rates: NDArray[np.float64]) -> None:
        """Some steps: all of them, or none where they are broken off or lead nowhere."""
        standing, (epoch, begun, total) = self.standing, self.standing.position
        step, count = begun // self.batch_size, -(-len(stretch) // self.batch_size)
        hurried = self.pace.hurried(epoch, step, count, self.seconds)
        rates = rates[step : step + count] if hurried is None else standing.watch.factor * hurried
        self.rate = float(rates[-1])
        began = perf_counter()
        standing.mark()
        self.seconds_to_mark = perf_counter() - began
        try:
            losses = self._descend(samples, stretch, rates)
            if np.isfinite(losses).all():
                done, total = begun + len(stretch), _added(total, losses, len(stretch), self.batch_size)
                standing.position = Position(epoch, done, total)
        except BaseException:
            standing.back_to_mark()
            raise
        if not np.isfinite(losses).all():
            self.trouble = explain_steps(
                self.engine,
                standing,
                self.loss,
                Chunk(samples, stretch, self.batch_size, losses),
                lambda steps: self._descend(samples, stretch[: steps * self.batch_size], rates[:steps]),
                self.pace.learning_rate,
            )
            return
        self.on_event(ChunkDone(epoch, self.pace.epochs, done, len(self.rows), total / done, self.seconds))
        if self.keeper:
            self.keeper.save_if_due(standing, self.seconds)

    def _descend(self, samples: Samples, rows: Rows, rates: NDArray[np.float64]) -> NDArray[np.float64]:
        """The loss of each batch before its step."""
        return self.engine.descend(
            self.task, self.standing.state, samples, rows, self.batch_size, rates, seed=self.seed
        )

    def _judge(self) -> None:
        """Ends an epoch: validation, vital signs, best parameters, event."""
        standing, history = self.standing, self.standing.history
        epoch, rows, total = standing.position
        judged = self.judge.look(self.engine, self.network, self.loss)
        if judged.loss is not None:
            self.on_event(ValidationDone(epoch, self.pace.epochs, judged.loss, judged.metric, self.seconds))
        signs = self._signs() if are_due(epoch, self.pace.steps) else NOT_TAKEN
        done = EpochDone(
            epoch=epoch,
            epochs=self.pace.epochs,
            loss=total / rows,
            validation_loss=judged.loss,
            metric=judged.metric,
            learning_rate=self.rate,
            gradient_norm=signs.gradient_norm,
            update_ratio=signs.update_ratio,
            dead_relus=signs.dead_relus,
            is_best=False,
            seconds=self.seconds,
        )
        if not (np.isfinite(done.selection_loss) and np.isfinite(self.network.theta).all()):
            self.trouble = self._explained(done)
        done = replace(done, is_best=not self.trouble and self._is_best(done))
        watch = self.plateau.look(standing.watch, done.selection_loss) if self.plateau else standing.watch
        # From here on nothing takes long: what is entered together is kept together.
        history.epochs.append(done)
        if done.is_best:
            standing.best_theta[:] = self.network.theta
            history.best_epoch = epoch
        standing.watch, standing.position = watch, Position(epoch + 1)
        self.on_event(done)
        if self.keeper and not self.trouble:  # trouble is no place to go on from
            self.keeper.save_if_due(standing, self.seconds)

    def _signs(self) -> Signs:
        """The network's, as it stands."""
        return self.sample.signs(self.engine, self.standing, self.loss, self.optimizer, self.regularisation, self.rate)

    def _is_best(self, done: EpochDone) -> bool:
        """Whether to keep its parameters; without validation there is nothing to choose by, and the last one is."""
        best, metric = self.standing.history.best, self.judge.metric
        if metric is not None and done.metric is not None:
            return metric.is_better(done.metric, best.metric if best else None)
        return best is None or done.validation_loss is None or done.selection_loss < best.selection_loss

    def _explained(self, done: EpochDone) -> str:
        X, y, _ = next(iter((self.judge.held_out or self.rows).blocks()))
        return explain_validation(
            self.engine, self.network, done.selection_loss, done.epoch, X, y, learning_rate=self.pace.learning_rate
        )

    def _stretches(self, rows: Rows) -> Iterator[Rows]:
        """The rows in pieces of whole batches that take about `SECONDS_PER_CHUNK` each, until time is up."""
        first = 0
        while first < len(rows) and (self.seconds_left > 0 or not self.standing.position.rows):
            seconds = max(SECONDS_PER_CHUNK, self.seconds_to_mark / MARKS_SHARE)
            batches = round(min(seconds, self.seconds_left) / self.seconds_per_batch)
            stretch, began = rows[first : first + max(1, batches) * self.batch_size], perf_counter()
            yield stretch
            first += len(stretch)
            self.seconds_per_batch = max(1e-9, (perf_counter() - began) / -(-len(stretch) // self.batch_size))


def _added(total: float, losses: NDArray[np.float64], n_rows: int, batch_size: int) -> float:
    """`total` and the sum over rows of the mean losses of batches, of which only the last may be shorter.

    They are added up one after another, so that the sum does not depend on how the batches are cut into stretches.
    """
    sums = losses * batch_size
    sums[-1] = losses[-1] * (n_rows - (len(losses) - 1) * batch_size)
    return float(np.add.accumulate(np.concatenate([[total], sums]))[-1])
