"""One view by itself in a browser: served under the studio's Content-Security-Policy, with recorded states."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.browser.visits import AXE, OVERFLOW, SIZES, STANDARDS, axe
from wade.documents.page import FONT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.studio.recorded import Recorded

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "src" / "wade" / "studio" / "page"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)


class _Files(SimpleHTTPRequestHandler):
    """The page's modules, and beside them the stage."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012

    def translate_path(self, path: str) -> str:
        name = urlsplit(path).path.lstrip("/")
        if name == "math.woff2":
            return str(FONT)
        return str(next((folder / name for folder in (HERE, PAGE) if (folder / name).is_file()), PAGE / "missing"))

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing: what is missing is heard in the browser."""


@contextmanager
def served() -> Iterator[str]:
    """The address of the stage."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/stage.html"
    server.shutdown()
    server.server_close()


class Staged:
    """A page with one view, and what it said to its reader's console."""

    def __init__(self, page: Page, heard: list[str]) -> None:
        self.page, self.heard = page, heard

    def say(self, **values: Any) -> None:
        """State, curves or a frame (bytes), and waits until they are drawn."""
        for kind, value in values.items():
            if kind == "frame":
                self.page.evaluate("(text) => stage.frame(text)", b64encode(value).decode())
            else:
                self.page.evaluate("([kind, value]) => stage.say(kind, value)", [kind, value])
        self.settle()

    def reply(self, **replies: Any) -> None:
        """What commands are answered with from now on."""
        self.page.evaluate("(replies) => Object.assign(stage.replies, replies)", replies)

    def mount(self, view: str) -> None:
        self.page.evaluate("(view) => stage.mount(view)", view)
        self.settle()

    def settle(self) -> None:
        self.page.evaluate("() => stage.drawn()")

    def sent(self, command: str) -> list[dict[str, Any]]:
        """The commands of this kind that the view gave so far."""
        return [one for one in self.page.evaluate("() => stage.sent") if one["command"] == command]

    def text(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text()

    def problems(self) -> list[Any]:
        """Messages, what overflows, and what axe-core finds."""
        wide = self.page.evaluate(OVERFLOW)
        self.page.evaluate(axe())
        return [*self.heard, *wide, *self.page.evaluate(AXE, [STANDARDS, [["math > *"], ["svg > *"]]])]


@contextmanager
def staged(browser: Browser, address: str, size: str = "desk", scheme: str = "light") -> Iterator[Staged]:
    """A stage in a window of this size."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page, heard = context.new_page(), []
    page.on("console", lambda message: heard.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.goto(address)
    page.wait_for_function("() => window.stage !== undefined")
    yield Staged(page, heard)
    context.close()


def shown(stage: Staged, view: str, recorded: Recorded, **changes: Any) -> None:
    """A view of a recorded network: state, curves and frame."""
    stage.say(state=recorded.state(**changes))
    stage.mount(view)
    stage.say(curves=recorded.curves(), frame=recorded.frame())
