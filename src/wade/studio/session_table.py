"""The sessions of a server: one for each page, found again by its key, and no more than the machine carries."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from wade.errors import WadeError
from wade.studio.outbox import Outbox
from wade.studio.sessions import SessionMaker
from wade.studio.worker import Worker

MOST_SESSIONS: Final = 32
KEPT_SECONDS: Final = 600.0
"""How long a session is kept without a page."""


class TooManySessions(WadeError, RuntimeError):
    """Every session that the server carries has a page."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} pages are open, and the server carries no more. Close one of them and try again.")


class Page(Protocol):
    """The connection to a page, as a session sees it."""

    def wake(self) -> None:
        """There may be something in the outbox."""

    def replaced(self) -> None:
        """Another page has taken the session over."""


class Entry:
    """A session of the table: its thread, its outbox, and the page that is connected, if one is."""

    def __init__(self, make: SessionMaker, made: Callable[[Exception | None], None]) -> None:
        self.key = secrets.token_urlsafe(18)
        self.page: Page | None = None
        self.lost_at = time.monotonic()
        self.expiry: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self.outbox = Outbox(self._notify)
        self.worker = Worker(make, self.key, self.outbox, made)

    def _notify(self) -> None:
        with contextlib.suppress(RuntimeError):  # the server has stopped
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if self.page is not None:
            self.page.wake()


class SessionTable:
    """All sessions; used from the event loop only.

    Parameters
    ----------
    make : SessionMaker
        Makes a session.
    most : int
        How many there may be.
    kept : float
        Seconds for which a session is kept without a page.
    """

    def __init__(self, make: SessionMaker, most: int = MOST_SESSIONS, kept: float = KEPT_SECONDS) -> None:
        self._make, self._most, self._kept = make, most, kept
        self._entries: dict[str, Entry] = {}
        self._spare: Entry | None = None
        self._folder: Path | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def prepare(self, failed: Callable[[Exception], None]) -> None:
        """Begin to make the session of the first page before it asks; `failed` gets the error, in another thread."""
        self._spare = self._new(lambda error: failed(error) if error is not None else None)

    def attach(self, page: Page, key: str | None) -> Entry:
        """The session of this key for a page; a new one where there is none. A page that has it already loses it.

        Raises
        ------
        TooManySessions
            There is no place for a new one.
        """
        entry = self._entries.get(key or "")
        if entry is None:
            entry, self._spare = self._spare or self._new(), None
        if entry.expiry is not None:
            entry.expiry.cancel()
            entry.expiry = None
        if entry.page is not None:
            entry.page.replaced()
        entry.page = page
        entry.outbox.clear()
        return entry

    def detach(self, page: Page, entry: Entry) -> None:
        """The page is gone: what runs is paused, and the session kept for a while, unless another page has it."""
        if entry.page is not page:
            return
        entry.page = None
        if entry.worker.failure is not None:
            self._close(entry)
            return
        entry.lost_at = time.monotonic()
        entry.outbox.clear()
        entry.worker.pause()
        entry.expiry = asyncio.get_running_loop().call_later(self._kept, self._close, entry)

    def new_upload(self) -> Path:
        """An empty file for an upload, of whose path a page chooses nothing."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="wade-studio-"))
        handle, path = tempfile.mkstemp(dir=self._folder)
        os.close(handle)
        return Path(path)

    def close(self, seconds: float = 1.0) -> bool:
        """End all sessions and remove the files of uploads; False where a thread still runs after some seconds."""
        entries = list(self._entries.values())
        for entry in entries:
            self._close(entry)
        end = time.monotonic() + seconds
        ended = [entry.worker.join(max(0.0, end - time.monotonic())) for entry in entries]
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        return all(ended)

    def _new(self, made: Callable[[Exception | None], None] = lambda error: None) -> Entry:
        if len(self._entries) >= self._most:
            alone = [entry for entry in self._entries.values() if entry.page is None]
            if not alone:
                raise TooManySessions(self._most)
            self._close(min(alone, key=lambda entry: entry.lost_at))
        entry = Entry(self._make, made)
        self._entries[entry.key] = entry
        return entry

    def _close(self, entry: Entry) -> None:
        self._entries.pop(entry.key, None)
        if entry.expiry is not None:
            entry.expiry.cancel()
        entry.worker.close()
