#!/usr/bin/env python3
"""Lets many visitors use one `wade studio` at once, and looks at its memory, its frames and how soon it answers.

    python scripts/load_studio.py [--minutes 30] [--visitors 20] [--seed 0] [--every 60]

Each visitor opens a session and does what people do, at random: plays, pauses, steps forwards and back, edits weights,
changes settings and tables, uploads a file, reads formulas and programs, saves, and is cut off and comes back. A
finding is an unexpected failure, a connection that is lost, or memory that grows; 1 where there is one.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import signal
import subprocess
import sys
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from wade.studio.envelope import UPLOAD, pack

Say = Callable[[str], None]
PATIENCE = 120  # seconds
GROWTH, GROWTH_BYTES = 1.10, 32 << 20
"""By which memory may be more at the end than after the first third."""
TABLES = ("moons", "xor", "circles", "spiral", "blobs", "plane", "hills")
CHANGES: tuple[dict[str, Any], ...] = (
    {"learning_rate": 0.01},
    {"learning_rate": 0.3},
    {"batch_size": 1},
    {"batch_size": 32},
    {"l2": 0.001},
    {"hidden": [8, 8], "activations": ["relu", "relu"]},
    {"hidden": [4], "activations": ["tanh"]},
    {"hidden": [24, 24, 24], "activations": ["relu", "tanh", "relu"]},
    {"optimizer": "adam"},
    {"seed": 7},
)
NUMBERS = ("parameters", "losses", "metrics", "data", "confusion")
FORMULAS = ("y = sin(3 * x)", "x^2 - 1", "exp(-x^2)")


class Findings(NamedTuple):
    """What was found, and what was counted on the way."""

    counts: Counter[str]
    errors: Counter[str]
    delays: deque[float]


class Channel:
    """One connection to the server: commands, and their replies by number."""

    def __init__(self, socket: ClientConnection, findings: Findings) -> None:
        self.socket, self.findings = socket, findings
        self.number = 0
        self.waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.state: dict[str, Any] = {}

    async def read(self) -> None:
        """Read until the connection ends; each frame is thanked for with credit for another one."""
        try:
            async for message in self.socket:
                if isinstance(message, bytes):
                    if message.startswith(b"WFRM"):
                        self.findings.counts["frames"] += 1
                        await self.send({"command": "credit", "frames": 1})
                    continue
                said = msgspec.json.decode(message)
                self.findings.counts[said["type"]] += 1
                if said["type"] == "state":
                    self.state = said["state"]
                if said["type"] == "reply" and (asked := self.waiting.pop(said["id"], None)) is not None:
                    asked.set_result(said)
        except ConnectionClosed:
            pass
        finally:
            for asked in self.waiting.values():
                asked.cancel()

    async def send(self, command: dict[str, Any]) -> int:
        """Send a command; its number."""
        self.number += 1
        await self.socket.send(json.dumps({**command, "id": self.number}))
        return self.number

    async def ask(self, command: dict[str, Any], pieces: tuple[bytes, ...] = ()) -> Any:
        """The result of a command; None where it was refused."""
        began = monotonic()
        number = await self.send(command)
        asked = self.waiting[number] = asyncio.get_running_loop().create_future()
        for piece in pieces:
            await self.socket.send(pack(UPLOAD, {"id": number}, piece))
        reply = await asyncio.wait_for(asked, PATIENCE)
        self.findings.delays.append(monotonic() - began)
        if reply["error"] is not None:
            kind = "unexpected" if "unexpected failure" in reply["error"] else "refused"
            self.findings.counts[f"{kind}: {command['command']}"] += 1
            if kind == "unexpected":
                self.findings.errors[f"{command['command']}: {reply['error'][:300]}"] += 1
            return None
        return reply["result"]


def actions(chance: random.Random, state: dict[str, Any]) -> list[tuple[dict[str, Any], tuple[bytes, ...]]]:
    """What a visitor may do next: commands, with the pieces of a file where one is uploaded."""
    shapes = state["network"]["parameters"]
    name = chance.choice(sorted(shapes))
    place = ",".join(str(chance.randrange(size)) for size in shapes[name])
    rows = "x,y,z\n" + "".join(f"{chance.gauss(0, 1)},{chance.gauss(0, 1)},{chance.choice('ab')}\n" for _ in range(200))
    count = {"phase": chance.choice((1, 2, -1)), "step": chance.choice((1, 10, 500, -1, -50)), "epoch": 1}
    unit = chance.choice(sorted(count))
    commands: list[dict[str, Any]] = [
        {"command": "play"},
        {"command": "play"},
        {"command": "play", "speed": chance.choice((5.0, 200.0))},
        {"command": "pause"},
        {"command": "step", "unit": unit, "count": count[unit]},
        {"command": "restart", "seed": chance.choice(("same", "new"))},
        {"command": "edit", "parameter": f"{name}[{place}]", "value": chance.gauss(0, 1)},
        {"command": "select", "row": chance.randrange(50), "parameter": f"{name}[{place}]", "neuron": ""},
        {"command": "mathematics", "check": chance.random() < 0.3},
        {"command": "program", "language": chance.choice(("wade", "numpy", "torch"))},
        {
            "command": "numbers",
            "of": chance.choice(("parameters", "losses", "metrics", "data", "confusion")),
            "name": name,
        },
        {"command": "view", "grid": chance.choice((32, 64)), "neurons": chance.choice((8, 64))},
        {"command": "save", "what": chance.choice(("model", "program"))},
        {"command": "configure", "settings": chance.choice(CHANGES)},
        {"command": "configure", "settings": chance.choice(CHANGES)},
        {"command": "open_data", "source": "generated", "name": chance.choice(TABLES), "rows": 300},
        {"command": "open_data", "source": "formula", "name": chance.choice(FORMULAS), "rows": 200},
    ]
    uploaded = ({"command": "upload", "name": "rows.csv", "size": len(rows)}, (rows.encode(),))
    return [uploaded, *((command, ()) for command in commands)]


async def visit(address: str, number: int, seed: int, end: float, findings: Findings) -> None:
    """One visitor, until the time is over."""
    chance, key = random.Random(1000 * seed + number), None
    host = address.split("/")[2]
    while monotonic() < end:
        async with connected(f"ws://{host}/{address.split('/')[3]}/socket", host, findings) as channel:
            state = await channel.ask({"command": "open", "session": key})
            if state is None:
                return
            if key not in (None, state["session"]):
                findings.errors["a session was lost"] += 1
            key, channel.state = state["session"], state
            await channel.send({"command": "credit", "frames": 2})
            for _ in range(chance.randrange(20, 60)):
                if monotonic() > end:
                    return
                command, pieces = chance.choice(actions(chance, channel.state))
                await channel.ask(command, pieces)
                findings.counts["commands"] += 1
                await asyncio.sleep(chance.expovariate(1.0))
            findings.counts["cut off"] += 1
            channel.socket.transport.abort()


@contextlib.asynccontextmanager
async def connected(address: str, host: str, findings: Findings) -> AsyncIterator[Channel]:
    """A connection that is read all the time."""
    origin: Any = f"http://{host}"
    async with connect(address, origin=origin, compression=None, max_size=None, open_timeout=PATIENCE) as socket:
        channel = Channel(socket, findings)
        reading = asyncio.create_task(channel.read())
        try:
            yield channel
        except (ConnectionClosed, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and not reading.done():
                raise
            findings.errors[f"a connection was lost: {socket.close_code} {socket.close_reason}"] += 1
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


class Sample(NamedTuple):
    """The server process at a moment."""

    memory: int  # bytes that are resident
    threads: int
    files: int

    @classmethod
    def of(cls, process: int) -> Sample:
        """From Linux's /proc."""
        status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
        files = len(list(Path(f"/proc/{process}/fd").iterdir()))
        return cls(int(status["VmRSS"].split()[0]) << 10, int(status["Threads"]), files)


