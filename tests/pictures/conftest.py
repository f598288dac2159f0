"""One small model of each task with its table, trained once for all pictures."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest

import wade

WITHOUT_DRAWING = {"test_numbers.py", "test_directions.py", "test_labels.py"}
HOSTILE = ["$x^2$", "<b>size</b>", "a\nb\tc", "very " * 40, "größe 語 \\frac{1}{2}"]
"""Names of columns that must be shown as they are written, or as escapes."""
QUICK = {"hidden": (4,), "epochs": 3, "members": 1, "dropout": 0.0, "numbers": "scaled", "learning_rate": 0.05}


class Trained(NamedTuple):
    """A model, and the table it was trained on."""

    model: Any
    table: pa.Table


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Drawing needs matplotlib; the numbers do not."""
    if find_spec("matplotlib") is not None:
        return
    for item in items:
        if item.path.parent.name == "pictures" and item.path.name not in WITHOUT_DRAWING:
            item.add_marker(pytest.mark.skip(reason="matplotlib is not installed (it is in CI)"))


def make_table(task: str, names: tuple[str, str, str] = ("size", "weight", "colour")) -> pa.Table:
    """120 rows of two numbers and a category, and a target that follows from them."""
    generator = np.random.default_rng(3)
    first, second = generator.normal(size=(2, 120))
    third = generator.choice(["red", "green", "blue"], 120)
    hill = first + 0.5 * second + 0.3 * generator.normal(size=120)
    targets = {
        "binary": np.where(hill > 0, "yes", "no"),
        "multiclass": np.array(["low", "mid", "top"])[np.digitize(hill, [-0.5, 0.5])],
        "regression": 100 + 10 * hill,
    }
    return pa.table({**dict(zip(names, (first, second, third), strict=True)), "answer": targets[task]})


@pytest.fixture(scope="session")
def trained() -> dict[str, Trained]:
    """A model of each task."""
    tables = {task: make_table(task) for task in ("binary", "multiclass", "regression")}
    return {task: Trained(wade.learn(table, "answer", **QUICK), table) for task, table in tables.items()}


@pytest.fixture(scope="session")
def hostile() -> Trained:
    """A model whose columns, classes and target have hostile names."""
    table = make_table("binary", (HOSTILE[0], HOSTILE[1], HOSTILE[2]))
    table = table.append_column(HOSTILE[3], table[HOSTILE[0]])
    classes = ["$no$" if value == "no" else "<script>" for value in table["answer"].to_pylist()]
    table = table.drop_columns(["answer"]).append_column(HOSTILE[4], pa.array(classes))
    return Trained(wade.learn(table, HOSTILE[4], **QUICK), table)
