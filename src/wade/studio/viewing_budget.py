"""The viewing budget: what is shown of a running training takes at most a tenth of the time of the thread that trains.

Where a frame costs too much, there are first fewer frames, then coarser maps, then fewer neurons. Costs are counted in
the processor time of that thread, so that other programs do not make frames look dearer than they are. The time in
which it waits for the next step of a slow training is there for showing, too.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import get_ident
from time import perf_counter, thread_time
from typing import Final

SHARE_OF_FRAMES: Final = 0.06
SHARE_OF_STATES: Final = 0.03
FRAMES_A_SECOND: Final = 30.0
STATES_A_SECOND: Final = 12.0
FEWEST_FRAMES: Final = 8.0
"""A second of processor time; before there are fewer, maps get coarser."""
LEAST_GRID: Final = 16
LEAST_NEURONS: Final = 8
STEPS_OF_GRID: Final = 6
"""In which maps get coarser, before neurons are left out."""
MOST_STEPS_DOWN: Final = 12
SECONDS_BETWEEN_CHANGES: Final = 0.5
MOST_MULTIPLICATIONS: Final = 3e8
"""Of a frame, and of metrics: what is shown at rest, too, must not keep a control waiting for long."""
LEAST_ROWS: Final = 200
WEIGHT: Final = 0.3
"""Of the latest cost in the mean of costs."""


class _Interval:
    """When something is due that costs processor time: at most so often, and within a share of that time."""

    def __init__(self, share: float, most_a_second: float, idle: Callable[[], float]) -> None:
        self.share, self.least, self._idle = share, 1 / most_a_second, idle
        self.cost = 0.0
        self._last, self._thread, self._used = -1e9, 0, 0.0

    @property
    def seconds(self) -> float:
        """From one to the next, at least, where nothing else runs on this machine."""
        return max(self.least, self.cost / self.share)

    def is_due(self) -> bool:
        """Whether it is time for the next one."""
        if get_ident() != self._thread:
            return True
        return perf_counter() - self._last >= self.least and self._time() - self._used >= self.cost / self.share

    def begin(self) -> None:
        """The next one begins."""
        self._last, self._thread, self._used = perf_counter(), get_ident(), self._time()

    def end(self) -> None:
        """It is done."""
        seconds = self._time() - self._used
        self.cost += (WEIGHT if self.cost else 1.0) * (seconds - self.cost)

    def _time(self) -> float:
        return thread_time() + self._idle()


class ViewingBudget:
    """When the next frame and the next state are due, and how fine a frame may be.

    Parameters
    ----------
    idle : function of no arguments, optional
        The seconds for which the thread has waited for steps to be due.

    Examples
    --------
    >>> budget = ViewingBudget()
    >>> budget.frames.is_due(), budget.grid(64), budget.neurons(64), budget.words(64, 64)
    (True, 64, 64, '')
    >>> budget.frames.cost = 0.5  # seconds
    >>> budget.adapt()
    >>> budget.grid(64), budget.words(64, 64)
    (48, 'To train at full speed, shown are 0.12 frames a second, maps of 48 × 48 points.')
    """

    def __init__(self, idle: Callable[[], float] = lambda: 0.0) -> None:
        self._idle = idle
        self.forget()

    def forget(self) -> None:
        """Another network or table: nothing is known of its cost."""
        self.frames = _Interval(SHARE_OF_FRAMES, FRAMES_A_SECOND, self._idle)
        self.states = _Interval(SHARE_OF_STATES, STATES_A_SECOND, self._idle)
        self._last_change, self._steps_down = -1e9, 0

    def adapt(self) -> None:
        """After a frame: the next ones are coarser where there would be too few, and finer where they are cheap."""
        now = perf_counter()
        if now - self._last_change < SECONDS_BETWEEN_CHANGES:
            return
        if self.frames.seconds > 1 / FEWEST_FRAMES and self._steps_down < MOST_STEPS_DOWN:
            self._steps_down, self._last_change = self._steps_down + 1, now
        elif self._steps_down and self.frames.seconds <= 0.4 / FEWEST_FRAMES:
            self._steps_down, self._last_change = self._steps_down - 1, now

    def grid(self, wanted: int) -> int:
        """Points along each axis of a map while training runs, where that many are wanted."""
        return max(min(wanted, LEAST_GRID), round(wanted * 0.75 ** min(self._steps_down, STEPS_OF_GRID)))

    def neurons(self, wanted: int) -> int:
        """Hidden neurons that are shown, where that many are wanted."""
        return max(min(wanted, LEAST_NEURONS), wanted >> max(0, self._steps_down - STEPS_OF_GRID))

    def words(self, grid: int, neurons: int) -> str:
        """What is left out, as a sentence; "" where nothing is."""
        found = []
        if self._steps_down or self.frames.seconds > 2 / FRAMES_A_SECOND:
            found.append(f"{min(FRAMES_A_SECOND, 1 / self.frames.seconds):.2g} frames a second")
        if self.grid(grid) < grid:
            found.append(f"maps of {self.grid(grid)} × {self.grid(grid)} points")
        if self.neurons(neurons) < neurons:
            found.append(f"{self.neurons(neurons)} hidden neurons")
        return f"To train at full speed, shown are {', '.join(found)}." if found else ""


def grid_at_rest(wanted: int, n_parameters: int, axes: int = 2) -> int:
    """Points along each axis of a map, where that many are wanted: fewer of a very large network.

    Examples
    --------
    >>> grid_at_rest(64, 1_000), grid_at_rest(64, 1_000_000), grid_at_rest(64, 1_000_000, axes=1)
    (64, 17, 64)
    """
    most = MOST_MULTIPLICATIONS / max(1, n_parameters)
    return min(wanted, max(8, int(most ** (1 / axes))))


def rows_to_measure(most: int, n_parameters: int) -> int:
    """Rows of a part on which metrics are measured, at most `most`: fewer for a very large network.

    Examples
    --------
    >>> rows_to_measure(10_000, 1_000), rows_to_measure(10_000, 1_000_000)
    (10000, 300)
    """
    return min(most, max(LEAST_ROWS, int(MOST_MULTIPLICATIONS / max(1, n_parameters))))
