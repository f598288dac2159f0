"""A column that gives the target away is found; one that merely helps is not."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from wade.tables import find_leaks, infer_schema, read_table

ROWS = 2_000
DRAW = np.random.default_rng(1)
SIZE = DRAW.normal(size=ROWS)
NOISE = DRAW.normal(size=ROWS)


def leaks(target, **columns):
    table = read_table(pa.table({**columns, "y": target}))
    return [leak.column for leak in find_leaks(table, infer_schema(table, "t", "y"))]


@pytest.mark.parametrize(
    ("column", "target", "found"),
    [
        (SIZE, np.exp(SIZE), True),  # a number in disguise
        (np.where(SIZE > 1, SIZE, np.nan), SIZE > 1, True),  # filled in only afterwards
        (np.where(SIZE > 0, "paid", "open"), SIZE > 0, True),  # a class under another name
        (np.round(SIZE, 1), np.where(SIZE > 3, "rare", "usual"), False),  # what is rare is not foretold by a bin
        (SIZE, SIZE + NOISE, False),
        (SIZE, np.where(SIZE + NOISE > 0, "yes", "no"), False),
        (NOISE, SIZE, False),
        (np.where(SIZE > 0, "up", "down"), SIZE, False),
        ((1e9 * (3 + SIZE)).astype("M8[s]"), SIZE, True),  # a date that moves with the target
    ],
)
def test_leaks(column, target, found):
    assert leaks(target, x=column, other=NOISE.round(2)) == (["x"] if found else [])


def test_values_that_never_come_back_are_no_leak():
    assert leaks(SIZE > 0, x=[f"id{row // 2 * 7919 % ROWS}" for row in range(ROWS)], other=NOISE.round(1)) == []


def test_rows_without_a_target_do_not_count():
    target = np.where(np.arange(ROWS) % 3 == 0, np.nan, SIZE)
    assert leaks(target, x=SIZE, other=NOISE) == ["x"]


def test_too_few_rows_to_tell():
    assert leaks(SIZE[:59], x=SIZE[:59], other=NOISE[:59]) == []


def test_the_same_table_has_the_same_leaks_whatever_the_order_of_its_columns():
    table = read_table(pa.table({"a": NOISE, "b": 2 * SIZE, "y": SIZE}))
    there = find_leaks(table, infer_schema(table, "t", "y"))
    back = find_leaks(table.select(["b", "a", "y"]), infer_schema(table.select(["b", "a", "y"]), "t", "y"))
    assert there == back
    assert there[0].share > 0.99
    assert "--drop b" in str(there[0])
