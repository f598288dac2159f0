"""Sessions that have ended leave nothing behind: no thread, no memory."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

from tests.studio.conftest import run
from wade.studio.data import open_table
from wade.studio.outbox import Outbox
from wade.studio.session import StudioSession


def test_a_session_that_ended_is_forgotten_and_so_are_its_threads(serving: Callable[..., Any]) -> None:
    made = list[weakref.ref[StudioSession]]()

    def make(key: str, outbox: Outbox) -> StudioSession:
        session = StudioSession(key, outbox, lambda: open_table("generated", "moons", rows=60))
        made.append(weakref.ref(session))
        return session

    async def visit() -> None:
        before = threading.active_count()
        async with serving(make, kept=0.02) as server:
            for _ in range(5):
                async with server.page() as page:
                    await page.result("play")
                    await page.result("step", count=20)
            async with asyncio.timeout(20):
                while len(server.sessions) or threading.active_count() > before + 1:  # one for writing uploads
                    await asyncio.sleep(0.02)
            server.made.clear()
            gc.collect()
            assert [each() for each in made] == [None] * 5

    run(visit())
