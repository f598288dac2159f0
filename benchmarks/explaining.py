"""What an explanation costs: a trace of one row, its text, and a full check of gradients, beside their targets.

`python -m benchmarks.explaining`, alone on the machine. Each figure is the least of several turns.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

import wade
from wade.network import Network

TURNS = 20


def milliseconds(work: Callable[[], Any]) -> float:
    """The least time of some turns, after one that warms up."""
    work()
    times = []
    for _ in range(TURNS):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return 1000 * min(times)


def figures() -> list[tuple[str, float, float]]:
    """What was done, how long it took, and how long it may take, in milliseconds."""
    random = np.random.default_rng(0)
    deep = Network(64, hidden=(256, 256), activation="relu", seed=1)
    row = random.normal(size=(1, 64))
    trace = wade.explain(deep, row, 1, optimizer="adam")
    small = wade.explain(Network(2, hidden=(8,), activation="tanh", seed=1), [0.5, -1.0], 1)
    return [
        (
            "a trace of one row, 64-256-256-1, adam",
            milliseconds(lambda: wade.explain(deep, row, 1, optimizer="adam")),
            20,
        ),
        ("its text, with a chain of 256 paths and its check", milliseconds(trace.text), 50),
        ("its page", milliseconds(trace.html), 50),
        ("every gradient of 2-8-1, checked", milliseconds(small.check), 100),
    ]


def main() -> None:
    """Prints the figures."""
    for what, took, may in figures():
        print(f"{what:52} {took:8.2f} ms   (at most {may:.0f})")


if __name__ == "__main__":
    main()
