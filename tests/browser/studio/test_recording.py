"""A recording opened from a file, without a network: the views, moment by moment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.browser.visits import AXE, OVERFLOW, SIZES, STANDARDS, axe
from wade.studio import messages as m
from wade.studio.data import open_table
from wade.studio.outbox import Outbox
from wade.studio.recording.recorder import save_recording
from wade.studio.session import StudioSession

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict]]:
    """A file, and the states of its moments."""
    session = StudioSession("key", Outbox(), lambda: open_table("generated", "circles"))
    session.handle(m.Open(id=0))
    session.handle(m.Configure(id=1, settings={"hidden": [4]}))
    session.handle(m.Step(id=2, count=40))
    path = tmp_path_factory.mktemp("recording") / "lesson.html"
    path.write_bytes(save_recording(session._space, session._screen, session._answer, count=12).content)
    states = []
    for step in range(4):
        session.handle(m.Step(id=3, count=step - session.state().step))
        states.append(msgspec.to_builtins(session.state()))
    session.close()
    return path, states


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_opens_offline_and_replays(
    browser: Browser, recording: tuple[Path, list[dict]], size: str, scheme: str
) -> None:
    path, states = recording
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, offline=True)
    page, heard = context.new_page(), []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url[:80]))
    page.goto(path.as_uri())
    page.get_by_role("slider", name="Moment of the recording").wait_for()
    standing = page.locator("#standing")
    for state in states[1:]:
        page.get_by_role("button", name="One moment on").click()
        standing.get_by_text(f"{state['epoch']:.2f}").wait_for()
    if size == "phone":
        page.get_by_role("button", name="Mathematics", exact=True).click()
    page.get_by_role("heading", name="Forward pass").wait_for()
    assert f"After {states[3]['step']} steps" in page.locator("#mathematics").inner_text()
    # What is read aloud only has no room of its own.
    wide = page.evaluate(OVERFLOW)
    assert [one for one in wide if "Paused at step" not in one] == []
    page.evaluate(axe())
    assert page.evaluate(AXE, [STANDARDS, [["math > *"], ["svg > *"]]]) == []
    page.get_by_role("button", name="Play").click()
    standing.get_by_text("40", exact=True).wait_for()
    page.get_by_role("button", name="To the first moment").click()
    standing.get_by_text("0", exact=True).wait_for()
    page.get_by_role("slider", name="Moment of the recording").fill("2")
    standing.get_by_text("2", exact=True).wait_for()
    assert [one for one in heard if not one.startswith(("data:", path.as_uri()[:60]))] == []
    context.close()
