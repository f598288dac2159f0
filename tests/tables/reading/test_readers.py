"""Files and frames come in as one tidy table, or one message says what is wrong and what to do."""

from __future__ import annotations

import gzip
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wade.errors import InvalidArgument, UnreadableTable
from wade.tables import read_batches, read_table, table_name


@pytest.fixture
def write(tmp_path):
    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("table.csv", "a,b\n1,x\n2,y\n"),
        ("table.csv", "a,b\r\n1,x\r\n2,y\r\n"),
        ("table.csv", "\ufeffa,b\n1,x\n2,y"),
        ("table.csv", 'a,"b"\n1," x "\n\n 2,y\n'),
        ("table.csv", "a;b\n1;x\n2;y\n"),
        ("table.tsv", "a\tb\n1\tx\n2\ty\n"),
        ("table.txt", "a\tb\n1\tx\n2\ty\n"),
        ("table.csv.gz", gzip.compress(b"a,b\n1,x\n2,y\n", mtime=0)),
    ],
)
def test_the_same_table_however_it_is_written(write, name, content):
    assert read_table(write(content, name)).to_pydict() == {"a": [1, 2], "b": ["x", "y"]}


def test_parquet_by_its_content(write):
    path = write(b"", "table.data")
    pq.write_table(pa.table({"a": [1.5, None]}), path)
    assert read_table(path).to_pydict() == {"a": [1.5, None]}
    assert read_table(str(path)).to_pydict() == {"a": [1.5, None]}


@pytest.mark.parametrize("mark", ["", " ", "NA", " NA ", "N/A", "NaN", "nan", "null", "NULL", "None", "?", " ?"])
def test_marks_of_missing_values_in_numbers_and_in_text(write, mark):
    table = read_table(write(f"number,text\n1.5,x\n{mark},{mark}\n2,y\n"))
    assert table.to_pydict() == {"number": [1.5, None, 2.0], "text": ["x", None, "y"]}


def test_marks_of_ones_own(write):
    content = "number,text\n-999,x\n3,unknown\n"
    table = read_table(write(content), missing=["-999", "unknown"])
    assert table.to_pydict() == {"number": [None, 3], "text": ["x", None]}
    assert read_table(pa.table({"number": [-999.0, 3.0]}), missing=["-999"])["number"].to_pylist() == [None, 3.0]


def test_numbers_with_a_plus():
    table = read_table(pa.table({"whole": ["+5", "0", "-1"], "other": ["+5.5", "+.5", "+1e3"]}))
    assert table.to_pydict() == {"whole": [5, 0, -1], "other": [5.5, 0.5, 1000.0]}


def test_marks_among_whole_numbers_that_are_no_doubles():
    table = read_table(pa.table({"x": [2**53 + 1, -999, 2**62]}), missing=["-999", "0.5", "1e30", "inf"])
    assert table["x"].to_pylist() == [2**53 + 1, None, 2**62]


def test_text_that_must_stay_text(write):
    path = write("zip,n\n11234,1\n20501,2\n")
    assert read_table(path).to_pydict() == {"zip": [11234, 20501], "n": [1, 2]}
    assert read_table(path, text=["zip", "absent"]).to_pydict() == {"zip": ["11234", "20501"], "n": [1, 2]}


def test_text_over_several_lines(write):
    assert read_table(write('a,b\n"x\ny",1\nz,2\n'))["a"].to_pylist() == ["x\ny", "z"]


