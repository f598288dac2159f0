"""One model, asked by eight threads at once, says what it says alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.engines import Task, choose_engine

KEPT = Path(__file__).parent / "kept" / "format-1"
KINDS = ("two-classes", "many-classes", "number", "piecewise", "members")


@pytest.fixture(autouse=True)
def _switching_often() -> Iterator[None]:
    """Threads take turns as often as the interpreter lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def by_eight(ask: Callable[[int], Any], times: int) -> list[Any]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(ask, range(times)))


@pytest.mark.parametrize("kind", KINDS)
def test_rows_and_tables(kind: str) -> None:
    generator = np.random.default_rng(0)
    table = pa.table({"size": generator.normal(10, 3, 60), "count": generator.integers(0, 40, 60),
                      "colour": generator.choice(["red", "green"], 60)})  # fmt: skip
    rows = table.to_pylist()

    def ask(model: wade.Model, number: int) -> list[Any]:
        # One row, the few rows of one call, and a table that goes through the workers, in turn.
        data = (rows[number % 60], table.slice(number % 50, 3), table.slice(number % 20))[number % 3]
        return (model.predict(data) if kind == "number" else model.predict_probability(data)).tolist()

    alone = wade.load(KEPT / f"{kind}.wade")
    expected = [ask(alone, number) for number in range(120)]
    fresh = wade.load(KEPT / f"{kind}.wade")  # what it makes ready once, eight make ready at once
    assert by_eight(lambda number: ask(fresh, number), 120) == expected


@pytest.mark.parametrize("rows", [1, 4, 5, 300])
def test_a_native_predictor_that_is_shared(rows: int) -> None:
    network = wade.Network(6, hidden=(64, 32), outputs=3, output="softmax", seed=1)
    predictor = choose_engine("native", 2, Task(network)).predictor(network)
    X = np.random.default_rng(0).normal(size=(40, rows, 6)).astype(np.float32)
    alone = [predictor(block).tobytes() for block in X]
    assert by_eight(lambda number: predictor(X[number % 40]).tobytes(), 400) == alone * 10
