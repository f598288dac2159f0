"""The state of a `Walk`, and the steps that lead from it: everything that a snapshot holds, and one way forward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade.engines import Engine, Task, choose_engine
from wade.errors import InvalidArgument
from wade.maths.losses import Loss
from wade.maths.optimizers import State
from wade.network import Network
from wade.network.parameter_entry import parameter_entry
from wade.training.rows import InMemory
from wade.training.train_state import copy_state
from wade.training.walk.curve import LossCurve
from wade.training.walk.journal import Edit, Entry
from wade.training.walk.settings import OF_NETWORK, WalkSettings
from wade.training.walk.snapshots import Snapshot
from wade.types import Rows, Samples

MOST_AT_ONCE: Final = 100_000


class Chunk(NamedTuple):
    """Some steps that follow one another: their rows, their rates, and where they lead."""

    rows: Rows
    rates: NDArray[np.float64]
    epoch: int
    done: int


class StepState:
    """Where a walk stands, and how it goes forward; `Walk` describes the attributes."""

    def __init__(
        self,
        network: Network,
        source: InMemory,
        loss: Loss,
        settings: WalkSettings,
        *,
        shuffle: bool,
        seed: int,
        engine: str,
        threads: int | None,
    ) -> None:
        self.network, self.loss, self.settings, self.seed = network, loss, settings, seed
        self._source, self._shuffle, self._engine_options = source, shuffle, (engine, threads)
        self._begin()

    def _begin(self) -> None:
        """The first step is at hand."""
        self.steps, self.epoch, self.rows_done = 0, 1, 0
        self.optimizer_state: State = self.settings.optimizer.init(self.network.theta)
        self.curve = LossCurve()
        self._choose_engine()

    @property
    def samples(self) -> Samples:
        """The training rows, as the network reads them."""
        return self._source.samples

    @property
    def engine(self) -> Engine:
        """The engine that takes the steps."""
        return self._engine

    @property
    def n_rows(self) -> int:
        """Training rows, which make an epoch."""
        return len(self._source)

    @property
    def progress(self) -> float:
        """Epochs done, the running one in part."""
        return self.epoch - 1 + self.rows_done / self.n_rows

    @property
    def learning_rate(self) -> float:
        """That of the step at hand, by the schedule."""
        return float(self._settings_rates(self.epoch, self.rows_done, 1)[0])

    def batch(self) -> Rows:
        """The rows of the step at hand, as numbers of `samples`."""
        return self._order(self.epoch)[self.rows_done : self.rows_done + self.settings.batch_size]

    def _choose_engine(self) -> None:
        self._task = Task(self.network, self.loss, self.settings.optimizer, self.settings.regularization)
        name, threads = self._engine_options
        self._engine = choose_engine(name, threads, self._task)

    def _settings_rates(self, epoch: int, first: int, count: int) -> NDArray[np.float64]:
        return self.settings.rates(epoch, first, count, self.n_rows)

    def _order(self, epoch: int) -> Rows:
        (_, order), *_ = self._source.epoch(epoch, self.settings.batch_size, self.seed if self._shuffle else None)
        return order

    def _steps_left(self) -> int:
        return -(-(self.n_rows - self.rows_done) // self.settings.batch_size)

    def _chunk(self, most: int) -> Chunk:
        """The next steps, at most `most`: up to the end of an epoch, and beyond it where no batch is short."""
        size, rows, rates = self.settings.batch_size, [], []
        epoch, done, left = self.epoch, self.rows_done, min(most, MOST_AT_ONCE)
        while left:
            order = self._order(epoch)[done : done + left * size]
            count = -(-len(order) // size)
            rows.append(order)
            rates.append(self._settings_rates(epoch, done, count))
            done, left = done + len(order), left - count
            if done == self.n_rows:
                epoch, done = epoch + 1, 0
                if len(order) % size:
                    break
        return Chunk(np.concatenate(rows), np.concatenate(rates), epoch, done)

    @np.errstate(all="ignore")  # where a number is not finite, the walk says so
    def _descend(self, rows: Rows, rates: NDArray[np.float64]) -> NDArray[np.float64]:
        size, state = self.settings.batch_size, self.optimizer_state
        return self._engine.descend(self._task, state, self.samples, rows, size, rates, seed=self.seed)

    def _move(self, chunk: Chunk, losses: NDArray[np.float64]) -> None:
        """These steps are taken."""
        self.steps, self.epoch, self.rows_done = self.steps + len(losses), chunk.epoch, chunk.done
        self.curve.extend(losses, chunk.rates)

    def _take_again(self, count: int) -> None:
        """Steps that were taken before, and were finite."""
        while count > 0:
            chunk = self._chunk(count)
            losses = self._descend(chunk.rows, chunk.rates)
            self._move(chunk, losses)
            count -= len(losses)

    def _snapshot(self, entries: int) -> Snapshot:
        return Snapshot(
            steps=self.steps,
            epoch=self.epoch,
            rows=self.rows_done,
            entries=entries,
            architecture=self.network.architecture,
            settings=self.settings,
            theta=self.network.theta.copy(),
            optimizer_state=copy_state(self.optimizer_state),
            curve=self.curve.copy(),
        )

    def _restore(self, kept: Snapshot) -> None:
        self.steps, self.epoch, self.rows_done = kept.steps, kept.epoch, kept.rows
        if self.network.architecture == kept.architecture:
            self.network.theta[:] = kept.theta
        else:
            self.network = Network.from_dict(kept.architecture.to_dict(), kept.theta)
        self.settings, self.optimizer_state = kept.settings, copy_state(kept.optimizer_state)
        self.curve = kept.curve.copy()
        self._choose_engine()

    def _apply(self, entry: Entry) -> None:
        if isinstance(entry, Edit):
            self._apply_edit(entry.parameter, entry.value)
        else:
            self._apply_change(entry.settings)

    def _apply_change(self, settings: Mapping[str, Any]) -> None:
        of_network = {name: settings[name] for name in OF_NETWORK if name in settings}
        changed = self.settings.changed(**{name: value for name, value in settings.items() if name not in OF_NETWORK})
        if of_network:
            self.network = Network.from_dict(self.network.to_dict() | of_network, self.network.theta)
        if changed.optimizer != self.settings.optimizer:
            fresh = changed.optimizer.init(self.network.theta)
            same = {name: np.shape(value) for name, value in fresh.items()} == {
                name: np.shape(value) for name, value in self.optimizer_state.items()
            }
            if not (same and type(changed.optimizer) is type(self.settings.optimizer)):
                self.optimizer_state = fresh
        self.settings = changed
        self._choose_engine()

    def _apply_edit(self, parameter: str, value: float) -> None:
        name, bracket, index = parameter.strip().rpartition("[")
        name, places = parameter_entry(self.network, name + bracket + index.replace(" ", ""))
        values = self.network.parameters[name]
        if not abs(value) <= float(np.finfo(values.dtype).max):
            raise InvalidArgument("value", f"must be a finite {values.dtype} number", value, "Try 0.5.")
        values[places] = value
