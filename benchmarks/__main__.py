"""wade's native engine beside its peers, in one run: what each takes, the ratio, the target, and what was missed.

usage: python -m benchmarks [--only W2 W2b] [--repeats 5] [--json]

Contestants take turns; times and figures are medians over the repeats, the figures of what each round says. All begin
at the same parameters, read the same rows in the same order, and have to find the same losses. Each peer uses its
fastest way of saying it (benchmarks/peers/). A peer that is not installed is named with its remedy.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import wade

from .contests import PEERS, Contest, Rival, contests, peer
from .ours import engine_with
from .table import Row, head, line, tally
from .turns import Contestant, Missing, ratio, seconds, take_turns

OURS = "wade"


def measure(contest: Contest, repeats: int) -> Iterator[Row]:
    """A row for each rival, those that are here having taken turns with wade."""
    about = f"{contest.key}: {contest.about}"
    here, lacking = started(contest)
    rounds = take_turns(here, repeats, contest.exact) if OURS in here else []
    for rival in contest.rivals:
        remedy = lacking.get(OURS) or lacking.get(rival.name)
        if remedy:
            yield Row(about, rival.name, rival.reading, rival.target, remedy=remedy)
        else:
            yield compared(about, rival, rounds)


def started(contest: Contest) -> tuple[dict[str, Contestant], dict[str, str]]:
    """Everybody who is here, wade first, and what would help the others."""
    here: dict[str, Contestant] = {}
    lacking: dict[str, str] = {}
    rivals = ((rival.name, rival.start) for rival in contest.rivals if rival.start)
    for name, start in ((OURS, contest.start), *rivals):
        try:
            here[name] = start()
        except Missing as missing:
            lacking[name] = str(missing)
    return here, lacking


def compared(about: str, rival: Rival, rounds: list[Any]) -> Row:
    """What the rounds say of wade and this rival."""
    whom = rival.name if rival.start else OURS
    return Row(
        about,
        rival.name,
        rival.reading,
        rival.target,
        seconds(rounds, OURS),
        seconds(rounds, rival.name) if rival.start else None,
        ratio(rounds, whom, OURS, rival.reading.figure),
    )


def processor() -> str:
    """What the processor calls itself."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [text.partition(":")[2].strip() for text in lines if text.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def machine() -> dict[str, Any]:
    """What the figures hold for."""
    engine, versions = engine_with(), []
    for name in PEERS:
        try:
            versions.append(peer(name).about())
        except Missing as missing:
            versions.append(f"without {name} ({missing})")
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "instruction_set": engine.instruction_set,
        "threads": engine.threads,
        "versions": [
            f"wade {wade.__version__}", f"Python {platform.python_version()}", f"NumPy {np.__version__}", *versions
        ],
    }  # fmt: skip


def busy(load: float) -> str:
    """A warning where others are at work: a run that waits for threads loses most, and no ratio holds."""
    return f"Others are at work on this machine (load {load:.1f}): these figures do not hold.\n" if load > 0.5 else ""


def main() -> None:
    """Prints the table row by row, as it is measured, or one JSON object at the end."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", metavar="KEY", help="W1, W2, W2b, W2c, W2d, W3 or W4")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    told = machine()
    chosen = contests(told["threads"], told["instruction_set"])
    keys = dict.fromkeys(contest.key for contest in chosen)
    unknown = [key for key in arguments.only or () if key not in keys]
    if unknown:
        parser.error(f"no work is called {unknown[0]!r}; there are {', '.join(keys)}")
    if arguments.repeats < 1:
        parser.error(f"--repeats must be at least 1; received {arguments.repeats}")
    show = (lambda text: None) if arguments.json else (lambda text: print(text, flush=True))
    show(
        f"{told['processor']}, {told['cores']} cores; {told['instruction_set']}, {told['threads']} threads\n"
        f"{', '.join(told['versions'])}\n{busy(told['load'])}\n{head()}"
    )
    rows: list[Row] = []
    for contest in chosen:
        if arguments.only and contest.key not in arguments.only:
            continue
        for row in measure(contest, arguments.repeats):
            rows.append(row)
            show(line(row.cells()))
    show(f"\n{tally(rows)}")
    if arguments.json:
        json.dump({"machine": told, "rows": [row.to_dict() for row in rows]}, sys.stdout, indent=2)
        print()


if __name__ == "__main__":
    main()
