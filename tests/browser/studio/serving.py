"""`wade studio` as people start it, and its page in a browser."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.browser.visits import AXE, OVERFLOW, STANDARDS, axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, WebSocketRoute

PATIENCE = 20_000  # milliseconds
DESK = (1440, 900)


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """The address of a studio of its own."""
    command = [sys.executable, "-m", "wade", "studio", *arguments, "--no-browser", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()
            process.wait(20)


class Studio:
    """The page, as its reader meets it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.heard: list[str] = []
        self.frames = 0
        self.sockets: list[WebSocketRoute] = []
        page.on("console", lambda message: self.heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.heard.append(f"error: {error}"))
        page.on("websocket", lambda socket: socket.on("framereceived", self._count))

    def _count(self, message: Any) -> None:
        self.frames += isinstance(message, bytes) and message.startswith(b"WFRM")

    def visit(self, address: str) -> None:
        self.page.goto(address)
        self.page.locator("#transport button").first.wait_for(timeout=PATIENCE)
        self.page.locator(".net-field .neuron").first.wait_for(state="attached", timeout=PATIENCE)

    # What stands in the bar.

    def number(self, name: str) -> float:
        """A number of the bar: "Step", "Epoch", "Training loss"."""
        text = self.page.locator(f".standing div:has(dt:text-is('{name}')) dd").inner_text()
        digits = text.replace(",", "").replace("−", "-").split("·10")
        return float(digits[0]) * 10 ** _power(digits[1]) if len(digits) > 1 else float(digits[0])

    def wait_for_step(self, wanted: int) -> None:
        self.page.wait_for_function(
            "(wanted) => document.querySelector('.standing dd')?.textContent?.replace(/,/g, '') === String(wanted)",
            arg=wanted,
            timeout=PATIENCE,
        )

    def wait_for_text(self, selector: str, text: str) -> None:
        self.page.locator(selector).filter(has_text=text).first.wait_for(timeout=PATIENCE)

    def settle(self) -> None:
        """Until what was asked is answered and drawn."""
        self.page.wait_for_timeout(350)
        self.page.evaluate("() => document.fonts.ready.then(() => new Promise(requestAnimationFrame)).then(() => null)")

    # What a reader does.

    def press(self, command: str) -> None:
        self.page.click(f'[data-command="{command}"]')

    def play_until(self, step: int) -> None:
        """Plays, and pauses when the step has been passed."""
        self.press("play")
        self.page.wait_for_function(
            "(least) => Number(document.querySelector('.standing dd')?.textContent?.replace(/,/g, '')) >= least",
            arg=step,
            timeout=PATIENCE,
        )
        self.press("play")
        self.wait_for_text(".whether", "Paused")
        self.settle()

    def stride(self, text: str) -> None:
        self.page.select_option('[data-command="stride"]', label=text)

    def show(self, pane: str) -> None:
        """Shows a pane, where it is hidden."""
        button = self.page.locator(f'[data-command="pane {pane}"]')
        if button.get_attribute("aria-pressed") != "true":
            button.click()

    def numbers(self, of: str = "Network") -> list[str]:
        """The table of numbers of a card, line by line."""
        self.page.get_by_role("button", name=f"Numbers of: {of}", exact=True).click()
        self.page.locator("dialog[open] tbody tr").first.wait_for(timeout=PATIENCE)
        self.settle()
        lines = self.page.locator("dialog[open] tbody tr").all_inner_texts()
        self.page.keyboard.press("Escape")
        return lines

    def overflow(self) -> list[str]:
        """What is wider than the page, or cut off."""
        return self.page.evaluate(OVERFLOW)

    def problems(self) -> list[Any]:
        """Messages, what overflows, and what axe-core finds."""
        self.page.evaluate(axe())
        return [*self.heard, *self.overflow(), *self.page.evaluate(AXE, [STANDARDS, [["math > *"], ["svg > *"]]])]


def _power(raised: str) -> int:
    return int(raised.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


@contextmanager
def visiting(
    browser: Browser, address: str, size: tuple[int, int] = DESK, scheme: str = "light", **options: Any
) -> Iterator[Studio]:
    """A visitor with a session of their own."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, accept_downloads=True, **options
    )
    studio = Studio(context.new_page())
    studio.visit(address)
    yield studio
    context.close()
