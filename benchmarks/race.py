"""Many learning rates in one pass, beside as many single runs of wade's own (W3): what a race saves, as a ratio.

usage: python benchmarks/race.py [--repeats 5] [--threads 1] [--json]

Each model has a learning rate of its own from 1e-5 to 10. Seconds are the least over the repeats: of the race, and of
single descents one after another, taken in turns in the same run. The losses are not compared here but in
tests/conformance/test_race.py.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from wade.engines import NativeEngine
from wade.maths.losses import choose_loss
from wade.maths.optimizers import SGD, Adam, Optimizer
from wade.network import Network

ROWS_AT_ONCE = 16_384  # as a caller that wants to be interruptible would pass them


@dataclass(frozen=True)
class Work:
    """One race, and the ratio it has to reach."""

    name: str
    widths: tuple[int, ...]  # inputs, hidden layers, outputs
    models: int
    batch_size: int
    optimizer: Optimizer
    n_rows: int
    target: float | None = None


WORKS = (
    Work("W3: 64 × 2-8-1, SGD, batch 1", (2, 8, 1), 64, 1, SGD(), 300_000, 8),
    Work("64 × 2-8-1, Adam, batch 1", (2, 8, 1), 64, 1, Adam(), 50_000),
    Work("64 × 2-8-1, SGD, batch 32", (2, 8, 1), 64, 32, SGD(), 300_000),
    Work("16 × 10-32-16-1, SGD, batch 1", (10, 32, 16, 1), 16, 1, SGD(), 50_000),
    Work("16 × 10-32-16-1, Adam, batch 32", (10, 32, 16, 1), 16, 32, Adam(), 50_000),
    Work("16 × 30-256-256-1, Adam, batch 256", (30, 256, 256, 1), 16, 256, Adam(), 16_384),
)


def stretches(work: Work) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """An epoch's rows, shuffled, in stretches of whole batches, with the factors of their steps."""
    rows = np.random.default_rng(1).permutation(work.n_rows)
    for first in range(0, work.n_rows, ROWS_AT_ONCE):
        stretch = rows[first : first + ROWS_AT_ONCE]
        yield stretch, np.ones(-(-len(stretch) // work.batch_size))


def seconds(work: Work, engine: NativeEngine, race: bool) -> float:
    """Seconds of an epoch of all models, side by side or one after another."""
    random = np.random.default_rng(0)
    numbers = random.standard_normal((work.n_rows, work.widths[0])).astype(np.float32)
    y = (numbers[:, :1] + random.standard_normal((work.n_rows, 1)) > 1).astype(np.float32)
    networks = [Network(work.widths[0], work.widths[1:-1], work.widths[-1], seed=k) for k in range(work.models)]
    X, loss, rates = (
        networks[0].as_inputs(numbers),
        choose_loss("cross_entropy", "sigmoid"),
        np.geomspace(1e-5, 10, work.models),
    )
    states = [work.optimizer.init(network.theta) for network in networks]
    began = perf_counter()
    if race:
        running = list(range(work.models))
        for rows, factors in stretches(work):
            runners = [networks[k] for k in running], [states[k] for k in running]
            losses = engine.race(
                runners[0], X, y, loss, work.optimizer, runners[1], rows, work.batch_size, rates[running], factors
            )
            running = [k for k, found in zip(running, losses[:, -1], strict=True) if np.isfinite(found)]
    else:
        for network, state, rate in zip(networks, states, rates, strict=True):
            for rows, factors in stretches(work):
                engine.descend(network, X, y, loss, work.optimizer, state, rows, work.batch_size, rate * factors)
    return perf_counter() - began


def measure(work: Work, engine: NativeEngine, repeats: int) -> dict[str, float | None]:
    pairs = [(seconds(work, engine, True), seconds(work, engine, False)) for _ in range(repeats)]
    ours, single = (min(column) / work.n_rows * 1e6 for column in zip(*pairs, strict=True))
    return {"race_microseconds": ours, "single_microseconds": single, "ratio": single / ours, "target": work.target}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    engine = NativeEngine(arguments.threads)
    figures = {work.name: measure(work, engine, arguments.repeats) for work in WORKS}
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    print(f"{engine.instruction_set}, {engine.threads} threads; microseconds of a row for all models\n")
    print(f"{'':36} {'race':>10} {'one by one':>11} {'ratio':>8} {'target':>8}")
    for name, row in figures.items():
        target = f"{row['target']:7.0f}×" if row["target"] else ""
        columns = f"{row['race_microseconds']:8.2f}µs {row['single_microseconds']:9.2f}µs {row['ratio']:7.1f}×"
        print(f"{name:36} {columns} {target}")


if __name__ == "__main__":
    main()