async def load(
    address: str,
    process: int,
    visitors: int,
    seconds: float,
    seed: int,
    every: float,
    say: Callable[[str], None] = print,
) -> tuple[Findings, list[Sample]]:
    """Let the visitors in for some seconds, and take samples of the server meanwhile."""
    findings, samples = Findings(Counter(), Counter(), deque(maxlen=10_000)), list[Sample]()
    begin = monotonic()
    visiting = [
        asyncio.create_task(visit(address, number, seed, begin + seconds, findings)) for number in range(visitors)
    ]
    frames = 0
    while any(not task.done() for task in visiting):
        await asyncio.wait(visiting, timeout=every)
        samples.append(Sample.of(process))
        since, frames = findings.counts["frames"] - frames, findings.counts["frames"]
        memory, threads, files = samples[-1]
        delays = sorted(findings.delays) or [0.0]
        usual, rare = (delays[int(share * (len(delays) - 1))] for share in (0.5, 0.99))
        say(
            f"{(monotonic() - begin) / 60:6.1f} min {memory >> 20:5d} MB {threads:4d} threads {files:4d} files "
            f"{since / every:6.1f} frames/s, answers within {usual:.2f} s, 99 % within {rare:.2f} s"
        )
    await asyncio.gather(*visiting)
    return findings, samples


def grown(samples: list[Sample]) -> str | None:
    """What grew after the first third of the time, in words."""
    settled, last = samples[len(samples) // 3], samples[-1]
    if last.memory > GROWTH * settled.memory + GROWTH_BYTES:
        return f"memory grew from {settled.memory >> 20} to {last.memory >> 20} MB"
    if last.files > settled.files + 8 or last.threads > settled.threads + 8:
        return f"threads and files grew from {settled.threads}, {settled.files} to {last.threads}, {last.files}"
    return None


@contextlib.contextmanager
def studio() -> Any:
    """A server in a process of its own: its address and its number."""
    arguments = [sys.executable, "-m", "wade", "studio", "--no-browser", "--json"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["url"], process.pid
        finally:
            process.send_signal(signal.SIGINT)


def main() -> int:
    """The whole load; 1 where anything was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=float, default=60, help="seconds between two lines")
    options = parser.parse_args()
    with studio() as (address, process):
        findings, samples = asyncio.run(
            load(
                address=address,
                process=process,
                visitors=options.visitors,
                seconds=60 * options.minutes,
                seed=options.seed,
                every=options.every,
            )
        )
    print(", ".join(f"{count} {name}" for name, count in sorted(findings.counts.items())))
    growth = grown(samples)
    for finding in [*(f"{count} x {error}" for error, count in findings.errors.items()), *([growth] if growth else [])]:
        print(f"FOUND: {finding}")
    return 1 if findings.errors or growth else 0


if __name__ == "__main__":
    sys.exit(main())
