"""What hostile clients try, byte by byte: the server cuts them off, and goes on serving everybody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.studio.conftest import TOKEN, RunningServer, run
from wade.studio import http_protocol

UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
PATIENCE = 20  # seconds
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
def attack(serving: Callable[..., Any]) -> Callable[..., None]:
    """Run an attack against a server, and see that it still serves another page afterwards."""

    def attack(conversation: Callable[[RunningServer], Any]) -> None:
        async def served() -> None:
            async with serving() as server:
                await conversation(server)
                async with server.page() as page:
                    assert (await page.result("step", count=1))["step"] == 1

        run(served())

    return attack


@asynccontextmanager
async def raw(server: RunningServer) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def ended(reader: asyncio.StreamReader) -> bytes:
    """What comes until the server ends the connection."""
    received = b""
    async with asyncio.timeout(PATIENCE):
        try:
            while piece := await reader.read(1 << 16):
                received += piece
        except ConnectionError:
            pass
    return received


async def upgraded(server: RunningServer, streams: Streams) -> None:
    """An open socket, of which each byte can be chosen."""
    reader, writer = streams
    here = server.authority
    writer.write(f"GET /{TOKEN}/socket HTTP/1.1\r\nHost: {here}\r\nOrigin: http://{here}\r\n{UPGRADE}\r\n".encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    assert head.startswith(b"HTTP/1.1 101")


def closing_code(received: bytes) -> int:
    """Of the frame that ends a connection."""
    assert received[0] == 0x88
    return int.from_bytes(received[2:4], "big")


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nHost: a",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost",
    ],
)
def test_a_request_that_comes_too_slowly_is_cut(
    attack: Callable[..., None], monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    monkeypatch.setattr(http_protocol, "REQUEST_SECONDS", 0.3)

    async def trickle(server: RunningServer) -> None:
        async with raw(server) as (reader, writer):
            writer.write(first)
            began, end = time.monotonic(), asyncio.create_task(ended(reader))
            while not end.done():
                writer.write(b"x")
                await asyncio.sleep(0.02)
                assert time.monotonic() - began < PATIENCE / 2

    attack(trickle)


def test_a_response_that_is_not_read_is_cut(
    attack: Callable[..., None], monkeypatch: pytest.MonkeyPatch, files: Any
) -> None:
    monkeypatch.setattr(http_protocol, "REQUEST_SECONDS", 0.3)
    files["main.js"].path.write_bytes(bytes(20_000_000))

    async def read_nothing(server: RunningServer) -> None:
        async with raw(server) as (reader, writer):
            writer.write(f"GET /{TOKEN}/main.js HTTP/1.1\r\nHost: {server.authority}\r\n\r\n".encode())
            await asyncio.sleep(1)
            assert len(await ended(reader)) < 20_000_000

    attack(read_nothing)


def test_more_connections_than_the_server_carries_are_refused(attack: Callable[..., None]) -> None:
    async def hold_many(server: RunningServer) -> None:
        held = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(http_protocol.MOST_CONNECTIONS)]
        try:
            async with raw(server) as (reader, writer):
                writer.write(b"GET / HTTP/1.1\r\n\r\n")
                assert await ended(reader) == b""
        finally:
            for _, writer in held:
                writer.transport.abort()
        await asyncio.sleep(0.2)

    attack(hold_many)


def frame(opcode: int, payload: bytes, *, final: bool = True, masked: bool = True, length: int | None = None) -> bytes:
    """A frame of a socket; `length` is what it is said to have."""
    said = len(payload) if length is None else length
    first = bytes([(0x80 if final else 0) | opcode])
    mask = 0x80 if masked else 0
    size = bytes([mask | 127]) + said.to_bytes(8, "big") if said > 125 else bytes([mask | said])
    return first + size + (bytes(4) if masked else b"") + payload  # a mask of zeros changes nothing


TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
FRAMES: dict[str, tuple[bytes, int]] = {
    # What is sent, and the code with which the connection ends.
    "a message that is said to be huge": (frame(BINARY, b"", length=1 << 62), 1009),
    "a text that is said to be huge": (frame(TEXT, b"", length=1 << 40), 1009),
    "no mask": (frame(TEXT, b"{}", masked=False), 1002),
    "an unknown opcode": (frame(3, b""), 1002),
    "compression that was not agreed": (b"\xc1\x82\0\0\0\0{}", 1002),
    "a piece of nothing": (frame(0, b"{}"), 1002),
    "a long ping": (frame(PING, bytes(126)), 1002),
    "text that is no UTF-8": (frame(TEXT, b'{"command":"\xff"}'), 1007),
    "a close of one byte": (frame(CLOSE, b"\0"), 1002),
    "a message in endless pieces": (
        frame(BINARY, bytes(1 << 20), final=False) + frame(0, bytes(1 << 20), final=False) * 2,
        1009,
    ),
}


@pytest.mark.parametrize(("sent", "code"), FRAMES.values(), ids=FRAMES)
def test_frames_that_break_the_protocol_end_the_connection(attack: Callable[..., None], sent: bytes, code: int) -> None:
    async def break_it(server: RunningServer) -> None:
        async with raw(server) as streams:
            await upgraded(server, streams)
            reader, writer = streams
            writer.write(sent)
            received = asyncio.create_task(ended(reader))
            await asyncio.sleep(0.2)
            writer.write_eof()
            assert closing_code(await received) == code

    attack(break_it)


def test_a_socket_that_is_cut_in_the_middle_of_a_message_is_forgotten(attack: Callable[..., None]) -> None:
    async def cut(server: RunningServer) -> None:
        for _ in range(20):
            async with raw(server) as streams:
                await upgraded(server, streams)
                streams[1].write(frame(TEXT, b'{"command":"open","id":1}') + frame(BINARY, bytes(1000), length=1 << 20))
                await streams[1].drain()
                await asyncio.sleep(0.01)
        async with asyncio.timeout(PATIENCE):
            while any(entry.page is not None for entry in server.sessions._entries.values()):
                await asyncio.sleep(0.01)

    attack(cut)


def test_requests_behind_one_another_are_answered_one_by_one(attack: Callable[..., None]) -> None:
    """No second request hides in the first one."""

    async def pipeline(server: RunningServer) -> None:
        async with raw(server) as (reader, writer):
            hidden = f"GET /{TOKEN}/ HTTP/1.1\r\nHost: {server.authority}\r\n\r\n"
            about = f"Host: {server.authority}\r\nContent-Length: {len(hidden)}\r\nTransfer-Encoding: chunked\r\n\r\n"
            writer.write(f"POST /{TOKEN}/ HTTP/1.1\r\n{about}{hidden}".encode())
            writer.write_eof()
            received = await ended(reader)
            assert received.count(b"HTTP/1.1 ") <= 2
            assert b"HTTP/1.1 200" not in received

    attack(pipeline)
