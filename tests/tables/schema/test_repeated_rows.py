"""An ID column is no input because a row was entered twice, and what is said of a column is said of every training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.estimators.frames import FrameReader
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.schema.counters import counter_in
from wade.tables.schema.infer import infer_schema
from wade.tables.schema.overrides import ColumnOverrides
from wade.tables.schema.overview import describe


def entered_twice(ids: Sequence[Any], *repeated: int) -> pa.Table:
    """Rows with these IDs, some of them once more at the end."""
    rng = np.random.default_rng(4)
    table = pa.table(
        {"key": ids, "wind": rng.integers(0, 40, len(ids)), "late": [row % 2 for row in range(len(ids))]}
    ).take([*range(len(ids)), *repeated])
    return table.set_column(0, "key", table["key"].dictionary_encode()) if isinstance(ids[0], str) else table


KEYS: dict[str, Sequence[Any]] = {
    "1 … 30": range(1, 31),
    "from 1001 on": range(1001, 1031),
    "shuffled": np.random.default_rng(3).permutation(40).tolist(),
    "R001 …": [f"R{number:03}" for number in range(30)],
    "names": [f"{chr(97 + row % 26)}{row // 26}x{row * row}" for row in range(60)],
    "large": range(100, 1100),
}


@pytest.mark.parametrize("case", KEYS)
@pytest.mark.parametrize("repeated", [(7,), (3, 7, 7)])
def test_an_id_is_dropped_though_rows_were_entered_twice(case: str, repeated: tuple[int, ...]) -> None:
    table = entered_twice(KEYS[case], *repeated)
    schema = infer_schema(table, "t", "late")
    assert [column.name for column in schema.columns] == ["wind"]
    assert [(column.name, column.role) for column in schema.left_out] == [("key", "identifier")]
    said = (
        "almost every row" if case == "names" else f"every row but {len(repeated)} row{'s' * (len(repeated) > 1)} that"
    )
    assert said in schema.left_out[0].why
    assert next(column.role for column in describe(table, "t", ColumnOverrides("late")).columns) == "identifier"
    left_out = FrameReader.fit(table.drop_columns(["late"]), {}, "X").left_out
    assert [column.name for column in left_out] == ["key"]


def test_a_number_that_comes_back_in_another_row_is_no_id() -> None:
    table = entered_twice(KEYS["shuffled"])
    other = table.take([*range(40), 7]).set_column(1, "wind", [[*table["wind"].to_pylist(), 99]])
    assert [column.name for column in infer_schema(other, "t", "late").columns] == ["key", "wind"]


def test_values_that_come_back_often_in_a_table_of_two_columns_are_no_id() -> None:
    kinds = [f"k{row}" for row in [*range(2000), *range(200)]]
    table = pa.table({"kind": pa.array(kinds).dictionary_encode(), "late": [0, 1] * 1100})
    assert [column.name for column in infer_schema(table, "t", "late").columns] == ["kind"]


NAMED = np.random.default_rng(8).choice(900_000, 300, replace=False) + 100_000


@pytest.mark.parametrize("name", ["customer_id", "ID", "CustomerID", "uuid"])
@pytest.mark.parametrize("different", ["all", "all but two", "some missing"])
def test_whole_numbers_under_the_name_of_an_id_are_one_though_a_few_come_back(name: str, different: str) -> None:
    values: list[int | None] = NAMED.tolist()
    if different == "all but two":
        values[7] = values[9]
    elif different == "some missing":
        values[7:20] = [None] * 13
    found = counter_in(ColumnProfile.of(pa.array(values)), name)
    assert found is not None
    assert found.certain
    assert f"another whole number in {'every' if different == 'all' else 'almost every'} row" in found.why


def test_amounts_of_which_few_come_back_stay_inputs() -> None:
    values = [*NAMED.tolist(), *NAMED[:2].tolist()]
    assert counter_in(ColumnProfile.of(pa.array(values)), "income") is None
    minutes = [*range(300), 5, 9]
    found = counter_in(ColumnProfile.of(pa.array(minutes)), "minute")
    assert found is not None
    assert not found.certain
    # The same as a number of rows, by its range alone.
    shaped = counter_in(ColumnProfile.of(pa.array(minutes)), "v")
    assert shaped is not None
    assert shaped.certain
    # Of 300 numbers below 100,000, chance alone repeats none or one.
    assert counter_in(ColumnProfile.of(pa.array(values)), "v") is None


def test_a_warning_of_the_overview_stands_in_every_training_and_goes_where_the_user_decides() -> None:
    rng = np.random.default_rng(2)
    table = pa.table(
        {
            "account": NAMED,
            "zip": rng.choice([10115, 20095, 80331], 300),
            "note": pa.array([f"n{row if row < 200 else row % 7}" for row in range(300)]).dictionary_encode(),
            "day": pa.array([f"0{1 + row % 9}/0{1 + row % 8}/2024" for row in range(300)]).dictionary_encode(),
            "income": NAMED[::-1],
            "late": rng.integers(0, 2, 300),
        }
    )
    cautions = describe(table, "t", ColumnOverrides("late")).cautions
    kinds = {caution.column: caution.kind for caution in cautions}
    assert kinds == {"account": "identifier", "zip": "code", "note": "identifier", "day": "date"}
    notes = infer_schema(table, "t", "late").notes
    assert {caution.message for caution in cautions} <= set(notes)
    decided = {"account": "number", "zip": "number", "note": "category", "day": "category"}
    assert not describe(table, "t", ColumnOverrides("late", roles=decided)).cautions
    assert not infer_schema(table, "t", "late", roles=decided).notes


def test_a_training_keeps_the_warning_in_its_report() -> None:
    table = pa.table({"account": NAMED, "wind": [row % 40 for row in range(300)], "late": [0, 1, 1] * 100})
    model = wade.learn(table, "late", hidden=(), epochs=1)
    (note,) = [note for note in model.report["notes"] if "account" in note]
    assert "almost all different" in note
    assert "--role account=identifier" in note
