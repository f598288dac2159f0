"""Digits that name something are read as they are written: zeros before them, and more of them than a double holds."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import wade
from wade.errors import UnreadableTable
from wade.tables import infer_schema, read_batches, read_table

LONG = ["1234567890123456789", "1234567890123456788"]
CODES = {
    "three values": ["01", "1", "001"],
    "postal codes": ["01067", "10115", "99998"],
    "zeros only": ["00", "0", "000"],
    "one of many": ["7"] * 30 + ["07"],
    "with missing values": ["01", "", "NA", "22"],
    "twenty digits": ["12345678901234567890", "12345678901234567891"],
    "twenty digits among few": ["5", "12345678901234567890"],
    "thirty digits": ["9" * 30, "9" * 29 + "8"],
    "telephone numbers": ["+4915123456789", "+4930123456", ""],
    "internet addresses": ["192.168.101.204", "10.100.200.100", "192.168.199.127"],
    "hexadecimal digits": ["0x10", "0X1f", "0xFF"],
    "hexadecimal digits beside others": ["7", "-3", "0x10", ""],
    "hexadecimal digits late": ["7"] * 30 + ["0x7"],
}
NUMBERS = {
    "a single zero": (["0", "10", "7"], [0, 10, 7]),
    "fractions": (["0.5", "00.5", "1"], [0.5, 0.5, 1.0]),
    "a sign": (["-01", "5"], [-1, 5]),
    "fractions beside zeros": (["01", "1.5"], [1.0, 1.5]),
    "nineteen digits": (LONG, [int(text) for text in LONG]),
    "an exponent": (["1e20", "5"], [1e20, 5.0]),
    "signs": (["+5", "-7", "+1234567"], [5, -7, 1234567]),
    "large whole numbers": (["4915123456789", "4930123456"], [4915123456789, 4930123456]),
    "a point behind": (["4915123456789.0", "4930123456.0"], [4915123456789.0, 4930123456.0]),
    "times and dates beside": (["10", "20"], [10, 20]),
}


def sources(texts: list[str], folder: Path, name: str = "x") -> dict[str, Any]:
    """The texts in everything that has text in it."""
    csv = f"before,{name},after\n" + "".join(f"2013-01-02,{text},08:30\n" for text in texts)
    (folder / "x.csv").write_text(csv)
    (folder / "last.csv").write_text(f"b,{name}\n" + "".join(f"z,{text}\n" for text in texts).rstrip("\n"))
    (folder / "quoted.tsv").write_text(f'b\t"{name}"\n' + "".join(f'z\t"{text}"\n' for text in texts))
    (folder / "packed.csv.gz").write_bytes(gzip.compress(csv.encode()))
    (folder / "x.jsonl").write_text("".join(json.dumps({name: text or None}) + "\n" for text in texts))
    table = pa.table({name: [text or None for text in texts]})
    parquet.write_table(table, folder / "x.parquet")
    files = {path.name: path for path in folder.iterdir()}
    return {**files, "pandas": table.to_pandas(), "polars": pl.from_arrow(table), "pyarrow": table}


@pytest.mark.parametrize("case", CODES)
def test_digits_that_a_number_would_not_keep_stay_text(case: str, tmp_path: Path) -> None:
    expected = [None if text in ("", "NA") else text for text in CODES[case]]
    for name, source in sources(CODES[case], tmp_path).items():
        assert read_table(source)["x"].to_pylist() == expected, name
        batches = pa.Table.from_batches(read_batches(source))
        assert batches["x"].to_pylist() == expected, f"{name}, in batches"


@pytest.mark.parametrize("case", NUMBERS)
def test_other_numbers_are_numbers_as_before(case: str, tmp_path: Path) -> None:
    texts, expected = NUMBERS[case]
    for name, source in sources(texts, tmp_path).items():
        assert read_table(source)["x"].to_pylist() == expected, name


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([2**64 - 1, 2**64 - 2], pa.uint64()), [str(2**64 - 1), str(2**64 - 2)]),
        (pa.array([5, 2**60 + 1], pa.uint64()), [5, 2**60 + 1]),
        (pa.array([Decimal("12345678901234567890"), None]), ["12345678901234567890", None]),
        (pa.array([Decimal(2**60 + 1), Decimal(3)]), [2**60 + 1, 3]),
        (pa.array([Decimal("1.50"), Decimal("2.25")]), [1.5, 2.25]),
        (pa.array([2**62 + 1, 2**62]), [2**62 + 1, 2**62]),
    ],
)
def test_stored_numbers_lose_no_digit(values: pa.Array, expected: list[Any], tmp_path: Path) -> None:
    parquet.write_table(pa.table({"x": values}), tmp_path / "x.parquet")
    assert read_table(tmp_path / "x.parquet")["x"].to_pylist() == expected
    as_text = [None if value is None else f"{value}" for value in expected]
    found = read_table(tmp_path / "x.parquet", text=["x"])["x"].to_pylist()
    assert [None if value is None else f"{value}" for value in found] == as_text


def test_a_zero_that_comes_after_the_first_block_counts_too(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = [f"{number},{'y' * 20}" for number in range(10_000, 130_000)]
    path.write_text("x,z\n" + "\n".join([*rows, "01067,z"]) + "\n")
    assert read_table(path)["x"][-1].as_py() == "01067"
    *_, last = read_batches(path)
    assert last.column("x")[-1].as_py() == "01067"


def test_digits_of_a_later_batch_are_refused_where_the_beginning_settled_numbers(tmp_path: Path) -> None:
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    first.write_text('{"x": "12"}\n' * 400_000 + '{"x": "01067"}\n')
    with pytest.raises(UnreadableTable, match=r"column .x., row 400001: expected a number.*found .01067."):
        list(read_batches(first))
    second.write_text('{"x": "12"}\n')
    assert read_table(second)["x"].to_pylist() == [12]


@pytest.mark.parametrize("as_numbers", [False, True])
def test_long_whole_numbers_are_categories_or_noted(as_numbers: bool) -> None:
    table = read_table(pa.table({"account": [int(text) for text in LONG] * 30, "y": [0, 1] * 30}))
    schema = infer_schema(table, "t", "y", roles={"account": "number"} if as_numbers else {})
    [column] = schema.columns
    if as_numbers:
        assert column.role == "number"
        [note] = schema.notes
        assert "'account'" in note
        assert "--category account" in note
    else:
        assert (column.role, schema.notes) == ("category", ())
        assert "compared digit by digit" in column.why


def test_account_numbers_predict_alike_from_every_way_in(tmp_path: Path) -> None:
    frame = pd.DataFrame({"account": [int(text) for text in LONG] * 60, "late": ["yes", "no"] * 60})
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    model = wade.learn(tmp_path / "t.csv", "late", hidden=(), epochs=30, learning_rate=0.05)
    expected = model.predict_probability(frame.head(2))
    assert abs(expected[0, 1] - expected[1, 1]) > 0.1
    for way in (tmp_path / "t.csv", tmp_path / "t.parquet", frame, pl.from_pandas(frame)):
        assert (model.predict_probability(way)[:2] == expected).all()
    for row in (0, 1):
        for value in (int(LONG[row]), LONG[row], Decimal(LONG[row])):
            assert (model.predict_probability({"account": value}) == expected[[row]]).all()
    assert model.check({"account": 1234567890123456787})["unseen"][0]["unseen"] == 1
