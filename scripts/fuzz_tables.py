#!/usr/bin/env python3
"""Throws tables and damaged files at wade, and looks for anything but the same answer by every way in, or a refusal.

    python scripts/fuzz_tables.py [--minutes 10] [--seed 0] [--only tables|files]

`tests/tables/made_tables.py` makes tables of all kinds with nasty names and numbers; a tiny model is trained on each,
and `ways_in.py` asks it by every way in. `damaged_files.py` changes bytes of Parquet, Feather, JSON and CSV files.
A finding is whatever is not one of wade's own errors or a finite answer: another exception, a warning, a crash, an
answer that is not the same. Children do the work, so that a crash is a finding too. Each is printed with the command
that shows it again; `--seed SEED --count 1` does one.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import resource
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))

MOST_MEMORY = 8 << 30
MOST_SECONDS = 60
"""Of the processor, for one table or file; ten times as many by the clock."""
AT_ONCE = {"tables": 40, "files": 400}
"""What a child does before the next one starts."""
KINDS = tuple(AT_ONCE)


def main() -> int:
    """Both kinds in turn until the time is over; 1 where anything was found."""
    options = _options()
    if options.child:
        _work(options.only, options.seed, options.count, Path(options.child))
        return 0
    end, counts, findings = monotonic() + 60 * options.minutes, Counter[str](), Counter[str]()
    kinds = [options.only] if options.only else list(KINDS)
    nexts = dict.fromkeys(kinds, options.seed)
    while monotonic() < end and (options.count is None or min(nexts.values()) < options.seed + options.count):
        for kind in kinds:
            count = AT_ONCE[kind] if options.count is None else options.seed + options.count - nexts[kind]
            nexts[kind] += watched(kind, nexts[kind], min(count, AT_ONCE[kind]), end, counts, findings)
    for outcome, count in sorted(counts.items()):
        print(f"{count:8,}  {outcome}")
    print(f"{sum(findings.values()):8,}  findings, {len(findings)} different")
    return 1 if findings else 0


def watched(kind: str, first: int, count: int, end: float, counts: Counter[str], findings: Counter[str]) -> int:
    """Have a child do some of a kind; how many it did, the one that it died of included."""
    command = [sys.executable, __file__, "--only", kind, "--seed", str(first), "--count", str(count)]
    done, seed = 0, first
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        child = subprocess.Popen(
            [*command, "--child", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert child.stderr is not None
        for line in child.stdout:
            seed, outcome, found = json.loads(line)
            if outcome is None:
                continue
            done += 1
            counts[f"{kind}: {outcome}"] += 1
            for one in found:
                _tell(kind, seed, one, findings)
            if monotonic() > end:
                child.kill()
        errors = child.stderr.read()
        if child.wait() and monotonic() <= end:
            done += 1
            counts[f"{kind}: the process ended"] += 1
            _tell(kind, seed, f"the process ended with {child.returncode}\n{errors[-2000:]}", findings)
    return max(done, 1)


def _tell(kind: str, seed: int, found: str, findings: Counter[str]) -> None:
    """Print a finding, the first few times that it comes."""
    like = "".join(" " if character.isdigit() else character for character in found.split("\n")[0])[:90]
    findings[like] += 1
    if findings[like] <= 3:
        print(f"{found}\n    {Path(__file__).name} --only {kind} --seed {seed} --count 1", flush=True)


def _work(kind: str, first: int, count: int, folder: Path) -> None:
    """In a child: a line of JSON before and after each table or file."""
    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.signal(signal.SIGALRM, _too_slow)
    signal.signal(signal.SIGPROF, _too_slow)
    check = _checks(kind, folder)
    for seed in range(first, first + count):
        print(json.dumps([seed, None, []]), flush=True)
        signal.alarm(10 * MOST_SECONDS)
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
        outcome, found = check(seed)
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps([seed, outcome, found]), flush=True)


def _checks(kind: str, folder: Path) -> Callable[[int], tuple[str, list[str]]]:
    from tests.tables import damaged_files, made_tables, ways_in

    if kind == "tables":
        return lambda seed: ways_in.broken_promises(made_tables.made_table(seed), seed, folder)
    model = damaged_files.trained(folder)
    return lambda seed: damaged_files.broken_promises(model, seed, folder)


def _too_slow(*_: Any) -> None:
    raise TimeoutError(f"more than {MOST_SECONDS} seconds")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0, help="of the first table or file; the next one has the next")
    parser.add_argument("--count", type=int, help="of each kind; default: what the minutes allow")
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
