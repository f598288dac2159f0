"""The native engine beside PyTorch eager: the same network, data, batch size and optimiser, in one run, as a ratio.

usage: python benchmarks/engine.py [--repeats 5] [--json]

Each figure is the median over the repeats of the microseconds of one step; the peers take turns, so that a machine
whose speed drifts drifts for both. Both use all cores.

Per-example descent also stands beside yardstick.cpp, a C++ loop that knows every width at compile time: the processor
time of one thread, the fastest of many short stretches, with rows drawn from all over a table of 300,000.
"""

import argparse
import json
import os
import statistics
from dataclasses import dataclass
from time import perf_counter, thread_time

import numpy as np
import torch
from yardstick import Yardstick

from wade.engines import choose_engine
from wade.engines.native import NativeEngine, instruction_sets
from wade.maths.losses import choose_loss
from wade.maths.optimizers import SGD, Adam
from wade.network import Network


@dataclass(frozen=True)
class Work:
    """One kind of work: a network, a batch size, an optimiser, and the ratio it has to reach."""

    name: str
    widths: tuple[int, ...]  # inputs, hidden layers, outputs
    batch_size: int
    optimizer: str
    target: float
    steps: int  # of wade in one repeat
    peer_steps: int  # of PyTorch in one repeat


WORKS = (
    Work("batch 1, 10-32-16-1, SGD", (10, 32, 16, 1), 1, "sgd", 100, 100_000, 2_000),
    Work("batch 1, 2-8-1, SGD", (2, 8, 1), 1, "sgd", 100, 100_000, 2_000),
    Work("batch 1, 30-64-64-1, SGD", (30, 64, 64, 1), 1, "sgd", 100, 100_000, 2_000),
    Work("batch 256, 30-256-256-1, Adam", (30, 256, 256, 1), 256, "adam", 2, 500, 200),
    Work("batch 512, 30-256-128-1, Adam", (30, 256, 128, 1), 512, "adam", 2, 500, 200),
    Work("batch 1024, 100-1024-1024-1, Adam", (100, 1024, 1024, 1), 1024, "adam", 2, 20, 10),
)

TABLE_ROWS = 300_000  # for per-example descent: more than the caches hold


