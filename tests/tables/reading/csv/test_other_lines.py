"""Lines of a text file that are no rows are left out with a note, in every way of reading; no row is ever lost."""

from __future__ import annotations

import gzip
import io
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from wade.errors import UnreadableTable
from wade.tables import Dialect, read_table
from wade.tables.reading.csv.footers import RowShape
from wade.tables.reading.dataset import open_sources

NAMES = "region,state,n\n"
ROWS = [(f"r{i % 3}", f"s{i % 5}", i * 7 % 11) for i in range(12)]
TEXT = "".join(f"{region},{state},{n}\n" for region, state, n in ROWS)
TABLE = {"region": [row[0] for row in ROWS], "state": [row[1] for row in ROWS], "n": [row[2] for row in ROWS]}
TWICE = {name: values * 2 for name, values in TABLE.items()}
REPEATED = "Line 14 repeats the names of the columns, and is no row."

LEFT_OUT: dict[str, tuple[str, dict[str, list[Any]], tuple[str, ...]]] = {
    "names again": (NAMES + TEXT + NAMES + TEXT, TWICE, (REPEATED,)),
    "names again, in quotation marks": (NAMES + TEXT + '"region","state","n"\n' + TEXT, TWICE, (REPEATED,)),
    "names again, with blanks": (NAMES + TEXT + "region, state , n\n" + TEXT, TWICE, (REPEATED,)),
    "names again, in the last line": (NAMES + TEXT + NAMES.strip(), TABLE, (REPEATED,)),
    "names again, under a byte order mark": ("\ufeff" + NAMES + TEXT + "\ufeff" + NAMES + TEXT, TWICE, (REPEATED,)),
    "names again, with other line ends": ((NAMES + TEXT + NAMES + TEXT).replace("\n", "\r\n"), TWICE, (REPEATED,)),
    "names again, between semicolons": ((NAMES + TEXT + NAMES + TEXT).replace(",", ";"), TWICE, (REPEATED,)),
    "names on every page": (
        NAMES + (TEXT + NAMES) * 5 + TEXT,
        {name: values * 6 for name, values in TABLE.items()},
        ("Lines 14, 27, 40 and 2 more repeat the names of the columns, and are no rows.",),
    ),
    "names of text only": (
        "a,b\n" + "x,y\nz,u\n" * 8 + "a,b\nx,y\n",
        {"a": ["x", "z"] * 8 + ["x"], "b": ["y", "u"] * 8 + ["y"]},
        ("Line 18 repeats the names of the columns, and is no row.",),
    ),
    "a title": (
        "Sales 2023\n\n" + NAMES + TEXT,
        TABLE,
        ("2 lines stand above the names of the columns ('Sales 2023'): no rows.",),
    ),
    "a title of a spreadsheet": (
        "Sales 2023,,\n,,\n" + NAMES + TEXT,
        TABLE,
        ("2 lines stand above the names of the columns ('Sales 2023'): no rows.",),
    ),
    "a title that holds the separator": (
        "Sales, all shops, 2023; north\n" + (NAMES + TEXT).replace(",", ";"),
        TABLE,
        ("A line stands above the names of the columns ('Sales, all shops, 2023; north'): no rows.",),
    ),
    "facts about the table": (
        "Station,Berlin\nFrom,2013\nTo,2014\n" + NAMES + TEXT,
        TABLE,
        ("3 lines stand above the names of the columns ('Station,Berlin'): no rows.",),
    ),
    "a title, and both again": (
        "Sales\n\n" + NAMES + TEXT + "Sales\n\n" + NAMES + TEXT,
        TWICE,
        (
            "2 lines stand above the names of the columns ('Sales'): no rows.",
            "Line 18 repeats the names of the columns, and is no row.",
        ),
    ),
    "a total": (NAMES + TEXT + "Total,,60\n", TABLE, ("Line 14 is no row, and is left out ('Total,,60').",)),
    "a total of fewer cells": (NAMES + TEXT + "Total,60", TABLE, ("Line 14 is no row, and is left out ('Total,60').",)),
    "a total that adds up": (
        "shop,sold\na,3\nb,5\nc,8\nTotal,16\n",
        {"shop": ["a", "b", "c"], "sold": [3, 5, 8]},
        ("Line 5 is no row, and is left out ('Total,16').",),
    ),
    "a source": (
        NAMES + TEXT + "Source: Office of Trade\n",
        TABLE,
        ("Line 14 is no row, and is left out ('Source: Office of Trade').",),
    ),
    "a total and a source": (
        NAMES + TEXT + "\nGrand total,,60\n\nSource: Office, 2023\n",
        TABLE,
        ("Lines 14, 15, 16 and 1 more are no rows, and are left out ('Grand total,,60', 'Source: Office, 2023').",),
    ),
    "a count of rows": (NAMES + TEXT + "(12 rows)\n", TABLE, ("Line 14 is no row, and is left out ('(12 rows)').",)),
    "a total on every page": (
        NAMES + TEXT + "Total,,60\n" + NAMES + TEXT + "Total,,60\n",
        TWICE,
        (
            "Line 15 repeats the names of the columns, and is no row.",
            "Lines 14 and 28 are no rows, and are left out ('Total,,60', 'Total,,60').",
        ),
    ),
    "units": (
        "t,p,where\n°C,hPa,\n20.5,1013,a\n21.5,1014,b\n19.5,1010,a\n",
        {"t": [20.5, 21.5, 19.5], "p": [1013, 1014, 1010], "where": ["a", "b", "a"]},
        ("The line under the names holds units ('°C', 'hPa'), and is no row.",),
    ),
    "units in brackets": (
        "t,where\n[degC],[-]\n20.5,a\n21.5,b\n19.5,a\n",
        {"t": [20.5, 21.5, 19.5], "where": ["a", "b", "a"]},
        ("The line under the names holds units ('[degC]', '[-]'), and is no row.",),
    ),
    "empty columns": (
        (NAMES + TEXT).replace("\n", ",,\n"),
        TABLE,
        ("Columns 4 and 5 have neither a name nor a value: left out.",),
    ),
    "an empty column in the middle": (
        "a,,b\n1,,2\n3,,4\n",
        {"a": [1, 3], "b": [2, 4]},
        ("Column 2 has neither a name nor a value: left out.",),
    ),
    "separators at the end of rows": (
        NAMES + TEXT.replace("\n", ",,\n"),
        TABLE,
        ("Columns 4 and 5 have neither a name nor a value: left out.",),
    ),
    "separators at the end of the names": (NAMES.replace("\n", ",,\n") + TEXT, TABLE, ()),
}

