"""A value of a category is the same value in every file, frame and type that it may come in."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.tables import Column, Encoder, Target, infer_schema, read_batches, read_table
from wade.tables.columns.canonical import KEYS, merged, settle_comparison
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.scalars import MissingMarkers, Unusual
from wade.tables.kinds.base import FitOptions
from wade.tables.kinds.category import Category, CategoryEncoding

MARKERS = MissingMarkers.of([])
STORES = ["205"] * 3 + ["101"] * 2 + ["422"]
SAME = {
    "a whole number as text": (STORES, "205", 1),
    "an int": (STORES, 101, 2),
    "a float": (STORES, 205.0, 1),
    "a float as text": (STORES, "422.0", 3),
    "zeros before it": (STORES, "0205", 1),
    "a plus and zeros behind it": (STORES, "+101.00", 2),
    "of NumPy": (STORES, np.int16(422), 3),
    "a float of NumPy": (STORES, np.float32(205), 1),
    "a decimal": (STORES, Decimal("101.00"), 2),
    "trained as floats": (["205.0", "205.0", "101.0"], 205, 1),
    "trained with zeros before it": (["01067", "01067", "10115"], 1067, 1),
    "trained with zeros, asked as text": (["01067", "01067", "10115"], "1067.0", 1),
    "a fraction": (["0.5", "0.5", "1.25"], 0.5, 1),
    "a fraction as text": (["0.50", "0.50", "1.25"], ".5", 1),
    "a negative number": (["-3", "-3", "4"], -3.0, 1),
    "spelled in two ways in training": (["205", "205.0", "101"], 205.0, 1),
    "a truth value": (["TRUE", "TRUE", "FALSE"], True, 1),
    "a truth value as text": (["TRUE", "TRUE", "FALSE"], "false", 2),
    "a truth value of NumPy": (["True", "True", "False"], np.True_, 1),
    "a truth value as a number": (["true", "true", "false"], 0.0, 2),
    "a truth value beside text": (["True", "True", "unknown"], True, 1),
    "a number beside text": (["205", "205", "A1"], 205.0, 1),
    "a number beside text, as text": (["205", "205", "A1"], "205.0", 1),
    "beyond what a double holds": (["1234567890123456789", "1234567890123456789", "5"], 1234567890123456789, 1),
    "accents apart": (["Caf\u00e9", "Caf\u00e9", "Bar"], "Cafe\u0301", 1),
    "accents composed": (["Cafe\u0301", "Cafe\u0301", "Bar"], "Caf\u00e9", 1),
    "white space around it": (["Bar", "Bar", "Pub"], " Bar ", 1),
}
OTHER = {
    "another number": (STORES, "206", 0),
    "zeros that mean something": (["01", "01", "1", "001"], "0001", 0),
    "zeros that mean something, as they were": (["01", "01", "1", "001"], "001", 2),
    "versions": (["1.1", "1.1", "1.10"], "1.100", 0),
    "neighbours that share a double": (["1234567890123456789"] * 2 + ["5"], "1234567890123456788", 0),
    "small letters": (["Bar", "Bar", "Pub"], "bar", 0),
    "hexadecimal": (["1E5", "1E5", "A1"], "100000", 0),
}


def encoder_of(training: list[str]) -> Encoder:
    table = read_table(pa.table({"x": training}), text=["x"])
    return Encoder((Category().fit(one_piece(table["x"]), Column("x", "category", ""), "t", FitOptions()),))


def ways_in(value: Any, folder: Path) -> dict[str, Any]:
    """A table of this value and one more row, in every form that a table may have."""
    text = value if isinstance(value, str) else str(value)
    csv, lines, stored = folder / "x.csv", folder / "x.jsonl", folder / "x.parquet"
    csv.write_text(f'x,z\n"{text}",1\n"{text}",2\n')
    plain = value.item() if isinstance(value, np.generic) else float(value) if isinstance(value, Decimal) else value
    lines.write_text(2 * f"{json.dumps({'x': plain})}\n")
    parquet.write_table(pa.table({"x": pa.array([value, value])}), stored)
    return {
        "CSV": csv,
        "JSON lines": lines,
        "Parquet": stored,
        "pandas": pd.DataFrame({"x": [value, value]}),
        "pandas, any object": pd.DataFrame({"x": pd.Series([value, value], dtype=object)}),
        "polars": pl.DataFrame({"x": [plain, plain]}),
        "pyarrow": pa.table({"x": pa.array([value, value]).dictionary_encode()}),
        "one row": pa.table({"x": [value]}),
        "a mapping": {"x": value},
    }


@pytest.mark.parametrize("case", [*SAME, *OTHER])
def test_every_way_in_gives_the_same_code(case: str, tmp_path: Path) -> None:
    training, value, code = {**SAME, **OTHER}[case]
    encoder = encoder_of(training)
    for way, data in ways_in(value, tmp_path).items():
        table = read_table(data, text=["x"])
        assert set(encoder.encode(table, way).codes.ravel().tolist()) == {code}, way
        batches = pa.Table.from_batches(read_batches(data, text=["x"]))
        assert set(encoder.encode(batches, way).codes.ravel().tolist()) == {code}, f"{way}, in batches"
    try:
        assert encoder.encode_row({"x": value}, MARKERS).codes.tolist() == [[code]]
    except Unusual:
        assert isinstance(value, Decimal) or value == 1234567890123456789


@pytest.mark.parametrize(
    ("training", "comparison"),
    [
        (["205", "101"], "number"),
        (["205", "205.0"], "number"),
        (["1", "2.50", "-3"], "number"),
        (["01", "1"], "code"),
        (["1", "1.0", "1.1"], "text"),
        (["1.1", "1.10"], "code"),
        (["A1", "7"], "code"),
        (["TRUE", "false"], "boolean"),
        (["True", "1", "0"], "boolean"),
        (["0", "1"], "number"),
        (["true", "maybe"], "code"),
        (["1e5", "7"], "code"),
        ([], "number"),
    ],
)
def test_the_comparison_follows_from_the_training_texts(training: list[str], comparison: str) -> None:
    assert settle_comparison(training) == comparison


def test_spellings_of_one_value_are_counted_together_under_the_most_frequent() -> None:
    texts, counts = merged(["205", "205.0", "101", "0205"], np.array([1, 4, 2, 4]), "number")
    assert dict(zip(texts, counts.tolist(), strict=True)) == {"0205": 9, "101": 2}
    assert encoder_of(["205", "205.0", "205.0", "101"]).encodings[0].values == ("205.0", "101")


def test_an_encoding_without_a_comparison_compares_spellings_as_it_did() -> None:
    older = CategoryEncoding.from_dict({"column": "x", "values": ["205", "TRUE"]})
    table = read_table(pa.table({"x": ["205", "205.0", "TRUE", "true"]}), text=["x"])
    assert Encoder((older,)).encode(table, "t").codes.ravel().tolist() == [1, 0, 2, 0]


TEXTS = st.one_of(
    st.from_regex(r"[+-]?[0-9]{0,3}(\.[0-9]{0,3})?", fullmatch=True),
    st.sampled_from(["true", "TRUE", "False", "Caf\u00e9", "Cafe\u0301", "A1", "1e5", "x"]),
).filter(str.strip)
VALUES = st.one_of(TEXTS, st.integers(-9999, 9999), st.floats(-999, 999), st.booleans())


@given(st.lists(TEXTS, min_size=1, max_size=8), VALUES)
def test_a_row_alone_is_coded_as_in_a_column(training: list[str], value: Any) -> None:
    encoder = encoder_of(training)
    try:
        alone = encoder.encode_row({"x": value}, MARKERS).codes.tolist()
    except Unusual:
        return
    assert encoder.encode(read_table({"x": value}, text=["x"]), "t").codes.tolist() == alone


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_keys_of_keys_are_themselves_and_every_training_text_has_a_code(training: list[str]) -> None:
    for key in KEYS.values():
        assert all(key(key(text)) == key(text) for text in training)
    table = read_table(pa.table({"x": training}), text=["x"])
    assert encoder_of(training).encode(table, "t").codes.all()


@pytest.mark.parametrize(
    ("training", "new", "expected"),
    [
        (["TRUE", "FALSE"], ["true", "False"], [1.0, 0.0]),
        (["true", "true", "TRUE", "false"], ["True", "FALSE"], [1.0, 0.0]),
        (["1", "2"], ["2.0", "01"], [1.0, 0.0]),
        (["Caf\u00e9", "Bar"], ["Cafe\u0301", "Bar"], [1.0, 0.0]),
        (["01067", "10115"], ["1067", "10115.0"], [0.0, 1.0]),
    ],
)
def test_classes_are_compared_by_meaning_too(training: list[str], new: list[str], expected: list[float]) -> None:
    table = read_table(pa.table({"x": range(len(training)), "y": training}), text=["y"])
    target = Target.fit(table, infer_schema(table, "t", "y", categories=["y"]))
    assert target.encode(read_table(pa.table({"y": new}), text=["y"]), "t").ravel().tolist() == expected
