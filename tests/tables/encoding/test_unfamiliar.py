"""Wherever rows are read, the same notes say what training knows little of, one for many columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade

ROWS = 120
DAYS = np.datetime64("2024-01-01") + np.arange(ROWS)
HEAT = np.linspace(-11.7, 37.8, ROWS)
GAPS = pa.array([None if row % 7 == 0 else float(row % 5) for row in range(ROWS)])
LATE = np.where(HEAT + 9 * (np.arange(ROWS) % 3) > 18, "yes", "no")
TABLE = pa.table({"day": DAYS, "heat": HEAT, "carrier": ["UA", "B6", "EV"] * 40, "gaps": GAPS, "late": LATE})
ROW = {"day": "2024-03-01", "heat": 10.0, "carrier": "UA", "gaps": None, "late": "no"}
OUTSIDE, MISSING = "Outside the training range: ", "Missing here, never in training: "
COLD = {**ROW, "heat": -20.0}


@pytest.fixture(scope="module")
def model() -> wade.Model:
    return wade.learn(TABLE, "late", hidden=(4,), epochs=2, learning_rate=0.01, members=1)


def rows(row: dict[str, Any]) -> pa.Table:
    """Twice this row, of both classes."""
    return pa.Table.from_pylist([row, {**row, "late": "yes"}])


def notes_everywhere(model: wade.Model, row: dict[str, Any]) -> dict[str, list[str]]:
    table, costs = rows(row), {"cost_false_alarm": 1, "cost_miss": 5}
    return {
        "predict": list(model.predict_checked(table).notes),
        "check": model.check(table)["notes"],
        "evaluate": model.evaluate(table)["notes"],
        "decide": model.decide(table, **costs)["notes"],
        "importance": wade.importance(model, table)["notes"],
        "why": wade.contributions(model, row)["notes"],
        "explain": model.explain(table).to_dict()["notes"],
    }


def of(notes: list[str]) -> list[str]:
    return [note for note in notes if note.startswith((OUTSIDE, MISSING))]


def test_a_number_beyond_anything_seen_is_said_wherever_rows_are_read(model: wade.Model) -> None:
    for name, notes in notes_everywhere(model, COLD).items():
        (said,) = of(notes)
        assert said.startswith(f"{OUTSIDE}'heat' in {'1 row' if name in ('why', 'explain') else '2 rows'} ("), name
    assert "\u2212" in said  # a minus sign


def test_of_rows_like_those_of_training_nothing_is_said(model: wade.Model) -> None:
    assert {name: of(notes) for name, notes in notes_everywhere(model, ROW).items() if of(notes)} == {}


def test_a_column_that_was_never_missing_in_training_is_named_once_it_is(model: wade.Model) -> None:
    row = {**ROW, "carrier": None, "heat": None}
    for name, notes in notes_everywhere(model, row).items():
        (said,) = of(notes)
        assert said.startswith(MISSING), name
        assert "'heat' in " in said
        assert "'carrier' in " in said
        assert "'gaps'" not in said
    assert model.check(rows(row))["missing"] == [
        {"column": "heat", "missing": 2, "rows": 2},
        {"column": "carrier", "missing": 2, "rows": 2},
    ]


def test_later_days_are_said_where_a_model_of_earlier_ones_is_evaluated() -> None:
    model = wade.learn(TABLE, "late", hidden=(), epochs=1, split="time", time="day")
    (said,) = of(model.evaluate(rows({**ROW, "day": "2025-12-18"}))["notes"])
    assert f"'day' in 2 rows (training 2024-01-01 to {model.schema.columns[0].facts.high})" in said  # type: ignore[union-attr]


def test_one_note_is_for_all_columns_and_lists_the_first_of_many() -> None:
    many = {f"x{at}": np.arange(40.0) for at in range(15)}
    model = wade.learn(pa.table({**many, "late": ["n", "y"] * 20}), "late", hidden=(), epochs=1)
    (said,) = model.check(dict.fromkeys(many, 99.0))["notes"]
    assert said.count(" in 1 row (training 0 to ") == 12
    assert ", and 3 more columns. " in said


def test_the_explained_row_and_the_report_say_it(model: wade.Model) -> None:
    assert OUTSIDE in " ".join(model.explain(COLD).text().split())
    assert OUTSIDE in wade.report(model, rows(COLD)).html()
