"""The viewing budget: what is shown of a running training takes at most a tenth of the processor's time.

Where a frame costs too much, there are first fewer frames, then coarser maps, then fewer neurons.
"""

from __future__ import annotations

from time import perf_counter
from typing import Final

SHARE_OF_FRAMES: Final = 0.06
SHARE_OF_STATES: Final = 0.03
FRAMES_A_SECOND: Final = 30.0
STATES_A_SECOND: Final = 12.0
FEWEST_FRAMES: Final = 8.0
"""A second; before there are fewer, maps get coarser."""
LEAST_GRID: Final = 16
LEAST_NEURONS: Final = 8
SECONDS_BETWEEN_CHANGES: Final = 0.5
WEIGHT: Final = 0.3
"""Of the latest cost in the mean of costs."""


class ViewingBudget:
    """When the next frame and the next state are due, and how fine a frame may be.

    Examples
    --------
    >>> budget = ViewingBudget()
    >>> budget.frame_done(0.0004)  # seconds
    >>> round(budget.seconds_per_frame, 4), budget.grid(64), budget.words(64, 64)
    (0.0333, 64, '')
    """

    def __init__(self) -> None:
        self._frame_cost = self._state_cost = 0.0
        self._last_frame = self._last_state = self._last_change = -1e9
        self._steps_down = 0

    @property
    def seconds_per_frame(self) -> float:
        """From one frame to the next, at least."""
        return max(1 / FRAMES_A_SECOND, self._frame_cost / SHARE_OF_FRAMES)

    @property
    def seconds_per_state(self) -> float:
        """From one state to the next, at least."""
        return max(1 / STATES_A_SECOND, self._state_cost / SHARE_OF_STATES)

    def frame_is_due(self) -> bool:
        """Whether it is time for a frame while training runs."""
        return perf_counter() - self._last_frame >= self.seconds_per_frame

    def state_is_due(self) -> bool:
        """Whether it is time for a state while training runs."""
        return perf_counter() - self._last_state >= self.seconds_per_state

    def frame_done(self, seconds: float) -> None:
        """A frame took so long to draw."""
        now = perf_counter()
        # The interval counts from one beginning to the next.
        self._last_frame = now - seconds
        self._frame_cost += (WEIGHT if self._frame_cost else 1.0) * (seconds - self._frame_cost)
        if now - self._last_change < SECONDS_BETWEEN_CHANGES:
            return
        if self.seconds_per_frame > 1 / FEWEST_FRAMES and self._steps_down < 12:
            self._steps_down, self._last_change = self._steps_down + 1, now
        elif self._steps_down and self.seconds_per_frame <= 0.4 / FEWEST_FRAMES:
            self._steps_down, self._last_change = self._steps_down - 1, now

    def state_done(self, seconds: float) -> None:
        """A state took so long to put together."""
        self._last_state = perf_counter() - seconds
        self._state_cost += (WEIGHT if self._state_cost else 1.0) * (seconds - self._state_cost)

    def forget(self) -> None:
        """Another network or table: nothing is known of its cost."""
        self.__init__()  # type: ignore[misc]

    def grid(self, wanted: int) -> int:
        """Points along each axis of a map, where so many are wanted."""
        return max(min(wanted, LEAST_GRID), round(wanted * 0.75 ** min(self._steps_down, 6)))

    def neurons(self, wanted: int) -> int:
        """Hidden neurons that are shown, where so many are wanted."""
        return max(min(wanted, LEAST_NEURONS), wanted >> max(0, self._steps_down - 6))

    def words(self, grid: int, neurons: int) -> str:
        """What is left out, as sentences; "" where nothing is."""
        found = []
        if self._steps_down or self.seconds_per_frame > 2 / FRAMES_A_SECOND:
            found.append(f"{min(FRAMES_A_SECOND, 1 / self.seconds_per_frame):.0f} frames a second")
        if self.grid(grid) < grid:
            found.append(f"maps of {self.grid(grid)} × {self.grid(grid)} points")
        if self.neurons(neurons) < neurons:
            found.append(f"{self.neurons(neurons)} hidden neurons")
        return f"To train at full speed, shown are {', '.join(found)}." if found else ""
