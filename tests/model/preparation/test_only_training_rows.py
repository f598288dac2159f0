"""Nothing is learned from test rows, roles included: when they change, all that is fitted stays the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pytest

import wade
from wade.errors import ColumnError, UnreadableTable
from wade.model.preparation import prepare as preparation
from wade.model.preparation.column_options import choose
from wade.model.preparation.memory import Plan
from wade.model.preparation.prepare import prepare, prepare_table, prepare_whole
from wade.model.preparation.splitting import SplitOptions
from wade.tables.splitting.train_test import draw_from

ROWS, TRAIN, TEST = 120, 72, 96
RANDOM = np.random.default_rng(0)
SIGNAL = RANDOM.normal(size=ROWS).round(3)
ANSWER = np.where(SIGNAL + 0.5 * RANDOM.normal(size=ROWS) > 0, "yes", "no")
PART = np.repeat(["train", "validation", "test"], [TRAIN, TEST - TRAIN, ROWS - TEST])
DAYS = [f"2013-{1 + row % 12:02}-{1 + row % 28:02}" for row in range(ROWS)]
US_DAYS = [f"{1 + row % 12}/{13 + row % 16}/2013" for row in range(ROWS)]

Values = list[Any]
Changed = Callable[[int], Any]
"""From a test row's number to its new value."""

