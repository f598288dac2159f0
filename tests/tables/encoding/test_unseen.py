"""Values without a code are counted, column by column, in whole tables and in batches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.model.preparation import prepare
from wade.model.preparation.memory import Plan
from wade.tables import Encoder, infer_schema, read_table
from wade.tables.encoding.unseen import UnseenValues, find_unseen

DAYS = [datetime(2013, 1, 1) + timedelta(hours=7 * hour) for hour in range(120)]
TRAINING: dict[str, list[Any]] = {
    "store": ["205", "101", "205", "422", "101", "205"] * 20,
    "plan": ["basic", "plus", None, "basic", "basic", "plus"] * 20,
    "flag": [True] * 119 + [None],
    "wind": [float(i % 11) for i in range(120)],
    "day": DAYS,
}


def encoder() -> Encoder:
    table = read_table(pa.table({**TRAINING, "y": [0, 1] * 60}), text=["store"])
    return Encoder.fit(table, infer_schema(table, "t", "y", roles={"store": "category", "flag": "boolean"}))


ENCODER = encoder()
ROW = {name: values[0] for name, values in TRAINING.items()}


def rows_of(column: str, values: list[Any]) -> pa.Table:
    rows = pa.table({name: [value] * len(values) for name, value in ROW.items()})
    return read_table(rows.set_column(rows.column_names.index(column), column, pa.array(values)), text=["store"])


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("store", ["205", "101", "422"], None),
        ("store", [205.0, 101.0, None], None),
        ("store", ["205", "300", "300"], (2, 3, ("300",))),
        ("store", ["a", "b", "b", "c", "c", "c", "d"], (7, 7, ("c", "b", "a"))),
        ("store", [None, None], None),
        ("store", [None, "7"], (1, 1, ("7",))),
        ("plan", ["basic", None, "NA", ""], None),
        ("plan", ["platinum", None], (1, 1, ("platinum",))),
        ("plan", ["Basic", "plus"], (1, 2, ("Basic",))),
        ("plan", ["x" * 100], (1, 1, ("x" * 40,))),
        ("flag", [True, None], None),
        ("flag", [False, True], (1, 2, ("false",))),
        ("wind", [1e9, -1e9], None),
    ],
)
def test_counts_by_hand(column: str, values: list[Any], expected: tuple[int, int, tuple[str, ...]] | None) -> None:
    table = rows_of(column, values)
    found = [one for one in find_unseen(ENCODER, table, ENCODER.encode(table, "t")) if one.column == column]
    assert [(one.unseen, one.values, one.examples) for one in found] == ([] if expected is None else [expected])


def test_months_that_never_were() -> None:
    table = rows_of("day", [DAYS[3], datetime(2013, 8, 1)])
    [found] = find_unseen(ENCODER, table, ENCODER.encode(table, "t"))
    assert (
        str(found)
        == "column 'day', month: 1 of 2 values never seen in training, or too rare there; it counts as unknown."
    )


def test_batches_and_chosen_rows_are_counted_as_the_table_is() -> None:
    table = rows_of("store", ["205", "300", "101", "301", "300", None])
    counted = UnseenValues(ENCODER)
    for start in (0, 2, 4):
        part = table.slice(start, 2)
        counted.add(part, ENCODER.encode(part, "t"))
    assert counted.found() == find_unseen(ENCODER, table, ENCODER.encode(table, "t"))
    [some] = find_unseen(ENCODER, table, ENCODER.encode(table, "t"), np.array([0, 1, 5]))
    assert (some.unseen, some.values, some.examples) == (1, 2, ("300",))


def test_a_model_says_it_where_rows_are_checked_evaluated_or_trained_on() -> None:
    late = np.random.default_rng(0).integers(0, 2, 200)
    plans = np.where(late, "plus", "basic").astype(object)
    plans[190:] = "platinum"
    parts = ["train"] * 120 + ["validation"] * 40 + ["test"] * 40
    table = pa.table({"plan": plans.tolist(), "late": late, "part": parts})
    model, new = wade.learn(table, "late", part="part", hidden=(), epochs=2), table.slice(160)
    unseen = {"column": "plan", "category": "plan", "unseen": 10, "values": 40, "examples": ["platinum"]}
    assert model.report["unseen"] == {"validation": [], "test": [unseen]}
    found = "column 'plan': 10 of 40 values never seen in training, or too rare there: 'platinum'"
    note = f"{found}; they count as one unknown value."
    assert f"In the test rows, {note}" in model.report["notes"]
    assert model.check(new) == {"rows": 40, "unseen": [unseen], "outside": [], "missing": [], "notes": [note]}
    assert model.check({"plan": "plus"})["notes"] == []
    assert model.evaluate(new)["unseen"] == [unseen]
    for found in (model.evaluate(new), model.decide(new, 1, 2), wade.importance(model, new)):
        assert note in found["notes"]
    [alone] = wade.contributions(model, {"plan": "gold"})["notes"]
    found = "column 'plan': 1 of 1 value never seen in training, or too rare there: 'gold'"
    assert alone == f"{found}; it counts as unknown."
    checked = model.predict_checked(new)
    assert checked.predictions == model.predict(new).tolist()
    assert checked.probabilities is not None
    assert (checked.probabilities == model.predict_probability(new)).all()
    assert checked.notes == (note,)


def test_a_streamed_table_has_the_same_report(monkeypatch: pytest.MonkeyPatch) -> None:
    late = np.random.default_rng(0).integers(0, 2, 200)
    plans = np.where(late, "plus", "basic").astype(object)
    plans[130:140], plans[190:] = "gold", "platinum"
    parts = ["train"] * 120 + ["validation"] * 40 + ["test"] * 40
    table = pa.table({"plan": plans.tolist(), "late": late, "part": parts})
    found = [wade.learn(table, "late", part="part", hidden=(), epochs=1).report]
    monkeypatch.setattr(prepare, "plan", lambda size, memory: Plan(True, "The test says so.", 1 << 26, 10**6))
    found.append(wade.learn(table, "late", part="part", hidden=(), epochs=1).report)
    assert [report["memory"]["streamed"] for report in found] == [False, True]
    assert found[0]["unseen"] == found[1]["unseen"]
    assert [one["examples"] for one in found[0]["unseen"]["validation"]] == [["gold"]]


def test_an_unseen_value_is_answered_from_the_other_columns() -> None:
    """Its weights are 0 where no rare value trained them, and those of a missing value are not."""
    table = pa.table({"plan": ["plus", "basic", None] * 50, "late": [1, 0, 1] * 50, "x": [0.0, 1.0] * 75})
    model = wade.learn(table, "late", hidden=(4,), epochs=3)
    E = model.network.parameters["E1.plan"]
    assert len(E) == 4
    assert not E[0].any()
    assert E[3].any()
    unseen, missing = (model.predict_probability({"plan": plan, "x": 0.0})[0, 1] for plan in ("gold", None))
    assert unseen != missing
