"""A server in this process with sessions that do as they are told, and pages that talk with it over a real port."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from wade.errors import InvalidArgument
from wade.studio import messages
from wade.studio.envelope import UPLOAD, pack
from wade.studio.files import StaticFile
from wade.studio.launch import HOST, configured, listening_socket
from wade.studio.outbox import Outbox
from wade.studio.server import make_app
from wade.studio.session_table import SessionTable
from wade.studio.sessions import File

TOKEN = "a-token"
PATIENCE = 20  # seconds


def run(conversation: Coroutine[Any, Any, Any]) -> Any:
    """What it returns; in a thread of its own, for the tests of pages leave an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, conversation).result()


class ObedientSession:
    """A session whose state is what it was told: settings, steps taken, the last upload."""

    def __init__(self, key: str, outbox: Outbox) -> None:
        self.key, self.outbox = key, outbox
        self.settings: dict[str, Any] = {}
        self.step, self.uploaded = 0, ""
        self.stopped = threading.Event()
        self.playing: threading.Thread | None = None
        self.interrupted = self.closed = False

    def state(self) -> dict[str, Any]:
        running = self.playing is not None and self.playing.is_alive()
        return {
            **{"session": self.key, "settings": self.settings, "step": self.step},
            **{"uploaded": self.uploaded, "running": running},
        }

    def handle(self, command: messages.AnyCommand) -> Any:
        match command:
            case messages.Open():
                self.outbox.frame(b"WFRM of an opened page")
            case messages.Configure(settings=settings):
                if "batch_size" in settings and settings["batch_size"] < 1:
                    raise InvalidArgument("batch_size", "must be a whole number from 1 on", settings["batch_size"])
                self.settings |= settings
            case messages.Step(count=count):
                self.walk(count)
            case messages.Play():
                self.playing = threading.Thread(target=self.play, daemon=True)
                self.playing.start()
            case messages.Pause():
                self.stopped.set()
                if self.playing is not None:
                    self.playing.join(PATIENCE)
                self.stopped.clear()
            case messages.Numbers():
                return messages.NumbersShown("numbers", ["value"], [[i] for i in range(100_000)], 100_000)
            case messages.Save():
                return File(messages.FileAnnounced("net.wade", "application/octet-stream", 5), b"\0\1\2\3\4")
            case messages.Restart():
                raise RuntimeError("the session is broken")
        return self.state()

    def walk(self, count: int) -> None:
        for _ in range(count):
            if self.stopped.wait(0.001):
                return
            self.step += 1

    def play(self) -> None:
        while not self.stopped.wait(0.002):
            self.step += 1
            self.outbox.state(self.state())  # type: ignore[arg-type]
            self.outbox.frame(b"WFRM" + self.step.to_bytes(4, "little") + bytes(100_000))

    def upload(self, command: messages.Upload, file: Path) -> Any:
        content = file.read_bytes()
        if content.startswith(b"%PDF"):
            raise InvalidArgument("data", "must be a table", "a PDF document")
        self.uploaded = f"{command.name}: {len(content)} bytes, the last {content[-1:]!r}"
        return self.state()

    def interrupt(self) -> None:
        self.interrupted = True
        self.stopped.set()

    def close(self) -> None:
        self.closed = True
        self.stopped.set()


class Page:
    """What a page's channel does: sends commands, reads replies, keeps the rest."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.number = 0
        self.states: list[dict[str, Any]] = []
        self.binary: list[bytes] = []

    async def send(self, what: str, /, **fields: Any) -> int:
        self.number += 1
        command = {"command": what, "id": self.number, **fields}
        await self.socket.send(msgspec.json.encode(command).decode())
        return self.number

    async def read(self) -> dict[str, Any] | None:
        """The next reply, or None after another message."""
        message = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        if isinstance(message, bytes):
            self.binary.append(message)
            return None
        said = msgspec.json.decode(message)
        if said["type"] == "reply":
            return said
        if said["type"] == "state":
            self.states.append(said["state"])
        return None

    async def reply(self, number: int | None = None) -> dict[str, Any]:
        """The next reply, to the command of this number if one is given."""
        while True:
            said = await self.read()
            if said is not None and number in (None, said["id"]):
                return said

    async def ask(self, what: str, /, **fields: Any) -> dict[str, Any]:
        return await self.reply(await self.send(what, **fields))

    async def result(self, what: str, /, **fields: Any) -> Any:
        reply = await self.ask(what, **fields)
        assert reply["error"] is None, reply
        return reply["result"]

    async def piece(self, number: int, content: bytes) -> None:
        await self.socket.send(pack(UPLOAD, {"id": number}, content))

    async def close_code(self) -> int | None:
        """The code with which the server ends the connection."""
        async with asyncio.timeout(PATIENCE):
            await self.socket.wait_closed()
        return self.socket.close_code


class RunningServer:
    """A server on a port of this machine."""

    def __init__(self, sessions: SessionTable, port: int, made: list[Any]) -> None:
        self.sessions, self.port, self.made = sessions, port, made
        self.authority = f"{HOST}:{port}"
        self.path = f"/{TOKEN}/"

    @asynccontextmanager
    async def connection(self, **options: Any) -> AsyncIterator[Page]:
        """A page whose session is not open yet."""
        address = f"ws://{self.authority}{self.path}socket"
        origin: Any = f"http://{self.authority}"
        async with connect(address, origin=origin, compression=None, max_size=None, **options) as socket:
            yield Page(socket)

    @asynccontextmanager
    async def page(self, session: str | None = None, **options: Any) -> AsyncIterator[Page]:
        """A page that has opened a session."""
        async with self.connection(**options) as page:
            page.key = (await page.result("open", session=session))["session"]  # type: ignore[attr-defined]
            yield page


@pytest.fixture
def files(tmp_path: Path) -> dict[str, StaticFile]:
    """A page of two files."""
    (tmp_path / "index.html").write_text("<!doctype html><title>studio</title>")
    (tmp_path / "main.js").write_text("export {};")
    return {
        "": StaticFile(tmp_path / "index.html", "text/html; charset=utf-8"),
        "main.js": StaticFile(tmp_path / "main.js", "text/javascript; charset=utf-8"),
    }


@pytest.fixture
def serving(files: dict[str, StaticFile]) -> Callable[..., Any]:
    """`async with serving() as server`: a server with sessions that do as they are told."""

    @asynccontextmanager
    async def serving(make: Any = ObedientSession, **limits: Any) -> AsyncIterator[RunningServer]:
        made: list[Any] = []

        def make_and_keep(key: str, outbox: Outbox) -> Any:
            made.append(make(key, outbox))
            return made[-1]

        listener = listening_socket(None)
        port = listener.getsockname()[1]
        sessions = SessionTable(make_and_keep, **limits)
        server = uvicorn.Server(configured(make_app(sessions, TOKEN, f"{HOST}:{port}", files)))
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
        running = asyncio.create_task(server.serve(sockets=[listener]))
        deadline = time.monotonic() + PATIENCE
        while not server.started:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.005)
        try:
            yield RunningServer(sessions, port, made)
        finally:
            server.should_exit = True
            await running
            assert await asyncio.to_thread(sessions.close)

    return serving
