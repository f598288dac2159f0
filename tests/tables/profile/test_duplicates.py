"""Rows that are the same in every column have one hash, and no others do."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from wade.tables import read_table
from wade.tables.profile.duplicates import repeated, row_hashes

DAY = datetime(2013, 2, 10)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["a", "b"], ["a", "b"]),
        ([1, -1, None], [1, -1, None]),
        ([0.0, -0.0, 1.5, None], [-0.0, 0.0, 1.5, None]),
        ([True, False, None], [True, False, None]),
        ([DAY, None], [DAY, None]),
    ],
    ids=["text", "whole numbers", "decimals", "booleans", "dates"],
)
def test_the_same_value_is_the_same_in_any_row(one, other):
    table = read_table(pa.table({"x": one + other, "y": [1] * len(one + other)}))
    hashes = row_hashes(table, ["x", "y"])
    assert (hashes[: len(one)] == hashes[len(one) :]).all()
    assert len(set(hashes.tolist())) == len({str(value).replace("-0.0", "0.0") for value in one})


def test_rows_that_differ_anywhere_have_different_hashes():
    """Neither two columns that change places nor a missing value by a number that looks like its mark."""
    numbers = list(range(-30, 30))
    pairs = [(a, b) for a in [None, *numbers] for b in [None, *numbers]]
    table = pa.table({"a": [a for a, _ in pairs], "b": [b for _, b in pairs]})
    assert len(np.unique(row_hashes(table, ["a", "b"]))) == len(pairs)


def test_copies_across_a_split_are_counted():
    table = pa.table({"x": [1, 2, 3, 1, 2, 9]})
    assert repeated(row_hashes(table, ["x"]), np.array([3, 4, 5]), among=np.array([0, 1, 2])) == 2
