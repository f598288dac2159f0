"""What the studio costs: the first picture, bytes, frames a second, training while watched, answers to controls.

`python -m benchmarks.studio`, on a quiet machine: the browser, the server and the training share its cores. Frames are
those that the page in Chromium has drawn and asked for again; "alone" is the same training with a page that looks at
nothing; watched and alone take turns.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

import msgspec
from playwright.sync_api import Browser, Page, sync_playwright
from websockets.sync.client import ClientConnection, connect

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))
import browser as finder

SECONDS = 5.0
TURNS = 3
NETWORKS = {"2-8-8-1": [8, 8], "2-256-256-1": [256, 256]}
COUNT = """() => {
  window.drawn = 0;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (typeof data === 'string' && data.startsWith('{"command":"credit"')) window.drawn += JSON.parse(data).frames;
    return send.call(this, data);
  };
}"""


@contextmanager
def studio(*options: str) -> Iterator[str]:
    """The address of a studio, while it runs."""
    command = [sys.executable, "-m", "wade", "studio", "--no-browser", "-q", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


@contextmanager
def session_at(address: str) -> Iterator[Session]:
    """A session of its own, while it is connected."""
    origin: Any = "/".join(address.split("/")[:3])
    with connect(f"{address.replace('http', 'ws')}socket", origin=origin, compression=None, max_size=None) as socket:
        yield Session(socket)


class Session:
    """A page without a view: it asks, and looks at nothing."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.last = socket, 0
        self.ask("open")
        self.ask("view", maps=False, boundary=False, curves=False)

    def ask(self, command: str, **more: Any) -> Any:
        """The result of a command."""
        self.last += 1
        self.socket.send(msgspec.json.encode({"command": command, "id": self.last, **more}).decode())
        while True:
            said = self.socket.recv(60)
            if isinstance(said, str) and (reply := msgspec.json.decode(said)).get("id") == self.last:
                assert reply["error"] is None, reply["error"]
                return reply["result"]

    def steps_a_second(self, hidden: list[int]) -> float:
        """Of training at full speed."""
        self.ask("configure", settings={"hidden": hidden})
        began = perf_counter()
        self.ask("play")
        sleep(SECONDS)
        self.ask("pause")
        taken = perf_counter() - began
        steps = self.ask("mathematics")["step"]
        return steps / taken


def first_picture(chromium: Browser) -> tuple[float, int]:
    """Seconds from the command to the first frame on the page, and the bytes that the page loaded beside the font."""
    began, loaded = perf_counter(), 0
    with studio() as address:
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(f"({COUNT})()")
        sizes: dict[str, int] = {}
        page.on(
            "response", lambda response: sizes.update({response.url: int(response.headers.get("content-length", 0))})
        )
        page.goto(address)
        page.wait_for_function("() => window.drawn > 2")  # two are granted before any is drawn
        taken = perf_counter() - began
        loaded = sum(size for url, size in sizes.items() if not url.endswith(".woff2"))
        page.close()
    return taken, loaded


def watched(page: Page, hidden: list[int]) -> tuple[float, float]:
    """Frames and steps a second, of training at full speed."""
    page.evaluate("(hash) => { location.hash = hash; }", f"data=generated:moons&hidden={hidden}".replace(" ", ""))
    page.get_by_title(f"{hidden[0]} neurons").first.wait_for()
    page.get_by_label("Speed while playing").select_option("")
    page.get_by_role("button", name="Restart from the same initial parameters").click()
    page.wait_for_timeout(500)
    began, before = perf_counter(), page.evaluate("window.drawn")
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(1000 * SECONDS)
    page.get_by_role("button", name="Pause").click()
    taken, frames = perf_counter() - began, page.evaluate("window.drawn") - before
    page.wait_for_timeout(300)
    found = re.search(r"Step\s*([\d,]+)", page.locator("#standing").inner_text())
    assert found
    return frames / taken, int(found[1].replace(",", "")) / taken


def answers(address: str) -> float:
    """The longest of some answers to a control while training runs and is watched by nobody else, in seconds."""
    times = []
    with session_at(address) as session:
        session.ask("configure", settings={"hidden": [8, 8]})
        session.ask("view")
        session.ask("play")
        for place in range(40):
            began = perf_counter()
            session.ask("configure", settings={"learning_rate": 0.01 + place / 1000})
            times.append(perf_counter() - began)
            sleep(0.05)
        session.ask("pause")
    return max(times)


def main() -> None:
    """Print all of it."""
    path = finder.find(sys.executable)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        firsts = [first_picture(chromium) for _ in range(TURNS)]
        print(f"first picture        {min(taken for taken, _ in firsts):.2f} s (target 2)")
        print(f"bytes to the browser {firsts[0][1] / 1e3:.0f} kB beside the font (target 300)")
        with studio() as address:
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(f"({COUNT})()")
            page.goto(address)
            for name, hidden in NETWORKS.items():
                shown, alone = [], []
                for _ in range(TURNS):
                    shown.append(watched(page, hidden))
                    with session_at(address) as session:
                        alone.append(session.steps_a_second(hidden))
                frames, steps = (median(each) for each in zip(*shown, strict=True))
                print(
                    f"{name:<20} {frames:.1f} new frames a second (target 25); {steps:,.0f} steps a second watched, "
                    f"{median(alone):,.0f} alone: {steps / median(alone):.2f} (target 0.90)"
                )
            page.close()
            print(f"a control            {1000 * answers(address):.0f} ms at most (target 100)")
        chromium.close()


if __name__ == "__main__":
    main()
