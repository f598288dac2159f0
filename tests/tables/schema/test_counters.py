"""Columns that number the rows are recognized in tables of any size, and what is measured is not lost by chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import ColumnError
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.schema.counters import counter_in, log_chance
from wade.tables.schema.infer import infer_schema
from wade.tables.schema.overrides import ColumnOverrides
from wade.tables.schema.overview import describe


def shuffled(values: Sequence[Any]) -> list[Any]:
    return [values[place] for place in np.random.default_rng(3).permutation(len(values))]


def profiled(values: Sequence[Any]) -> ColumnProfile:
    column = pa.array(list(values))
    return ColumnProfile.of(column.dictionary_encode() if pa.types.is_string(column.type) else column)


CERTAIN: dict[str, tuple[str, Sequence[Any]]] = {
    "1 … n": ("v", range(1, 49)),
    "0 … n": ("v", range(12)),
    "few rows, named for rows": ("row", range(1, 7)),
    "id, in camel case": ("siteId", range(1, 7)),
    "from 1001 on": ("v", range(1001, 1049)),
    "backwards": ("v", range(48, 0, -1)),
    "shuffled": ("v", shuffled(range(1, 21))),
    "shuffled from 0": ("v", shuffled(range(30))),
    "in tens": ("v", range(10, 490, 10)),
    "labels of a sample of pandas": ("Unnamed: 0", shuffled(range(300))[:30]),
    "R001": ("v", [f"R{number:03}" for number in range(1, 31)]),
    "id-17": ("v", shuffled([f"id-{number}" for number in range(17, 40)])),
    "texts with an ending": ("v", [f"{number}_b" for number in range(12)]),
    "many": ("v", range(1000)),
    "many, with gaps": ("v", shuffled(range(2000))[:500]),
    # One less, or one row less, and it is in doubt.
    "5 rows, named for rows": ("row", range(1, 6)),
    "10 rows": ("v", range(1, 11)),
    "12 backwards": ("v", range(12, 0, -1)),
    "12 shuffled": ("v", [5, *range(6, 13), *range(1, 5)]),
    "13 shuffled, from 5 on": ("v", shuffled(range(5, 18))),
    "20 steps from 0": ("v", range(0, 140, 7)),
    "20 steps from the first": ("v", range(7, 147, 7)),
    "51 hours": ("hour", range(51)),
    "51 rows with gaps": ("v", shuffled(range(100))[:51]),
    "1799, which is no year": ("v", range(1799, 1829)),
    "2101, which is no year": ("v", range(2072, 2102)),
}
IN_DOUBT: dict[str, tuple[str, Sequence[Any]]] = {
    "few rows": ("v", range(1, 8)),
    "few rows, shuffled": ("v", shuffled(range(1, 9))),
    "years": ("v", range(1980, 2020)),
    "years, shuffled": ("year", shuffled(range(1980, 2020))),
    "a step": ("v", range(3, 300, 7)),
    "hours": ("hour", range(24)),
    "a dose": ("dose_mg", range(0, 200, 5)),
    "ranks": ("rank", shuffled(range(1, 31))),
    "all ages different": ("v", shuffled(range(20, 68))[:40]),
    "weeks": ("v", [f"Week {number}" for number in range(1, 40)]),
    "9 rows": ("v", range(1, 10)),
    "12 shuffled, from 5 on": ("v", shuffled(range(5, 17))),
    "19 steps from 0": ("v", range(0, 133, 7)),
    "50 hours": ("hour", range(50)),
    "50 rows with gaps": ("v", shuffled(range(100))[:50]),
    "years from 1800 on": ("v", range(1800, 1830)),
    "years up to 2100": ("v", range(2071, 2101)),
}
NO_COUNTERS: dict[str, tuple[str, Sequence[Any]]] = {
    "ages": ("age", [31, 44, 31, 52, 60, 27, 44, 38, 29, 51]),
    "wide numbers": ("v", shuffled(range(100_000))[:40]),
    "fractions": ("row", [0.5 + number for number in range(30)]),
    "one that comes back": ("row", [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]),
    "one that is missing": ("row", [1, 2, 3, None, 5, 6, 7, 8, 9, 10]),
    "names": ("v", ["Ann", "Bob", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida", "Jo", "Kai"]),
    "texts of two forms": ("v", [f"{'AB'[number % 2]}{number}" for number in range(30)]),
    "too few": ("row", [1, 2, 3, 4]),
    "texts with numbers far apart": ("v", [f"R{number}" for number in shuffled(range(100_000))[:40]]),
    "texts of which two have one number": ("v", [f"R{'0' * (row % 2)}{row // 2}" for row in range(30)]),
    "booleans": ("v", [True, False] * 10),
    "a measurement": ("id", [1200, 340, 980, 15, 77_000, 4, 560_000, 23, 8, 91]),
}


@pytest.mark.parametrize("case", CERTAIN)
def test_counters_are_dropped_with_a_reason(case: str) -> None:
    name, values = CERTAIN[case]
    found = counter_in(profiled(values), name)
    assert found is not None
    assert found.certain
    assert found.why.endswith(("it numbers the rows", "they number the rows"))


@pytest.mark.parametrize("case", IN_DOUBT)
def test_what_may_be_a_counter_is_kept_with_a_note(case: str) -> None:
    name, values = IN_DOUBT[case]
    found = counter_in(profiled(values), name)
    assert found is not None
    assert not found.certain
    table = pa.table({name: list(values), "other": [0.5, 1.5] * (len(values) // 2) + [2.5] * (len(values) % 2)})
    table = table.append_column("late", [[row % 2 for row in range(len(values))]])
    if pa.types.is_string(table[name].type):
        table = table.set_column(0, name, table[name].dictionary_encode())
    schema = infer_schema(table, "t", "late")
    assert name in [column.name for column in schema.columns]
    how = found.why.split(": ")[0]
    assert [note for note in schema.notes if note.startswith(f"'{name}' may only number the rows ({how}). If so: ")]
    overview = describe(table, "t", ColumnOverrides("late"))
    assert [caution.column for caution in overview.cautions if caution.kind == "identifier"] == [name]


@pytest.mark.parametrize(
    ("begin", "step", "certain"),
    [(0, 1, True), (1, 1, True), (2, 1, False), (0, 7, True), (7, 7, True), (1, 7, False)],
)
def test_training_rows_are_counted_by_the_number_of_the_tables_first_row(begin: int, step: int, certain: bool) -> None:
    places = np.array([2, 3, 5, 6, 8, 9, 11, 20])
    found = counter_in(ColumnProfile.of(pa.array(begin + step * places), places=places), "v")
    assert found is not None
    assert found.certain == certain


def test_thirty_of_54_whole_numbers_are_no_coincidence_and_of_55_they_may_be_one() -> None:
    # The chance that all are different is e to the power of −10.13, or −9.90.
    found = counter_in(profiled([*range(1_000, 1_029), 1_053]), "v")
    assert found is not None
    assert found.why == "another whole number in every row: it numbers the rows"
    assert counter_in(profiled([*range(1_000, 1_029), 1_054]), "v") is None


@pytest.mark.parametrize(
    ("values", "steady"),
    [
        (range(1, 31), ", one more in every row"),
        (range(30, 0, -1), ", one less in every row"),
        (range(0, 60_000, 1_500), ", 1,500 more in every row"),
        (shuffled(range(1, 31)), ""),
    ],
)
def test_how_a_counter_counts_is_said(values: Sequence[int], steady: str) -> None:
    found = counter_in(profiled(values), "v")
    assert found is not None
    assert found.why == f"another whole number in every row{steady}: it numbers the rows"


@pytest.mark.parametrize("case", NO_COUNTERS)
def test_what_is_measured_is_no_counter(case: str) -> None:
    name, values = NO_COUNTERS[case]
    assert counter_in(profiled(values), name) is None


def test_a_counter_is_used_where_the_user_insists_or_where_nothing_else_is_left() -> None:
    table = pa.table({"row": range(1, 49), "x": [0.5, 1.5] * 24, "site": [0, 1, 1] * 16})
    assert [column.name for column in infer_schema(table, "t", "site").columns] == ["x"]
    insisted = infer_schema(table, "t", "site", roles={"row": "number"})
    assert [(column.name, column.role) for column in insisted.columns] == [("row", "number"), ("x", "number")]
    assert not insisted.notes
    alone = infer_schema(table.drop_columns(["x"]), "t", "site")
    assert [(column.name, column.role) for column in alone.columns] == [("row", "number")]
    assert "may only number the rows" in alone.notes[0]


@pytest.mark.parametrize(("rows", "roles"), [(50, ["number"]), (51, [])])
def test_in_more_than_fifty_rows_a_counter_alone_is_no_input(rows: int, roles: list[str]) -> None:
    table = pa.table({"row": range(1, rows + 1), "late": [row % 2 for row in range(rows)]})
    if roles:
        assert [column.role for column in infer_schema(table, "t", "late").columns] == roles
    else:
        with pytest.raises(ColumnError, match=r"no input column is left \('row' is dropped as identifier"):
            infer_schema(table, "t", "late")


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=30), st.integers(1, 29))
def test_batches_find_the_same_steps(values: list[int], cut: int) -> None:
    parts = profiled(values[:cut]).merge(profiled(values[cut:])) if cut < len(values) else profiled(values)
    assert parts.steps == profiled(values).steps


def test_the_chance_that_numbers_are_all_different() -> None:
    assert np.exp(log_chance(2, 6)) == pytest.approx(5 / 6)
    assert np.exp(log_chance(3, 3)) == pytest.approx(6 / 27)
