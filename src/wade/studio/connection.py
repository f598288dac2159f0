"""The connection to one page: reads commands and uploads, sends replies and what the session says by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Final

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from wade.errors import WadeError
from wade.studio.messages import AnyCommand, Credit, Open, Reply, Upload, read_command, write
from wade.studio.session_table import Entry, SessionTable
from wade.studio.uploads import Receiving, read_piece
from wade.studio.worker import MOST_WAITING, Job, refused

LONGEST_TEXT: Final = 1 << 16
OPEN_SECONDS: Final = 10.0
"""Within which a connection has to open a session."""
SEND_SECONDS: Final = 30.0
"""Within which a page has to make room for a message."""
CLOSE_SECONDS: Final = 2.0
"""Within which a page has to make room for the reason of an end."""
BROKE_RULES: Final = 1008
TOO_LONG: Final = 1009
REPLACED: Final = 4001
NO_COMMAND: Final = -1
"""The number of a reply to what is no command and has no number."""


class Ended(Exception):
    """The server ends the connection."""

    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(code, reason)


class Connection:
    """One socket, from its acceptance to its end."""

    def __init__(self, socket: WebSocket, sessions: SessionTable) -> None:
        self._socket, self._sessions = socket, sessions
        self._loop = asyncio.get_running_loop()
        self._entry: Entry | None = None
        self._upload: Receiving | None = None
        self._woken = asyncio.Event()
        self._sending = asyncio.Lock()
        self._replying: set[asyncio.Task[None]] = set()
        self._over: asyncio.Future[None] = self._loop.create_future()

    def wake(self) -> None:
        """There may be something in the outbox."""
        self._woken.set()

    def replaced(self) -> None:
        """Another page has taken the session over."""
        self._end(Ended(REPLACED, "another page has taken the session over"))

    async def serve(self) -> None:
        """Talk with the page until one of both ends it."""
        await self._socket.accept()
        tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write()), self._over]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._end(None)
            for task in (*tasks, *self._replying):
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            if self._upload is not None:
                self._upload.give_up()
            if self._entry is not None:
                self._sessions.detach(self, self._entry)
        for outcome in outcomes:
            if isinstance(outcome, Ended):
                with contextlib.suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
                    async with asyncio.timeout(CLOSE_SECONDS):
                        await self._socket.close(outcome.code, outcome.reason)
            elif isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
                raise outcome

    def _end(self, how: Ended | None) -> None:
        if not self._over.done():
            if how is None:
                self._over.set_result(None)
            else:
                self._over.set_exception(how)

    async def _read(self) -> None:
        while True:
            # Once a session is open, pings find out whether the page is still there.
            try:
                async with asyncio.timeout(OPEN_SECONDS if self._entry is None else None):
                    message = await self._socket.receive()
            except TimeoutError as error:
                raise Ended(BROKE_RULES, f"no session was opened within {OPEN_SECONDS:g} seconds") from error
            if message["type"] == "websocket.disconnect":
                return
            if message.get("bytes") is not None:
                await self._piece(message["bytes"])
            else:
                await self._command(message["text"])

    async def _command(self, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            raise Ended(TOO_LONG, f"a command may have {LONGEST_TEXT} characters")
        try:
            command = read_command(text)
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
            await self._send(write(Reply(_number_of(text), error=f"not a command: {error}")))
            return
        if isinstance(command, Open):
            if self._entry is not None:
                raise Ended(BROKE_RULES, "a connection opens one session")
            try:
                self._entry = self._sessions.attach(self, command.session)
            except WadeError as error:
                await self._send(write(refused(command.id, error)))
                return
        if self._entry is None:
            raise Ended(BROKE_RULES, "the first command is `open`")
        if isinstance(command, Credit):
            self._entry.outbox.grant(command.frames)
            await self._send(write(Reply(command.id)))
        elif isinstance(command, Upload):
            await self._begin_upload(command)
        else:
            await self._submit(self._entry, command)

    async def _begin_upload(self, command: Upload) -> None:
        if self._upload is not None and self._upload.waits:
            self._upload.give_up()
            await self._send(write(Reply(self._upload.command.id, error="given up for another upload")))
        try:
            self._upload = Receiving.begin(command, self._sessions)
        except (WadeError, OSError) as error:
            self._upload = Receiving(command)
            await self._send(write(refused(command.id, error)))

    async def _piece(self, message: bytes) -> None:
        upload = self._upload
        try:
            number, piece = read_piece(message)
        except ValueError as error:
            raise Ended(BROKE_RULES, str(error)) from error
        if upload is None or self._entry is None or number != upload.command.id:
            raise Ended(BROKE_RULES, "a piece of a file that was not announced")
        if not upload.waits:
            return
        try:
            file = await asyncio.to_thread(upload.add, piece)
        except (WadeError, OSError) as error:
            upload.give_up()
            await self._send(write(refused(number, error)))
            return
        if file is not None and not await self._submit(self._entry, upload.command, file):
            file.unlink(missing_ok=True)

    async def _submit(self, entry: Entry, command: AnyCommand, file: Path | None = None) -> bool:
        submitted = entry.worker.submit(Job(command, self._reply, file))
        if not submitted:
            error = f"{MOST_WAITING} commands wait already; this one was not run"
            await self._send(write(Reply(command.id, error=error)))
        return submitted

    def _reply(self, messages: Sequence[str | bytes]) -> None:
        """Send the messages that answer a command; called in the session's thread, which waits until they are sent."""
        sending = self._send_reply(messages)
        try:
            asyncio.run_coroutine_threadsafe(sending, self._loop).result()
        except CancelledError:  # the connection has ended
            pass
        except RuntimeError:  # the server has stopped
            sending.close()

    async def _send_reply(self, messages: Sequence[str | bytes]) -> None:
        task = asyncio.current_task()
        if self._over.done() or task is None:
            return
        self._replying.add(task)
        try:
            for message in messages:
                await self._send(message)
        finally:
            self._replying.remove(task)

    async def _write(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._entry is not None and (messages := self._entry.outbox.take()):
                for message in messages:
                    await self._send(message)

    async def _send(self, message: str | bytes) -> None:
        """Send one message once there is room for it; a page that makes none for long is given up."""
        try:
            async with self._sending, asyncio.timeout(SEND_SECONDS):
                if isinstance(message, str):
                    await self._socket.send_text(message)
                else:
                    await self._socket.send_bytes(message)
        except (WebSocketDisconnect, TimeoutError, RuntimeError):
            self._end(None)


class _Numbered(msgspec.Struct):
    id: int


def _number_of(text: str) -> int:
    """The number of what is otherwise no command."""
    try:
        return msgspec.json.decode(text, type=_Numbered).id
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return NO_COMMAND
