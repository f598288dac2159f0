"""What a session is to the server: it runs commands, and tells of changes through its outbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias

from wade.studio.messages import AnyCommand, FileAnnounced, State, Upload
from wade.studio.outbox import Outbox


class File(NamedTuple):
    """The result of `Save`: what the reply says, and the bytes that follow it."""

    announced: FileAnnounced
    content: bytes


class Session(Protocol):
    """One visitor's table, settings and training.

    It is made in the thread of its worker by ``make(key, outbox)``, and tells its page of changes through the `Outbox`.
    Any error that it raises becomes the error of the reply; of an `InvalidArgument`, the reply names the setting.
    """

    def handle(self, command: AnyCommand) -> Any:
        """The result of a command: what the reply holds, or a `File`.

        Called in a worker thread, one command at a time. `Upload` and `Credit` do not come here. `Open` comes again
        with each new connection: the page then has nothing, so the reply is the `State`, and curves and a frame go to
        the outbox.
        """

    def upload(self, command: Upload, file: Path) -> State:
        """The state after the table in this file was opened; called as `handle` is.

        The file's own name says nothing, `command.name` is for people only. The file stays until the next upload, or
        until the session is closed.
        """

    def interrupt(self) -> None:
        """Stop what runs, and what is asked for until `Pause` has been handled, between two steps.

        Called from the event loop when a `Pause` arrives and when the connection is lost, so it must return at once;
        a `Pause` for `handle` follows.
        """

    def close(self) -> None:
        """End all threads; called as `handle` is, after the last command."""


SessionMaker: TypeAlias = Callable[[str, Outbox], Session]