def data(work: Work, steps: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    X = random.standard_normal((steps * work.batch_size, work.widths[0])).astype(np.float32)
    return X, (X[:, :1] + 0.5 * X[:, 1:2] ** 2 > 0.5).astype(np.float32)


def wade_seconds(work: Work, engine: NativeEngine) -> float:
    """Seconds of one step in a stretch of many."""
    network = Network(work.widths[0], work.widths[1:-1], work.widths[-1])
    X, y = data(work, TABLE_ROWS if work.batch_size == 1 else min(work.steps, 500))
    rows = np.resize(np.random.default_rng(1).permutation(len(X)), work.steps * work.batch_size)
    optimizer = {"sgd": SGD(), "adam": Adam()}[work.optimizer]
    state, inputs = optimizer.init(network.theta), network.as_inputs(X)
    rates, loss = np.full(work.steps, 1e-3), choose_loss("cross_entropy", "sigmoid")
    began = perf_counter()
    engine.descend(network, inputs, y, loss, optimizer, state, rows, work.batch_size, rates)
    return (perf_counter() - began) / work.steps


def torch_seconds(work: Work) -> float:
    """Seconds of one step of the usual loop: zero_grad, forward, loss, backward, step."""
    layers: list[torch.nn.Module] = []
    for n_in, n_out in zip(work.widths, work.widths[1:], strict=False):
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
    network = torch.nn.Sequential(*layers[:-1])
    parameters = network.parameters()
    # Fused Adam is PyTorch's fastest on a CPU.
    optimizer = (
        torch.optim.SGD(parameters, lr=1e-3)
        if work.optimizer == "sgd"
        else torch.optim.Adam(parameters, 1e-3, fused=True)
    )
    loss = torch.nn.BCEWithLogitsLoss()
    X, y = map(torch.from_numpy, data(work, min(work.peer_steps, 500)))
    batches = [slice(first, first + work.batch_size) for first in range(0, len(X), work.batch_size)]
    for batch in batches[:10]:
        network(X[batch])
    began = perf_counter()
    for step in range(work.peer_steps):
        batch = batches[step % len(batches)]
        optimizer.zero_grad()
        loss(network(X[batch]), y[batch]).backward()
        optimizer.step()
    return (perf_counter() - began) / work.peer_steps


def measure(work: Work, engine: NativeEngine, repeats: int) -> dict[str, float]:
    pairs = [(wade_seconds(work, engine), torch_seconds(work)) for _ in range(repeats + 1)][1:]
    ours, theirs = (statistics.median(column) * 1e6 for column in zip(*pairs, strict=True))
    ratio = statistics.median(theirs / ours for ours, theirs in pairs)
    return {"wade_microseconds": ours, "torch_microseconds": theirs, "ratio": ratio, "target": work.target}


def beside_the_yardstick(work: Work, instruction_set: str, repeats: int, steps: int = 10_000) -> dict[str, float]:
    """Microseconds of a step of both, having made sure that they take the same steps."""
    engine, yardstick = NativeEngine(threads=1, instruction_set=instruction_set), Yardstick(instruction_set)
    X, y = data(work, TABLE_ROWS)
    rows = np.random.default_rng(1).permutation(TABLE_ROWS)[:steps]
    loss, rates = choose_loss("cross_entropy", "sigmoid"), np.full(steps, 1e-3)
    ours, theirs = [], []
    for _ in range(20 * repeats):
        network = Network(work.widths[0], work.widths[1:-1], work.widths[-1])
        theta, inputs = network.theta.copy(), network.as_inputs(X)
        began = thread_time()
        losses = engine.descend(network, inputs, y, loss, SGD(), {"step": 0}, rows, 1, rates)
        ours.append((thread_time() - began) / steps)
        seconds, expected = yardstick.descend(work.widths, theta, X, y, rows, 1e-3)
        theirs.append(seconds)
        np.testing.assert_allclose(losses, expected, atol=1e-4)
    return {
        "wade_microseconds": min(ours) * 1e6,
        "yardstick_microseconds": min(theirs) * 1e6,
        "ratio": min(ours) / min(theirs),
        "target": 1.5,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    engine = choose_engine("native")
    assert isinstance(engine, NativeEngine)
    figures = {work.name: measure(work, engine, arguments.repeats) for work in WORKS}
    one_by_one = {
        f"{work.name}, {instruction_set}": beside_the_yardstick(work, instruction_set, arguments.repeats)
        for work in WORKS
        if work.batch_size == 1
        for instruction_set in instruction_sets()
    }
    if arguments.json:
        print(json.dumps({"beside PyTorch": figures, "beside the yardstick": one_by_one}, indent=2))
        return
    print(f"{os.cpu_count()} cores, {engine.instruction_set}, {engine.threads} threads; PyTorch {torch.__version__}\n")
    print(f"{'a step of':36} {'wade':>10} {'PyTorch':>10} {'ratio':>8} {'target':>8}")
    for name, row in figures.items():
        columns = f"{row['wade_microseconds']:8.2f}µs {row['torch_microseconds']:8.1f}µs {row['ratio']:7.1f}×"
        print(f"{name:36} {columns} {row['target']:7.0f}×")
    print(f"\n{'a step of one thread':36} {'wade':>10} {'C++ loop':>10} {'ratio':>8} {'target':>8}")
    for name, row in one_by_one.items():
        columns = f"{row['wade_microseconds']:8.3f}µs {row['yardstick_microseconds']:8.3f}µs {row['ratio']:7.2f}×"
        print(f"{name:36} {columns} {'≤ ' + str(row['target']):>7}×")


if __name__ == "__main__":
    main()
