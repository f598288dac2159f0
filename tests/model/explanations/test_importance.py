"""What a model relies on: the columns that matter, on rows whose answers are known."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import DataError, InvalidArgument


@pytest.fixture(scope="module")
def told() -> tuple[wade.Model, pa.Table]:
    """One informative column, beside it in another unit, and three of noise."""
    draw = np.random.default_rng(1)
    celsius = draw.normal(10, 8, 900)
    table = pa.table(
        {
            "noise": draw.normal(size=900),
            "celsius": celsius,
            "letter": draw.choice(["a", "b", "c"], 900),
            "fahrenheit": (celsius * 1.8 + 32).round(2),
            "more noise": draw.normal(size=900),
            "frost": np.where(celsius + draw.normal(size=900) < 4, "yes", "no"),
        }
    )
    return wade.learn(table.slice(0, 600), "frost", hidden=(8,), epochs=20, learning_rate=0.02, batch_size=32), table


def test_the_one_informative_column_is_found(told: tuple[wade.Model, pa.Table]) -> None:
    model, table = told
    heard: list[tuple[int, int]] = []
    found = wade.importance(model, table.slice(600), watcher=lambda *done: heard.append(done))
    first, *others = found["columns"]
    assert first["columns"] == ["celsius", "fahrenheit"]
    assert first["interval"][0] > 0.1
    assert all(each["interval"][1] < 0.1 * first["importance"] for each in others)
    assert {name for each in others for name in each["columns"]} == {"noise", "letter", "more noise"}
    assert found["value"] == pytest.approx(model.evaluate(table.slice(600))["test"]["log_loss"], rel=1e-6)
    assert any("Copies of each other, shuffled together: celsius, fahrenheit." in note for note in found["notes"])
    assert heard[-1] == (4 * 5, 4 * 5)
    json.dumps(found, allow_nan=False)


def test_the_same_seed_gives_the_same_figures(told: tuple[wade.Model, pa.Table]) -> None:
    model, table = told
    runs = [wade.importance(model, table, rows=200, repeats=2, seed=seed) for seed in (3, 3, 4)]
    assert runs[0]["columns"] == runs[1]["columns"] != runs[2]["columns"]
    assert (runs[0]["rows"], runs[0]["of_rows"], runs[0]["repeats"]) == (200, 900, 2)
    assert wade.importance(model, table, rows=None, repeats=1)["rows"] == 900


@pytest.mark.parametrize(("task", "metric"), [("multiclass", "log_loss"), ("regression", "rmse")])
def test_every_task_has_its_metric(task: str, metric: str, table_of: Callable, model_of: Callable) -> None:
    model, table = model_of(task), table_of(task)
    found = wade.importance(model, table)
    assert found["metric"] == metric
    assert found["value"] == pytest.approx(model.evaluate(table)["test"][metric], rel=1e-5)
    assert {each["columns"][0] for each in found["columns"]} == {"size", "colour"}
    assert all(each["interval"][0] > 0 for each in found["columns"])


def test_numbers_that_go_together_are_named() -> None:
    draw = np.random.default_rng(2)
    x = draw.normal(size=400)
    table = pa.table({"x": x, "near": x + 0.2 * draw.normal(size=400), "y": x + 0.1 * draw.normal(size=400)})
    model = wade.learn(table, "y", hidden=(), epochs=3)
    found = wade.importance(model, table)
    assert [pair[:2] for pair in found["related"]] == [["x", "near"]]
    assert any("x and near (+0.9" in note and "less important than it is" in note for note in found["notes"])


def test_what_cannot_be_asked_is_refused(told: tuple[wade.Model, pa.Table]) -> None:
    model, table = told
    with pytest.raises(InvalidArgument, match="`rows` must be a whole number from 2 on"):
        wade.importance(model, table, rows=1)
    with pytest.raises(InvalidArgument, match="`repeats` must be a whole number from 1 on"):
        wade.importance(model, table, repeats=0)
    with pytest.raises(DataError, match="a single row cannot be shuffled"):
        wade.importance(model, table.slice(0, 1))
    with pytest.raises(DataError, match="frost"):
        wade.importance(model, table.drop_columns(["frost"]))
