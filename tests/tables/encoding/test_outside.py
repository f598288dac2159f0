"""Numbers far outside the training range are counted and said; those a little beyond it are not."""

from __future__ import annotations

from typing import Any

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
        ([12.5, -2.5], 0),  # a quarter of the range beyond it, and no more
        ([12.6, 0.0], 1),
        ([-2.6, 1000.0, None], 2),
    ],
)
def test_only_what_is_clearly_outside_counts(model: wade.Model, values: list[Any], count: int) -> None:
    rows = pa.table({"x": pa.array(values, pa.float64()), "cost": ["$40"] * len(values)})
    found = model.check(rows)["outside"]
    assert [one["values"] for one in found] == ([count] if count else [])
    assert len([note for note in model.predict_checked(rows).notes if "outside" in note]) == bool(count)


def test_the_note_has_column_count_range_and_unit(model: wade.Model) -> None:
    said = "column 'x': 1 value far outside the training range, 0 to 10; what is predicted there is an extrapolation."
    row = {"x": 80.0, "cost": "$40"}
    assert model.check(row)["notes"] == [said]
    assert said in wade.contributions(model, row)["notes"]
    (cost,) = model.check({"x": 5.0, "cost": "$900"})["outside"]
    assert cost == {"column": "cost", "values": 1, "low": 0.0, "high": 100.0, "unit": "$"}


def test_training_rows_are_never_outside(model: wade.Model) -> None:
    assert model.check(TRAINING)["outside"] == []
