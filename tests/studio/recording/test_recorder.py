"""A recording holds what the session would show at each of its moments, and leaves the session as it was."""

from __future__ import annotations

import json
import re
import struct
import zlib
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from wade.errors import InvalidArgument, WadeError
from wade.studio import messages as m
from wade.studio.data import open_table
from wade.studio.frames import unpack_frame
from wade.studio.outbox import Outbox
from wade.studio.recording.one_file import one_file
from wade.studio.recording.recorder import moments, save_recording
from wade.studio.session import StudioSession


def session_of(name: str = "moons") -> StudioSession:
    session = StudioSession("key", Outbox(), lambda: open_table("generated", name))
    session.handle(m.Open(id=0))
    return session


@pytest.fixture
def session() -> Iterator[StudioSession]:
    made = session_of()
    yield made
    made.close()


def recorded(session: StudioSession, count: int) -> bytes:
    return save_recording(session._space, session._screen, session._answer, count).content


def unpacked(page: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Header and frames, as the page reads them."""
    data = re.search(r'id="recording">([^<]*)<', page.decode())
    assert data
    content = zlib.decompress(b64decode(data[1]))
    (length,) = struct.unpack_from("<I", content)
    header = json.loads(content[4 : 4 + length])
    begin, before, frames = 4 + length, np.empty(0, np.uint8), []
    for size in header["frames"]:
        frame = content[begin : begin + size]
        first = 8 + struct.unpack_from("<I", frame, 4)[0]
        payload = np.frombuffer(frame, np.uint8, offset=first)
        payload = payload + before if len(payload) == len(before) else payload
        frames.append(frame[:first] + payload.tobytes())
        before, begin = payload, begin + size
    assert begin == len(content)
    return header, frames


def test_each_moment_is_what_the_session_shows_there(session: StudioSession) -> None:
    session.handle(m.Step(id=1, count=30))
    session.handle(m.Edit(id=2, parameter="W1[0,0]", value=2.5))
    session.handle(m.Configure(id=3, settings={"learning_rate": 0.01, "activations": ["relu", "tanh"]}))
    session.handle(m.Step(id=4, count=31))
    before, curves = msgspec.to_builtins(session.state()), session._screen.curves_message()
    header, frames = unpacked(recorded(session, count=8))
    assert msgspec.to_builtins(session.state()) == before
    assert session._screen.curves_message().train == curves.train

    states: list[dict[str, Any]] = []
    for changed in header["states"]:
        states.append({**(states[-1] if states else {}), **changed})
    steps = [state["step"] for state in states]
    assert steps == moments(61, 8)
    assert states[-1]["metrics"] == before["metrics"]
    rates = [state["settings"]["learning_rate"] for state in states]
    assert rates[-1] == 0.01
    assert rates[0] != 0.01
    assert states[-1]["settings"]["activations"] == ["relu", "tanh"]

    again = session_of()
    again.handle(m.View(id=0, grid=40, neurons=48))
    for place, (state, packed) in enumerate(zip(states, frames, strict=True)):
        if state["step"] > 30:
            break
        again.handle(m.Step(id=1, count=state["step"] - again.state().step))
        frame = unpack_frame(packed)
        assert (frame.step, frame.grid) == (state["step"], 40)
        for part, expected in zip(frame.parts, unpack_frame(again._screen.frame()).parts, strict=True):
            assert part.name == expected.name
            np.testing.assert_array_equal(part.values, expected.values)
        shown = msgspec.to_builtins(again.handle(m.Mathematics(id=2)))
        assert [each[place] for each in header["sections"]] == json.loads(msgspec.json.encode(shown["sections"]))
        assert header["answers"]["mathematics"][place]["values"] == json.loads(msgspec.json.encode(shown["values"]))
    again.close()


def test_a_page_that_leads_nowhere_and_runs_its_own_script_only(session: StudioSession) -> None:
    session.handle(m.Step(id=1, count=3))
    page = session.handle(m.Save(id=2, what="recording")).content.decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert "default-src &#x27;none&#x27;" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', page.partition('id="recording"')[0])
    assert len(page) < 1_000_000


def test_a_diverged_training_can_be_recorded() -> None:
    session = session_of()
    session.handle(m.Configure(id=1, settings={"learning_rate": 1e18, "activations": ["relu", "relu"]}))
    session.handle(m.Step(id=2, count=500))
    trouble = session.state().trouble
    assert trouble is not None
    header, _ = unpacked(recorded(session, count=10))
    assert header["states"]
    assert session.state().trouble == trouble
    session.close()


def test_names_from_a_table_are_no_markup() -> None:
    page = one_file("</title><script>alert(1)</script>", "recorded.js", "QUJD")
    assert "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>" in page
    with pytest.raises(ValueError, match="base64"):
        one_file("title", "recorded.js", "</script>")


@pytest.mark.parametrize("steps", [0, 1, 5, 199, 200, 201, 1000, 10**6, 10**9])
@pytest.mark.parametrize("count", [2, 3, 50, 200])
def test_moments_rise_from_the_first_step_to_the_last(steps: int, count: int) -> None:
    found = moments(steps, count)
    assert found[0] == 0
    assert found[-1] == steps
    assert found == sorted(set(found))
    assert len(found) == min(count, steps + 1)


def test_too_few_or_too_many_moments_are_refused() -> None:
    for count in (0, 1, 2001):
        with pytest.raises(InvalidArgument, match="from 2 to 2,000"):
            moments(100, count)


def test_a_pause_stops_a_recording_and_leaves_the_session_as_it_was(session: StudioSession) -> None:
    session.handle(m.Step(id=1, count=60))
    session.handle(m.Configure(id=2, settings={"learning_rate": 0.01}))
    session.handle(m.Step(id=3, count=20))
    before = session.handle(m.Open(id=4)), session._space.network.theta.tobytes()
    session.interrupt()
    with pytest.raises(WadeError, match=r"The recording was stopped, after 1 of 81 moments\."):
        session.handle(m.Save(id=5, what="recording"))
    session.handle(m.Pause(id=6))
    assert (session.handle(m.Open(id=7)), session._space.network.theta.tobytes()) == before
    session.handle(m.Step(id=8, count=-80))
    assert session.handle(m.Open(id=9)).step == 0
