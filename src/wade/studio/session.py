"""One visitor's session: what each command does, and what is told of a training that runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from wade.errors import Diverged, InvalidArgument, WadeError
from wade.studio import messages as m
from wade.studio.data import Table, open_table
from wade.studio.epochs import back_epochs, steps_of_epochs
from wade.studio.mathematics import show_mathematics
from wade.studio.measure import PARTS
from wade.studio.messages import AnyCommand, State, Trouble
from wade.studio.numbers import save_numbers, show_numbers
from wade.studio.opened_model import is_model, open_model
from wade.studio.outbox import Outbox
from wade.studio.programs import save_program, show_program
from wade.studio.recording.recorder import record, save_recording
from wade.studio.saved_model import save_model
from wade.studio.screen import Screen
from wade.studio.sessions import File
from wade.studio.trainer import SECONDS_PER_CHUNK, Trainer
from wade.studio.workspace import Workspace

LOG: Final = logging.getLogger(__name__)
SHOWN_PARTS: Final = PARTS[:2]


class StudioSession:
    """A session that begins with a table; see `wade.studio.sessions.Session`.

    Parameters
    ----------
    key : str
        By which a page comes back to it.
    outbox : Outbox
    first : function of no arguments
        Opens the table that it begins with, or the workspace of a model.

    Examples
    --------
    >>> session = StudioSession("key", Outbox(), lambda: open_table("generated", "moons"))
    >>> state = session.handle(m.Open(id=0))
    >>> session.handle(m.Step(id=1, count=10))
    >>> session.state().step
    10
    >>> session.close()
    """

    def __init__(self, key: str, outbox: Outbox, first: Callable[[], Table | Workspace]) -> None:
        opened = first()
        self._space = opened if isinstance(opened, Workspace) else Workspace.opened(opened)
        self._upload: Path | None = None
        self._screen = Screen(key, self._space, outbox, lambda: self._trainer.running, lambda: self._trainer.idle)
        self._trainer = Trainer(self._train, self._screen.show, self._failed)

    # What the server calls.

    def handle(self, command: AnyCommand) -> Any:
        """The result of a command; typed errors of wade where it cannot be done."""
        with self._trainer.turn():
            return self._answer(command)

    def upload(self, command: m.Upload, file: Path) -> State:
        """Takes the table in an uploaded file."""
        with self._trainer.turn():
            if is_model(command.name):
                return self._take_model(file, command.name)
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

    def recording(self, moments: int, told: Callable[[int, int], None]) -> bytes:
        """The training up to now as a web page; `told` hears of moments done, and of how many."""
        with self._trainer.turn():
            return record(self._space, self._screen, self._answer, moments, told)

    # What commands do.

    def _answer(self, command: AnyCommand) -> Any:
        handler = HANDLERS.get(type(command))
        if handler is None:
            raise InvalidArgument("command", "must be one that a session knows", type(command).__name__)
        return handler(self, command)

    def _open(self, command: m.Open) -> State:
        if command.settings:
            self._configured(command.settings)
        self._screen.tell_curves()
        self._trainer.changed()
        return self.state()

    def state(self) -> State:
        """The state as it is now."""
        return self._screen.state()

    def _configure(self, command: m.Configure) -> None:
        self._configured(command.settings)
        self._tell()

    def _configured(self, settings: Mapping[str, Any]) -> None:
        if self._space.configure(settings):
            self._trainer.stop()
            self._screen.start_over()
        else:
            self._screen.changed()

    def _open_data(self, command: m.OpenData) -> State:
        if command.source == "path" and is_model(command.name):
            return self._take_model(Path(command.name), command.name)
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
        self._screen.start_over()
        return self._tell()

    def _take_model(self, path: Path, name: str) -> State:
        open_model(path, name, self._space)
        self._trainer.stop()
        self._screen.start_over()
        return self._tell()

    def _play(self, command: m.Play) -> None:
        self._screen.begin()
        self._trainer.play(command.speed)
        self._tell()

    def _pause(self, command: m.Pause) -> None:
        self._trainer.pause()
        self._tell()

    def _step(self, command: m.Step) -> None:
        self._trainer.stop()
        space, walk, count = self._space, self._space.walk, command.count
        space.trouble = None
        if command.unit == "phase":
            for _ in range(abs(count)):
                if self._trainer.interrupted or (count > 0 and space.trouble):
                    break
                if count < 0:
                    space.retreat()
                elif walk.phase == "backward":
                    self._take_steps(1)
                else:
                    walk.advance()
        elif count > 0:
            self._take_steps(count if command.unit == "step" else steps_of_epochs(walk, count))
        elif command.unit == "step":
            space.back(min(-count, walk.steps))
        else:
            back_epochs(space, -count)
        self._screen.changed()
        self._tell()

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
                self._screen.show_running()

    def _restart(self, command: m.Restart) -> None:
        self._trainer.stop()
        self._space.restart(command.seed)
        self._screen.start_over()
        self._tell()

    def _edit(self, command: m.Edit) -> None:
        self._space.walk.edit(command.parameter, command.value)
        self._space.trouble = None
        self._screen.changed()
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
            space.select_neuron(command.neuron)
        self._tell()

    def _view(self, command: m.View) -> None:
        self._space.view = command
        self._tell()

    def _mathematics(self, command: m.Mathematics) -> m.MathematicsShown:
        return show_mathematics(self._space, command)

    def _program(self, command: m.Program) -> m.ProgramShown:
        return show_program(self._space, command.language)

    def _numbers(self, command: m.Numbers) -> m.NumbersShown:
        return show_numbers(self._space, self._screen.curves(), command.of, command.name)

    def _save(self, command: m.Save) -> File:
        if command.what == "model":
            return save_model(self._space)
        if command.what == "program":
            return save_program(self._space, command.language)
        if command.what == "recording":
            self._trainer.stop()
            return save_recording(self._space, self._screen, self._answer, told=self._check_interrupted)
        return save_numbers(self._space, self._screen.curves(), command.of or "parameters", command.name)

    def _check_interrupted(self, done: int, of: int) -> None:
        if self._trainer.interrupted:
            raise WadeError(f"The recording was stopped, after {done} of {of} moments. Save it again.")

    # What runs in the trainer's thread, between commands.

    def _train(self, seconds: float, steps: int | None) -> bool:
        """Steps; whether there was no trouble."""
        try:
            losses = self._space.train(seconds, steps)
        except Diverged:
            self._trainer.stop()
            return False
        except Exception as error:
            self._failed(error)
            return False
        finally:
            self._screen.changed()
        self._screen.loss = float(losses[-1])
        return True

    def _failed(self, error: Exception) -> None:
        """Training, or what is shown of it, met an error that nobody foresaw: it stops and says so."""
        LOG.error("training stopped", exc_info=error)
        self._trainer.stop()
        self._space.trouble = Trouble(f"Training stopped: {error}", "Begin again, or open another table.")
        with suppress(Exception):  # the state itself may be what cannot be told
            self._screen.tell()

    def _tell(self) -> State:
        """The state and the curves, at once, and a frame in a moment."""
        state = self._screen.tell()
        self._trainer.changed()
        return state


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
