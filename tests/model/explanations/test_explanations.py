"""Why a model answers as it does, in the columns of the table: for every task and every kind of column."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import InvalidArgument

TASKS = ("binary", "multiclass", "regression")


@pytest.fixture(scope="module")
def mixed() -> tuple[wade.Model, pa.Table]:
    """Every kind of column, numbers read piecewise, some values missing, names that would be markup elsewhere."""
    draw = np.random.default_rng(4)
    n, start = 600, datetime(2014, 3, 1)
    hour = draw.integers(0, 24, n)
    size = draw.normal(50, 10, n)
    note = draw.choice(["on time as ever", "late again and again", "nothing to say"], n)
    push = (hour > 15) * 2.0 + (size > 55) * 1.5 + (note == "late again and again") * 2 + draw.normal(size=n)
    table = pa.table(
        {
            "<b>size</b>": pa.array(size, mask=draw.random(n) < 0.1),
            "$\\input{x}": draw.choice(["a", "b", "[red]c[/red]"], n),
            "when\x1b[31m": [start + timedelta(days=at % 90, hours=int(at_hour)) for at, at_hour in enumerate(hour)],
            "wet": draw.choice([True, False], n),
            "note": note,
            "gust": pa.array(draw.normal(size=n), mask=draw.random(n) < 0.8),
            "late": np.where(push > 2, "yes", "no"),
        }
    )
    model = wade.learn(
        table, "late", roles={"note": "text"}, hidden=(16,), epochs=15, learning_rate=0.02, batch_size=32,
        numbers="piecewise", members=2,
    )  # fmt: skip
    return model, table


@pytest.mark.parametrize("task", TASKS)
def test_base_and_contributions_are_the_prediction(task: str, table_of: Callable, model_of: Callable) -> None:
    model, table = model_of(task), table_of(task)
    for at in range(5):
        row = table.slice(at, 1)
        found = wade.contributions(model, row)
        predicted = model.predict(row)[0]
        total = found["base"]["value"] + sum(each["contribution"] for each in found["columns"])
        assert abs(total - found["output"]["value"]) == pytest.approx(abs(found["check"]["gap"]), abs=1e-9)
        assert abs(found["check"]["gap"]) <= found["check"]["tolerance"]
        if task == "regression":
            assert found["unit"] == "answer"
            assert found["output"]["value"] == pytest.approx(predicted, rel=1e-6)
            assert found["predicted"] == predicted
        else:
            assert found["class"] == found["predicted"] == predicted
            chance = model.predict_probability(row)[0].max()
            assert found["output"]["probability"] == pytest.approx(chance, abs=1e-6)
            gained = sum(each["probability"] for each in found["columns"])
            assert found["base"]["probability"] + gained == pytest.approx(chance, abs=1e-5)
        assert {each["column"] for each in found["columns"]} == {"size", "colour"}


def test_every_kind_of_column_is_one_column(mixed: tuple[wade.Model, pa.Table]) -> None:
    model, table = mixed
    for at in range(4):
        found = wade.contributions(model, table.slice(at, 1), of="yes")
        assert abs(found["check"]["gap"]) <= found["check"]["tolerance"]
        assert [each["column"] for each in found["columns"]] == sorted(
            (column.name for column in model.schema.columns),
            key=lambda name: -abs(next(e["contribution"] for e in found["columns"] if e["column"] == name)),
        )
        json.dumps(found, allow_nan=False)


def test_the_base_is_the_typical_row(mixed: tuple[wade.Model, pa.Table]) -> None:
    """A row that is typical in a column owes nothing to it; what mostly is missing is missing in the base."""
    model, table = mixed
    row = table.slice(0, 1).to_pydict()
    typical = {each["column"]: each for each in wade.contributions(model, table.slice(0, 1))["columns"]}
    assert typical["gust"]["base"] is None
    assert typical["when\x1b[31m"]["base"] == "2014-04-14"
    assert typical["<b>size</b>"]["base"] == pytest.approx(np.median(table["<b>size</b>"].drop_null()), abs=1)
    plain = {name: values[0] for name, values in row.items()}
    usual = {**plain, "gust": None, "wet": typical["wet"]["base"], "<b>size</b>": typical["<b>size</b>"]["base"]}
    owed = {each["column"]: each["contribution"] for each in wade.contributions(model, usual)["columns"]}
    assert (owed["gust"], owed["wet"]) == (0, 0)
    assert owed["<b>size</b>"] == pytest.approx(0, abs=1e-6)  # the median in float32 is not quite that of the table


def test_what_mostly_is_missing_is_a_matter_of_the_whole_table(mixed: tuple[wade.Model, pa.Table]) -> None:
    """A tenth of all sizes are missing: more than there are rows in a small sample, and yet not most of them."""
    _, table = mixed
    model = wade.learn(table.select(["<b>size</b>", "gust", "late"]), "late", rows=60, hidden=(), epochs=1)
    base = {each["column"]: each["base"] for each in wade.contributions(model, table.slice(0, 1))["columns"]}
    assert base["gust"] is None
    assert base["<b>size</b>"] is not None


def test_occlusion_asks_the_model_without_a_column(model_of: Callable, table_of: Callable) -> None:
    model, row = model_of("regression"), table_of("regression").slice(2, 1)
    found = wade.contributions(model, row, method="occlusion")
    size = next(each for each in found["columns"] if each["column"] == "size")
    without = model.predict({"size": size["base"], "colour": row["colour"][0].as_py()})[0]
    assert size["contribution"] == pytest.approx(model.predict(row)[0] - without, rel=1e-4)
    assert found["check"]["tolerance"] is None


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_a_counterfactual_changes_what_the_model_predicts(task: str, table_of: Callable, model_of: Callable) -> None:
    model, table = model_of(task), table_of(task)
    told = 0
    for at in range(12):
        row = {name: table[name][at].as_py() for name in table.column_names}
        found = wade.counterfactuals(model, row)
        sizes = [each["size"] for each in found["counterfactuals"]]
        assert sizes == sorted(sizes)
        for each in found["counterfactuals"]:
            changed = {**row, **{change["column"]: change["to"] for change in each["changes"]}}
            assert 1 <= len(each["changes"]) <= 2
            assert all(row[change["column"]] == change["value"] for change in each["changes"])
            assert model.predict(changed)[0] == each["predicted"] != found["predicted"]
            told += 1
        json.dumps(found, allow_nan=False)
    assert told >= 12


def test_every_kind_of_column_can_be_changed(mixed: tuple[wade.Model, pa.Table]) -> None:
    model, table = mixed
    changed = set()
    for at in range(40):
        row = {name: table[name][at].as_py() for name in table.column_names}
        found = wade.counterfactuals(model, row, limit=20)
        for each in found["counterfactuals"]:
            made = {**row, **{change["column"]: change["to"] for change in each["changes"]}}
            assert model.predict(made)[0] == each["predicted"] != found["predicted"]
            changed |= {change["column"] for change in each["changes"]}
        assert any("note" in note for note in found["notes"])
    assert {"<b>size</b>", "when\x1b[31m", "$\\input{x}"} <= changed
    assert "note" not in changed


def test_a_class_or_a_number_to_reach(table_of: Callable, model_of: Callable) -> None:
    model, table = model_of("multiclass"), table_of("multiclass")
    row = table.slice(0, 1)
    for wanted in {"0", "1", "2"} - {str(model.predict(row)[0])}:
        found = wade.counterfactuals(model, row, to=wanted)["counterfactuals"]
        assert {str(each["predicted"]) for each in found} == {wanted}
    model, table = model_of("regression"), table_of("regression")
    now = model.predict(table.slice(0, 1))[0]
    for wanted, sign in ((now + 60, 1), (now - 60, -1)):
        found = wade.counterfactuals(model, table.slice(0, 1), to=wanted)["counterfactuals"]
        assert found
        assert all(sign * (each["predicted"] - wanted) >= -1e-6 for each in found)


def test_where_nothing_leads_there_it_is_said(table_of: Callable, model_of: Callable) -> None:
    found = wade.counterfactuals(model_of("regression"), table_of("regression").slice(0, 1), to=1e9)
    assert found["counterfactuals"] == []
    assert "No change of one or two columns" in found["notes"][0]


def test_what_cannot_be_asked_is_refused(table_of: Callable, model_of: Callable) -> None:
    classes, numbers = model_of("binary"), model_of("regression")
    row = table_of("binary").slice(0, 1)
    now = classes.predict(row)[0]
    for wrong, match in (
        (
            lambda: wade.contributions(classes, table_of("binary")),
            "`row` must be a single row; received '400 rows'",
        ),
        (lambda: wade.contributions(classes, row, method="shap"), "`method` must be one of"),
        (lambda: wade.contributions(classes, row, of="maybe"), "`of` must be one of 'no', 'yes'"),
        (lambda: wade.contributions(numbers, row, of="yes"), "`of` must be left out"),
        (lambda: wade.counterfactuals(classes, row, to=now), "must be another class than the predicted one"),
        (lambda: wade.counterfactuals(classes, row, limit=0), "`limit` must be a whole number"),
        (lambda: wade.counterfactuals(numbers, row), "`to` must be a number"),
    ):
        with pytest.raises(InvalidArgument, match=match):
            wrong()
