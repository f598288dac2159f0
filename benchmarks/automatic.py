"""The learning rate that a race finds, beside a grid of 16: what the race costs, and how far from the best it ends.

usage: python -m benchmarks.automatic [DATA] [--rates 16] [--json]

On the flights the race is to take at most 15 % of the time of training, and training with what it found is to end
within 1 % of the lowest test log-loss of the grid.
"""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

from wade.engines import choose_engine
from wade.maths.losses import choose_loss, search_learning_rate, usual_loss
from wade.model.evaluation.outputs import output_shape
from wade.model.preparation.column_options import choose
from wade.model.preparation.prepare import prepare
from wade.model.preparation.prepared_data import PreparedData
from wade.model.preparation.splitting import SplitOptions
from wade.settings import Choice, Settings, Settled, settle
from wade.training.by_settings import build_network, train_with_settings

LONGEST_SHARE, FARTHEST = 0.15, 0.01


def prepare_table(data: str, seed: int) -> PreparedData:
    """The table, read, split and encoded as `wade train` does it."""
    choices, marks = choose(data)
    with ExitStack() as scratch:
        return prepare(data, choices, marks, None, SplitOptions(seed=seed), None, scratch, lambda event: None)


def trained(prepared: PreparedData, settled: Settled) -> tuple[float, float]:
    """The loss on the test rows, and the seconds of training."""
    network = build_network(settled, prepared.encoder.layout, *output_shape(prepared.target))
    began = perf_counter()
    train_with_settings(settled, network, prepared.parts["train"], validation=prepared.parts["validation"])
    seconds = perf_counter() - began
    (test,) = prepared.parts["test"].blocks()
    loss = choose_loss(usual_loss(network.output), network.output)
    return choose_engine("auto").loss(network, test.X, test.y, loss, None), seconds


def raced(prepared: PreparedData, settled: Settled) -> tuple[Choice, float]:
    """What the race finds, and its seconds."""
    network = build_network(settled, prepared.encoder.layout, *output_shape(prepared.target))
    began = perf_counter()
    return search_learning_rate(settled, network, prepared.parts["train"]), perf_counter() - began


def measure(data: str, count: int, seed: int) -> dict[str, Any]:
    """The race, the training with its rate, and the grid."""
    prepared = prepare_table(data, seed)
    settled = settle(Settings(seed=seed), len(prepared.parts["train"]), *output_shape(prepared.target))
    found, race_seconds = raced(prepared, settled)
    loss, seconds = trained(prepared, replace(settled, learning_rate=found.value))
    grid = []
    for rate in np.geomspace(1e-4, 0.1, count):
        grid.append({"learning_rate": float(rate), "loss": trained(prepared, replace(settled, learning_rate=rate))[0]})
    best = min(grid, key=lambda one: one["loss"])
    return {
        "data": data,
        "learning_rate": found.value,
        "why": found.why,
        "race_seconds": race_seconds,
        "training_seconds": seconds,
        "share": race_seconds / seconds,
        "loss": loss,
        "grid": grid,
        "best": best,
        "above_best": loss / best["loss"] - 1,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", default="flights")
    parser.add_argument("--rates", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.data, asked.rates, asked.seed)
    if asked.json:
        print(json.dumps(found))
        return
    for one in found["grid"]:
        print(f"{one['learning_rate']:9.2g}  {one['loss']:.4f}{'  the best' if one is found['best'] else ''}")
    print(f"{found['learning_rate']:9.2g}  {found['loss']:.4f}  auto: {found['why']}")
    share, above = found["share"], found["above_best"]
    times = f"race {found['race_seconds']:.2f} s, training {found['training_seconds']:.2f} s"
    print(f"{times}: {share:.1%} of it,", end=" ")
    print("met" if share <= LONGEST_SHARE else "missed", f"(at most {LONGEST_SHARE:.0%})")
    print(f"{above:+.2%} beside the best of the grid,", end=" ")
    print("met" if above <= FARTHEST else "missed", f"(at most {FARTHEST:.0%})")


if __name__ == "__main__":
    main()
