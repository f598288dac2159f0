"""A training that is held in the hand: step by step, forwards and backwards, with changes on the way."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.engines import Engine, Task, choose_engine
from wade.errors import Diverged, InvalidArgument, unknown_name
from wade.maths.losses import Loss, choose_loss, usual_loss
from wade.maths.optimizers import State
from wade.network import Network
from wade.training.data import as_source
from wade.training.divergence import explain_steps
from wade.training.history import History
from wade.training.rows import InMemory
from wade.training.train_state import Position, TrainState, copy_state
from wade.training.walk.curve import LossCurve
from wade.training.walk.journal import Change, Edit, Entry
from wade.training.walk.settings import OF_NETWORK, WalkSettings
from wade.training.walk.snapshots import Snapshot, Snapshots
from wade.types import Array, Inputs, Rows, Samples

Phase: TypeAlias = Literal["", "forward", "backward"]
PHASES: Final[tuple[Phase, ...]] = ("", "forward", "backward")
"""What is done of the step at hand; its last phase, the update, completes it."""
SECONDS_PER_SNAPSHOT: Final = 0.05
"""Of training between two snapshots: how long going back takes at most, as long as no snapshot was dropped."""
MOST_AT_ONCE: Final = 100_000


class _Chunk(NamedTuple):
    """Some steps that follow one another: their rows, their rates, and where they lead."""

    rows: Rows
    rates: NDArray[np.float64]
    epoch: int
    done: int


class Walk:
    r"""A training by gradient descent that takes as many steps as it is asked for, forwards and backwards.

    .. math:: \theta_{s+1} = \theta_s - \eta_s \cdot \text{optimizer}(\partial J_s / \partial \theta)

    Steps are those of `wade.train` with the same settings and seed, bit for bit, however they are cut into calls. Going
    back restores θ, the optimizer state and the order of the rows exactly: from the last snapshot before, the steps are
    taken again. What was changed after that step is undone as well.

    Parameters
    ----------
    network : Network
        Its θ changes in place; `walk.network` is the one that the steps act on, as a new activation makes a new one.
    X : Inputs, or array (n_samples, n_numbers)
    y : array (n_samples, n_outputs) or (n_samples,); for softmax class numbers (n_samples,)
    loss : str or Loss, optional
        None: cross-entropy for probabilities, else the squared error.
    shuffle : bool
    seed : int
        Of the shuffles and dropout's masks.
    engine : "auto", "native" or "reference"
    threads : int, optional
    settings
        As in `WalkSettings`: optimizer, learning_rate, schedule, epochs, batch_size, l1, l2, clip_norm.

    Attributes
    ----------
    network : Network
    steps : int
        Taken so far.
    epoch : int
        The running one, from 1.
    rows_done : int
        Of the running epoch.
    phase : "", "forward" or "backward"
        What is done of the step at hand.
    settings : WalkSettings
    optimizer_state : dict
    curve : LossCurve
        The training loss over the steps.
    journal : tuple of Change and Edit
        With the starting parameters, all that is needed to come to this θ again.

    Raises
    ------
    InvalidArgument
        A setting or the shape of the rows is not valid.

    Examples
    --------
    >>> import numpy as np, wade
    >>> X, y = np.asarray([[0, 0], [0, 1], [1, 0], [1, 1]]), np.asarray([0, 1, 1, 0])
    >>> walk = wade.Walk(wade.Network(2, hidden=(8,), activation="tanh", seed=1), X, y, learning_rate=0.5)
    >>> losses = walk.step(3)
    >>> before = walk.network.theta.copy()
    >>> _ = walk.step(100)
    >>> walk.change(learning_rate=0.1, batch_size=2)
    >>> _ = walk.run_epochs(2)
    >>> walk.back(walk.steps - 3)
    >>> walk.steps, walk.epoch, bool((walk.network.theta == before).all()), walk.settings.batch_size
    (3, 1, True, 1)
    """

    def __init__(
        self,
        network: Network,
        X: Inputs | Array,
        y: Array,
        *,
        loss: str | Loss | None = None,
        weights: Array | None = None,
        shuffle: bool = True,
        seed: int = 0,
        engine: str = "auto",
        threads: int | None = None,
        **settings: Any,
    ) -> None:
        self.network = network
        self.settings = WalkSettings().changed(**settings)
        self.loss = choose_loss(usual_loss(network.output) if loss is None else loss, network.output)
        source = as_source(network, X, y, weights, self.loss, "training")
        assert isinstance(source, InMemory)
        self._source, self._shuffle, self._engine_options = source, shuffle, (engine, threads)
        self.seed = seed
        self.phase: Phase = ""
        self._steps_per_second = 1e4
        self._start()

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

    @property
    def journal(self) -> tuple[Entry, ...]:
        """Changes and edits since the start, in their order."""
        return tuple(self._journal)

    def batch(self) -> Rows:
        """The rows of the step at hand, as numbers of `samples`."""
        return self._order(self.epoch)[self.rows_done : self.rows_done + self.settings.batch_size]

    def step(self, count: int = 1) -> NDArray[np.float64]:
        """Takes steps; returns the loss of each batch before its step.

        Raises
        ------
        Diverged
            Where a loss is not a finite number: when, in which layer, and the likely cause. The walk stands at the last
            step with finite parameters.
        """
        losses: list[NDArray[np.float64]] = []
        left = _checked_count(count)
        while left:
            losses.append(self._take(self._chunk(left)))
            left -= len(losses[-1])
        self.phase = ""
        return np.concatenate(losses) if losses else np.empty(0)

    def run_epochs(self, count: int = 1) -> NDArray[np.float64]:
        """Takes the steps up to the end of the running epoch, and of those after it; returns as `step` does."""
        losses = [self.step(self._steps_left()) for _ in range(_checked_count(count))]
        return np.concatenate(losses) if losses else np.empty(0)

    def run_for(self, seconds: float) -> NDArray[np.float64]:
        """Takes as many steps as fit into this time, at least one; returns as `step` does."""
        end, losses, chunk = perf_counter() + seconds, [], max(1, round(seconds * self._steps_per_second / 4))
        while True:
            began = perf_counter()
            losses.append(self.step(min(chunk, MOST_AT_ONCE)))
            now = perf_counter()
            self._steps_per_second = len(losses[-1]) / max(now - began, 1e-7)
            left = end - now
            if left <= 0:
                return np.concatenate(losses)
            chunk = max(1, round(min(left, seconds / 4) * self._steps_per_second))

    def advance(self) -> Phase:
        """The next phase of the step at hand: forward, backward, or the update, which completes it."""
        if self.phase == "backward":
            self.step()
        else:
            self.phase = PHASES[PHASES.index(self.phase) + 1]
        return self.phase

    def retreat(self) -> Phase:
        """Undoes the last phase; InvalidArgument at the start."""
        if self.phase:
            self.phase = PHASES[PHASES.index(self.phase) - 1]
        else:
            self.back()
            self.phase = "backward"
        return self.phase

    def back(self, count: int = 1) -> None:
        """Undoes the last steps: everything is bit for bit as it was, and later changes and edits are undone.

        Raises
        ------
        InvalidArgument
            Where fewer steps have been taken.
        """
        if _checked_count(count) > self.steps:
            raise InvalidArgument("count", f"must be at most {self.steps}, the steps taken", count, "Go back less far.")
        if count:
            self._return_to(self.steps - count)
        self.phase = ""

    def change(self, **settings: Any) -> None:
        """Other settings from here on, θ as it is: those of `WalkSettings`, and `activation` and `dropout`.

        The optimizer state is kept where the new optimizer has the same, else begun anew.
        """
        self._apply_change(settings)
        if settings:
            self._journal.append(Change(self.steps, dict(settings)))

    def edit(self, parameter: str, value: float) -> None:
        """Sets one entry of θ, such as "W1[0,2]", by its indices."""
        self._apply_edit(parameter, value)
        if self._journal and isinstance(last := self._journal[-1], Edit) and last.at == self.steps:
            self._journal[-1:] = [] if last.parameter == parameter else [last]  # a weight that is dragged
        self._journal.append(Edit(self.steps, parameter, float(value)))

    def restart(self, seed: int | None = None) -> None:
        """Back to the first step with the settings of now: from the parameters of this seed, or of the same one."""
        plan = self.network.to_dict() | ({} if seed is None else {"seed": seed})
        self.network = Network.from_dict(plan)
        self.seed = self.seed if seed is None else seed
        self._start()

    def _start(self) -> None:
        self.steps, self.epoch, self.rows_done = 0, 1, 0
        self.phase = ""
        self.optimizer_state: State = self.settings.optimizer.init(self.network.theta)
        self.curve = LossCurve()
        self._journal: list[Entry] = []
        self._seconds_since_snapshot = 0.0
        self._choose_engine()
        self._snapshots = Snapshots(self._snapshot())

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

    def _chunk(self, most: int) -> _Chunk:
        """The next steps, at most so many: up to the end of an epoch, and beyond it where no batch is short."""
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
        return _Chunk(np.concatenate(rows), np.concatenate(rates), epoch, done)

    def _take(self, chunk: _Chunk) -> NDArray[np.float64]:
        """These steps; where they are interrupted or diverge, the walk is where it was, or at the last finite step."""
        if self._seconds_since_snapshot > SECONDS_PER_SNAPSHOT:
            self._snapshots.add(self._snapshot())
            self._seconds_since_snapshot = 0.0
        began, start = perf_counter(), self.steps
        try:
            losses = self._descend(chunk.rows, chunk.rates)
        except BaseException:
            self._return_to(start)
            raise
        if not (np.isfinite(losses).all() and np.isfinite(self.network.theta).all()):
            self._return_to(start)
            self._explain_divergence(chunk, losses)
        self.steps, self.epoch, self.rows_done = start + len(losses), chunk.epoch, chunk.done
        self.curve.extend(losses, chunk.rates)
        self._seconds_since_snapshot += perf_counter() - began
        return losses

    @np.errstate(all="ignore")  # where a number is not finite, the walk says so
    def _descend(self, rows: Rows, rates: NDArray[np.float64]) -> NDArray[np.float64]:
        size, state = self.settings.batch_size, self.optimizer_state
        return self._engine.descend(self._task, state, self.samples, rows, size, rates, seed=self.seed)

    def _explain_divergence(self, chunk: _Chunk, losses: NDArray[np.float64]) -> None:
        """Goes to the last step with finite parameters, and raises."""
        start, size = self.steps, self.settings.batch_size
        if np.isfinite(losses).all():  # θ was lost with the last step
            losses = np.append(losses, np.nan)
        lost = int(np.flatnonzero(~np.isfinite(losses))[0])
        state = TrainState(self.network, self.optimizer_state, History(self._engine.name, "loss"))
        state.position = Position(self.epoch, self.rows_done)
        state.snapshot()

        def batch(step: int) -> Samples:
            rows = chunk.rows[step * size : (step + 1) * size]
            return self.samples.take(rows if len(rows) else chunk.rows[-size:])

        reason = explain_steps(
            self._engine,
            state,
            self.loss,
            losses=losses,
            batch=batch,
            replay=lambda steps: self._descend(chunk.rows[: steps * size], chunk.rates[:steps]),
            learning_rate=self.settings.learning_rate,
        )
        self._take_again(lost)
        if not np.isfinite(self.network.theta).all():
            self._return_to(start)
            self._take_again(lost - 1)
        raise Diverged(f"Training diverged: {reason}.")

    def _take_again(self, count: int) -> None:
        """Steps that were taken before, and were finite."""
        while count > 0:
            chunk = self._chunk(count)
            losses = self._descend(chunk.rows, chunk.rates)
            self.steps, self.epoch, self.rows_done = self.steps + len(losses), chunk.epoch, chunk.done
            self.curve.extend(losses, chunk.rates)
            count -= len(losses)

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            self.steps,
            self.epoch,
            self.rows_done,
            len(self._journal),
            self.network.architecture,
            self.settings,
            self.network.theta.copy(),
            copy_state(self.optimizer_state),
            self.curve.copy(),
        )

    def _return_to(self, steps: int) -> None:
        """The state after so many steps, at most those taken: the last snapshot before it, and the steps since."""
        kept = self._snapshots.return_to(steps)
        self._restore(kept)
        self._journal = [entry for entry in self._journal if entry.at <= steps]
        for entry in self._journal[kept.entries :]:
            self._take_again(entry.at - self.steps)
            if isinstance(entry, Edit):
                self._apply_edit(entry.parameter, entry.value)
            else:
                self._apply_change(entry.settings)
        self._take_again(steps - self.steps)

    def _restore(self, kept: Snapshot) -> None:
        self.steps, self.epoch, self.rows_done = kept.steps, kept.epoch, kept.rows
        if self.network.architecture == kept.architecture:
            self.network.theta[:] = kept.theta
        else:
            self.network = Network.from_dict(kept.architecture.to_dict(), kept.theta)
        self.settings, self.optimizer_state = kept.settings, copy_state(kept.optimizer_state)
        self.curve, self._seconds_since_snapshot = kept.curve.copy(), 0.0
        self._choose_engine()

    def _apply_change(self, settings: Any) -> None:
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
        name, _, index = parameter.strip().rpartition("[")
        if name not in self.network.parameters:
            raise unknown_name("parameter", name or parameter, list(self.network.parameters))
        values = self.network.parameters[name]
        places = _places(index, values.shape)
        if places is None:
            last = ",".join(str(size - 1) for size in values.shape)
            expected = f"must have {values.ndim} indices within the shape of {name}"
            raise InvalidArgument("parameter", expected, parameter, f'The last one is "{name}[{last}]".')
        if not abs(value) <= float(np.finfo(values.dtype).max):
            raise InvalidArgument("value", f"must be a finite {values.dtype} number", value, "Try 0.5.")
        values[places] = value

    def __repr__(self) -> str:
        return f"Walk(steps={self.steps}, epoch={self.epoch}, {self.network!r})"


def _places(index: str, shape: Sequence[int]) -> tuple[int, ...] | None:
    """The indices in "0,2]"; None where they are not of this shape."""
    parts = index.removesuffix("]").split(",") if index.endswith("]") else []
    if len(parts) != len(shape) or not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        return None
    places = tuple(int(part) for part in parts)
    return places if all(place < size for place, size in zip(places, shape, strict=True)) else None


def _checked_count(count: int) -> int:
    if count < 0:
        raise InvalidArgument("count", "must be at least 0", count, "To undo steps, call `back`.")
    return count
