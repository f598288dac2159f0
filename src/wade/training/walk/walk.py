"""A training that is held in the hand: step by step, forwards and backwards, with changes on the way."""

from __future__ import annotations

from time import perf_counter
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.errors import Diverged, InvalidArgument
from wade.maths.losses import Loss, choose_loss, usual_loss
from wade.network import Network
from wade.training.data import as_source
from wade.training.divergence import explain_steps
from wade.training.history import History
from wade.training.rows import InMemory
from wade.training.train_state import Position, TrainState
from wade.training.walk.journal import Change, Edit, Entry
from wade.training.walk.settings import WalkSettings
from wade.training.walk.snapshots import Snapshots
from wade.training.walk.step_state import MOST_AT_ONCE, Chunk, StepState
from wade.types import Array, Inputs, Samples

Phase: TypeAlias = Literal["", "forward", "backward"]
PHASES: Final[tuple[Phase, ...]] = ("", "forward", "backward")
"""What is done of the step at hand; its last phase, the update, completes it."""
SECONDS_PER_SNAPSHOT: Final = 0.05
"""Of training between two snapshots: how long going back takes at most, as long as no snapshot was dropped."""


class Walk(StepState):
    r"""A training by gradient descent that takes any number of steps, forwards and backwards.

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
        chosen = choose_loss(usual_loss(network.output) if loss is None else loss, network.output)
        source = as_source(network, X, y, weights, chosen, "training")
        assert isinstance(source, InMemory)
        super().__init__(
            network,
            source,
            chosen,
            WalkSettings().changed(**settings),
            shuffle=shuffle,
            seed=seed,
            engine=engine,
            threads=threads,
        )
        self.phase: Phase = ""
        self._steps_per_second = 1e4
        self._start()

    @property
    def journal(self) -> tuple[Entry, ...]:
        """Changes and edits since the start, in their order."""
        return tuple(self._journal)

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

    def run_for(self, seconds: float, most: int | None = None) -> NDArray[np.float64]:
        """Takes all steps that fit into this time, at least one and at most `most`; returns as `step` does."""
        end, losses, chunk = perf_counter() + seconds, [], max(1, round(seconds * self._steps_per_second / 4))
        last = None if most is None else self.steps + _checked_count(most)
        while True:
            began = perf_counter()
            losses.append(self.step(min(chunk, MOST_AT_ONCE, chunk if last is None else last - self.steps)))
            now = perf_counter()
            self._steps_per_second = len(losses[-1]) / max(now - began, 1e-7)
            left = end - now
            if left <= 0 or self.steps == last:
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
        last = self._journal[-1] if len(self._journal) > self._snapshots.last.entries else None
        if isinstance(last, Edit) and (last.at, last.parameter) == (self.steps, parameter):
            self._journal.pop()  # a weight that is dragged
        self._journal.append(Edit(self.steps, parameter, float(value)))

    def restart(self, seed: int | None = None) -> None:
        """Back to the first step with the settings of now: from the parameters of this seed, or of the same one."""
        plan = self.network.to_dict() | ({} if seed is None else {"seed": seed})
        self.network = Network.from_dict(plan)
        self.seed = self.seed if seed is None else seed
        self._begin()
        self._start()

    def _start(self) -> None:
        self.phase = ""
        self._journal: list[Entry] = []
        self._seconds_since_snapshot = 0.0
        self._snapshots = Snapshots(self._snapshot(len(self._journal)))

    def _take(self, chunk: Chunk) -> NDArray[np.float64]:
        """These steps; where they are interrupted or diverge, the walk is where it was, or at the last finite step."""
        if self._seconds_since_snapshot > SECONDS_PER_SNAPSHOT:
            self._snapshots.add(self._snapshot(len(self._journal)))
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
        self._move(chunk, losses)
        self._seconds_since_snapshot += perf_counter() - began
        return losses

    def _explain_divergence(self, chunk: Chunk, losses: NDArray[np.float64]) -> None:
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

    def _return_to(self, steps: int) -> None:
        """The state after this number of steps: the last snapshot before it, and the steps since."""
        kept = self._snapshots.return_to(steps)
        self._restore(kept)
        self._seconds_since_snapshot = 0.0
        self._journal = [entry for entry in self._journal if entry.at <= steps]
        for entry in self._journal[kept.entries :]:
            self._take_again(entry.at - self.steps)
            self._apply(entry)
        self._take_again(steps - self.steps)

    def __repr__(self) -> str:
        return f"Walk(steps={self.steps}, epoch={self.epoch}, {self.network!r})"


def _checked_count(count: int) -> int:
    if count < 0:
        raise InvalidArgument("count", "must be at least 0", count, "To undo steps, call `back`.")
    return count
