"""Whatever is wrong with a file: a message with file, column, row and remedy, or a handling that is documented.

One list. Each case is the content of a file (or a function that prepares one), its name, and what is expected: parts of
the message, or the columns that come out.
"""

from __future__ import annotations

import bz2
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from wade.errors import UnreadableTable
from wade.tables import Dialect, read_batches, read_table


class Case(NamedTuple):
    content: Any
    """Bytes, text, a mapping of file names to either, or a function of the folder that prepares it."""
    expected: tuple[str, ...] | dict[str, list[Any]]
    """Parts of the message; or the columns."""
    name: str = "table.csv"
    dialect: Dialect = Dialect()


def parquet_bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def feather_bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    feather.write_feather(table, sink)
    return sink.getvalue()


SMALL = pa.table({"a": list(range(1000)), "b": ["x"] * 1000})
LONG = "a,b\n" + "".join(f"{i},x\n" for i in range(300_000))
LATE = "a,b\n" + "".join(f"{i},x\n" for i in range(100_000))
NAME = "<script>alert(1)</script>"

CASES = {
    # Rows that are not like the others.
    "a row with too many values": Case("a,b\n1,2\n3,4,5\n", ("table.csv, row 2: 3 values under 2 column names", "-")),
    "a row with too few values": Case("a,b\n1,2\n3\n", ("table.csv, row 2: 1 value under 2 column names", "Correct")),
    "a row too long far down": Case(LATE + "1,2,3\n", ("table.csv, row 100001: 3 values",)),
    "a ragged row without a header": Case("1,2\n3,4\n5\n", ("row 3: 1 value where the first row has 2",)),
    "a ragged row below comments": Case("# c\na,b\n1,2\n3\n", ("row 2: 1 value",)),
    "separators that change": Case("a;b;c\n1,2,3\n4,5,6\n", ("row 1: 1 value under 3 column names", "a semicolon")),
    "a separator at the end of rows only": Case("a,b\n1,2,\n3,4,\n", {"a": [1, 3], "b": [2, 4]}),
    "a separator at the end of every line": Case("a,b,\n1,2,\n3,4,\n", {"a": [1, 3], "b": [2, 4]}),
    "blank lines": Case("a,b\n\n1,2\n\n\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
    "spaces after separators": Case("a, b\n1, x\n2, y\n", {"a": [1, 2], "b": ["x", "y"]}),
    # Quotation marks.
    "a quotation mark never closed": Case('a,b\n1,x\n2,"y\n3,z\n', ("table.csv, row 2", "quotation mark", "Close it")),
    "a quotation mark never closed far up": Case(
        'a,b\n1,"x\n' + LONG[4:], ("table.csv, row 1", "quotation mark", "Close it")
    ),
    "a quotation mark closed two rows later": Case('a,b\n1,"x\n2,"y"\n3,z\n', ("row 1", "quotation mark")),
    "a quotation mark in the names": Case('a,"b\n1,2\n3,4\n', ("the line of column names", "quotation mark")),
    "an inch mark in a value": Case('a,b\n1,5" pipe\n2,6" pipe\n', {"a": [1, 2], "b": ['5" pipe', '6" pipe']}),
    "a doubled quotation mark": Case('a,b\n1,"say ""hi"""\n2,y\n', {"a": [1, 2], "b": ['say "hi"', "y"]}),
    "values in single quotes": Case("a,b\n'1,5','x'\n'2,5','y'\n", {"a": [1.5, 2.5], "b": ["x", "y"]}),
    # Names.
    "two columns of one name": Case("a,b,a\n1,2,3\n", ("columns 1 and 3 share the name 'a'", "own name")),
    "names alike but for white space": Case("a,b,a \n1,2,3\n", ("columns 1 and 3 share the name 'a'",)),
    "a column without a name": Case(",b\n1,2\n", ("column 1 has no name", "index=False")),
    "a name with a control character": Case("a\x1b[31m,b\n1,2\n", {"a\x1b[31m": [1], "b": [2]}),
    "a name with markup": Case(f"{NAME},b\n1,2\n", {NAME: [1], "b": [2]}),
    "a control character in a message": Case("a\x1b,a\x1b\n1,2\n", (r"'a\x1b'",)),
    "years as names": Case("city,2013,2014\nNYC,1.5,2.5\n", {"city": ["NYC"], "2013": [1.5], "2014": [2.5]}),
    # Few rows, or none.
    "an empty file": Case("", ("table.csv: the file is empty", "Give")),
    "white space only": Case(" \n\n", ("the file is empty",)),
    "a header only": Case("a,b\n", ("column names but no rows", "--no-header")),
    "comments only": Case("# one\n# two\n", ("the file holds comments only", "Give")),
    "one row": Case("a,b\n1,x\n", {"a": [1], "b": ["x"]}),
    "one row without a header": Case("1,x\n", {"column_1": [1], "column_2": ["x"]}),
    "no header": Case("1.5,x\n2,y\n", {"column_1": [1.5, 2.0], "column_2": ["x", "y"]}),
    # Encodings.
    "Latin-1": Case("a,b\ncafé,2\n".encode("latin-1"), {"a": ["café"], "b": [2]}),
    "Latin-1 names": Case("é,b\n1,2\n".encode("latin-1"), {"é": [1], "b": [2]}),
    "Cyrillic in one byte": Case("a,b\nпривет,2\n".encode("cp1251"), ("not UTF-8", "--encoding windows-1251")),
    "Cyrillic, as said": Case(
        "a,b\nпривет,2\n".encode("cp1251"), {"a": ["привет"], "b": [2]}, dialect=Dialect(encoding="windows-1251")
    ),
    "another encoding far down": Case(
        LATE.encode() + "5,é\n".encode("latin-1"), ("column 'b', row 100001", "0xE9", "--encoding")
    ),
    "an encoding that is said wrongly": Case("a,b\né,2\n", ("not ascii",), dialect=Dialect(encoding="ascii")),
    "a wrong byte far down in an encoding as said": Case(
        LATE.encode("shift_jis") + b"5,\x81\xff\n", ("not shift_jis",), dialect=Dialect(encoding="shift_jis")
    ),
    "UTF-8 with a byte order mark": Case("\ufeffa,b\n1,2\n", {"a": [1], "b": [2]}),
    "UTF-16 with a byte order mark": Case("a,b\n1,é\n".encode("utf-16"), {"a": [1], "b": ["é"]}),
    "UTF-16, big end first": Case(b"\xfe\xff" + "a,b\n1,é\n".encode("utf-16-be"), {"a": [1], "b": ["é"]}),
    "UTF-16 without a byte order mark": Case("a,b\n1,é\n".encode("utf-16-le"), {"a": [1], "b": ["é"]}),
    "NUL bytes": Case(b"a,b\n1,\0\0\n2,3\n", ("table.csv", "binary data", "UTF-8")),
    # Numbers.
    "a number too large for any": Case("a,b\n1e999,x\n2,y\n", {"a": [float("inf"), 2.0], "b": ["x", "y"]}),
    "infinity in words": Case("a,b\n-inf,x\n2,y\n", {"a": [float("-inf"), 2.0], "b": ["x", "y"]}),
    "a whole number of 20 digits": Case(
        "a,b\n12345678901234567890,x\n2,y\n", {"a": ["12345678901234567890", "2"], "b": ["x", "y"]}
    ),
    "1,234 and nothing else": Case('a,b\n"1,234",x\n"5,678",y\n', ("column 'a'", "1234 or 1.234", '--decimal "."')),
    "1,234 beside 1.5": Case('a,b\n"1,234",1.5\n7,2\n', {"a": [1234, 7], "b": [1.5, 2.0]}),
    "1,234 beside 1,5": Case("a;b\n1,234;1,5\n7;2\n", {"a": [1.234, 7.0], "b": [1.5, 2.0]}),
    "1,234 as said": Case('a,b\n"1,234",x\n2,y\n', {"a": [1.234, 2.0], "b": ["x", "y"]}, dialect=Dialect(decimal=",")),
    "0,234 is no thousand": Case('a,b\n"0,234",x\n2,y\n', {"a": [0.234, 2.0], "b": ["x", "y"]}),
    "1.234 and nothing else": Case("a;b\n1.234;x\n2;y\n", {"a": [1.234, 2.0], "b": ["x", "y"]}),
    "1.234 far below a decimal comma": Case(
        "a;b\n" + "7;1,5\n" * 50_000 + "1.234;2\n", {"a": [7] * 50_000 + [1234], "b": [1.5] * 50_000 + [2.0]}
    ),
    "1.5 far below a decimal comma": Case(
        "a;b\n" + "7;1,5\n" * 50_000 + "1.5;2\n", {"a": ["7"] * 50_000 + ["1.5"], "b": [1.5] * 50_000 + [2.0]}
    ),
    "groups of digits": Case("a;b\n1.234.567,5;x\n12;y\n", {"a": [1234567.5, 12.0], "b": ["x", "y"]}),
    "groups by spaces": Case("a;b\n1 234;x\n12 345 678;y\n", {"a": [1234, 12345678], "b": ["x", "y"]}),
    "versions are no numbers": Case("a,b\n1.2.3,1\n1.10.0,2\n", {"a": ["1.2.3", "1.10.0"], "b": [1, 2]}),
    "a dash among numbers": Case("a,b\n1,x\n-,y\n3,z\n", {"a": [1, None, 3], "b": ["x", "y", "z"]}),
    "text among numbers stays text": Case("a,b\n1,x\nfour,y\n3,z\n", {"a": ["1", "four", "3"], "b": ["x", "y", "z"]}),
    # Dates.
    "a date that is none": Case("a,b\n2013-02-28,1\n2013-02-30,2\n", {"a": ["2013-02-28", "2013-02-30"], "b": [1, 2]}),
    "times with and without a zone": Case(
        "a,b\n2013-01-01T10:00:00Z,1\n2013-01-01T10:00:00,2\n", ("column 'a', row 2", "no offset from UTC", "Write all")
    ),
    "a month that is none": Case("a,b\n2013-13-01,1\n2013-01-01,2\n", {"a": ["2013-13-01", "2013-01-01"], "b": [1, 2]}),
    "dates written in two ways": Case(
        "a,b\n2013-01-31,1\n31/01/2013,2\n", {"a": ["2013-01-31", "31/01/2013"], "b": [1, 2]}
    ),
    "offsets of two zones": Case(
        "a,b\n2013-01-01T10:00:00+01:00,1\n2013-07-01T10:00:00+02:00,2\n",
        {"a": ["2013-01-01T10:00:00+01:00", "2013-07-01T10:00:00+02:00"], "b": [1, 2]},
    ),
    "an offset far down": Case(
        "a,b\n" + "2013-01-01 10:00:00,1\n" * 100_000 + "2013-01-01 10:00:00+02:00,2\n",
        ("table.csv, column 'a', row 100001: the time '2013-01-01 10:00:00+02:00' has offset", "Write all"),
    ),
    "zones by name": Case(
        "a,b\n2013-01-01 10:00 CET,1\n2013-07-01 10:00 CEST,2\n",
        {"a": ["2013-01-01 10:00 CET", "2013-07-01 10:00 CEST"], "b": [1, 2]},
    ),
    # Very long values.
    "a quoted value of many lines": Case(
        'a,b\n1,"' + "x\n" * 100_000 + '"\n2,y\n', ("table.csv, row 1", "longer than 131,072 characters", "shorten")
    ),
    # Line ends and lines above the table.
    "CRLF": Case("a,b\r\n1,x\r\n2,y\r\n", {"a": [1, 2], "b": ["x", "y"]}),
    "CR alone": Case("a,b\r1,x\r2,y\r", {"a": [1, 2], "b": ["x", "y"]}),
    "comments between rows": Case("# c\na,b\n1,x\n# d,e\n2,y\n", {"a": [1, 2], "b": ["x", "y"]}),
    "a name that begins like a comment": Case("#a,b\n1,x\n2,y\n", {"#a": [1, 2], "b": ["x", "y"]}),
    "a comment mark within a quoted value": Case('# c\na,b\n1,"x\n# y"\n2,z\n', {"a": [1, 2], "b": ["x\n# y", "z"]}),
    "the separator in the first line": Case("sep=;\na;b\n1;x\n", {"a": [1], "b": ["x"]}),
    "lines above the table, as said": Case("Report\n\na,b\n1,x\n", {"a": [1], "b": ["x"]}, dialect=Dialect(skip=2)),
    # Other formats, whole, cut off, and under a wrong name.
    "Parquet cut in half": Case(parquet_bytes(SMALL)[:2000], ("not a complete Parquet file", "again"), "t.parquet"),
    "Feather cut in half": Case(feather_bytes(SMALL)[:500], ("not a complete Feather", "again"), "t.feather"),
    "text with the ending of Parquet": Case("a,b\n1,x\n", {"a": [1], "b": ["x"]}, "t.parquet"),
    "Parquet with the ending of CSV": Case(parquet_bytes(pa.table({"a": [1]})), {"a": [1]}, "t.csv"),
    "gz cut off": Case(gzip.compress(LONG.encode())[:-2000], ("gzip compression is cut off", "again"), "t.csv.gz"),
    "gz damaged": Case(gzip.compress(b"a,b\n1,2\n")[:12] + b"\xff" * 9, ("gzip compression is cut off",), "t.csv.gz"),
    "the ending .gz on plain text": Case("a,b\n1,x\n", {"a": [1], "b": ["x"]}, "t.csv.gz"),
    "bz2 cut off": Case(bz2.compress(LONG.encode())[:-20], ("bz2 compression is cut off", "again"), "t.csv.bz2"),
    "zst damaged": Case(b"\x28\xb5\x2f\xfd" + b"junk" * 9, ("zstd compression is cut off", "again"), "t.csv.zst"),
    "UTF-16 cut off": Case("a,b\n1,é\n".encode("utf-16")[:-1], ("not utf-16", "Name another encoding")),
    "half of a character": Case(b"a,b\n\xed\xa0\x80,2\n", ("not UTF-8", "--encoding")),
    "Parquet without rows": Case(parquet_bytes(SMALL.slice(0, 0)), ("column names but no rows", "Give"), "t.parquet"),
    "an SQLite database": Case(b"SQLite format 3\0" + bytes(50), ("an SQLite database", "Write"), "t.db"),
    "an Excel workbook": Case(b"PK\x03\x04" + bytes(50), ("an Excel workbook", "save the sheet as CSV"), "t.csv"),
    "a page of HTML": Case("<!DOCTYPE html>\n<html>", ("a page of HTML", "Download")),
    "one JSON array": Case('[{"a": 1}, {"a": 2}]', ("one JSON array", "jq"), "t.json"),
    "JSON that breaks off": Case(
        '{"a": 1}\n{"a": 2}\n{"a": \n', ("t.jsonl, row 3", "one JSON object per line"), "t.jsonl"
    ),
    "JSON of two types": Case('{"a": 1}\n{"a": "x"}\n', ("column 'a', row 2", "from number to string"), "t.jsonl"),
    "JSON with a key that comes twice": Case('{"a": 1, "a": 2}\n', ("t.jsonl, row 1", "specified twice"), "t.jsonl"),
    "JSON objects that are empty": Case("{}\n{}\n", ("it has no columns", "Give"), "t.jsonl"),
    "JSON with a key that is missing": Case('{"a": 1}\n{"a": 2, "b": 3}\n', {"a": [1, 2], "b": [None, 3]}, "t.jsonl"),
    "JSON within JSON": Case('{"a": {"b": 1, "c": "x"}}\n', {"a.b": [1], "a.c": ["x"]}, "t.jsonl"),
    # Several files, and none.
    "no such file": Case({}, ("absent.csv: there is no such file", "spelling"), "absent.csv"),
    "a pattern that fits no file": Case({}, ("no file fits this pattern",), "*.csv"),
    "a folder without tables": Case({"notes.md": "x"}, ("no table in it",), "."),
    "two files": Case({"1.csv": "a,b\n1,x\n", "2.csv": "b,a\ny,2\n"}, {"a": [1, 2], "b": ["x", "y"]}, "."),
    "a pattern": Case({"1.csv": "a,b\n1,x\n", "2.txt": "b,a\ny,2\n"}, {"a": [1], "b": ["x"]}, "*.csv"),
    "files of different kinds": Case(
        {"1.csv": "a,b\n1,x\n", "2.parquet": parquet_bytes(pa.table({"a": [2.5], "b": ["y"]})), "_3.csv": "q\n"},
        {"a": [1.0, 2.5], "b": ["x", "y"]},
        ".",
    ),
    "a file that lacks a column": Case(
        {"1.csv": "a,b\n1,x\n", "2.csv": "a\n2\n3\n"}, ("2.csv: column 'b' is missing, which", "1.csv has"), "."
    ),
    "a file that has one column more": Case(
        {"1.csv": "a\nx\n", "2.csv": "a,b\n2,3\n"}, ("1.csv: column 'b' is missing, which", "2.csv has"), "."
    ),
    "codes that are text in one file": Case(
        {"1.csv": "a,b\n007,1\n", "2.csv": "a,b\nX9,2\n"}, {"a": ["007", "X9"], "b": [1, 2]}, "."
    ),
    "files of types that do not go together": Case(
        {"1.parquet": parquet_bytes(pa.table({"a": [True]})), "2.parquet": parquet_bytes(pa.table({"a": [2]}))},
        ("2.parquet, column 'a'", "type int64", "type bool"),
        ".",
    ),
}


@pytest.fixture
def prepare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Case], str]:
    monkeypatch.chdir(tmp_path)

    def prepare(case: Case) -> str:
        files = case.content if isinstance(case.content, dict) else {case.name: case.content}
        for name, content in files.items():
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return case.name

    return prepare


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_bad_file_is_named_with_its_fault_and_a_remedy_or_read_as_documented(
    prepare: Callable[[Case], str], case: Case
) -> None:
    source = prepare(case)
    if isinstance(case.expected, dict):
        assert read_table(source, dialect=case.dialect).to_pydict() == case.expected
        return
    with pytest.raises(UnreadableTable) as caught:
        read_table(source, dialect=case.dialect)
    assert all(part in str(caught.value) for part in case.expected), str(caught.value)
    assert caught.value.remedy
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_batches_hold_the_same_or_name_the_same_fault(prepare: Callable[[Case], str], case: Case) -> None:
    source = prepare(case)
    try:
        whole = read_table(source, dialect=case.dialect)
    except UnreadableTable:
        with pytest.raises(UnreadableTable):
            list(read_batches(source, dialect=case.dialect))
        return
    assert pa.Table.from_batches(read_batches(source, dialect=case.dialect)).to_pydict() == whole.to_pydict()
