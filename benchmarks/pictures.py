"""What a picture costs: of each kind in a process where the model is loaded, and the whole command.

`python -m benchmarks.pictures [KIND ...]`. Times are those of the processor, in all threads: one core does most of it,
so on a quiet machine the clock shows as much or less. The model is of the flights, with the network that
`wade train` takes for them (one epoch: its size counts, not its quality), the rows are 3,000 others; regression is of
the diabetes table. Each picture is computed and written as SVG, the least of three turns; the command has one. Of a
kind that trains, drawing alone is timed, the training is not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time
from typing import Any

import numpy as np
import pyarrow.parquet as pq

import wade
from wade import pictures
from wade.pictures import KINDS
from wade.tables import BUILT_IN

TURNS = 3
MOST = 1.0
"""Seconds that a picture may take."""
COLUMNS = ("temperature", "wind_speed")
OPTIONS: dict[str, dict[str, Any]] = {
    "boundary": {"columns": COLUMNS},
    "neurons": {"columns": COLUMNS},
    "cost": {"cost_false_alarm": 50.0, "cost_miss": 200.0},
    "dependence": {"column": "humidity"},
}
FLAGS = {
    "boundary": ("--columns", ",".join(COLUMNS)),
    "neurons": ("--columns", ",".join(COLUMNS)),
    "cost": ("--cost-false-alarm", "50", "--cost-miss", "200"),
    "dependence": ("--column", "humidity"),
}


def seconds(work: Callable[[], Any], clock: Callable[[], float] = process_time, turns: int = TURNS) -> float:
    """The least time of some turns."""
    times = []
    for _ in range(turns):
        began = clock()
        work()
        times.append(clock() - began)
    return min(times)


def of_children() -> float:
    """The processor's time in the commands that have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def prepare(folder: Path) -> None:
    """Writes both models, and rows that they have not seen."""
    flights = BUILT_IN["flights"].read()
    some = np.arange(3_000) * (flights.num_rows // 3_000)
    pq.write_table(flights.take(some + 7), folder / "flights.parquet")
    wade.learn(flights, "delayed", epochs=1, learning_rate=0.003).save(folder / "flights.wade")
    diabetes = BUILT_IN["diabetes"].read()
    pq.write_table(diabetes.slice(300), folder / "diabetes.parquet")
    wade.learn(diabetes.slice(0, 300), "progression", epochs=20, learning_rate=0.003).save(folder / "diabetes.wade")


def makers(folder: Path) -> dict[str, Callable[[], Any]]:
    """What makes the display of each kind, in this process; of those that train, from a report that is there."""
    model, numbers = wade.load(folder / "flights.wade"), wade.load(folder / "diabetes.wade")
    rows, others = (pq.read_table(folder / f"{name}.parquet") for name in ("flights", "diabetes"))
    sources: dict[str, list[Any]] = {"nothing": [], "model": [model], "model and rows": [model, rows]}
    made: dict[str, Callable[[], Any]] = {}
    for name, kind in KINDS.items():
        if kind.source == "table":
            continue
        of = [numbers, others] if name == "residuals" else sources[kind.source]
        made[name] = lambda kind=kind, of=of: kind.make(*of, **OPTIONS.get(kind.name, {}))
    made["network of a row"] = lambda: KINDS["network"].make(model, rows, row=18)
    made["dependence on a date"] = lambda: KINDS["dependence"].make(model, rows, column="scheduled_departure")
    raced = wade.race("moons", hidden=(8,))
    curves = wade.learning_curves("moons", hidden=(8,), epochs=5, points=3)
    plain = {"hidden": (8, 8), "epochs": 5, "learning_rate": 0.02}
    models = [wade.learn("circles", activation=each, **plain) for each in ("tanh", "identity")]
    made["rates"] = lambda: pictures.RatesDisplay.from_report(raced)
    made["curves"] = lambda: pictures.CurvesDisplay.from_report(curves)
    made["nonlinearity"] = lambda: pictures.NonlinearityDisplay.from_models(*models, "circles")
    return made


def command(name: str, folder: Path) -> float:
    """The whole command, with its start."""
    kind = KINDS[name]
    stem = "diabetes" if name == "residuals" else "flights"
    sources = {"nothing": [], "model": [f"{stem}.wade"], "model and rows": [f"{stem}.wade", f"{stem}.parquet"]}
    words = ["draw", name, *sources[kind.source], *FLAGS.get(name, ()), "-o", f"{name}.svg", "--quiet"]
    run = [sys.executable, "-m", "wade", *words]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return seconds(lambda: subprocess.run(run, cwd=folder, check=True, env=environment), of_children, 1)


def main() -> None:
    """Prints a line for each kind."""
    with tempfile.TemporaryDirectory() as made_in:
        folder = Path(made_in)
        prepare(folder)
        made = makers(folder)
        wanted = sys.argv[1:] or [*made]
        print(f"{'kind':22} {'numbers':>9} {'drawing':>9} {'command':>9}")
        over = 0
        for name in wanted:
            display = made[name]()
            display.to_bytes("svg")
            numbers, drawing = seconds(made[name]), seconds(lambda display=display: display.to_bytes("svg"))
            whole = command(name, folder) if name in KINDS and KINDS[name].source != "table" else None
            late = numbers + drawing > MOST
            over += late
            shown = "" if whole is None else f"{whole:7.2f} s"
            print(f"{name:22} {numbers:7.2f} s {drawing:7.2f} s {shown:>9}{'  above 1 s' if late else ''}", flush=True)
        print(f"\n{len(wanted) - over} of {len(wanted)} take at most {MOST:g} s without the start of the command")


if __name__ == "__main__":
    main()
