"""What a page is promised: commands answered, uploads read, its session found again, and limits that hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

Serving = Callable[..., Any]


def test_commands_are_answered_in_order(serving: Serving) -> None:
    async def talk() -> None:
        async with serving() as server, server.page() as page:
            numbers = [await page.send("configure", settings={"seed": seed}) for seed in range(5)]
            replies = [await page.reply() for _ in numbers]
            assert [reply["id"] for reply in replies] == numbers
            assert [reply["result"]["settings"]["seed"] for reply in replies] == [0, 1, 2, 3, 4]

    asyncio.run(talk())


def test_an_upload_is_read(serving: Serving) -> None:
    async def talk() -> None:
        async with serving() as server, server.page() as page:
            number = await page.send("upload", name="../../etc/passwd", size=2_500_000)
            for size in (1_000_000, 1_000_000, 500_000):
                await page.piece(number, bytes(size - 1) + b"!")
            state = (await page.reply(number))["result"]
            assert state["uploaded"] == "../../etc/passwd: 2500000 bytes, the last b'!'"

    asyncio.run(talk())
