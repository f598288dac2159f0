"""One training run, epoch by epoch.

The batches of an epoch go to the engine in chunks of about a tenth of a second, so that the compiled engine runs
without the interpreter, and progress and Ctrl-C are handled several times a second. Where a chunk ends depends on the
clock; the steps, and the sums over them, do not depend on where it ends.
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
from wade.maths.regularizers import Regularization
from wade.network import Network
from wade.training import history as events
from wade.training.checkpoint import CheckpointWriter
from wade.training.diagnostics import NO_DIAGNOSTICS, DiagnosticRows, are_due
from wade.training.divergence import explain_steps, explain_validation
from wade.training.durations import in_words
from wade.training.history import EpochDone, History, Listener
from wade.training.learning_rate_schedule import LearningRateSchedule
from wade.training.listeners import StopTraining
from wade.training.plateau import ReduceOnPlateau
from wade.training.rows import RowSource
from wade.training.stopping import EarlyStopping
from wade.training.train_state import Position, TrainState
from wade.training.validation import EpochEvaluator
from wade.types import Rows, Samples

SECONDS_PER_CHUNK = 0.1
SNAPSHOT_SHARE = 0.05
"""Of the time of a chunk, at most, that goes into the snapshot before it, which takes long for large networks."""


@dataclass
class Descent:
    """One training run: its settings, where it stands, and how it goes on."""

    network: Network
    rows: RowSource
    shuffle: bool
    evaluator: EpochEvaluator
    loss: Loss
    optimizer: Optimizer
    regularization: Regularization
    schedule: LearningRateSchedule
    batch_size: int
    stopping: EarlyStopping | None
    plateau: ReduceOnPlateau | None
    seed: int
    engine: Engine
    on_event: Listener
    checkpoint_writer: CheckpointWriter | None = None

    def __post_init__(self) -> None:
        history = History(self.engine.name, "loss" if self.evaluator.metric is None else self.evaluator.metric.name)
        self.train_state = TrainState(self.network, self.optimizer.init(self.network.theta), history)
        self.task = Task(self.network, self.loss, self.optimizer, self.regularization)
        self.diagnostic_rows = DiagnosticRows.of(self.rows)
        self.divergence: str | None = None
        self.learning_rate = self.schedule.learning_rate
        self.seconds_per_batch, self.seconds_per_snapshot = SECONDS_PER_CHUNK, 0.0
        self.started = perf_counter()

    @property
    def seconds(self) -> float:
        """Since training began, the time between a checkpoint and its resuming left out."""
        return perf_counter() - self.started

    @property
    def seconds_left(self) -> float:
        """Until the time limit; ∞ where there is none."""
        return np.inf if self.schedule.time_limit is None else self.schedule.time_limit - self.seconds

    def resume(self) -> bool:
        """Resumes from the checkpoint, where there is one; whether that training had ended already."""
        seconds = self.checkpoint_writer.resume(self.train_state) if self.checkpoint_writer else None
        if seconds is not None:
            self.started = perf_counter() - seconds
        return bool(self.train_state.history.stop_reason)

    @np.errstate(all="ignore")  # where a number is not finite, training ends with a message that says why
    def run_epoch(self) -> None:
        """One pass over the rows, or the rest of one that was begun; where time runs out, the pass ends there."""
        epoch, begun, _ = self.train_state.position
        rates = self.train_state.plateau.factor * self.schedule.of_epoch(epoch)
        self.learning_rate, passed = float(rates[-1]), 0
        self.on_event(events.EpochStarted(epoch, self.schedule.epochs, self.seconds))
        for samples, rows in self.rows.epoch(epoch, self.batch_size, self.seed if self.shuffle else None):
            for chunk in self._chunks(rows[max(0, begun - passed) :]):
                self._train_chunk(samples, chunk, rates)
                if self.divergence:
                    return
            passed += len(rows)
        self._end_epoch()

    def reason_to_stop(self) -> str | None:
        """Why to stop, or None to go on."""
        history, epochs, time_limit = self.train_state.history, self.schedule.epochs, self.schedule.time_limit
        if self.divergence:
            return self.divergence
        if self.stopping and (reason := self.stopping.decide(history)):
            return reason
        if len(history.epochs) == epochs:
            return f"all {epochs} epochs are done"
        if time_limit is not None and history.epochs and self.seconds_left <= 0:
            return f"the time limit of {in_words(time_limit)} is reached"
        return None

    def interrupt(self) -> None:
        """Ctrl-C: the steps that were taken are kept, and can be resumed."""
        if self.checkpoint_writer and self.train_state.is_whole and not self.divergence:
            self.checkpoint_writer.save(self.train_state, self.seconds)
        self.train_state.history.interrupted = True

    def finish(self, reason: str) -> History:
        """Restores the best parameters, where an epoch has ended, and closes the history."""
        history = self.train_state.history
        history.stop_reason, history.seconds = reason, self.seconds
        if self.divergence and not history.best_epoch:
            self.train_state.restore()
            self._notify_end()
            raise Diverged(f"Training diverged: {reason}.")
        if history.best_epoch:
            self.network.theta[:] = self.train_state.best_theta
        if self.checkpoint_writer and not history.interrupted:
            self.checkpoint_writer.save(self.train_state, self.seconds)
        self._notify_end()
        return history

    def _notify_end(self) -> None:
        """The last event: there is nothing left to stop, and Ctrl-C does not discard the result."""
        try:
            with suppress(StopTraining):
                self.on_event(events.TrainingEnded(self.train_state.history))
        except KeyboardInterrupt:
            self.train_state.history.interrupted = True

    def _train_chunk(self, samples: Samples, rows: Rows, rates: NDArray[np.float64]) -> None:
        """Some steps: all of them, or none where they are interrupted or diverge."""
        state, (epoch, begun, total) = self.train_state, self.train_state.position
        step, count = begun // self.batch_size, -(-len(rows) // self.batch_size)
        by_time = self.schedule.by_time(epoch, step, count, self.seconds)
        rates = rates[step : step + count] if by_time is None else state.plateau.factor * by_time
        self.learning_rate = float(rates[-1])
        began = perf_counter()
        state.snapshot()
        self.seconds_per_snapshot = perf_counter() - began
        try:
            losses = self._descend(samples, rows, rates)
            if np.isfinite(losses).all():
                done, total = begun + len(rows), _added(total, losses, len(rows), self.batch_size)
                state.position = Position(epoch, done, total)
        except BaseException:
            state.restore()
            raise
        if not np.isfinite(losses).all():
            self.divergence = explain_steps(
                self.engine,
                state,
                self.loss,
                losses=losses,
                batch=lambda step: samples.take(rows[step * self.batch_size : (step + 1) * self.batch_size]),
                replay=lambda steps: self._descend(samples, rows[: steps * self.batch_size], rates[:steps]),
                learning_rate=self.schedule.learning_rate,
            )
            return
        self.on_event(events.ChunkDone(epoch, self.schedule.epochs, done, len(self.rows), total / done, self.seconds))
        if self.checkpoint_writer:
            self.checkpoint_writer.save_if_due(state, self.seconds)

    def _descend(self, samples: Samples, rows: Rows, rates: NDArray[np.float64]) -> NDArray[np.float64]:
        """The loss of each batch before its step."""
        optimizer_state = self.train_state.state
        return self.engine.descend(self.task, optimizer_state, samples, rows, self.batch_size, rates, seed=self.seed)

    def _end_epoch(self) -> None:
        """Validation, diagnostics, best parameters, event, checkpoint."""
        state, history = self.train_state, self.train_state.history
        epoch, rows, total = state.position
        score = self.evaluator.evaluate(self.engine, self.network, self.loss)
        if score.loss is not None:
            self.on_event(events.ValidationDone(epoch, self.schedule.epochs, score.loss, score.metric, self.seconds))
        diagnostics = NO_DIAGNOSTICS
        if are_due(epoch, self.schedule.steps):
            diagnostics = self.diagnostic_rows.diagnose(self.engine, self.task, state.state, self.learning_rate)
        done = EpochDone(
            epoch=epoch,
            epochs=self.schedule.epochs,
            loss=total / rows,
            validation_loss=score.loss,
            metric=score.metric,
            learning_rate=self.learning_rate,
            **diagnostics._asdict(),
            is_best=False,
            seconds=self.seconds,
        )
        if not (np.isfinite(done.selection_loss) and np.isfinite(self.network.theta).all()):
            self.divergence = self._explain_validation(done)
        done = replace(done, is_best=not self.divergence and self._is_best(done))
        plateau = self.plateau.update(state.plateau, done.selection_loss) if self.plateau else state.plateau
        # From here on nothing takes long: what is entered together is saved together.
        history.epochs.append(done)
        if done.is_best:
            state.best_theta[:] = self.network.theta
            history.best_epoch = epoch
        state.plateau, state.position = plateau, Position(epoch + 1)
        self.on_event(done)
        if self.checkpoint_writer and not self.divergence:  # a diverged training cannot be resumed
            self.checkpoint_writer.save_if_due(state, self.seconds)

    def _is_best(self, done: EpochDone) -> bool:
        """Whether its parameters are the best so far; without validation rows the last epoch counts as the best."""
        best, metric = self.train_state.history.best, self.evaluator.metric
        if metric is not None and done.metric is not None:
            return metric.is_better(done.metric, best.metric if best else None)
        return best is None or done.validation_loss is None or done.selection_loss < best.selection_loss

    def _explain_validation(self, done: EpochDone) -> str:
        samples = next(iter((self.evaluator.held_out or self.rows).blocks()))
        return explain_validation(
            self.engine, self.network, done.selection_loss, done.epoch, samples, self.schedule.learning_rate
        )

    def _chunks(self, rows: Rows) -> Iterator[Rows]:
        """The rows in chunks of whole batches that take about `SECONDS_PER_CHUNK` each, until time is up."""
        first = 0
        while first < len(rows) and (self.seconds_left > 0 or not self.train_state.position.rows):
            seconds = max(SECONDS_PER_CHUNK, self.seconds_per_snapshot / SNAPSHOT_SHARE)
            batches = round(min(seconds, self.seconds_left) / self.seconds_per_batch)
            chunk, began = rows[first : first + max(1, batches) * self.batch_size], perf_counter()
            yield chunk
            first += len(chunk)
            self.seconds_per_batch = max(1e-9, (perf_counter() - began) / -(-len(chunk) // self.batch_size))


def _added(total: float, losses: NDArray[np.float64], n_rows: int, batch_size: int) -> float:
    """`total` and the sum over rows of the mean losses of batches, of which only the last may be shorter.

    They are added one after another, so that the sum does not depend on how the batches are cut into chunks.
    """
    sums = losses * batch_size
    sums[-1] = losses[-1] * (n_rows - (len(losses) - 1) * batch_size)
    return float(np.add.accumulate(np.concatenate([[total], sums]))[-1])
