"""Numbers and dates outside the training range are counted and said; those hardly beyond it are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade

TRAINING = pa.table(
    {"x": [0.0, 4.0, 8.0, 10.0] * 10, "cost": ["$0", "$40", "$80", "$100"] * 10, "late": ["n", "y"] * 20}
)


@pytest.fixture(scope="module")
def model() -> wade.Model:
    return wade.learn(TRAINING, "late", hidden=(), epochs=1, learning_rate=0.01)


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ([0.0, 10.0, None], 0),
        ([10.5, -0.5], 0),  # a twentieth of the range beyond it, and no more
        ([10.6, 0.0], 1),
        ([-0.6, 1000.0, None], 2),
    ],
)
def test_only_what_is_clearly_outside_counts(model: wade.Model, values: list[Any], count: int) -> None:
    rows = pa.table({"x": pa.array(values, pa.float64()), "cost": ["$40"] * len(values)})
    found = model.check(rows)["outside"]
    assert [one["values"] for one in found] == ([count] if count else [])
    assert len([note for note in model.predict_checked(rows).notes if "Outside" in note]) == bool(count)


def test_the_note_has_column_count_range_and_unit(model: wade.Model) -> None:
    said = "Outside the training range: 'x' in 1 row (training 0 to 10). Predictions there are extrapolations."
    row = {"x": 80.0, "cost": "$40"}
    assert model.check(row)["notes"] == [said]
    assert said in wade.contributions(model, row)["notes"]
    (cost,) = model.check({"x": 5.0, "cost": "$900"})["outside"]
    assert cost == {"column": "cost", "values": 1, "low": 0.0, "high": 100.0, "unit": "$"}


def test_training_rows_are_never_outside(model: wade.Model) -> None:
    assert model.check(TRAINING)["outside"] == []


DAYS = np.arange("2023-01-01", "2025-01-01", dtype="datetime64[D]")


@pytest.mark.parametrize("split", ["random", "time"])
def test_dates_far_outside_are_counted_too(split: str) -> None:
    table = pa.table({"ordered on": DAYS, "x": np.arange(len(DAYS)) % 5, "late": ["n", "y", "y"] * 243 + ["n"] * 2})
    model = wade.learn(table, "late", hidden=(), epochs=1, split=split)
    assert (model.check(table)["outside"] == []) == (split == "random")
    facts = model.schema.columns[0].facts
    assert facts is not None
    rows = pa.table({"ordered on": ["2030-01-01", None, str(facts.high), "2021-07-31"], "x": [1, 2, 3, 4]})
    (found,) = model.check(rows)["outside"]
    assert found == {"column": "ordered on", "values": 2, "low": facts.low, "high": facts.high, "unit": ""}
    (said,) = (note for note in model.predict_checked(rows).notes if "Outside" in note)
    assert f"'ordered on' in 2 rows (training {facts.low} to {facts.high})." in said
    why = wade.counterfactuals(model, {"ordered on": "2030-01-01", "x": 1})
    assert why["searched"] == ["ordered on", "x"]
    assert not [note for note in why["notes"] if "Not tried" in note]


def test_times_of_day_have_no_range() -> None:
    table = pa.table({"at": pa.array([f"{9 + row % 4:02}:30" for row in range(60)]), "late": ["n", "y"] * 30})
    model = wade.learn(table, "late", hidden=(), epochs=1, roles={"at": "date-time"})
    assert model.check({"at": "23:30"})["outside"] == []


def test_training_rows_beyond_the_six_digits_that_are_kept_are_not_outside() -> None:
    table = pa.table({"at": np.linspace(1700004000, 1700004900, 60), "late": ["n", "y"] * 30})
    model = wade.learn(table, "late", hidden=(), epochs=1)
    assert model.check(table)["outside"] == []
