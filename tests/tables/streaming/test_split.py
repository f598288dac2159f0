"""Parts batch by batch: the same for any batches, with the shares that were asked for."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from wade.errors import ColumnError
from wade.tables.kinds.column import Column
from wade.tables.reading.dataset import Batch
from wade.tables.streaming.split import (
    BatchSplit,
    Shares,
    file_split,
    given_split,
    group_split,
    random_split,
    time_split,
)

ROWS = 20_000
TABLE = pa.table(
    {
        "group": np.arange(ROWS) % 1_000,
        "time": np.arange(ROWS, dtype=float)[::-1].copy(),
        "part": pa.array(["train", "val", "test", "train"] * (ROWS // 4)).dictionary_encode(),
    }
)
SHARES = Shares(0.1, 0.2)
WAYS: dict[str, BatchSplit] = {
    "random": random_split(SHARES, 3),
    "group": group_split("group", SHARES, 3, "table"),
    "time": time_split(Column("time", "number", ""), 14_000.0, 16_000.0, "table"),
    "given": given_split("part", Shares(0.0, 0.0), 3, "table"),
}


def parts_of(way: BatchSplit, rows_at_once: int) -> np.ndarray:
    found, first = [], 0
    for rows in TABLE.to_batches(max_chunksize=rows_at_once):
        found.append(way(Batch(rows, first), np.ones(rows.num_rows, bool)))
        first += rows.num_rows
    return np.concatenate(found)


@pytest.mark.parametrize("name", WAYS)
def test_parts_do_not_depend_on_the_batches(name: str) -> None:
    whole = parts_of(WAYS[name], ROWS)
    assert whole.dtype == np.int8
    assert np.array_equal(whole, parts_of(WAYS[name], 777))


@pytest.mark.parametrize(("name", "within"), [("random", 0.01), ("group", 0.04), ("time", 1e-9)])
def test_parts_have_the_shares_asked_for(name: str, within: float) -> None:
    found = np.bincount(parts_of(WAYS[name], ROWS), minlength=3) / ROWS
    assert found == pytest.approx([0.7, 0.1, 0.2], abs=within)


def test_another_seed_draws_other_rows_and_groups() -> None:
    for way in (lambda seed: random_split(SHARES, seed), lambda seed: group_split("group", SHARES, seed, "table")):
        assert not np.array_equal(parts_of(way(1), ROWS), parts_of(way(2), ROWS))


def test_a_group_is_in_one_part() -> None:
    parts = parts_of(WAYS["group"], 777)
    assert all(len(set(parts[group::1_000])) == 1 for group in range(1_000))


def test_a_file_is_a_part_and_what_has_no_file_is_drawn() -> None:
    way = file_split((0, 2), Shares(0.1, 0.0), 0)
    rows = TABLE.to_batches()[0]
    every = np.ones(rows.num_rows, bool)
    assert set(way(Batch(rows, 0, source=1), every)) == {2}
    assert np.bincount(way(Batch(rows, 0, source=0), every)) / len(every) == pytest.approx([0.9, 0.1], abs=0.01)


def test_only_a_row_that_is_wanted_needs_a_group() -> None:
    rows = pa.record_batch({"group": pa.array(["a", None, "b"]).dictionary_encode()})
    way = group_split("group", SHARES, 0, "table")
    assert len(way(Batch(rows, 10), np.array([True, False, True]))) == 3
    with pytest.raises(ColumnError, match="table, column 'group', row 12: the value is missing"):
        way(Batch(rows, 10), np.array([True, True, True]))