HEADER_ONLY = "a,b\n"
BAD = {
    "empty": ("", "the file is empty"),
    "blank": (" \n\n", "the file is empty"),
    "header only": (HEADER_ONLY, "column names but no rows"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is a picture"),
    "too many values": ("a,b\n1,2\n3,4,5\n", "row 2: 3 values under 2 column names"),
    "too few values": ("a,b\n1,2\n3,4\n5\n", "row 3: 1 value under 2 column names"),
    "prose": ("Dear Sir or Madam\nI write, to you, about\n", "row 1: 3 values under 1 column name"),
    "open quotation mark": ('a,b\n"x,1\n2,3\n', "row 1"),
    "duplicated names": ("a,b,a\n1,2,3\n", "columns 1 and 3 share the name 'a'"),
    "no name": (",b\n1,2\n", "column 1 has no name"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_named_with_its_fault_and_a_remedy(write, case):
    content, fault = BAD[case]
    path = write(content, "flights of 2013.csv")
    with pytest.raises(UnreadableTable) as caught:
        read_table(path)
    message = str(caught.value)
    assert "flights of 2013.csv" in message
    assert fault in message
    assert caught.value.remedy
    assert isinstance(caught.value, ValueError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == message


def test_no_such_file_and_a_folder(tmp_path):
    with pytest.raises(UnreadableTable, match="there is no such file"):
        read_table(tmp_path / "absent.csv")
    with pytest.raises(UnreadableTable, match="a folder"):
        read_table(tmp_path)


@pytest.mark.parametrize("kept", [4, 100, -1])
def test_truncated_parquet(tmp_path, kept):
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table({"a": list(range(1000))}), path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UnreadableTable, match=r"not a complete Parquet file.*again"):
        read_table(path)


def test_the_row_that_breaks_is_found_far_down(write):
    rows = [f"{i},{i}" for i in range(200_000)]
    rows[150_016] += ",3"
    with pytest.raises(UnreadableTable, match="row 150017: 3 values"):
        read_table(write("a,b\n" + "\n".join(rows)))


PLAIN = {"a": [1, 2], "b": ["x", None], "c": [1.5, None]}


@pytest.mark.parametrize(
    "frame",
    [pa.table(PLAIN), pl.DataFrame(PLAIN), pl.DataFrame(PLAIN).lazy(), pd.DataFrame(PLAIN, index=[7, 9])],
    ids=["pyarrow", "polars", "lazy polars", "pandas"],
)
def test_frames(frame):
    assert read_table(frame).to_pydict() == PLAIN


def test_what_frames_hold_besides_plain_values():
    frame = pd.DataFrame(
        {
            "nan": [1.0, np.nan, 3.0],
            "objects": [1, None, "x"],
            "category": pd.Categorical(["1", "2", "1"]),
            "time": pd.to_datetime(["2013-01-01 08:00", None, "2013-07-01 08:00"]).tz_localize("America/New_York"),
            "whole": pd.array([1, None, 3], "Int64"),
            "span": pd.to_timedelta([1, 2, 3], "h"),
        }
    )
    table = read_table(frame)
    assert table["nan"].to_pylist() == [1.0, None, 3.0]
    assert table["objects"].to_pylist() == ["1", None, "x"]
    assert table["category"].to_pylist() == ["1", "2", "1"]
    assert [str(time) for time in table["time"].to_pylist()] == [
        "2013-01-01 08:00:00-05:00",
        "None",
        "2013-07-01 08:00:00-04:00",
    ]
    assert table["whole"].to_pylist() == [1, None, 3]
    assert table["span"].to_pylist() == [3600.0, 7200.0, 10800.0]


@pytest.mark.parametrize("kind", ["polars", "lazy", "pandas"])
def test_a_large_frame_is_not_copied(kind):
    n = 1_000_000
    at = np.arange(n)
    towns = np.array(["york", "bath", "rome"])[at % 3]
    moments = np.datetime64("2013-01-01", "ms") + at * np.timedelta64(1, "m")
    frame = pl.DataFrame({"x": at / 7, "n": at, "town": towns, "at": moments, "flag": at % 2 == 0})
    size = frame.estimated_size()
    source = {"polars": frame, "lazy": frame.lazy(), "pandas": frame.to_pandas()}[kind]
    before = pa.total_allocated_bytes()
    table = read_table(source)
    # The frame's own memory is read where it lies; what is new are the codes of the towns.
    assert pa.total_allocated_bytes() - before < (2 if kind == "lazy" else 0.7) * size
    assert table.num_rows == n
    for name, expected in {"x": at / 7, "n": at, "at": moments, "flag": at % 2 == 0}.items():
        assert (np.asarray(table[name]) == expected).all()
    assert (np.array(table["town"].to_pylist()) == towns).all()


def test_declared_categories_have_codes_of_one_kind():
    """Whatever codes a frame has: a batch of it must be of the kind that its beginning was."""
    for codes in (pa.int8(), pa.uint32(), pa.int64()):
        column = pa.array(["a", "b", "a"]).dictionary_encode().cast(pa.dictionary(codes, pa.string()))
        assert read_table(pa.table({"x": column}))["x"].type == pa.dictionary(pa.int32(), pa.string())
        assert [batch["x"].to_pylist() for batch in read_batches(pa.table({"x": column}))] == [["a", "b", "a"]]


def test_frames_that_are_no_tables():
    with pytest.raises(InvalidArgument, match="must be a path, a frame"):
        read_table([1, 2])
    with pytest.raises(UnreadableTable, match="share"):
        read_table(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(UnreadableTable, match="no rows"):
        read_table(pl.DataFrame({"a": []}))
    with pytest.raises(UnreadableTable, match="no columns"):
        read_table(pl.DataFrame())


def test_units_stay_with_their_fields():
    field = pa.field("wind", pa.float32(), metadata={"unit": "km/h"})
    table = read_table(pa.table([pa.array([1.0], pa.float32())], schema=pa.schema([field])))
    assert table.schema.field("wind").metadata == {b"unit": b"km/h"}


def test_names_of_sources():
    assert table_name("a/b.csv") == "a/b.csv"
    assert table_name(pl.DataFrame()) == "the polars table"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a","b"\n1,"x\ny"\n2,z\n', {"a": [1, 2], "b": ["x\ny", "z"]}),
        ('"a","b"\n1,x\n2,y\n', {"a": [1, 2], "b": ["x", "y"]}),
        ('"a\nb",c\n1,x\n2,y\n', {"a\nb": [1, 2], "c": ["x", "y"]}),
        ('a,b\r1,"x\ry"\r2,z\r', {"a": [1, 2], "b": ["x\ry", "z"]}),
        ('a,b\r\n1,"x\r\ny"\r\n2,z\r\n', {"a": [1, 2], "b": ["x\r\ny", "z"]}),
        ("a,b\n" + "1,x\n" * 400_000 + '2,"y\nz"\n', {"a": [*[1] * 400_000, 2], "b": [*["x"] * 400_000, "y\nz"]}),
    ],
    ids=["value", "only names in marks", "name", "CR", "CRLF", "far down"],
)
def test_values_over_several_lines(tmp_path, text, expected):
    path = tmp_path / "lines.csv"
    path.write_text(text, newline="")
    assert read_table(path).to_pydict() == expected
