"""What is told of a training: state, curves, frames; all of it at rest, within the viewing budget while it runs."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

import numpy as np

from wade.explanation.step_view import view_step
from wade.studio.curves import Measured, MeasuredCurves
from wade.studio.frames import Frame, pack_frame
from wade.studio.maps import map_parts, number_parts, row_parts
from wade.studio.measure import LOSS, MOST_ROWS, PARTS, measure, metric_names, sampled
from wade.studio.messages import Curves, State
from wade.studio.outbox import Outbox
from wade.studio.state import make_state
from wade.studio.viewing_budget import ViewingBudget, grid_at_rest, rows_to_measure
from wade.studio.workspace import Workspace
from wade.types import Samples

SHOWN_PARTS: Final = PARTS[:2]
SECONDS_OF_SPEED: Final = 0.2
"""Over which steps a second are counted."""


class Screen:
    """What one page is told of a workspace.

    Parameters
    ----------
    key : str
        Of the session.
    space : Workspace
    outbox : Outbox
    is_running : function of no arguments
        Whether training runs.
    idle : function of no arguments
        The seconds for which the training thread has waited for steps to be due.
    """

    def __init__(
        self,
        key: str,
        space: Workspace,
        outbox: Outbox,
        is_running: Callable[[], bool],
        idle: Callable[[], float],
    ) -> None:
        self._key, self._space, self._outbox, self._is_running = key, space, outbox, is_running
        self._budget = ViewingBudget(idle)
        self._speed, self._counted = 0.0, (perf_counter(), 0)
        self.start_over()

    def start_over(self) -> None:
        """Another training: nothing of the one before is known."""
        self._outbox.drop_frame()
        self._version, self._measured, self._told = 0, -1, (-1, False)
        self._curves, self.loss = MeasuredCurves(), float("nan")
        self._values: dict[str, dict[str, float | None]] = {}
        rows = rows_to_measure(MOST_ROWS, self._space.network.n_parameters)
        self._samples: dict[str, Samples] = {
            part: sampled(self._space.prepared, number, rows) for number, part in enumerate(SHOWN_PARTS)
        }
        self._budget.forget()

    def changed(self) -> None:
        """θ or a setting changed: what was measured is old."""
        self._version += 1

    def begin(self) -> None:
        """Training begins to run: steps a second are counted from now on."""
        self._counted = perf_counter(), self._space.walk.steps

    def show(self) -> None:
        """What is due, while it runs; everything, when it does not."""
        if self._is_running():
            self.show_running()
            return
        if self._told != (self._version, False):
            self.tell()
        self.draw()

    def show_running(self) -> None:
        """What is due by the viewing budget."""
        states, frames = self._budget.states, self._budget.frames
        if states.is_due():
            states.begin()
            self.tell()
            states.end()
        if self._outbox.wants_frame and frames.is_due():
            frames.begin()
            self.draw()
            frames.end()
            self._budget.adapt()

    def tell(self) -> State:
        """The state and the curves."""
        now, steps = perf_counter(), self._space.walk.steps
        since, before = self._counted
        if self._is_running() and now - since > SECONDS_OF_SPEED:
            self._speed, self._counted = max(0, steps - before) / (now - since), (now, steps)
        state = self.state()
        self._outbox.state(state)
        self._told = self._version, state.running
        if self._space.view.curves:
            self.tell_curves()
        return state

    def tell_curves(self) -> None:
        """The curves."""
        self._outbox.curves(self.curves_message())

    def curves_message(self) -> Curves:
        """The curves up to now."""
        space = self._space
        metric = metric_names(space.prepared.data.target.task)[0]
        return self.curves().message(space.walk, metric, space.walk.loss.name)

    def curves(self) -> MeasuredCurves:
        """What was measured so far, the state of now included."""
        self._metrics()
        return self._curves

    def state(self) -> State:
        """The state as it is now."""
        space, running = self._space, self._is_running()
        grid, neurons = self._fineness(running)
        return make_state(
            space,
            session=self._key,
            running=running,
            metrics=self._metrics(),
            axes=space.grid(grid).axes,
            neurons=space.shown(neurons),
            speed=self._speed if running else 0.0,
            viewing=self._viewing(running),
        )

    def draw(self) -> None:
        """A frame, for the page."""
        self._outbox.frame(self.frame())

    def frame(self) -> bytes:
        """A frame of what the page can see."""
        space, view = self._space, self._space.view
        size, count = self._fineness(self._is_running())
        grid, neurons = space.grid(size), space.shown(count)
        network, walk, target = space.network, space.walk, space.prepared.data.target
        parts = number_parts(network, neurons)
        with np.errstate(all="ignore"):  # a frame of numbers that overflow says so in its ranges
            if view.maps or view.boundary:
                wanted = neurons if view.maps else space.shown(0)
                parts += map_parts(
                    network, walk.engine, grid, target, wanted, outputs=view.boundary, low_high=space.target_ends
                )
            if walk.phase:
                parts += row_parts(self._trace(), walk.phase, target, neurons)
        frame = Frame(walk.steps, walk.progress, walk.phase, self.loss, kind=grid.kind, grid=grid.size, parts=parts)
        return pack_frame(frame)

    def _metrics(self) -> dict[str, dict[str, float | None]]:
        """Loss and metrics of training and validation rows, measured once for each θ."""
        if self._measured != self._version:
            space, walk = self._space, self._space.walk
            self._values = {part: measure(walk, space.prepared, rows) for part, rows in self._samples.items()}
            train, validation = (self._values[part] for part in SHOWN_PARTS)
            name = metric_names(space.prepared.data.target.task)[0]
            numbers = (_or_nan(validation[LOSS]), _or_nan(train[name]), _or_nan(validation[name]))
            self._curves.add(Measured(walk.steps, walk.progress, *numbers))
            self._measured = self._version
        return self._values

    def _trace(self) -> Any:
        """The step at hand on the row at hand."""
        prepared, row = self._space.prepared, self._space.row
        if prepared.part[row] == 0:
            return view_step(self._space.walk, int(prepared.place[row])).trace
        X, y, _ = prepared.row(row)
        return view_step(self._space.walk, X=X, y=y[0]).trace

    def _fineness(self, running: bool) -> tuple[int, int]:
        """The grid and the number of neurons: as the page wants them, or what the budget allows while it runs."""
        view = self._space.view
        finest = grid_at_rest(view.grid, self._space.network.n_parameters, len(self._space.columns) or 1)
        if not running:
            return finest, view.neurons
        return min(finest, self._budget.grid(view.grid)), self._budget.neurons(view.neurons)

    def _viewing(self, running: bool) -> str:
        """What is left out, in words."""
        view, words = self._space.view, []
        grid, _ = self._fineness(False)
        if running:
            words.append(self._budget.words(grid, view.neurons))
        elif grid < view.grid:
            words.append(f"The network is large: maps have {grid} × {grid} points.")
        for number, part in enumerate(SHOWN_PARTS):
            rows, of_rows = len(self._samples[part].X), len(self._space.prepared.samples(number).X)
            if rows < of_rows:
                words.append(f"Metrics are of {rows:,} of {of_rows:,} {part}{'ing' * (part == 'train')} rows.")
        return " ".join(filter(None, words))


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
