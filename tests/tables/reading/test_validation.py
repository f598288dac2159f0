"""Tables from elsewhere are validated before anything looks at their values: one message, never a crash."""

from __future__ import annotations

import gzip
import io
import struct
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet
import pytest

import wade
from wade.errors import DataError, UnreadableTable
from wade.tables import read_table
from wade.tables.reading import validation
from wade.tables.reading.json_lines import MOST_LEVELS
from wade.tables.reading.readers import read_batches
from wade.tables.reading.validation import validated

ROWS = 50
WORDS = [f"word{row % 5}" for row in range(ROWS)]
TABLE = pa.table({"x": [float(row % 7) for row in range(ROWS)], "c": WORDS, "y": ["p", "q"] * (ROWS // 2)})
LATIN = "Orléans".encode("latin-1")


def made(arrow_type: pa.DataType, length: int, *buffers: bytes | None, children: list[pa.Array] | None = None) -> Any:
    """An array of these buffers, of which pyarrow checks next to nothing."""
    given = [None if one is None else pa.py_buffer(one) for one in buffers]
    return pa.Array.from_buffers(arrow_type, length, given, children=children)


def offsets(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}i", *values)


def latin_texts() -> pa.Array:
    return pa.array([b"Paris", LATIN]).view(pa.string())


DAMAGED: dict[str, tuple[Callable[[], pa.Array], str]] = {
    "an offset beyond the text": (lambda: made(pa.string(), 3, None, offsets(0, 99, 2, 3), b"abc"), "row 1: damaged"),
    "an offset in the middle": (lambda: made(pa.string(), 3, None, offsets(0, 1, 99, 3), b"abc"), "row 2: damaged"),
    "offsets that fall": (lambda: made(pa.string(), 3, None, offsets(0, 3, 1, 3), b"abc"), "row 2: damaged"),
    "text that is not UTF-8": (latin_texts, "row 2: text that is not UTF-8 (byte 0xE9)"),
    "large text that is not UTF-8": (
        lambda: pa.array([b"Paris", LATIN], pa.large_binary()).view(pa.large_string()),
        "row 2: text that is not UTF-8 (byte 0xE9)",
    ),
    "a view that is not UTF-8": (
        lambda: pa.array([b"Paris", LATIN], pa.binary_view()).view(pa.string_view()),
        "row 2: text that is not UTF-8 (byte 0xE9)",
    ),
    "a code without a text": (
        lambda: pa.DictionaryArray.from_arrays(pa.array([0, 7]), pa.array(["a"]), safe=False),
        "row 2: damaged data (Value at position 1 out of bounds: 7",
    ),
    "a negative code": (
        lambda: pa.DictionaryArray.from_arrays(pa.array([0, -3]), pa.array(["a"]), safe=False),
        "row 2: damaged",
    ),
    "a dictionary that is not UTF-8": (
        lambda: pa.DictionaryArray.from_arrays(pa.array([0, 0]), latin_texts(), safe=False),
        "column 'c': text that is not UTF-8",
    ),
    "a list beyond its values": (
        lambda: made(pa.list_(pa.int8()), 2, None, offsets(0, 5, 1), children=[pa.array([1], pa.int8())]),
        "row 1: damaged",
    ),
    "a text within a record": (lambda: pa.StructArray.from_arrays([latin_texts()], ["u"]), "text that is not UTF-8"),
    "a time of day past midnight": (lambda: made(pa.time32("s"), 2, None, struct.pack("<2i", 1, 10**6)), "row 2: dam"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_columns_are_named(name: str) -> None:
    make, message = DAMAGED[name]
    table = pa.table({"x": [1.0] * len(make()), "c": make()})
    for source in (table, table.to_reader(), pa.concat_tables([table])):
        with pytest.raises(UnreadableTable) as raised:
            read_table(source)
        assert message in str(raised.value)
        assert "column 'c'" in str(raised.value)
    with pytest.raises(UnreadableTable, match="column 'c'"):
        list(read_batches(table))


@pytest.mark.parametrize("name", DAMAGED)
@pytest.mark.parametrize("kind", ["file", "stream", "lz4", "zstd", "gz"])
def test_damaged_files_are_named(tmp_path: Path, name: str, kind: str) -> None:
    make, message = DAMAGED[name]
    batch = pa.record_batch({"x": [1.0] * len(make()), "c": make()})
    sink = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression=kind if kind in ("lz4", "zstd") else None)
    with (pa.ipc.new_stream if kind == "stream" else pa.ipc.new_file)(sink, batch.schema, options=options) as writer:
        writer.write_batch(batch)
    path = tmp_path / "t.arrow"
    path.write_bytes(gzip.compress(sink.getvalue()) if kind == "gz" else sink.getvalue())
    for read in (read_table, lambda path: list(read_batches(path))):
        with pytest.raises(UnreadableTable) as raised:
            read(path)
        assert str(raised.value).startswith(f"{path}, column 'c'")
        assert message.removeprefix("column 'c': ") in str(raised.value)


def test_rows_are_counted_over_the_batches_of_a_file(tmp_path: Path) -> None:
    good, bad = pa.table({"c": ["Paris"] * 60_000}), pa.table({"c": latin_texts()})
    with pa.OSFile(str(tmp_path / "t.arrow"), "wb") as sink, pa.ipc.new_file(sink, good.schema) as writer:
        writer.write_table(good, 20_000)
        writer.write_table(bad)
    parquet.write_table(pa.concat_tables([good, bad]), tmp_path / "t.parquet", row_group_size=20_000)
    for path in tmp_path.iterdir():
        for read in (read_table, lambda path: list(read_batches(path))):
            with pytest.raises(UnreadableTable, match=r"column 'c', row 60002: text that is not UTF-8 \(byte 0xE9\)"):
                read(path)


@pytest.fixture(scope="module")
def model() -> wade.Model:
    return wade.learn(TABLE, "y", epochs=1, hidden=(2,), members=1)


def test_a_table_of_one_row_is_validated_too(model: wade.Model) -> None:
    wrong = pa.table({"x": [1.0], "c": pa.array([LATIN]).view(pa.string())})
    with pytest.raises(UnreadableTable, match="column 'c', row 1: text that is not UTF-8"):
        model.predict(wrong)
    beyond = pa.table({"x": [1.0], "c": pa.DictionaryArray.from_arrays(pa.array([9]), pa.array(["a"]), safe=False)})
    with pytest.raises(UnreadableTable, match="column 'c', row 1: damaged"):
        model.predict(beyond)


def renamed(content: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new)
    assert old in content
    return content.replace(old, new)


@pytest.mark.parametrize("kind", ["feather", "stream", "parquet"])
def test_names_that_are_not_utf_8_are_refused(tmp_path: Path, kind: str) -> None:
    table, sink = pa.table({"x": [1.0], "ortabc": ["a"]}), io.BytesIO()
    if kind == "parquet":
        parquet.write_table(table, sink, store_schema=False)
    elif kind == "feather":
        feather.write_feather(table, sink, compression="uncompressed")
    else:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    path = tmp_path / "t"
    path.write_bytes(renamed(sink.getvalue(), b"ortabc", b"ort\xe9bc"))
    with pytest.raises(UnreadableTable, match=r"the name of (a column|column 2).*not UTF-8 \(byte 0xE9\)"):
        read_table(path)


def test_names_within_records_and_of_zones_are_read_too() -> None:
    within = pa.struct([pa.field("u", pa.timestamp("s", "UTC"))])
    assert validated(pa.table({"rec": pa.array([{"u": 0}], within)}), "t").num_rows == 1


JSON_LINES: dict[str, tuple[bytes, str]] = {
    "a value in Latin-1": (b'{"a": "x"}\n\n{"a": "' + LATIN + b'"}\n', "row 2: text that is not UTF-8 (byte 0xE9)"),
    "a name in Latin-1": (b'{"a": 1}\n{"a": 2}\n{"d\xe9p": 3}', "row 3: text that is not UTF-8 (byte 0xE9)"),
    "half a character": (b'{"a": "\xc3"}', "row 1: text that is not UTF-8 (byte 0xC3)"),
    "a surrogate as bytes": (b'{"a": "\xed\xa0\x80"}', "row 1: text that is not UTF-8 (byte 0xED)"),
    "half a surrogate pair": (b'{"a": "\\ud800"}', "row 1: The surrogate pair in string is invalid"),
    "records without end": (b'{"a": 1}\n' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "row 2: records or lists"),
    "lists without end": (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "row 1: records or lists"),
    "records over lines": (b'{"a":\n' * 100_000 + b"1" + b"}" * 100_000, "records or lists in one another"),
    "levels behind brackets in text": (b'{"]]]": ' * 500 + b"1" + b"}" * 500, "row 1: records or lists"),
    "levels behind escaped quotes": (b'{"\\\\\\"": ' * 500 + b"1" + b"}" * 500, "row 1: records or lists"),
}


@pytest.mark.parametrize("name", JSON_LINES)
def test_json_lines_are_validated(tmp_path: Path, name: str) -> None:
    content, message = JSON_LINES[name]
    path = tmp_path / "t.jsonl"
    path.write_bytes(content)
    for read in (read_table, lambda path: list(read_batches(path))):
        with pytest.raises(UnreadableTable) as raised:
            read(path)
        assert message in str(raised.value)


def test_brackets_in_text_and_levels_within_the_limit_are_read(tmp_path: Path) -> None:
    deep = MOST_LEVELS - 1
    lines = ['{"a": "' + "[{" * 500 + '", "b": 1}', '{"a": "\\"[[[[", "b": 2}'] * 100
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    assert read_table(tmp_path / "t.jsonl").num_rows == 200
    (tmp_path / "t.jsonl").write_text('{"a": 1, "r":' + '{"u":' * (deep - 1) + "5" + "}" * (deep - 1) + "}")
    assert read_table(tmp_path / "t.jsonl").column_names[1] == "r" + ".u" * (deep - 1)


def test_dates_in_json_lines_stay_text_where_text_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"a": 1, "code": "2013-01-31", "b": 2}\n{"a": 2, "code": null, "b": 3}')
    for table in (read_table(tmp_path / "t.jsonl", text=["code"]), *read_batches(tmp_path / "t.jsonl", text=["code"])):
        assert table.schema.names == ["a", "code", "b"]
        assert table.column("code").to_pylist() == ["2013-01-31", None]
    assert pa.types.is_timestamp(read_table(tmp_path / "t.jsonl")["code"].type)


def test_old_feather_files_are_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.warns(DeprecationWarning, match="V1"):
        feather.write_feather(TABLE, tmp_path / "old.feather", version=1)
    with pytest.raises(UnreadableTable, match=r"outdated Feather file \(version 1\).*pyarrow.parquet.write_table"):
        read_table(tmp_path / "old.feather")


def test_a_footer_may_claim_what_it_wants(tmp_path: Path) -> None:
    sink = io.BytesIO()
    parquet.write_table(pa.table({"x": np.arange(1000.0)}), sink, compression="none")
    content = sink.getvalue()
    claimed = renamed(content, b"\xd0\x0f", b"\xfe\x7f")  # 1000 as a variable-length number of Thrift
    (tmp_path / "t.parquet").write_bytes(claimed)
    with pytest.raises(UnreadableTable):
        read_table(tmp_path / "t.parquet")


TIMES: dict[str, tuple[pa.Array, str]] = {
    "seconds": (pa.array([0, 2**60], pa.timestamp("s")), "row 2: a time outside of the years 1 to 9999"),
    "milliseconds": (pa.array([0, 253_402_300_800_000], pa.timestamp("ms")), "row 2: a time outside"),
    "microseconds": (pa.array([-62_135_596_800_000_001, 0], pa.timestamp("us")), "row 1: a time outside"),
    "days": (pa.array([0, 2_932_897], pa.int32()).view(pa.date32()), "row 2: a time outside"),
    "days in milliseconds": (pa.array([0, 2**53 // 86_400_000 * 86_400_000]).view(pa.date64()), "row 2: a time outs"),
    "in a zone": (pa.array([253_402_300_799, 0], pa.timestamp("s", "Asia/Tokyo")), "row 1: a time outside"),
    "in no zone": (pa.array([0, 1], pa.timestamp("s", "Mars/Olympus")), "its time zone 'Mars/Olympus' is unknown"),
    "in a wrong offset": (pa.array([0, 1], pa.timestamp("s", "+99:99")), "its time zone '+99:99' is unknown"),
}


@pytest.mark.parametrize("name", TIMES)
def test_times_beyond_the_calendar_are_refused(tmp_path: Path, name: str) -> None:
    column, message = TIMES[name]
    table = pa.table({"x": [1.0, 2.0], "d": column})
    feather.write_feather(table, tmp_path / "t.feather")
    if name != "seconds":  # which Parquet has not
        parquet.write_table(table, tmp_path / "t.parquet")
    for source in (table, *tmp_path.iterdir()):
        for read in (read_table, lambda source: list(read_batches(source))):
            with pytest.raises(UnreadableTable) as raised:
                read(source)
            assert message in str(raised.value)
    with pytest.raises(UnreadableTable):
        read_table(table.to_reader())


def test_a_row_beyond_the_calendar_is_refused() -> None:
    days = pa.array(range(0, 10**9, 10**7), pa.timestamp("s"))
    model = wade.learn(pa.table({"d": days, "y": ["p", "q"] * 50}), "y", epochs=1, hidden=(2,), members=1)
    late = pa.table({"d": pa.array([10**12], pa.timestamp("s"))})
    for row in (late, pl.from_arrow(late.cast(pa.schema({"d": pa.timestamp("ms")}))), late.to_pandas()):
        with pytest.raises(DataError, match=r"year|date"):
            model.predict(row)
    with pytest.raises(DataError):
        model.predict({"d": pd.Timestamp(np.datetime64("20130-01-01", "s"))})


def test_the_first_and_the_last_time_of_the_calendar_are_read() -> None:
    edges = pa.array([-62_135_596_800_000, 253_402_300_799_999, None], pa.timestamp("ms"))
    assert read_table(pa.table({"d": edges}))["d"].to_pylist()[1] == datetime(9999, 12, 31, 23, 59, 59, 999000)
    days = pa.array([date(1, 1, 1), date(9999, 12, 31), None])
    assert read_table(pa.table({"d": days}))["d"].to_pylist()[0] == datetime(1, 1, 1)


@pytest.mark.parametrize(
    "column",
    [pa.nulls(1 << 25), pa.RunEndEncodedArray.from_arrays(pa.array([1 << 40]), pa.array([1.0]))],
    ids=["nulls", "one run"],
)
def test_rows_without_data_are_not_believed(tmp_path: Path, column: pa.Array) -> None:
    batch = pa.RecordBatch.from_arrays([column], ["x"])
    path, options = tmp_path / "t.arrow", pa.ipc.IpcWriteOptions(allow_64bit=True)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema, options=options) as writer:
        writer.write_batch(batch)
    for read in (read_table, lambda path: list(read_batches(path))):
        with pytest.raises(UnreadableTable, match=r"it claims [\d,]+ rows, but holds only"):
            read(path)


def packed(path: Path, kind: str) -> Path:
    """A small file with a large table."""
    if kind == "parquet":
        parquet.write_table(pa.table({"x": np.zeros(2_000_000)}), path)
    elif kind == "jsonl.gz":
        path.write_bytes(gzip.compress(b'{"x": 1}\n' * 1_000_000))
    else:
        path.write_bytes((gzip.compress if kind == "csv.gz" else bytes)(b"x,y\n" + b"1,2\n" * 2_000_000))
    return path


@pytest.mark.parametrize("kind", ["parquet", "jsonl.gz", "csv.gz", "csv"])
def test_what_memory_cannot_hold_is_refused_before_it_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = packed(tmp_path / f"t.{kind}", kind)
    monkeypatch.setattr(validation, "machine_memory", lambda: 4_000_000)
    with pytest.raises(UnreadableTable, match=r"it takes about [\d.]+ MB as a table, more than the memory of 4 MB"):
        read_table(path)
    assert next(read_batches(path)).num_rows
    monkeypatch.setattr(validation, "machine_memory", lambda: 10**9)
    assert read_table(path).num_rows >= 1_000_000


HALF = "Orl\udce9ans"


@pytest.mark.parametrize("text", [HALF, "\ud800", "x \udfff", "日本\udc80"])
def test_half_a_surrogate_pair_is_refused_by_every_way_in(model: wade.Model, text: str) -> None:
    one, two = (pd.DataFrame({"x": 1.0, "c": pd.Series(texts, dtype=object)}) for texts in ([text], ["a", text]))
    for rows in ({"x": 1.0, "c": text}, one, two):
        with pytest.raises(UnreadableTable, match=r"column 'c'.*text that cannot be UTF-8"):
            model.predict(rows)
    named = pd.DataFrame([[1.0, "a", 1]], columns=pd.Index(["x", "c", text], dtype=object))
    for rows in ({"x": 1.0, "c": "a", text: 1, "d": [1]}, named):
        with pytest.raises(UnreadableTable, match=r"the name of column 3: text that cannot be UTF-8"):
            read_table(rows)


def test_whole_numbers_beyond_64_bits_in_a_frame_are_read() -> None:
    in_frame = read_table(pd.DataFrame({"x": [10**30, 1]}))["x"]
    assert list(map(float, in_frame.to_pylist())) == [1e30, 1.0]


def test_dictionaries_of_lists_are_named() -> None:
    lists = pa.DictionaryArray.from_arrays(pa.array([0, 0, None]), pa.array([[1]]))
    assert read_table(pa.table({"x": lists}))["x"].to_pylist() == [[1], [1], None]
    with pytest.raises(DataError, match="column 'c'"):
        wade.learn(pa.table({"c": pa.concat_arrays([lists] * 20), "y": ["p", "q"] * 30}), "y", epochs=1)


def test_good_tables_pass_unchanged() -> None:
    assert validated(TABLE, "t") is TABLE
    assert validated(TABLE.slice(3, 0), "t").num_rows == 0
    assert validated(pa.table({"x": pa.chunked_array([], pa.string())}), "t").num_rows == 0
