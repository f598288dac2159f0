"""The thread that trains and draws: in chunks so short that commands, which take turns with it, are soon answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread, current_thread
from time import perf_counter
from typing import Final

SECONDS_PER_CHUNK: Final = 0.02
"""Of training at a time: a command waits no longer than this, and for what is drawn after it."""

SECONDS_TO_END: Final = 5.0


class Trainer:
    """Trains while it is told to, and shows what changed, in a thread of its own.

    Parameters
    ----------
    train : function of (seconds, steps)
        Takes steps for about this many seconds, at most this many steps; None: as many as fit.
    show : function of no arguments
        Shows what changed, where it is time to.
    failed : function of an error
        Told of an error of `show`.

    Examples
    --------
    >>> trainer = Trainer(lambda seconds, steps: None, lambda: None, print)
    >>> with trainer.turn():
    ...     trainer.running
    False
    >>> trainer.close()
    """

    def __init__(
        self,
        train: Callable[[float, int | None], object],
        show: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._train, self._show, self._failed = train, show, failed
        self._condition = Condition()
        self._busy, self._waiting = False, 0
        self._running, self._changed, self._closed, self._interrupted = False, False, False, False
        self._speed: float | None = None
        self._next = 0.0  # when the next step is due, where there is a speed
        self.idle = 0.0
        """Seconds for which it waited, running, for the next step to be due."""
        self._thread = Thread(target=self._run, name="studio trainer", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it trains."""
        return self._running

    @property
    def interrupted(self) -> bool:
        """Whether a pause was asked for and not handled yet: what runs for long has to end."""
        return self._interrupted or self._closed

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A turn of a command's: nothing is trained or drawn meanwhile."""
        with self._condition:
            self._waiting += 1
            self._condition.wait_for(lambda: not self._busy)
            self._waiting -= 1
            self._busy = True
        try:
            yield
        finally:
            with self._condition:
                self._busy = False
                self._condition.notify_all()

    def play(self, speed: float | None = None) -> None:
        """Train from now on, at most this many steps a second; not where a pause was asked for meanwhile."""
        with self._condition:
            if not self.interrupted:
                self._running, self._speed, self._next = True, speed, perf_counter()
                self._condition.notify_all()

    def pause(self) -> None:
        """Train no more. What was interrupted may begin again."""
        with self._condition:
            self._running = self._interrupted = False
            self._condition.notify_all()

    def stop(self) -> None:
        """Train no more, without having been asked to."""
        self._running = False

    def interrupt(self) -> None:
        """Stop between two steps, and start nothing until `pause`; returns at once."""
        self._interrupted, self._running = True, False

    def changed(self) -> None:
        """There is something new to show."""
        with self._condition:
            self._changed = True
            self._condition.notify_all()

    def close(self) -> None:
        """End the thread, after the chunk that it is at."""
        with self._condition:
            self._closed, self._running = True, False
            self._condition.notify_all()
        if current_thread() is not self._thread:
            self._thread.join(SECONDS_TO_END)

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._has_work():
                    began, seconds = perf_counter(), self._seconds_to_wait()
                    self._condition.wait(seconds)
                    if seconds is not None:
                        self.idle += perf_counter() - began
                if self._closed:
                    return
                self._busy, self._changed = True, False
                running = self._running
            try:
                if running:
                    self._take_steps()
                self._show()
            except Exception as error:
                self._failed(error)
            finally:
                with self._condition:
                    # The last state before a pause is shown, too.
                    self._changed |= running and not self._running
                    self._busy = False
                    self._condition.notify_all()

    def _has_work(self) -> bool:
        if self._closed:
            return True
        due = self._running and perf_counter() >= self._next
        return not self._busy and not self._waiting and (due or self._changed)

    def _seconds_to_wait(self) -> float | None:
        free = self._running and not self._busy and not self._waiting
        return max(0.0, self._next - perf_counter()) if free else None

    def _take_steps(self) -> None:
        if self._speed is None:
            self._train(SECONDS_PER_CHUNK, None)
            return
        now = perf_counter()
        if now < self._next:
            return
        # Steps that are overdue are taken together; of a long delay, those of a chunk.
        behind = min(now - self._next, SECONDS_PER_CHUNK)
        count = 1 + int(behind * self._speed)
        self._train(SECONDS_PER_CHUNK, count)
        self._next = max(self._next + count / self._speed, now - SECONDS_PER_CHUNK)
