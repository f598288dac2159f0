"""What pages of other sites can do to the studio in a real browser, even with its secret address: nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A studio, whose address the other page knows."""
    arguments = [sys.executable, "-m", "wade", "studio", "--no-browser", "--json"]
    with subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        yield json.loads(process.stdout.readline())["url"]
        process.send_signal(signal.SIGINT)


@pytest.fixture
def other_page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of another site: another port of this machine is one."""
    (tmp_path / "index.html").write_text("<!doctype html><title>another page</title><body>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=tmp_path))
    Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    yield page
    page.close()
    server.shutdown()
    server.server_close()


SOCKET = """address => new Promise(resolve => {
    const socket = new WebSocket(address.replace("http", "ws") + "socket");
    socket.onopen = () => resolve("opened");
    socket.onclose = event => resolve(`closed with ${event.code}`);
})"""
READ = """address => fetch(address).then(() => "read", () => "refused")"""
SEND = """address => fetch(address + "socket", {method: "POST", mode: "no-cors", body: '{"command":"play","id":1}'})
    .then(() => "sent", () => "refused")"""
LOAD = """([kind, address]) => new Promise(resolve => {
    const element = document.createElement(kind);
    element.onload = () => resolve("loaded");
    element.onerror = () => resolve("refused");
    if (kind === "link") { element.rel = "stylesheet"; element.href = address; } else element.src = address;
    document.body.append(element);
})"""


def test_it_opens_no_socket(other_page: Page, address: str) -> None:
    assert other_page.evaluate(SOCKET, address) == "closed with 1006"


def test_it_reads_no_file(other_page: Page, address: str) -> None:
    assert other_page.evaluate(READ, address) == "refused"
    assert other_page.evaluate(READ, address + "main.js") == "refused"


def test_what_it_sends_has_no_answer(other_page: Page, address: str) -> None:
    """Refused by the guard, and what it says is kept from the page."""
    assert other_page.evaluate(SEND, address) == "refused"


@pytest.mark.parametrize(("kind", "file"), [("script", "main.js"), ("img", "icon.svg"), ("link", "style.css")])
def test_it_loads_nothing(other_page: Page, address: str, kind: str, file: str) -> None:
    assert other_page.evaluate(LOAD, [kind, address + file]) == "refused"


def test_it_shows_no_frame_of_the_studio(other_page: Page, address: str) -> None:
    other_page.evaluate(LOAD, ["iframe", address])
    other_page.wait_for_timeout(200)
    (frame,) = [frame for frame in other_page.frames if frame != other_page.main_frame]
    assert "wade studio" not in frame.content()


def test_its_forms_change_nothing(other_page: Page, address: str) -> None:
    form = """address => {
        const form = document.createElement("form");
        Object.assign(form, {method: "post", action: address, enctype: "text/plain"});
        document.body.append(form);
        form.submit();
    }"""
    with other_page.expect_navigation() as navigation:
        other_page.evaluate(form, address)
    assert navigation.value.status == 403
    assert "Requests of other pages are refused." in other_page.content()


def test_a_window_that_it_opens_is_out_of_its_reach(other_page: Page, address: str) -> None:
    with other_page.context.expect_page() as opened:
        other_page.evaluate("address => { window.studio = window.open(address); }", address)
    opened.value.wait_for_load_state()
    assert opened.value.title() == "wade studio"
    assert other_page.evaluate("() => window.studio.closed")  # as far as the page that opened it can see
    assert opened.value.evaluate("() => window.opener") is None
    opened.value.close()


def test_another_name_of_this_machine_is_refused(browser: Browser, address: str) -> None:
    page = browser.new_page()
    response = page.goto(address.replace("127.0.0.1", "localhost"))
    assert response is not None
    assert response.status == 421
    page.close()


def test_the_page_itself_is_let_in(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("#standing:not(:empty)")
    assert page.evaluate(SOCKET, address) == "opened"
    page.close()
