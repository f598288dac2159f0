"""What a page is promised: commands answered, uploads read, its session found again, and limits that hold."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
import tracemalloc
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.studio.conftest import ObedientSession, Page, RunningServer, run
from wade.studio import connection, uploads
from wade.studio.envelope import UPLOAD, pack
from wade.studio.worker import MOST_WAITING

Serving = Callable[..., Any]
Talk = Callable[[RunningServer], Coroutine[Any, Any, None]]


@pytest.fixture
def during(serving: Serving) -> Callable[..., None]:
    """Run a conversation with a server."""

    def during(talk: Talk, make: Any = ObedientSession, **limits: Any) -> None:
        async def served() -> None:
            async with serving(make, **limits) as server:
                await talk(server)

        run(served())

    return during


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


# Commands


def test_commands_are_answered_in_order(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            numbers = [await page.send("configure", settings={"seed": seed}) for seed in range(5)]
            replies = [await page.reply() for _ in numbers]
            assert [reply["id"] for reply in replies] == numbers
            assert [reply["result"]["settings"]["seed"] for reply in replies] == [0, 1, 2, 3, 4]

    during(talk)


def test_an_error_names_its_setting_and_the_session_goes_on(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            refused = await page.ask("configure", settings={"batch_size": 0})
            assert refused["error"] == "`batch_size` must be a whole number from 1 on; received 0."
            assert (refused["setting"], refused["result"]) == ("batch_size", None)
            broken = await page.ask("restart")
            assert broken["error"] == "unexpected failure: RuntimeError: the session is broken"
            assert (await page.result("configure", settings={"seed": 3}))["settings"] == {"seed": 3}

    during(talk)


NO_COMMANDS = {
    "no JSON": "hello",
    "nothing": "",
    "half of it": '{"command":"pause","id":',
    "a list": "[" * 30_000 + "]" * 30_000,
    "deep settings": '{"command":"configure","id":1,"settings":{"a":' + "[" * 30_000 + "]" * 30_000 + "}}",
    "another command": '{"command":"shell","id":1}',
    "no number": '{"command":"pause"}',
    "a number that is none": '{"command":"pause","id":NaN}',
    "a negative number": '{"command":"pause","id":-1}',
    "a number beyond doubles": '{"command":"pause","id":99999999999999999999}',
    "another field": '{"command":"pause","id":1,"path":"/etc/passwd"}',
    "NaN": '{"command":"edit","id":1,"parameter":"W1[0,0]","value":NaN}',
    "infinity": '{"command":"edit","id":1,"parameter":"W1[0,0]","value":1e999}',
    "a long name": '{"command":"edit","id":1,"value":1,"parameter":"' + "W" * 201 + '"}',
    "half a character": '{"command":"edit","id":1,"value":1,"parameter":"\\ud800"}',
    "too large a grid": '{"command":"view","id":1,"grid":100000}',
    "a number as text": '{"command":"step","id":1,"count":"5"}',
}


@pytest.mark.parametrize("text", NO_COMMANDS.values(), ids=NO_COMMANDS)
def test_what_is_no_command_is_an_error_and_nothing_else(during: Any, text: str) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            before = await page.result("pause")
            await page.socket.send(text)
            reply = await page.reply()
            assert reply["error"].startswith("not a command: ")
            assert len(reply["error"]) < 300
            assert await page.result("pause") == before

    during(talk)


def test_an_error_has_the_number_of_its_command_where_it_can_be_read(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            await page.socket.send('{"command":"view","id":71,"grid":100000}')
            assert (await page.reply())["id"] == 71
            await page.socket.send("{")
            assert (await page.reply())["id"] == connection.NO_COMMAND

    during(talk)


def test_a_pause_stops_what_runs_and_what_waits_before_it(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            for _ in range(3):
                await page.send("step", count=1_000_000)
            await asyncio.sleep(0.05)
            began = time.monotonic()
            assert (await page.reply(await page.send("pause")))["result"]["step"] < 10_000
            assert time.monotonic() - began < 5
            assert (await page.result("step", count=3))["step"] > 3

    during(talk)


def test_of_too_many_commands_the_last_are_refused_at_once(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            running = await page.send("step", count=1_000_000)
            await until(lambda: server.made[0].step > 0)
            waiting = [await page.send("select", row=row) for row in range(MOST_WAITING)]
            refused = await page.ask("select", row=0)
            assert "64 commands wait already" in refused["error"]
            server.made[0].interrupt()
            assert [(await page.reply())["id"] for _ in range(MOST_WAITING + 1)] == [running, *waiting]

    during(talk)


def test_a_file_follows_its_reply(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            number = await page.send("save")
            announced = (await page.reply(number))["result"]
            assert announced == {"name": "net.wade", "type": "application/octet-stream", "size": 5}
            header = f'{{"id":{number},"name":"net.wade","type":"application/octet-stream","size":5}}'.encode()
            while not page.binary:
                await page.read()
            (message,) = page.binary
            assert message.startswith(b"WFIL" + len(message[8:-5]).to_bytes(4, "little") + header)
            assert message.endswith(b"\0\1\2\3\4")

    during(talk)


# Frames


def test_a_page_has_no_more_frames_than_it_asked_for(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            await page.result("play")
            await until(lambda: server.made[0].step > 20)
            assert page.binary == []
            await page.result("credit", frames=2)
            await page.result("credit", frames=1)
            while len(page.binary) < 2 or len(page.states) < 20:
                await page.read()
            assert 2 <= len(page.binary) <= 3

    during(talk)


def test_of_several_frames_the_latest_is_sent(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            for content in (b"WFRM1", b"WFRM2", b"WFRM3"):
                server.made[0].outbox.frame(content)
            await page.result("credit", frames=2)
            while not page.binary:
                await page.read()
            assert page.binary == [b"WFRM3"]

    during(talk)


def test_a_page_that_reads_nothing_fills_no_memory(during: Any) -> None:
    """A hundred thousand bytes a frame and two of them asked for by each of many credits, and nothing is read."""

    async def talk(server: RunningServer) -> None:
        async with server.page(max_queue=1) as page:
            await page.send("play")
            tracemalloc.start()
            try:
                for _ in range(60):
                    await page.send("credit", frames=2)
                    await page.send("numbers", of="data")
                    await asyncio.sleep(0.01)
                await until(lambda: server.made[0].step > 50)
                gc.collect()
                held, _ = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert held < 8e6  # sixty tables of numbers are 40 MB
            page.socket.transport.abort()

    during(talk)


# Uploads


async def upload(page: Page, content: bytes, *, name: str = "table.csv", size: int | None = None) -> dict[str, Any]:
    number = await page.send("upload", name=name, size=len(content) if size is None else size)
    for begin in range(0, len(content), uploads.LARGEST_PIECE):
        await page.piece(number, content[begin : begin + uploads.LARGEST_PIECE])
    return await page.reply(number)


def uploaded_files(server: RunningServer) -> list[Path]:
    folder = server.sessions._folder
    return [] if folder is None else list(folder.iterdir())


def test_an_upload_is_read_from_a_file_of_another_name(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            reply = await upload(page, bytes(2_500_000) + b"!", name="../../<b>/etc/passwd")
            assert reply["result"]["uploaded"] == "../../<b>/etc/passwd: 2500001 bytes, the last b'!'"
            (file,) = uploaded_files(server)
            assert "passwd" not in file.name
            assert file.stat().st_mode & 0o777 == 0o600
            assert file.parent.stat().st_mode & 0o777 == 0o700

    during(talk)


def test_an_upload_takes_the_place_of_the_one_before_unless_it_is_refused(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            await upload(page, b"a,b\n1,2\n")
            (first,) = uploaded_files(server)
            assert "a PDF document" in (await upload(page, b"%PDF-1.7"))["error"]
            assert uploaded_files(server) == [first]
            await upload(page, b"a,b\n3,4\n")
            (second,) = uploaded_files(server)
            assert second != first

    during(talk)


def test_files_of_uploads_end_with_the_server(during: Any) -> None:
    folders: list[Path] = []

    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            await upload(page, b"a,b\n1,2\n")
            folders.extend(file.parent for file in uploaded_files(server))

    during(talk)
    assert [folder.exists() for folder in folders] == [False]


def test_a_connection_that_is_cut_in_an_upload_leaves_no_file(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            number = await page.send("upload", name="table.csv", size=2_000_000)
            await page.piece(number, bytes(1_000_000))
            await until(lambda: len(uploaded_files(server)) == 1)
            page.socket.transport.abort()
        await until(lambda: uploaded_files(server) == [])
        async with server.page(page.key) as again:
            assert (await again.result("pause"))["uploaded"] == ""
            assert "!" in (await upload(again, b"a!"))["result"]["uploaded"]

    during(talk)


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            reply = await page.ask("upload", name="table.csv", size=300 << 20)
            assert reply["error"].startswith("table.csv: has 300 MB; 256 MB at most can be uploaded")
            await page.piece(reply["id"], bytes(100))  # what was on its way is dropped
            assert (await page.result("pause"))["uploaded"] == ""
            assert uploaded_files(server) == []

    during(talk)


def test_a_file_that_is_larger_than_announced_is_refused(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            assert "5 bytes were announced, and 9 have come" in (await upload(page, b"a,b\n1,2\n!", size=5))["error"]
            assert uploaded_files(server) == []
            assert (await upload(page, b"a,b"))["error"] is None

    during(talk)


def test_an_upload_that_is_not_finished_gives_way_to_another(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            first = await page.send("upload", name="one.csv", size=100)
            await page.piece(first, b"a,b")
            second = await page.send("upload", name="two.csv", size=3)
            assert (await page.reply())["error"] == "given up for another upload"
            await page.piece(second, b"a,b")
            assert (await page.reply(second))["result"]["uploaded"].startswith("two.csv")
            assert len(uploaded_files(server)) == 1

    during(talk)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"WUPL",
        b"GIF89a" + bytes(100),
        b"WUPL\xff\xff\xff\xff" + bytes(100),
        pack(UPLOAD, {"id": 99}, b"a piece of a file that was not announced"),
        pack(b"WFRM", {"id": 1}, b"a frame"),
    ],
)
def test_binary_messages_that_are_no_pieces_end_the_connection(during: Any, message: bytes) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            await page.socket.send(message)
            assert await page.close_code() == connection.BROKE_RULES
            assert page.socket.close_reason
        async with server.page(page.key) as again:
            assert again.key == page.key

    during(talk)


@pytest.mark.parametrize(
    "message", ["x" * (connection.LONGEST_TEXT + 1), "x" * 5_000_000, pack(UPLOAD, {"id": 1}, bytes(5_000_000))]
)
def test_long_messages_end_the_connection(during: Any, message: str | bytes) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            with contextlib.suppress(ConnectionClosed):  # which may come before all of it is sent
                await page.socket.send(message)
            assert await page.close_code() == connection.TOO_LONG

    during(talk)


# Sessions


def test_a_page_that_comes_back_finds_its_session_paused_and_as_it_was(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            await page.result("configure", settings={"seed": 9})
            await page.result("play")
            await until(lambda: server.made[0].step > 10)
            page.socket.transport.abort()
        await until(lambda: not server.made[0].state()["running"])
        step = server.made[0].step
        async with server.connection() as again:
            state = await again.result("open", session=page.key)
            assert state["session"] == page.key
            assert (state["settings"], state["step"], state["running"]) == ({"seed": 9}, step, False)
            await again.result("credit", frames=2)
            while not again.binary:
                await again.read()
            assert again.binary == [b"WFRM of an opened page"]
        assert len(server.made) == 1

    during(talk)


def test_a_page_that_left_many_commands_finds_a_session_that_plays(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            for _ in range(MOST_WAITING + 1):
                await page.send("step", count=1_000_000)
            await until(lambda: server.made[0].step > 0)
            page.socket.transport.abort()
        await until(lambda: server.made[0].interrupted and not server.made[0].stopped.is_set())
        async with server.page(page.key) as again:
            step = (await again.result("pause"))["step"]
            assert (await again.result("step", count=5))["step"] == step + 5

    during(talk)


def test_of_two_pages_the_newer_has_the_session(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as first:
            await first.result("configure", settings={"seed": 9})
            async with server.page(first.key) as second:
                assert second.key == first.key
                assert await first.close_code() == connection.REPLACED
                assert (await second.result("step", count=2))["step"] == 2
        assert len(server.made) == 1

    during(talk)


def test_a_page_that_reads_nothing_does_not_keep_its_session_from_another(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page(max_queue=1) as first:
            for _ in range(5):
                await first.send("numbers", of="data")
            await asyncio.sleep(0.3)
            began = time.monotonic()
            async with server.page(first.key) as second:
                assert (await second.result("pause"))["step"] == 0
            assert time.monotonic() - began < connection.SEND_SECONDS / 3
            first.socket.transport.abort()

    during(talk)


def test_an_unknown_key_opens_a_new_session(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page("no key of this server") as page:
            assert page.key != "no key of this server"
            assert len(page.key) >= 24

    during(talk)


def test_a_session_is_kept_for_a_while_without_a_page_and_then_closed(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as page:
            await asyncio.sleep(0.3)
            assert not server.made[0].closed  # while it has a page, it is kept
        await until(lambda: server.made[0].closed)
        assert len(server.sessions) == 0
        async with server.page(page.key) as again:
            assert again.key != page.key

    during(talk, kept=0.1)


def test_where_all_places_are_taken_the_one_that_was_left_longest_ago_is_given_up(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.page() as first:
            pass
        async with server.page() as second, server.connection() as third:
            await third.result("open")
            await until(lambda: server.made[0].closed)
            assert len(server.sessions) == 2
            async with server.connection() as fourth:
                refused = await fourth.ask("open", session=first.key)
                assert refused["error"].startswith("2 pages are open, and the server carries no more.")
                await second.socket.close()
                await until(lambda: server.made[1].interrupted)
                assert (await fourth.ask("open"))["error"] is None

    during(talk, most=2)


def test_a_connection_opens_a_session_first_and_one_only(during: Any) -> None:
    async def talk(server: RunningServer) -> None:
        async with server.connection() as page:
            await page.send("play")
            assert await page.close_code() == connection.BROKE_RULES
        async with server.page() as page:
            await page.send("open")
            assert await page.close_code() == connection.BROKE_RULES

    during(talk)


def test_a_connection_that_opens_nothing_is_ended(during: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "OPEN_SECONDS", 0.1)

    async def talk(server: RunningServer) -> None:
        async with server.connection() as page:
            assert await page.close_code() == connection.BROKE_RULES
        assert server.made == []

    during(talk)


def test_a_session_that_cannot_be_made_says_why(during: Any) -> None:
    def refuse(key: str, outbox: Any) -> Any:
        raise ValueError("no such table")

    async def talk(server: RunningServer) -> None:
        async with server.connection() as page:
            assert (await page.ask("open"))["error"] == "unexpected failure: ValueError: no such table"
        await until(lambda: len(server.sessions) == 0)

    during(talk, refuse)


def test_the_end_of_the_server_closes_every_session(during: Any) -> None:
    made: list[Any] = []

    async def talk(server: RunningServer) -> None:
        made.extend(server.made)
        async with server.page() as page, server.page() as other:
            await page.result("play")
            await other.send("step", count=1_000_000)
            made.extend(server.made)

    during(talk)
    assert len(made) == 2
    assert all(session.closed for session in made)


def test_twenty_pages_are_served_at_once(during: Any) -> None:
    async def use(server: RunningServer, seed: int) -> int:
        async with server.page() as page:
            await page.result("configure", settings={"seed": seed})
            await page.result("play")
            await page.send("credit", frames=2)
            while len(page.binary) < 10:
                before = len(page.binary)
                while len(page.binary) == before:
                    await page.read()
                await page.send("credit", frames=1)
            state = await page.result("pause")
            assert (state["settings"]["seed"], state["session"]) == (seed, page.key)
            return state["step"]

    async def talk(server: RunningServer) -> None:
        steps = await asyncio.gather(*(use(server, seed) for seed in range(20)))
        assert min(steps) >= 10
        assert len(server.sessions) == 20

    during(talk)
