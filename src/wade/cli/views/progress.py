"""The progress of a training: epochs, losses, rows per second, time left; on standard error, in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeRemainingColumn

from wade.model.learn import StageStarted, TrialStarted
from wade.model.preparation.streaming import RowsRead
from wade.training import ChunkDone, EpochDone, Event

Listener: TypeAlias = Callable[[Event | StageStarted | RowsRead | TrialStarted], None]

PASSES = {"profiling": "pass 1/2", "encoding": "pass 2/2"}
COUNTING = {"training": "epoch", "training the linear baseline": "baseline"}


@contextmanager
def drawn_bar(silent: bool, *columns: ProgressColumn) -> Iterator[Progress | None]:
    """A bar with these columns while the block runs; None where standard error is no terminal."""
    console = Console(stderr=True)
    if silent or not console.is_terminal:
        yield None
        return
    with Progress(SpinnerColumn(), *columns, TimeRemainingColumn(compact=True), console=console, transient=True) as bar:
        yield bar


@contextmanager
def counting(silent: bool, doing: str) -> Iterator[Callable[[int, int], None] | None]:
    """A function of (done, all) that draws a bar while the block runs; None where standard error is no terminal."""
    with drawn_bar(silent, TextColumn(doing), BarColumn(bar_width=30)) as bar:
        if bar is None:
            yield None
            return
        task = bar.add_task("", total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


@contextmanager
def training(silent: bool) -> Iterator[Listener | None]:
    """A listener that draws a training's progress while the block runs; None where standard error is no terminal."""
    columns = TextColumn("{task.description}"), BarColumn(bar_width=8), TextColumn("{task.fields[state]}")
    with drawn_bar(silent, *columns) as bar:
        yield TrainingBar(bar) if bar else None


class TrainingBar:
    """Turns events of a training into the state of one bar that fits 80 columns."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None, state="")
        self._trial = self._counting = ""
        self._validation = ""

    def __call__(self, event: Event | StageStarted | RowsRead | TrialStarted) -> None:
        """Show the event."""
        if isinstance(event, TrialStarted):
            self._trial = f"{event.number}/{event.trials} "
        elif isinstance(event, StageStarted):
            self._counting, self._validation = COUNTING.get(event.stage, ""), ""
            self._bar.reset(self._task, total=None, description=f"{self._trial}{event.stage}", state="")
        elif isinstance(event, RowsRead):
            self._bar.update(
                self._task,
                total=event.rows,
                completed=event.rows_done,
                description=PASSES[event.stage],
                state=f"{event.stage} · {_speed(event.rows_done, event.seconds)}",
            )
        elif isinstance(event, EpochDone):
            self._validation = "" if event.validation_loss is None else f" · validation {event.validation_loss:.4f}"
        elif isinstance(event, ChunkDone):
            done = (event.epoch - 1) * event.rows + event.rows_done
            self._bar.update(
                self._task,
                total=event.epochs * event.rows,
                completed=done,
                description=f"{self._trial}{self._counting} {event.epoch}/{event.epochs}",
                state=f"loss {event.loss:.4f}{self._validation} · {_speed(done, event.seconds)}",
            )


def _speed(rows: int, seconds: float) -> str:
    """Rows per second, in thousands or millions where there are many.

    Examples
    --------
    >>> _speed(500, 2.0), _speed(200_000, 2.0), _speed(3_000_000, 2.0)
    ('250 rows/s', '100k rows/s', '1.5M rows/s')
    """
    speed = rows / max(seconds, 1e-9)
    if speed < 10_000:
        return f"{speed:,.0f} rows/s"
    return f"{speed / 1e3:.0f}k rows/s" if speed < 1e6 else f"{speed / 1e6:.1f}M rows/s"
