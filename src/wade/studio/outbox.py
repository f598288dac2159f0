"""What a session says by itself: its latest state, curves and frame, each in place of one that was not sent yet.

A session puts messages in from any thread; the server takes them out as fast as the page reads. So a slow page sees
fewer messages, and there are never more than three in memory. Frames go out only with credit, of which a page grants
two at most.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Final

from wade.studio.messages import Curves, State, StateChanged, write

MOST_CREDIT: Final = 2


class Outbox:
    """The messages of one session that wait for its page; safe from every thread.

    Parameters
    ----------
    notify : callable
        Called without arguments whenever there may be something to take, in the thread that put it in.

    Examples
    --------
    >>> outbox = Outbox()
    >>> outbox.frame(b"first"), outbox.frame(b"second"), outbox.take()
    (None, None, [])
    >>> outbox.grant(2)
    >>> outbox.wants_frame, outbox.take(), outbox.wants_frame
    (False, [b'second'], True)
    >>> outbox.frame(b"third")
    >>> outbox.drop_frame()
    >>> outbox.take()
    []
    """

    def __init__(self, notify: Callable[[], None] = lambda: None) -> None:
        self.notify = notify
        self._lock = Lock()
        self._state: str | None = None
        self._curves: str | None = None
        self._frame: bytes | None = None
        self._credit = 0

    def state(self, state: State) -> None:
        """A new state."""
        text = write(StateChanged(state))
        with self._lock:
            self._state = text
        self.notify()

    def curves(self, curves: Curves) -> None:
        """New curves."""
        text = write(curves)
        with self._lock:
            self._curves = text
        self.notify()

    def frame(self, frame: bytes) -> None:
        """A new frame, of `wade.studio.frames.pack_frame`; it waits for credit."""
        with self._lock:
            self._frame = frame
        self.notify()

    def drop_frame(self) -> None:
        """Forget a frame that waits: it is of a training that is over."""
        with self._lock:
            self._frame = None

    @property
    def wants_frame(self) -> bool:
        """Whether a frame that is drawn now can be sent at once."""
        with self._lock:
            return self._credit > 0 and self._frame is None

    def grant(self, frames: int) -> None:
        """Let this many more frames out."""
        with self._lock:
            self._credit = min(MOST_CREDIT, self._credit + frames)
        self.notify()

    def take(self) -> list[str | bytes]:
        """What can be sent now, in the order in which a page should read it."""
        with self._lock:
            taken: list[str | bytes] = [text for text in (self._state, self._curves) if text is not None]
            self._state = self._curves = None
            if self._frame is not None and self._credit > 0:
                taken.append(self._frame)
                self._frame, self._credit = None, self._credit - 1
        return taken

    def clear(self) -> None:
        """Forget everything: another page reads from now on."""
        with self._lock:
            self._state = self._curves = self._frame = None
            self._credit = 0