KINDS: dict[str, tuple[Values, Changed]] = {
    "a number": ([*RANDOM.normal(size=ROWS).round(2)], lambda row: 1e6 + row),
    "a number that is missing": ([*RANDOM.normal(size=ROWS).round(2)], lambda row: None),
    "whole numbers, then fractions": ([row * 7 % 23 for row in range(ROWS)], lambda row: row + 0.5),
    "whole numbers, then zeros before them": ([row * 7 % 23 for row in range(ROWS)], lambda row: f"0{row}"),
    "whole numbers, then longer ones": ([row * 7 % 23 for row in range(ROWS)], lambda row: f"9{row:025}"),
    "zeros and ones": ([row % 2 for row in range(ROWS)], lambda row: row),
    "zeros and ones, then true": ([row * 3 // 5 % 2 for row in range(ROWS)], lambda row: "true"),
    "a constant": (["3"] * ROWS, lambda row: row * 31 % 17),
    "a constant, then a word": (["3"] * ROWS, lambda row: "x"),
    "no value": ([None] * ROWS, lambda row: row),
    "a counter": ([*range(ROWS)], lambda row: row * row % 53),
    "a counter, then fractions": ([*range(ROWS)], lambda row: row / 7),
    "a counter, then missing": ([*range(ROWS)], lambda row: None),
    "a shuffled counter": ([row * 71 % ROWS for row in range(ROWS)], lambda row: 5),
    "numbered texts": ([f"R{row:03}" for row in range(ROWS)], lambda row: "R001"),
    "IDs": ([f"{row * 7919 % 9973:x}q" for row in range(ROWS)], lambda row: "again"),
    "a category, then IDs": (["red", "green", "blue"] * 40, lambda row: f"{row}-{row * 7}"),
    "a category": (["red", "green", "blue"] * 40, lambda row: f"new {row % 5}"),
    "a category, then numbers": (["red", "green", "blue"] * 40, lambda row: row),
    "codes, then a fraction": ([f"0{row % 9}" for row in range(ROWS)], lambda row: 1.5),
    "booleans": (["true", "false", "false"] * 40, lambda row: "TRUE"),
    "booleans, then ones": (["true", "false", "false"] * 40, lambda row: "1"),
    "dates": (DAYS, lambda row: "1999-12-31"),
    "dates, then none": (DAYS, lambda row: "0000-00-00"),
    "dates, then times": (DAYS, lambda row: "2013-02-03 04:05:06"),
    "days after months": (US_DAYS, lambda row: "1/2/2013"),
    "months that may be days": ([f"{1 + row % 9}/{1 + row % 7}/2013" for row in range(ROWS)], lambda row: "1/31/2013"),
    "times of day": ([f"{row % 24:02}:{row * 7 % 60:02}" for row in range(ROWS)], lambda row: "23:59"),
    "times with offsets": ([f"{day}T10:00:00Z" for day in DAYS], lambda row: "2013-05-05T10:00:00+05:00"),
    "prices": ([f"${row * 37 % 400}.50" for row in range(ROWS)], lambda row: "$9234.25"),
    "prices, then none": ([f"${row * 37 % 400}.50" for row in range(ROWS)], lambda row: "NA"),
    "percent": ([f"{row * 7 % 90} %" for row in range(ROWS)], lambda row: "99.5 %"),
    "free text": ([f"word{row} of text {row * 7 % 31}" for row in range(ROWS)], lambda row: "the same"),
    "free text, then numbers": ([f"word{row} of text {row * 7 % 31}" for row in range(ROWS)], lambda row: row),
    "a category, then free text": (["red", "green", "blue"] * 40, lambda row: f"word{row} of text {row * 7 % 31}"),
    "missing markers": ([["NA", "5", "7", "?"][row % 4] for row in range(ROWS)], lambda row: "NA"),
    "missing in test rows only": ([row * 7 % 23 for row in range(ROWS)], lambda row: "NA"),
}


def table_of(column: Values, **others: Any) -> pa.Table:
    """A table with this column, whose texts are what they would be in a text file."""
    texts = any(isinstance(value, str) for value in column)
    values = pa.array([None if value is None else str(value) for value in column]) if texts else pa.array(column)
    if pa.types.is_null(values.type):
        values = values.cast(pa.string())
    return pa.table({"signal": SIGNAL, "column": values, "answer": ANSWER, "part": PART, **others})


def changed(values: Values, new: Changed) -> Values:
    return [new(row) if row >= TEST else value for row, value in enumerate(values)]


def prepared(data: Any, target: str = "answer", memory: int | None = None, **options: Any) -> dict[str, Any]:
    """All that training starts from, bit for bit: test rows are not among it."""
    choices, missing = choose(data, target)
    split = SplitOptions(**{"part": "part", **options})
    with ExitStack() as scratch:
        found = prepare(
            data,
            choices,
            missing,
            None,
            split,
            memory,
            scratch,
            lambda event: None,
        )
        blocks = {
            part: [
                (X.numbers.tobytes(), X.codes.tobytes(), X.positions.tobytes(), y.tobytes())
                for X, y, _ in found.parts[part].blocks()
            ]
            for part in ("train", "validation")
        }
    return {
        "schema": found.schema.to_dict(),
        "encoder": found.encoder.to_dict(),
        "target": found.target.to_dict(),
        "base rate": found.base_rate,
        "choices": found.choices,
        **blocks,
    }


def prepared_or_refused(data: Any, **options: Any) -> dict[str, Any] | str:
    try:
        return prepared(data, **options)
    except (ColumnError, UnreadableTable) as error:
        return str(error)


@pytest.fixture
def in_file(tmp_path: Path) -> Callable[[pa.Table], Path]:
    def in_file(table: pa.Table) -> Path:
        csv.write_csv(table, tmp_path / "table.csv", csv.WriteOptions(quoting_style="none"))
        return tmp_path / "table.csv"

    return in_file


@pytest.mark.parametrize("way", ["frame", "csv"])
@pytest.mark.parametrize("kind", KINDS)
def test_when_test_rows_change_nothing_fitted_does(kind: str, way: str, in_file: Callable[[pa.Table], Path]) -> None:
    values, new = KINDS[kind]
    before, after = (table_of(each) for each in (values, changed(values, new)))
    if way == "frame" and before.schema != after.schema:
        before, after = as_texts(before), as_texts(after)
    read = in_file if way == "csv" else (lambda table: table)
    found = [prepared_or_refused(read(table)) for table in (before, after)]
    assert not isinstance(found[0], str)
    if isinstance(found[1], str):
        # What the training rows make of the column cannot read these values: said with the first row that shows it.
        assert kind in REFUSED
        assert f"column 'column', row {TEST + 1}: " in found[1]
    else:
        assert found[0] == found[1]


def as_texts(table: pa.Table) -> pa.Table:
    """The same with text instead of numbers, as a frame of texts."""
    return table.set_column(1, "column", table["column"].cast(pa.string()))


REFUSED = {"zeros and ones, then true"}


BY_THE_BEGINNING = {"zeros and ones, then true", "codes, then a fraction", "dates, then none"}
"""What is stored in another way where the first block of a large file holds such rows (docs/tables.md)."""


@pytest.mark.parametrize("kind", sorted({*KINDS} - BY_THE_BEGINNING))
def test_nor_where_the_table_is_streamed(
    kind: str, in_file: Callable[[pa.Table], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "plan", lambda size, memory: Plan(True, "The test says so.", 1 << 20, 10**6))
    test_when_test_rows_change_nothing_fitted_does(kind, "csv", in_file)


TARGETS: dict[str, tuple[Values, Changed]] = {
    "two classes": ([*ANSWER], lambda row: "no"),
    "many classes": ([["a", "b", "c"][row % 3] for row in range(ROWS)], lambda row: "a"),
    "booleans": ([row % 3 == 0 for row in range(ROWS)], lambda row: True),
    "0 and 1": ([row % 2 for row in range(ROWS)], lambda row: 1),
    "whole numbers that are classes": ([row % 3 for row in range(ROWS)], lambda row: 2),
    "numbers": ([*SIGNAL * 7], lambda row: row * 100.0),
    "whole numbers": ([row * row % 50 for row in range(ROWS)], lambda row: row + 0.5),
    "prices": ([f"${row * 37 % 400}.50" for row in range(ROWS)], lambda row: "$1000.25"),
}


@pytest.mark.parametrize("kind", TARGETS)
def test_what_is_predicted_is_a_matter_of_training_rows_too(kind: str, in_file: Callable[[pa.Table], Path]) -> None:
    values, new = TARGETS[kind]
    before, after = (table_of(each) for each in (values, changed(values, new)))
    found = [prepared(in_file(table), "column") for table in (before, after)]
    assert found[0] == found[1]


WHOLE, PRICES = [row * 7 % 23 for row in range(ROWS)], [f"${row * 37 % 400}" for row in range(ROWS)]
REFUSALS: dict[str, tuple[Values, Any, str]] = {
    "a word among numbers": (WHOLE, "large", "row 102: mixed type: 'large' among numbers (1 of 120"),
    "a number without end": ([*SIGNAL], "inf", "row 102: the value is infinite"),
    "a word among booleans": (["true", "false"] * 60, "maybe", "row 102: expected true or false, found 'maybe'"),
    "a date in another form": (DAYS, "31.12.2013", "(row 1: ISO 8601), '31.12.2013' (row 102: %d.%m.%Y)"),
    "a day for a month": (US_DAYS, "31/1/2013", "(row 1: %m/%d/%Y), '31/1/2013' (row 102: %d/%m/%Y)"),
    "a time with an offset": (DAYS, "2013-01-01 10:00Z", "no offset from UTC, and '2013-01-01 10:00Z' (row 102) has"),
    "a price in another currency": (PRICES, "€5", "numbers in $ and € side by side, as in '$0' and '€5'"),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_training_rows_cannot_read_is_refused_with_a_remedy(
    kind: str, in_file: Callable[[pa.Table], Path]
) -> None:
    values, value, message = REFUSALS[kind]
    table = table_of([value if row == TEST + 5 else one for row, one in enumerate(values)])
    with pytest.raises(ColumnError) as caught:
        prepared(in_file(table))
    assert message in str(caught.value)


@pytest.mark.parametrize(("part", "row"), [("validation", TRAIN + 2), ("test", TEST + 2)])
def test_a_class_that_no_training_row_has_is_refused(part: str, row: int) -> None:
    table = table_of([7 if place == row else place % 3 for place in range(ROWS)])
    with pytest.raises(ColumnError) as caught:
        prepared(table, "column")
    assert f"row {row + 1}: the class '7' is in {part} rows and in no training row" in str(caught.value)
    assert "if these are amounts: --role column=number" in str(caught.value)
    choices, missing = choose(table, "column", roles={"column": "number"})
    with ExitStack() as scratch:
        prepare(table, choices, missing, None, SplitOptions(part="part"), None, scratch, lambda event: None)


def test_a_class_of_one_row_stays_in_training_where_validation_rows_are_drawn() -> None:
    labels = np.array([0] * 60 + [1] * 39 + [2])
    for seed in range(20):
        rest, picked = draw_from(np.arange(100), 30, labels, seed)
        assert 2 in labels[rest]
        assert sorted([*rest, *picked]) == [*range(100)]


def test_a_fault_of_training_rows_is_named_by_its_row_in_the_table() -> None:
    numbers = ["5", "7", "9"] * 40
    numbers[70] = "large"
    # The first of the training rows is the second of the table.
    part = np.array(["test", *PART[1:]])
    table = table_of(numbers).set_column(3, "part", pa.array(part))
    with pytest.raises(ColumnError, match="column 'column', row 71: mixed type: 'large' among numbers"):
        prepared(table)
    with pytest.raises(ColumnError, match="column 'column', row 71: expected a number, found 'large'"):
        wade.learn(table, "answer", part="part", roles={"column": "number"})


def test_a_value_missing_in_test_rows_makes_no_doubles_of_whole_numbers_in_pandas() -> None:
    frame = table_of([*range(ROWS)]).to_pandas()
    missing = frame.copy()
    missing.loc[TEST:, "column"] = np.nan
    assert missing["column"].dtype != frame["column"].dtype
    assert prepared(frame) == prepared(missing)


def everything(new_in_test: bool) -> pa.Table:
    columns = {kind: changed(values, new) if new_in_test else values for kind, (values, new) in KINDS.items()}
    del columns["zeros and ones, then true"]
    texts = {kind: pa.array([None if v is None else str(v) for v in column]) for kind, column in columns.items()}
    return pa.table({"signal": SIGNAL, **texts, "answer": ANSWER, "part": PART})


def test_theta_baselines_and_temperature_stay_bit_for_bit_the_same() -> None:
    settings: dict[str, Any] = {"hidden": (3,), "epochs": 2, "members": 1, "threads": 1}
    one, two = (wade.learn(everything(new), "answer", part="part", **settings) for new in (False, True))
    assert one.network.theta.tobytes() == two.network.theta.tobytes()
    assert (one.schema, one.encoder, one.target, one.missing) == (two.schema, two.encoder, two.target, two.missing)
    for fact in ("temperature", "base_rate", "choices", "settings", "best_epoch", "columns"):
        assert one.report[fact] == two.report[fact]
    assert one.report["linear_baseline"]["penalty"] == two.report["linear_baseline"]["penalty"]
    # The table did change.
    assert one.report["test"] != two.report["test"]


def test_each_fold_infers_from_its_own_training_rows() -> None:
    # By time, only the last of many folds has training rows in which the column varies.
    steady = [row % 5 if row >= 96 else 3 for row in range(ROWS)]
    table = pa.table({"signal": SIGNAL, "steady": steady, "answer": ANSWER, "day": np.arange(ROWS)})
    choices, missing = choose(table, "answer", time="day", drop=["day"])
    with ExitStack() as scratch:
        loaded, memory = prepare_whole(table, choices, missing, None, SplitOptions("time"), scratch)
    folds = [prepare_table(loaded, split, memory) for split in loaded.folds(SplitOptions("time"), 5)]
    assert [len(fold.schema.columns) for fold in folds] == [1] * 5
    folds = [prepare_table(loaded, split, memory) for split in loaded.folds(SplitOptions("time"), 11)]
    assert [len(fold.schema.columns) for fold in folds] == [1] * 10 + [2]