NOTHING_LEFT_OUT: dict[str, tuple[str, dict[str, list[Any]]]] = {
    "a plain table": (NAMES + TEXT, TABLE),
    "a row that holds some of the names": (
        "word,tag,n\n" + "word,tag,1\nword,x,2\ny,tag,3\n",
        {"word": ["word", "word", "y"], "tag": ["tag", "x", "tag"], "n": [1, 2, 3]},
    ),
    "the names inside a quoted value": (
        'a,note\n1,"x\na,note\ny"\n2,z\n',
        {"a": [1, 2], "note": ["x\na,note\ny", "z"]},
    ),
    "a single column in which its name comes back": ("a\nx\na\ny\n", {"a": ["x", "a", "y"]}),
    "a shop called Total among others": (
        "shop,city,sold\nTotal,x,3\nShell,y,5\nTotal,,9\n",
        {"shop": ["Total", "Shell", "Total"], "city": ["x", "y", None], "sold": [3, 5, 9]},
    ),
    "a last row called Total with all values": (
        NAMES + TEXT + "Total,s1,5\n",
        {"region": [*TABLE["region"], "Total"], "state": [*TABLE["state"], "s1"], "n": [*TABLE["n"], 5]},
    ),
    "Total where such cells are often empty": (
        "shop,city,sold\nA,,3\nB,y,5\nTotal,,9\n",
        {"shop": ["A", "B", "Total"], "city": [None, "y", None], "sold": [3, 5, 9]},
    ),
    "a last row without values": (
        NAMES + TEXT + ",,\n",
        {name: [*values, None] for name, values in TABLE.items()},
    ),
    "a last row with one value": (
        NAMES + TEXT + "r1,,\n",
        {"region": [*TABLE["region"], "r1"], "state": [*TABLE["state"], None], "n": [*TABLE["n"], None]},
    ),
    "a last row with one new value": (
        "city,late\nRome,1\nNew York,0\nLos Angeles,\n",
        {"city": ["Rome", "New York", "Los Angeles"], "late": [1, 0, None]},
    ),
    "a first row of short texts": (
        "a,b\nm,x\ng,y\ns,x\n",
        {"a": ["m", "g", "s"], "b": ["x", "y", "x"]},
    ),
    "names with empty cells in the first row": ("a,b\n,x\n1,\n", {"a": [None, 1], "b": ["x", None]}),
    "years as names": ("2019,2020\n1,2\n3,4\n", {"2019": [1, 3], "2020": [2, 4]}),
}

REFUSED = {
    "a row that was cut off": (NAMES + TEXT + "r1", "row 13: 1 value under 3 column names"),
    "a row that was cut off in a value of words": (
        "city,late,n\nNew York,yes,1\nLos Angeles,no,2\nSan Jo",
        "row 3: 1 value under 3 column names",
    ),
    "row labels without a name": ("a,b\nx,1,2\ny,3,4\nz,5,6\n", "row 1: 3 values under 2 column names"),
    "row labels without a name, all text": ("a\nx,m\ny,n\nz,m\n", "row 1: 2 values under 1 column name"),
    "a title over values": ("Sales\n1,2,3\n4,5,6\n", "row 1: 3 values under 1 column name"),
    "a column without a name that holds a value": (NAMES.replace("\n", ",\n") + "r,s,1,5\n", "column 4 has no name"),
    "a first line that comes again and again": (
        "red,round\nblue,square\nred,round\nred,square\n",
        "the first line comes again in 1 of 3 lines",
    ),
}


