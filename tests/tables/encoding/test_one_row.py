"""A single row is encoded bit for bit as a table of that row, or handed to the table, which knows all rules."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.errors import WadeError
from wade.model.one_row import only_row
from wade.tables import BUILT_IN, Encoder, infer_schema, read_table
from wade.tables.columns.scalars import MissingMarkers, Unusual
from wade.tables.reading.frames import read_frame

MISSING = ["-999", "gone"]
MARKS = MissingMarkers.of(MISSING)
N = 60
COLUMNS = {
    "number": [i % 7 - 3.5 for i in range(N - 1)] + [None],
    "whole": [i % 7 for i in range(N)],
    "town": ["york", "bath", "12"] * 20,
    "zone": [1.0, 2.5, 3.0] * 20,
    "flag": [True, False, None] * 20,
    "seen": [datetime(2012 + i % 5, 1 + i % 12, 1 + i % 28, i % 24, i % 60) for i in range(N - 1)] + [None],
    "day": [f"{1 + i % 28}/{1 + i % 12}/2013" for i in range(N)],
    "note": [f"the word number {i} comes late" for i in range(N - 1)] + [None],
}
ROLES = {"zone": "category", "day": "date-time %d/%m/%Y"}


def made_encoder(piecewise):
    table = read_table(pa.table({**COLUMNS, "y": [i % 2 for i in range(N)]}), text=["zone"])
    return Encoder.fit(table, infer_schema(table, "t", "y", roles=ROLES), piecewise=piecewise)


ENCODER, PIECEWISE = made_encoder(False), made_encoder(True)
ROW = {name: values[0] for name, values in COLUMNS.items()}


def by_table(row, encoder=ENCODER):
    return encoder.encode(read_table(read_frame(row, "the row"), MISSING, text=["zone", "town", "note"]), "the row")


def agree(row):
    """Whether the row was taken; if so, then as its table would be."""
    try:
        alone = [encoder.encode_row(row, MARKS) for encoder in (ENCODER, PIECEWISE)]
    except Unusual:
        return False
    for one, encoder in zip(alone, (ENCODER, PIECEWISE), strict=True):
        together = by_table(row, encoder)
        for block in ("numbers", "codes", "positions"):
            ours, theirs = getattr(one, block), getattr(together, block)
            assert ours.tobytes() == theirs.tobytes()
            assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
    return True


MOMENTS = [
    datetime(1970, 1, 1),
    datetime(2100, 7, 1, 23, 59),
    datetime(2013, 2, 10, 5, 0, 1, 999_999),
    pd.Timestamp("2014-05-06 07:08:09.123456789"),
]
USUAL = {
    "number": [
        None,
        math.nan,
        4,
        -2.5,
        1e308,
        -1e308,
        " 3.25 ",
        "-7",
        "1e5",
        "+.5",
        "NA",
        "",
        "gone",
        -999,
        "-999",
        True,
        np.float64(0.1),
        np.float32(0.1),
        np.int16(4),
        np.bool_(False),
        "123456789012345678",
        -0.0,
    ],
    "town": [None, "york", " bath ", "12", 12, 12.0, "nowhere", "-999", "NA", "é", True, 0.5],
    "zone": [1, 1.0, "1", "2.5", 2.5, "1.0", 7, None, math.nan, -999, np.int64(3)],
    "flag": [True, False, 1, 0, 1.0, "true", "FALSE", "0", None, "", np.bool_(True)],
    "seen": [
        None,
        "2013-02-10 05:00",
        "2013-02-10",
        "2013-02-10T05:00:59",
        datetime(2100, 7, 1, 23, 59),
        date(2013, 2, 10),
        datetime(1970, 1, 1),
        pd.Timestamp("2014-05-06 07:08:09.123456789"),
        "NA",
        datetime(2013, 2, 10, 5, 0, 1, 999999),
        datetime(1969, 1, 1, 3, 4, 5, 600_000),
        np.datetime64("1969-01-01T00:00:00.5"),
        np.datetime64("NaT"),
        "2013-02-10T05",
        "2013-2-1 5:06:07.123456789 PM",
        "0000-00-00",
    ],
    "day": ["3/4/2013", "28/02/2013", None, datetime(2013, 4, 3)],
    "note": ["late again", "Late, AGAIN!", "", None, "?!", 5, "007", "1.50", "1e5"],
}


@pytest.mark.parametrize(("column", "value"), [(column, value) for column in USUAL for value in USUAL[column]])
def test_usual_values_are_taken_as_a_table_takes_them(column, value):
    assert agree({**ROW, column: value})


UNUSUAL = {
    "number": [
        "abc",
        "inf",
        math.inf,
        2**60,
        "1_000",
        "１２",
        [1],
        Decimal("1.5"),
        datetime(2013, 1, 1),
        b"1",
        "\u00a05",
    ],
    "town": [["york"], 2**60, b"york", "\tyork", datetime(2013, 1, 1)],
    "flag": ["maybe", 2, "yes", date(2013, 1, 1)],
    "seen": [
        "yesterday",
        "2013-02-30",
        "10/02/2013",
        5,
        datetime(2013, 1, 1, tzinfo=UTC),
        time(5),
    ],
    "day": ["31/2/2013", "2013-02-10", "3-4-2013", "3/4/13"],
    "note": [["late"]],
}


@pytest.mark.parametrize(("column", "value"), [(column, value) for column in UNUSUAL for value in UNUSUAL[column]])
def test_unusual_values_are_left_to_the_table(column, value):
    assert not agree({**ROW, column: value})


TEXTS = st.one_of(
    st.text(max_size=12), st.text("0123456789.eE+- ", max_size=8), st.from_regex(r"\d{1,4}[-/]\d{1,2}[-/]\d{1,4}")
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    TEXTS,
    st.dates(),
    st.datetimes(),
    st.floats(width=32).map(np.float32),
)


@given(st.fixed_dictionaries({name: st.just(ROW[name]) | VALUES for name in ROW}))
def test_whatever_comes_a_row_is_taken_as_its_table_or_left_to_it(row):
    agree(row)


@given(st.sampled_from(sorted(ROW)), VALUES)
def test_what_a_table_refuses_no_row_gets_past(column, value):
    row = {**ROW, column: value}
    try:
        by_table(row)
    except (WadeError, UnicodeError):
        assert not agree(row)


def test_an_absent_column_is_left_to_the_table_and_others_are_ignored():
    assert not agree({name: ROW[name] for name in ROW if name != "town"})
    assert agree({**ROW, "more": object()})


@pytest.mark.parametrize("name", BUILT_IN)
def test_rows_of_every_built_in_table(name):
    table = BUILT_IN[name].read()
    encoder = Encoder.fit(table, infer_schema(table, name, BUILT_IN[name].target))
    for at in range(0, table.num_rows, table.num_rows // 40):
        one = table.slice(at, 1)
        together = encoder.encode(one, name)
        for frame in (one, one.to_pandas(), pl.from_arrow(one)):
            alone = encoder.encode_row(only_row(frame), MissingMarkers.of([]))
            assert alone.numbers.tobytes() == together.numbers.tobytes()
            assert alone.codes.tobytes() == together.codes.tobytes()


def test_what_is_no_single_row_is_none():
    table = pa.table({"x": [1, 2]})
    for data in (
        table,
        table.slice(0, 0),
        table.to_pandas(),
        pl.from_arrow(table),
        "flights",
        [1],
        None,
        pl.LazyFrame(),
    ):
        assert only_row(data) is None
    twice = pa.table([pa.array([1]), pa.array([2])], names=["x", "x"])
    assert only_row(twice) is None
    assert only_row(pa.table({"": [1]})) is None
