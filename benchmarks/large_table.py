"""A table larger than memory, from generated files to a trained network: what it costs per row, beside memory.

    python -m benchmarks.large_table --rows 10_000_000 --beside 1_000_000

generates rows like the flights as Parquet files (`--format csv` for text), streams them through one epoch in a
process of its own, does the same in memory with as many rows as are named by `--beside`, and says what each part of
the job took per row, the ratios, and the peak memory of the whole process.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet

import wade
from wade.model.learn import StageStarted
from wade.tables import BUILT_IN

ROWS_AT_ONCE = 500_000
ROWS_PER_FILE = 5_000_000
TARGET = "delayed"
MOST_MEMORY = 1.5e9
MOST_RATIO = 1.2


def generated(rows: int, seed: int = 0) -> Iterator[pa.Table]:
    """Rows drawn from those of the flights, some at a time, every number blurred so that none is another's copy."""
    flights = BUILT_IN["flights"].read()
    rng = np.random.default_rng(seed)
    for start in range(0, rows, ROWS_AT_ONCE):
        drawn = flights.take(pa.array(rng.integers(0, flights.num_rows, min(ROWS_AT_ONCE, rows - start))))
        for place, field in enumerate(drawn.schema):
            if pa.types.is_floating(field.type):
                blurred = np.asarray(drawn[field.name]) + rng.uniform(-0.05, 0.05, drawn.num_rows).round(3)
                drawn = drawn.set_column(place, field.name, pa.array(blurred, from_pandas=True))
        yield drawn


def write(folder: Path, rows: int, kind: str) -> None:
    """Files of some million rows each."""
    writer: Any = None
    for number, table in enumerate(generated(rows)):
        if number % (ROWS_PER_FILE // ROWS_AT_ONCE) == 0:
            if writer is not None:
                writer.close()
            path = folder / f"flights-{number:05}.{kind}"
            writer = csv.CSVWriter(path, table.schema) if kind == "csv" else parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def measured(folder: Path, memory: str | None, epochs: int) -> dict[str, float]:
    """Train here, and say what it took."""
    stages: list[tuple[str, float]] = []
    began = process_time()

    def on_event(event: object) -> None:
        if isinstance(event, StageStarted):
            stages.append((event.stage, perf_counter()))

    model = wade.learn(folder, TARGET, memory=memory, epochs=epochs, on_event=on_event)
    assert model.report["memory"]["streamed"] is (memory is not None), model.report["memory"]["why"]
    ends = [*(when for _, when in stages[1:]), perf_counter()]
    seconds = {stage: end - start for (stage, start), end in zip(stages, ends, strict=True)}
    figures = {"all": sum(seconds.values()), "processor time": process_time() - began, **seconds}
    return {**figures, "log_loss": model.report["test"]["log_loss"]}


def peak_memory() -> int:
    """The bytes that this process took at most; `ru_maxrss` would remember the process that started it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return 1024 * int(found[1])


def in_a_process(folder: Path, rows: int, memory: str | None, epochs: int) -> dict[str, float]:
    """The same in a process of its own: seconds of each part, and the peak of its memory in bytes."""
    story = (
        "import json, sys; from pathlib import Path; from benchmarks.large_table import measured, peak_memory; "
        "figures = measured(Path(sys.argv[1]), sys.argv[2] or None, int(sys.argv[3])); "
        "print(json.dumps(figures | {'peak': peak_memory()}))"
    )
    command = [sys.executable, "-c", story, str(folder), memory or "", str(epochs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    figures: dict[str, float] = json.loads(done.stdout)
    return {name: value if name in ("peak", "log_loss") else 1e6 * value / rows for name, value in figures.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="how many to stream")
    parser.add_argument("--beside", type=int, default=1_000_000, help="how many to take into memory; 0: none")
    parser.add_argument("--memory", default="1.4GB", help="what streaming may take")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--folder", type=Path, help="where to generate the files; they are removed in the end")
    asked = parser.parse_args()
    found: dict[str, dict[str, float]] = {}
    for name, rows, memory in (("streamed", asked.rows, asked.memory), ("in memory", asked.beside, None)):
        if rows:
            with tempfile.TemporaryDirectory(prefix="wade-large-", dir=asked.folder) as folder:
                began = perf_counter()
                write(Path(folder), rows, asked.format)
                size = sum(entry.stat().st_size for entry in os.scandir(folder))
                print(f"{rows:,} rows generated in {perf_counter() - began:.0f} s, {size / 1e9:.2f} GB", flush=True)
                found[name] = in_a_process(Path(folder), rows, memory, asked.epochs)
                say(name, rows, found[name])
    if len(found) == 2:
        compare(found["streamed"], found["in memory"])


def say(name: str, rows: int, figures: dict[str, float]) -> None:
    """Microseconds per row of each part, and the peak."""
    parts = ", ".join(f"{part} {value:.2f}" for part, value in figures.items() if part not in ("peak", "log_loss"))
    print(f"{name}, {rows:,} rows: µs per row: {parts}; peak memory {figures['peak'] / 1e9:.2f} GB; ", end="")
    print(f"log-loss {figures['log_loss']:.4f}", flush=True)


def compare(streamed: dict[str, float], in_memory: dict[str, float]) -> None:
    """The ratios, beside what was asked for."""
    for part in ("all", "processor time", "reading", "training"):
        print(f"{part}: {streamed[part] / in_memory[part]:.2f} × the cost per row in memory")
    verdicts = {
        f"cost per row ≤ {MOST_RATIO} ×": streamed["all"] <= MOST_RATIO * in_memory["all"],
        f"peak memory ≤ {MOST_MEMORY / 1e9} GB": streamed["peak"] <= MOST_MEMORY,
    }
    for promise, kept in verdicts.items():
        print(f"{promise}: {'met' if kept else 'missed'}")


if __name__ == "__main__":
    main()
