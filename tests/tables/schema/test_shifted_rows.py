"""Rows whose values stand in the wrong columns are named; what only looks odd is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from wade.errors import ColumnError
from wade.tables import read_table
from wade.tables.profile.column_profile import profile_table
from wade.tables.schema.infer import infer_schema
from wade.tables.schema.shifted_rows import shifted_rows

N = 60
RNG = np.random.default_rng(2)
SIZE = [str(value) for value in RNG.integers(100, 9000, N)]
KIND = RNG.choice(["Free", "Paid"], N).tolist()
PRICE = [f"{value:.2f}" for value in RNG.uniform(1, 9, N)]
CITY = RNG.choice(["Rome", "Oslo", "Bern"], N).tolist()


def table(changes: dict[int, tuple[Any, ...]]) -> pa.Table:
    rows = [list(row) for row in zip(SIZE, KIND, PRICE, CITY, strict=True)]
    for row, cells in changes.items():
        rows[row] = list(cells)
    columns = zip(*rows, strict=True)
    return read_table(pa.table({name: pa.array(column) for name, column in zip("skpc", columns, strict=True)}))


def found(changes: dict[int, tuple[Any, ...]]) -> list[int]:
    rows = table(changes)
    return [shift.row for shift in shifted_rows(rows, profile_table(rows))]


@pytest.mark.parametrize(
    "changes",
    [
        {5: ("Free", "90", "3.10", "Rome")},  # exchanged
        {5: ("Free", "3.10", "Rome", None)},  # one missing at the beginning
        {59: ("Free", "3.10", "Rome", "")},
        {5: ("90", "3.10", "Rome", None)},  # one missing in the middle
        {5: ("90", "90", "Free", "3.10")},  # one too many
        {5: ("90", "Free", "Rome", "3.10")},
        {0: (None, "90", "Free", "3.10")},
        {5: ("Free", "3.10", "Rome", None), 17: ("Paid", "4.50", "Bern", None)},
        {5: ("Free", "90", "3.10", "Rome"), 33: ("Free", "91", "3.11", "Oslo"), 34: ("Paid", "92", "3", "Bern")},
        {20: ("Paid", "8.00", "Oslo", "NA")},
    ],
)
def test_shifted_rows_are_found(changes: dict[int, tuple[Any, ...]]) -> None:
    assert found(changes) == sorted(changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {5: ("ten", "Free", "3.10", "Rome")},  # a word among numbers
        {5: ("Free", "Free", "3.10", "Rome")},  # the next column's value, but that one has its own
        {5: ("90", "Gratis", "3.10", "Rome")},  # a new category
        {5: (None, None, None, None)},
        {5: ("90", "2", "3.10", "Rome")},  # a code among words
        dict.fromkeys(range(20), ("Free", "90", "3.10", "Rome")),  # a third of all rows
        {5: ("90", "Free", "3.10", None)},
        {5: ("1e3", "Paid", "-3", "Oslo")},
        {5: ("9", "Paid", "n.a.", "Oslo")},
    ],
)
def test_what_only_looks_odd_is_not_shifted(changes: dict[int, tuple[Any, ...]]) -> None:
    assert found(changes) == []


def test_training_names_the_rows_or_notes_them() -> None:
    rows = table({5: ("Free", "90", "3.10", "Rome"), 17: ("Paid", "4", "4.50", "Bern")})
    rows = rows.append_column("late", pa.array([row % 2 for row in range(N)]))
    with pytest.raises(ColumnError, match=r"rows 6, 18 are shifted: 'Free' in 's' is a value of 'k'\."):
        infer_schema(rows, "t", "late")
    notes = infer_schema(rows, "t", "late", categories=["s"]).notes
    assert [note for note in notes if note.startswith("Rows 6, 18 are shifted")]
