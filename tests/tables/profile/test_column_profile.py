"""What is seen in a column does not depend on how its rows come in batches, and takes bounded memory."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.tables import read_table
from wade.tables.columns.hashing import hash_values
from wade.tables.profile.column_profile import BATCH_ROWS, ColumnProfile, Span, profile_batches, profile_table
from wade.tables.profile.distinct import MOST_CHARACTERS, MOST_VALUES, Distinct
from wade.tables.profile.duplicates import MOST_ROWS, Duplicates, count_duplicates
from wade.tables.schema.column_checks import find_problem, find_target_problem
from wade.tables.schema.roles import find_role

COLUMNS = st.one_of(
    st.lists(st.none() | st.integers(-50, 50) | st.just(2**60)).map(lambda values: pa.array(values, pa.int64())),
    st.lists(st.none() | st.floats(allow_nan=False, width=16)).map(lambda values: pa.array(values, pa.float64())),
    st.lists(st.none() | st.booleans()).map(lambda values: pa.array(values, pa.bool_())),
    st.lists(
        st.none() | st.sampled_from(["a", "two words", "7", "1.5", "31/1/2013", "1/2/2013", "2013-01-31", "é"])
    ).map(lambda values: pa.array(values, pa.string()).dictionary_encode()),
    st.lists(st.none() | st.integers(0, 2**31)).map(lambda values: pa.array(values, pa.timestamp("s"))),
    st.lists(st.none()).map(lambda values: pa.array(values, pa.null())),
)


def facts(seen):
    """Everything that was seen, as values that can be compared."""
    distinct = seen.distinct
    pairs = dict(zip(distinct.hashes.tolist(), distinct.counts.tolist(), strict=True))
    rest = {field.name: getattr(seen, field.name) for field in fields(seen) if field.name != "distinct"}
    return {**rest, "distinct": pairs, "complete": distinct.complete, "different": seen.different}


@given(COLUMNS, st.lists(st.integers(0, 100), max_size=4))
def test_batches_see_what_one_look_sees(column, cuts):
    cuts = sorted({0, len(column), *(cut for cut in cuts if cut < len(column))})
    whole, merged = ColumnProfile.of(column), ColumnProfile()
    for start, end in pairwise(cuts):
        merged = merged.merge(ColumnProfile.of(column.slice(start, end - start)))
    assert facts(merged) == facts(whole)
    assert merged.rows == 0 or find_role(merged) == find_role(whole)


@given(COLUMNS, COLUMNS, COLUMNS)
def test_merging_is_associative(one, two, three):
    one, two, three = map(ColumnProfile.of, (one, two, three))
    assert facts(one.merge(two).merge(three)) == facts(one.merge(two.merge(three)))


def test_what_is_seen_by_hand():
    seen = ColumnProfile.of(pa.array([None, 2.5, -1.0, float("inf"), 2.5]))
    assert (seen.rows, seen.missing, seen.numbers, seen.different) == (5, 1, 4, 3)
    assert seen.range == Span(-1.0, 2.5)
    assert seen.first_missing.row == 0
    assert (seen.first_infinite.row, seen.first_infinite.value) == (3, float("inf"))
    assert not seen.whole


def test_texts_are_told_from_numbers_written_as_text():
    column = pa.array(["7", "eight", None, "9.5", "eight"]).dictionary_encode()
    seen = ColumnProfile.of(column.slice(0, 1)).merge(ColumnProfile.of(column.slice(1)))
    assert (seen.texts, seen.number_texts, seen.missing) == (4, 2, 1)
    assert (seen.first_text.row, seen.first_text.value) == (1, "eight")
    assert (seen.first_number.row, seen.first_number.value) == (0, "7")
    assert seen.range == Span(7.0, 9.5)


@pytest.mark.parametrize(
    ("values", "steps"), [([5, 6, 7, 8], Span(1, 1)), ([5, 6, 8, 9], Span(1, 2)), ([5, 6, None, 4], Span(-1, 1))]
)
def test_steps_are_seen_across_batches(values, steps):
    batches = pa.table({"x": values}).to_batches(max_chunksize=2)
    assert profile_batches(batches)["x"].steps == steps


def test_dates_that_one_batch_leaves_open_the_other_settles():
    column = pa.array(["1/2/2013", "3/4/2013", "31/1/2013"]).dictionary_encode()
    first, second = ColumnProfile.of(column.slice(0, 2)), ColumnProfile.of(column.slice(2))
    assert set(first.dates) == {"%d/%m/%Y", "%m/%d/%Y"}
    assert set(first.merge(second).dates) == {"%d/%m/%Y"}


def test_many_different_values_take_bounded_memory_and_are_counted_within_5_percent():
    seen, rows = ColumnProfile(), 600_000
    for start in range(0, rows, BATCH_ROWS):
        names = pa.array([f"name {row}" for row in range(start, min(rows, start + BATCH_ROWS))])
        seen = seen.merge(ColumnProfile.of(names.dictionary_encode()))
        assert len(seen.distinct.values) <= MOST_VALUES
    assert not seen.distinct.complete
    assert seen.different == pytest.approx(rows, rel=0.05)
    assert seen.distinct.once == 1.0


def test_counts_in_the_sample_are_exact():
    generator = np.random.default_rng(3)
    values = generator.zipf(1.3, 300_000) % 50_000
    truth = dict(zip(*(part.tolist() for part in np.unique(values, return_counts=True)), strict=True))
    distinct = profile_batches(pa.table({"x": values}).to_batches(max_chunksize=BATCH_ROWS))["x"].distinct
    assert not distinct.complete
    assert all(truth[value] == count for value, count in zip(distinct.values, distinct.counts.tolist(), strict=True))
    assert distinct.count == pytest.approx(len(truth), rel=0.05)


def test_long_texts_are_kept_short():
    distinct = Distinct.of(pa.array(["x" * 10_000, "x" * 9_999]))
    assert distinct.count == 2
    assert max(map(len, distinct.values)) == MOST_CHARACTERS


def test_a_part_of_a_table_does_not_see_the_texts_of_the_whole():
    column = pa.array(["a", "b", "c"]).dictionary_encode().slice(1, 1)
    assert ColumnProfile.of(column).distinct.values.tolist() == ["b"]


@pytest.mark.parametrize(
    ("one", "two", "role", "problem"),
    [
        (pa.array([1, 2]), pa.array([0.5, 3.0]), "number", None),
        (pa.array([1, 2]), pa.array(["3", "4"]).dictionary_encode(), "number", None),
        (pa.array([1, 2]), pa.array(["a", "b"]).dictionary_encode(), "category", "'a' among numbers"),
        (pa.array([1, 2]), pa.array([None, None]), "number", None),
        (pa.array([0], pa.timestamp("s")), pa.array(["2013-01-31"]).dictionary_encode(), "date-time", None),
        (
            pa.array([0], pa.timestamp("s")),
            pa.array(["May"]).dictionary_encode(),
            "date-time",
            "text and times",
        ),
        (pa.array([True, False]), pa.array([1, 2]), "boolean", "numbers and true and false side by side"),
    ],
)
def test_batches_of_several_kinds(one, two, role, problem):
    seen = ColumnProfile.of(one).merge(ColumnProfile.of(two))
    assert find_role(seen).role == role
    found = find_problem(seen, "x")
    assert found is None if problem is None else problem in found.what
    assert (find_target_problem(seen, "x") is None) == (problem is None and role != "date-time")


def test_whole_numbers_beyond_doubles_stay_different():
    assert ColumnProfile.of(pa.array([2**60, 2**60 + 1])).different == 2


def test_hashes_are_the_same_on_every_day_and_machine():
    assert hash_values(pa.array(["wind", ""])).tolist() == [15311523593045780178, 12035550249420947055]
    assert hash_values(pa.array([0.0, -0.0]))[0] == hash_values(pa.array([-0.0]))[0]


def test_a_table_without_rows_has_columns_all_the_same():
    assert profile_table(pa.table({"x": pa.array([], pa.int64())}))["x"].rows == 0


def test_repeated_rows_by_hand():
    table = read_table(pa.table({"x": [1, 1, 1, 2, 2], "y": ["a", "a", None, "a", "a"], "z": [1, 2, 3, 4, 5]}))
    assert count_duplicates(table.to_batches(max_chunksize=2), ["x", "y"]) == Duplicates(2, exact=True)
    assert count_duplicates(table.to_batches(), ["x", "y", "z"]) == Duplicates(0, exact=True)


def test_values_that_change_places_are_another_row():
    table = pa.table({"x": [1, 2], "y": [2, 1]})
    assert count_duplicates(table.to_batches(), ["x", "y"]).rows == 0


def test_many_repeated_rows_are_estimated():
    rows = 4 * MOST_ROWS
    values = np.arange(rows)
    values[: rows // 10] = values[-(rows // 10) :]
    found = count_duplicates(pa.table({"x": values}).to_batches(max_chunksize=BATCH_ROWS), ["x"])
    assert not found.exact
    assert found.rows == pytest.approx(rows / 10, rel=0.1)


def test_what_would_be_forgotten_may_be_left_aside_at_once() -> None:
    rng = np.random.default_rng(7)
    batches = [pa.array(rng.integers(0, 40_000, 20_000).astype(float)) for _ in range(5)]
    whole, quick = ColumnProfile(), ColumnProfile()
    for batch in batches:
        whole = whole.merge(ColumnProfile.of(batch))
        quick = quick.merge(ColumnProfile.of(batch, quick.distinct.limit))
    assert not whole.distinct.complete
    assert np.array_equal(whole.distinct.hashes, quick.distinct.hashes)
    assert np.array_equal(whole.distinct.counts, quick.distinct.counts)
    assert whole.distinct.values.tolist() == quick.distinct.values.tolist()
    assert (whole.numbers, whole.distinct.count) == (quick.numbers, quick.distinct.count)
