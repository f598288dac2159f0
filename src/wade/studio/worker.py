"""The thread of a session: it makes the session and runs its commands, one after another."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, NamedTuple

import msgspec

from wade.errors import InvalidArgument, WadeError
from wade.studio.envelope import FILE, pack
from wade.studio.messages import AnyCommand, Pause, Reply, Upload, write
from wade.studio.outbox import Outbox
from wade.studio.sessions import File, Session, SessionMaker

MOST_WAITING: Final = 64
"""Commands of one session that may wait for the one that runs."""


class Job(NamedTuple):
    """A command, and where its reply goes: a function that returns when it is sent, or cannot be any more."""

    command: AnyCommand
    reply: Callable[[list[str | bytes]], None]
    file: Path | None = None  # of an upload


class Worker:
    """Runs the commands of one session in a thread of its own.

    Parameters
    ----------
    make : SessionMaker
        Makes the session, in that thread, before the first command.
    key : str
        The session's key.
    outbox : Outbox
        What the session says by itself.
    made : callable
        Called in that thread once the session is made, with the error if it could not be.
    """

    def __init__(
        self,
        make: SessionMaker,
        key: str,
        outbox: Outbox,
        made: Callable[[Exception | None], None] = lambda error: None,
    ) -> None:
        self.session: Session | None = None
        self.failure: Exception | None = None
        self._make, self._key, self._outbox, self._made = make, key, outbox, made
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._closed = False
        self._upload: Path | None = None
        # A command that takes long must not keep the process alive.
        self._thread = Thread(target=self._run, name=f"studio {key[:6]}", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> bool:
        """Run it after those that wait; False where too many do."""
        if self._jobs.qsize() >= MOST_WAITING:
            return False
        if isinstance(job.command, Pause):
            self._interrupt()
        self._jobs.put(job)
        return True

    def pause(self) -> None:
        """Stop what runs, and what waits, for no page that asked for it."""
        self._interrupt()
        self._jobs.put(Job(Pause(id=0), lambda messages: None))

    def _interrupt(self) -> None:
        if self.session is not None:
            self.session.interrupt()

    def close(self) -> None:
        """End the session and the thread, as soon as the command that runs has ended; those that wait are dropped."""
        self._closed = True
        self._interrupt()
        self._jobs.put(None)

    def join(self, seconds: float) -> bool:
        """Wait for the end of the thread; False where it still runs."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.session = self._make(self._key, self._outbox)
        except Exception as error:
            self.failure = error
        self._made(self.failure)
        while (job := self._jobs.get()) is not None and not self._closed:
            job.reply(self._result(job))
        if self.session is not None:
            self.session.close()
        for file in (self._upload, *self._waiting_files()):
            if file is not None:
                file.unlink(missing_ok=True)

    def _waiting_files(self) -> Iterator[Path | None]:
        while not self._jobs.empty():
            job = self._jobs.get()
            yield None if job is None else job.file

    def _result(self, job: Job) -> list[str | bytes]:
        """The messages that answer a command."""
        number = job.command.id
        try:
            if self.session is None:
                assert self.failure is not None
                raise self.failure
            if isinstance(job.command, Upload):
                return [write(Reply(number, self._uploaded(self.session, job.command, job.file)))]
            result = self.session.handle(job.command)
            if isinstance(result, File):
                return [write(Reply(number, result.announced)), _packed(number, result)]
            return [write(Reply(number, result))]
        except BaseException as error:  # some libraries raise what is no Exception; the thread has to go on
            return [write(refused(number, error))]

    def _uploaded(self, session: Session, command: Upload, file: Path | None) -> Any:
        assert file is not None
        try:
            state = session.upload(command, file)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        if self._upload is not None:
            self._upload.unlink(missing_ok=True)
        self._upload = file
        return state


def refused(number: int, error: BaseException) -> Reply:
    """The reply that says why a command failed.

    Examples
    --------
    >>> refused(3, InvalidArgument("batch_size", "must be a whole number from 1 on", 0)).setting
    'batch_size'
    """
    if isinstance(error, WadeError):
        setting = error.name if isinstance(error, InvalidArgument) else None
        return Reply(number, error=str(error), setting=setting)
    if os.environ.get("WADE_TRACEBACK"):
        traceback.print_exception(error)
    return Reply(number, error=f"unexpected failure: {type(error).__name__}: {error}")


def _packed(number: int, file: File) -> bytes:
    return pack(FILE, {"id": number, **msgspec.structs.asdict(file.announced)}, file.content)