def read_both(source: Any, **how: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The table and the notes, which are the same whole and in batches."""
    with ExitStack() as scratch:
        opened = open_sources([source], scratch, **how)
        whole = opened.whole().reading
        assert pa.Table.from_batches([batch.rows for batch in opened.batches()]).to_pydict() == whole.table.to_pydict()
        assert opened.notes == whole.notes
    return whole.table.to_pydict(), whole.notes


@pytest.fixture(params=["file", "gzip", "folder", "standard input", "utf-16"])
def given(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def written(text: str) -> Any:
        path = tmp_path / "table.csv"
        data = text.encode("utf-16" if request.param == "utf-16" else "utf-8")
        path.write_bytes(gzip.compress(data) if request.param == "gzip" else data)
        if request.param == "standard input":
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
            return "-"
        return tmp_path if request.param == "folder" else path

    return written


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_line_that_is_no_row_is_left_out_with_a_note(name: str, given: Any) -> None:
    text, table, notes = LEFT_OUT[name]
    found, said = read_both(given(text))
    assert found == table
    assert tuple(note for note in said if "byte order" not in note) == notes


@pytest.mark.parametrize("name", NOTHING_LEFT_OUT)
def test_no_row_is_lost(name: str, given: Any) -> None:
    text, table = NOTHING_LEFT_OUT[name]
    assert read_both(given(text)) == (table, ())


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_certain_is_refused(name: str, tmp_path: Path) -> None:
    text, problem = REFUSED[name]
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(UnreadableTable) as caught:
        read_table(path)
    assert problem in str(caught.value)


def test_remedies_work(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("Sales\n1,2,3\n4,5,6\n")
    with pytest.raises(UnreadableTable, match="--skip N"):
        read_table(path)
    assert read_table(path, dialect=Dialect(skip=1, header=False)).num_rows == 2
    path.write_text("red,round\nblue,square\nred,round\nred,square\n")
    assert read_table(path, dialect=Dialect(header=False)).num_rows == 4
    assert read_table(path, dialect=Dialect(header=True)).num_rows == 2


def test_far_down_in_a_large_file_and_in_each_file_of_a_folder(tmp_path: Path) -> None:
    many = TEXT * 20_000
    (tmp_path / "a.csv").write_text(NAMES + many + NAMES + TEXT + "Total,,60\n")
    (tmp_path / "b.csv").write_text(NAMES + TEXT)
    table, notes = read_both(tmp_path)
    assert table == {name: values * 20_002 for name, values in TABLE.items()}
    assert notes == (
        f"{tmp_path / 'a.csv'}: Line 240,002 repeats the names of the columns, and is no row.",
        f"{tmp_path / 'a.csv'}: Line 240,015 is no row, and is left out ('Total,,60').",
    )


def test_a_value_without_a_name_far_down_is_refused_in_batches_too(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(NAMES.replace("\n", ",\n") + TEXT.replace("\n", ",\n") * 20_000 + "r1,s1,5,x\n")
    with ExitStack() as scratch, pytest.raises(UnreadableTable, match="column 4 has no name"):
        for _ in open_sources([path], scratch).batches():
            pass


def test_lines_that_were_skipped_in_the_training_table_are_not_expected_of_a_later_file(tmp_path: Path) -> None:
    path = tmp_path / "later.csv"
    path.write_text(NAMES + TEXT)
    assert read_both(path, expected=Dialect(skip=2)) == (TABLE, ())


def test_comments_count_as_lines_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("# a\n# b\n" + NAMES + TEXT + "# c\n" + NAMES + TEXT)
    assert read_both(path)[1][-1] == "Line 17 repeats the names of the columns, and is no row."


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        ([], 0),
        (["Total,,5\n"], 0),  # a table of footers only
        (["a,x,1\n", "Subtotal:,,5\n"], 1),
        (["a,x,1\n", "Average (n=3),,5\n"], 1),
        (["a,x,1\n", "Notes\n", "* provisional\n"], 2),
        (["a,x,1\n", "figures are provisional\n"], 1),
        (["a,x,1\n", "provisional\n"], 0),
        (["a,x,1\n", "5\n"], 0),
        (["a,x,1\n", ",,\n"], 0),
        (["a,x,1\n", ",,\n", ",,\n"], 2),
        (["a,x,1\n", "Total,x,1,1\n"], 0),
    ],
)
def test_footers(lines: list[str], count: int) -> None:
    shape = RowShape.of([["a", "x", "1"], ["b", "y", "2"]], 3, ",", '"', whole=False)
    assert shape.footer(lines) == count


@pytest.mark.parametrize("first", ["04/02/2000", "4/2/00", "1/2", "3/4/5", "1*2", "2^3", "10·20", "1/2-3"])
def test_a_first_row_of_figures_between_signs_is_no_line_of_units(tmp_path: Path, first: str) -> None:
    (tmp_path / "t.csv").write_text(f"a,b\n{first},7\n" + "05/14/2010,1\n08/01/2013,2\n09/03/2001,3\n" * 4)
    assert read_table(tmp_path / "t.csv", text=["a"])["a"].to_pylist()[0] == first
    assert read_table(tmp_path / "t.csv").num_rows == 13
