"""Columns that number the rows are recognized in tables of any size, and what is measured is not lost by chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert [note for note in schema.notes if note.startswith(f"'{name}' may only number the rows")]
    overview = describe(table, "t", ColumnOverrides("late"))
    assert [caution.column for caution in overview.cautions if caution.kind == "identifier"] == [name]


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


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=30), st.integers(1, 29))
def test_batches_find_the_same_steps(values: list[int], cut: int) -> None:
    parts = profiled(values[:cut]).merge(profiled(values[cut:])) if cut < len(values) else profiled(values)
    assert parts.steps == profiled(values).steps


def test_the_chance_that_numbers_are_all_different() -> None:
    assert np.exp(log_chance(2, 6)) == pytest.approx(5 / 6)
    assert np.exp(log_chance(3, 3)) == pytest.approx(6 / 27)
