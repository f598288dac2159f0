"""Small tables of each kind of target, and a model of each, trained once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

import wade

ROWS = 400
PLAIN = {"members": 1, "dropout": 0.0, "numbers": "scaled"}


def make_table(kind: str) -> pa.Table:
    """Rows whose target follows from their columns, but for a little noise."""
    generator = np.random.default_rng(7)
    size = generator.normal(size=ROWS)
    colour = generator.choice(["red", "green", "blue"], ROWS)
    push = 2 * size + 3 * (colour == "red") + generator.normal(scale=0.3, size=ROWS)
    target = {
        "two classes": np.where(push > 1, "yes", "no"),
        "many classes": np.digitize(push, [-1, 1]).astype(str),
        "number": 1000 + 50 * push,
    }[kind]
    return pa.table({"size": size, "colour": colour, "answer": target})


@pytest.fixture(scope="session")
def table_of() -> Callable[[str], pa.Table]:
    return make_table


@pytest.fixture(scope="session")
def model_of() -> Callable[[str], wade.Model]:
    models: dict[str, wade.Model] = {}

    def model(kind: str) -> wade.Model:
        if kind not in models:
            models[kind] = wade.learn(
                make_table(kind), "answer", hidden=(8,), epochs=30, learning_rate=0.02, batch_size=32, **PLAIN
            )
        return models[kind]

    return model
