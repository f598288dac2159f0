"""One visitor's session: what each command does, and what is told of a training that runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np

from wade.errors import Diverged, InvalidArgument
from wade.explanation.step_view import view_step
from wade.studio import messages as m
from wade.studio.curves import Measured, MeasuredCurves
from wade.studio.data import Table, open_table
from wade.studio.frames import Frame, pack_frame
from wade.studio.maps import map_parts, number_parts, row_parts
from wade.studio.mathematics import show_mathematics
from wade.studio.measure import LOSS, PARTS, measure, metric_names, sampled
from wade.studio.messages import AnyCommand, State, Trouble
from wade.studio.numbers import save_numbers, show_numbers
from wade.studio.outbox import Outbox
from wade.studio.programs import save_program, show_program
from wade.studio.saved_model import save_model
from wade.studio.sessions import File
from wade.studio.state import make_state
from wade.studio.trainer import SECONDS_PER_CHUNK, Trainer
from wade.studio.viewing_budget import ViewingBudget
from wade.studio.workspace import Workspace
from wade.types import Samples

LOG: Final = logging.getLogger(__name__)
SHOWN_PARTS: Final = PARTS[:2]


class StudioSession:
    """A session that begins with a table; see `wade.studio.sessions.Session`.

    Parameters
    ----------
    key : str
        By which a page comes back to it.
    outbox : Outbox
    table : function of no arguments
        Opens the table that it begins with.

    Examples
    --------
    >>> session = StudioSession("key", Outbox(), lambda: open_table("generated", "moons"))
    >>> state = session.handle(m.Open(id=0))
    >>> session.handle(m.Step(id=1, count=10))
    >>> session.state().step
    10
    >>> session.close()
    """

    def __init__(self, key: str, outbox: Outbox, table: Callable[[], Table]) -> None:
        self._key, self._outbox = key, outbox
        self._space = Workspace.opened(table())
        self._budget = ViewingBudget()
        self._upload: Path | None = None
        self._loss, self._speed, self._counted = float("nan"), 0.0, (perf_counter(), 0)
        self._start_over()
        self._trainer = Trainer(self._train, self._show)

    # What the server calls.

    def handle(self, command: AnyCommand) -> Any:
        """The result of a command; typed errors of wade where it cannot be done."""
        handler = HANDLERS.get(type(command))
        if handler is None:
            raise InvalidArgument("command", "must be one that a session knows", type(command).__name__)
        with self._trainer.turn():
            return handler(self, command)

    def upload(self, command: m.Upload, file: Path) -> State:
        """Takes the table in an uploaded file."""
        with self._trainer.turn():
            state = self._take(open_table("upload", command.name, upload=file))
            self._upload = file
            return state

    def interrupt(self) -> None:
        """Stops between two steps."""
        self._trainer.interrupt()

    def close(self) -> None:
        """Ends the thread."""
        self._trainer.close()
        self._space.close()

    # What commands do.

    def _open(self, command: m.Open) -> State:
        if command.settings:
            self._configured(command.settings)
        self._tell_curves()
        self._trainer.changed()
        return self.state()

    def _configure(self, command: m.Configure) -> None:
        self._configured(command.settings)
        self._tell()

    def _configured(self, settings: Mapping[str, Any]) -> None:
        if self._space.configure(settings):
            self._trainer.stop()
            self._start_over()
        else:
            self._version += 1

    def _open_data(self, command: m.OpenData) -> State:
        return self._take(
            open_table(
                command.source,
                command.name,
                target=command.target,
                rows=command.rows,
                noise=command.noise,
                upload=self._upload,
            )
        )

    def _take(self, table: Table) -> State:
        try:
            self._space.open_table(table)
        except BaseException:
            table.close()
            raise
        self._trainer.stop()
        self._start_over()
        return self._tell()

    def _play(self, command: m.Play) -> None:
        self._counted = perf_counter(), self._space.walk.steps
        self._trainer.play(command.speed)
        self._tell()

    def _pause(self, command: m.Pause) -> None:
        self._trainer.pause()
        self._tell()

    def _step(self, command: m.Step) -> None:
        self._trainer.stop()
        space, walk, count = self._space, self._space.walk, command.count
        if command.unit == "phase":
            for _ in range(abs(count)):
                if self._trainer.interrupted:
                    break
                if count < 0:
                    space.retreat()
                elif walk.phase == "backward":
                    self._take_steps(1)
                else:
                    walk.advance()
        elif count > 0:
            self._take_steps(count if command.unit == "step" else self._steps_of_epochs(count))
        elif command.unit == "step":
            space.back(min(-count, walk.steps))
        else:
            self._back_epochs(-count)
        self._version += 1
        self._tell()

    def _steps_of_epochs(self, count: int) -> int:
        """Steps to the end of the running epoch, and of those after it."""
        walk = self._space.walk
        size = walk.settings.batch_size
        return -(-(walk.n_rows - walk.rows_done) // size) + (count - 1) * -(-walk.n_rows // size)

    def _back_epochs(self, count: int) -> None:
        """To the start of the running epoch, or of one before it."""
        walk, space = self._space.walk, self._space
        wanted = max(1, walk.epoch - count + (walk.rows_done > 0))
        # With batches of another size on the way, there were fewer steps or more.
        while walk.steps and (walk.epoch, walk.rows_done) > (wanted, 0):
            rows = (walk.epoch - wanted) * walk.n_rows + walk.rows_done
            space.back(min(walk.steps, max(1, rows // max(1, walk.settings.batch_size) // 2 or 1)))
        if (walk.epoch, walk.rows_done) < (wanted, 0):
            space.train(0, self._steps_of_epochs(wanted - walk.epoch))

    def _take_steps(self, count: int) -> None:
        """Steps in chunks, between which is shown what is due; until they are done, interrupted or diverge."""
        at_once, left = 1, count
        while left and not self._trainer.interrupted:
            began, steps = perf_counter(), min(left, at_once)
            if not self._train(0, steps):
                return
            left -= steps
            if perf_counter() - began < SECONDS_PER_CHUNK / 2:
                at_once *= 2
            if left:
                self._show_running()

    def _restart(self, command: m.Restart) -> None:
        self._trainer.stop()
        self._space.restart(command.seed)
        self._start_over()
        self._tell()

    def _edit(self, command: m.Edit) -> None:
        self._space.walk.edit(command.parameter, command.value)
        self._space.trouble = None
        self._version += 1
        self._tell()

    def _select(self, command: m.Select) -> None:
        space = self._space
        if command.row is not None:
            space.select_row(command.row)
        if command.columns is not None:
            space.select_columns(command.columns)
        if command.parameter is not None:
            space.select_parameter(command.parameter)
        if command.neuron is not None:
            if command.neuron:
                space.neuron_named(command.neuron)
            space.neuron = command.neuron
        self._tell()

    def _view(self, command: m.View) -> None:
        self._space.view = command
        self._tell()

    def _mathematics(self, command: m.Mathematics) -> m.MathematicsShown:
        return show_mathematics(self._space, command)

    def _program(self, command: m.Program) -> m.ProgramShown:
        return show_program(self._space, command.language)

    def _numbers(self, command: m.Numbers) -> m.NumbersShown:
        self._metrics()
        return show_numbers(self._space, self._curves, command.of, command.name)

    def _save(self, command: m.Save) -> File:
        if command.what == "model":
            return save_model(self._space)
        if command.what == "program":
            return save_program(self._space, command.language)
        self._metrics()
        return save_numbers(self._space, self._curves, command.of or "parameters", command.name)

    # What is shown.

    def state(self) -> State:
        """The state as it is now."""
        space, running = self._space, self._trainer.running
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

    def _start_over(self) -> None:
        """Another training: nothing of the one before is known."""
        self._version, self._measured, self._told = 0, -1, (-1, False)
        self._curves, self._loss = MeasuredCurves(), float("nan")
        self._values: dict[str, dict[str, float | None]] = {}
        self._samples: dict[str, Samples] = {
            part: sampled(self._space.prepared, number) for number, part in enumerate(SHOWN_PARTS)
        }
        self._budget.forget()

    def _train(self, seconds: float, steps: int | None) -> bool:
        """Steps; whether there was no trouble."""
        try:
            losses = self._space.train(seconds, steps)
        except Diverged:
            self._trainer.stop()
            return False
        except Exception as error:
            LOG.exception("training stopped")
            self._trainer.stop()
            self._space.trouble = Trouble(f"Training stopped: {error}", "Begin again, or open another table.")
            return False
        finally:
            self._version += 1
        self._loss = float(losses[-1])
        return True

    def _show(self) -> None:
        """What is due, while it runs; everything, when it does not."""
        if self._trainer.running:
            self._show_running()
        else:
            if self._told != (self._version, False):
                self._tell_state()
            self._draw()

    def _show_running(self) -> None:
        if self._budget.states.is_due():
            self._budget.states.begin()
            self._tell_state()
            self._budget.states.end()
        if self._outbox.wants_frame and self._budget.frames.is_due():
            self._budget.frames.begin()
            self._draw()
            self._budget.frames.end()
            self._budget.adapt()

    def _tell(self) -> State:
        """The state and the curves, at once, and a frame in a moment."""
        state = self._tell_state()
        self._trainer.changed()
        return state

    def _tell_state(self) -> State:
        now, steps = perf_counter(), self._space.walk.steps
        since, before = self._counted
        if self._trainer.running and now - since > 0.2:
            self._speed, self._counted = max(0, steps - before) / (now - since), (now, steps)
        state = self.state()
        self._outbox.state(state)
        self._told = self._version, state.running
        if self._space.view.curves:
            self._tell_curves()
        return state

    def _tell_curves(self) -> None:
        self._metrics()
        task = self._space.prepared.data.target.task
        self._outbox.curves(self._curves.message(self._space.walk, metric_names(task)[0], self._space.walk.loss.name))

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

    def _draw(self) -> None:
        """A frame of what the page can see."""
        space, view = self._space, self._space.view
        size, count = self._fineness(self._trainer.running)
        grid, neurons = space.grid(size), space.shown(count)
        network, walk, target = space.network, space.walk, space.prepared.data.target
        parts = number_parts(network, neurons)
        with np.errstate(all="ignore"):  # a frame of numbers that overflow says so in its ranges
            if view.maps or view.boundary:
                wanted = neurons if view.maps else space.shown(0)
                parts += map_parts(network, walk.engine, grid, target, wanted, view.boundary, space.target_ends)
            if walk.phase:
                parts += row_parts(self._trace(), walk.phase, target, neurons)
        frame = Frame(walk.steps, walk.progress, walk.phase, self._loss, grid.kind, grid.size, parts)
        self._outbox.frame(pack_frame(frame))

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
        if not running:
            return view.grid, view.neurons
        return self._budget.grid(view.grid), self._budget.neurons(view.neurons)

    def _viewing(self, running: bool) -> str:
        """What is left out, in words."""
        view, words = self._space.view, []
        if running:
            words.append(self._budget.words(view.grid, view.neurons))
        for number, part in enumerate(SHOWN_PARTS):
            rows, of_rows = len(self._samples[part].X), len(self._space.prepared.samples(number).X)
            if rows < of_rows:
                words.append(f"Metrics are of {rows:,} of {of_rows:,} {part}{'ing' * (part == 'train')} rows.")
        return " ".join(filter(None, words))


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


HANDLERS: Final[Mapping[type, Callable[[StudioSession, Any], Any]]] = {
    m.Open: StudioSession._open,
    m.Configure: StudioSession._configure,
    m.OpenData: StudioSession._open_data,
    m.Play: StudioSession._play,
    m.Pause: StudioSession._pause,
    m.Step: StudioSession._step,
    m.Restart: StudioSession._restart,
    m.Edit: StudioSession._edit,
    m.Select: StudioSession._select,
    m.View: StudioSession._view,
    m.Mathematics: StudioSession._mathematics,
    m.Program: StudioSession._program,
    m.Numbers: StudioSession._numbers,
    m.Save: StudioSession._save,
}
