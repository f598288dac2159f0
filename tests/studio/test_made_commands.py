"""Sessions under commands that nobody would send: each is done, or refused by one of wade's errors."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter

import pytest

from tests.studio.made_commands import made
from wade.errors import WadeError
from wade.studio import messages as m
from wade.studio.data import open_table
from wade.studio.outbox import Outbox
from wade.studio.session import StudioSession
from wade.studio.sessions import File


@pytest.mark.parametrize("seed", range(3))
def test_every_command_is_done_or_refused(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    chance, outbox, outcomes = random.Random(seed), Outbox(), Counter[str]()
    session = StudioSession("key", outbox, lambda: open_table("generated", "moons", rows=60))
    try:
        for command in filter(None, (made(chance) for _ in range(60))):
            outbox.grant(2)
            try:
                result = session.handle(command)
            except WadeError:
                outcomes["refused"] += 1
                continue
            outcomes["done"] += 1
            m.write(m.Reply(1, result.announced if isinstance(result, File) else result))
        session.handle(m.Pause(id=1))
        session.handle(m.OpenData(id=1, source="generated", name="moons", rows=60))
        assert session.handle(m.Open(id=1)).step == 0
    finally:
        session.close()
    assert min(outcomes["done"], outcomes["refused"]) > 5
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_the_last_row_can_be_looked_at() -> None:
    session = StudioSession("key", Outbox(), lambda: open_table("generated", "moons", rows=60))
    session.handle(m.Select(id=1, row=59))
    assert session.handle(m.Open(id=2)).row.index == 59
    session.close()


@pytest.mark.parametrize("speed", [0.01, 1e300])
def test_training_at_any_speed_can_be_paused_at_once(speed: float) -> None:
    session = StudioSession("key", Outbox(), lambda: open_table("generated", "moons", rows=60))
    session.handle(m.Play(id=1, speed=speed))
    time.sleep(0.1)
    began = time.monotonic()
    session.handle(m.Pause(id=2))
    assert time.monotonic() - began < 5
    assert session.handle(m.Open(id=3)).step >= 1
    session.close()
