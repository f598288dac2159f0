"""Small tables of each task, and a model of each, trained once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

import wade

ROWS = 400
PLAIN = {"members": 1, "dropout": 0.0, "numbers": "scaled"}


def make_table(task: str) -> pa.Table:
    """Rows whose target follows from their columns, but for a little noise."""
    generator = np.random.default_rng(7)
    size = generator.normal(size=ROWS)
    colour = generator.choice(["red", "green", "blue"], ROWS)
    push = 2 * size + 3 * (colour == "red") + generator.normal(scale=0.3, size=ROWS)
    target = {
        "binary": np.where(push > 1, "yes", "no"),
        "multiclass": np.digitize(push, [-1, 1]).astype(str),
        "regression": 1000 + 50 * push,
    }[task]
    return pa.table({"size": size, "colour": colour, "answer": target})


@pytest.fixture(scope="session")
def table_of() -> Callable[[str], pa.Table]:
    return make_table


@pytest.fixture(scope="session")
def model_of() -> Callable[[str], wade.Model]:
    models: dict[str, wade.Model] = {}

    def model(task: str) -> wade.Model:
        if task not in models:
            models[task] = wade.learn(
                make_table(task), "answer", hidden=(8,), epochs=30, learning_rate=0.02, batch_size=32, **PLAIN
            )
        return models[task]

    return model
