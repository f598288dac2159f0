"""In a table of one column a blank line is a missing value, in every way of reading; what is left out is said."""

from __future__ import annotations

import io
from contextlib import ExitStack
from pathlib import Path

import pytest

from wade.tables.reading.csv import blank_lines
from wade.tables.reading.csv.blank_lines import OneColumn
from wade.tables.reading.dataset import open_sources

BETWEEN = "1 blank line is a row whose value is missing, as the table has one column."
UNDER = "1 blank line at the end is no row."
READ: dict[str, tuple[str, list[float | str | None], tuple[str, ...]]] = {
    "between rows": ("x\n1\n\n2\n", [1, None, 2], (BETWEEN,)),
    "several in a row": (
        "x\n1\n\n\n2\n\n3",
        [1, None, None, 2, None, 3],
        ("3 blank lines are rows whose value is missing, as the table has one column.",),
    ),
    "under the name": ("x\n\n1\n2\n", [None, 1, 2], (BETWEEN,)),
    "above the name": ("\n\nx\n1\n2\n", [1, 2], ()),
    "at the end": ("x\n1\n2\n\n", [1, 2], (UNDER,)),
    "several at the end": ("x\n1\n2\n\n\n\n", [1, 2], ("3 blank lines at the end are no rows.",)),
    "with other line ends": ("x\r\n1\r\n\r\n2\r\n\r\n", [1, None, 2], (BETWEEN, UNDER)),
    "with old line ends": ("x\r1\r\r2\r", [1, None, 2], (BETWEEN,)),
    "of text": ("x\nred\n\nblue\n", ["red", None, "blue"], (BETWEEN,)),
    "in quotation marks": ('x\n"1"\n""\n"2"\n', [1, None, 2], ()),
    "in a value": ('x\n"a\n\nb"\n\nc\n', ["a\n\nb", None, "c"], (BETWEEN,)),
    "of white space": ("x\n1\n \n2\n", [1, None, 2], ()),
    "under a byte order mark": ("\ufeffx\n1\n\n2\n", [1, None, 2], (BETWEEN,)),
    "beside comments": (
        "# a\nx\n1\n\n# b\n2\n\n",
        [1, None, 2],
        ("Lines that begin with '#' are comments.", BETWEEN, UNDER),
    ),
    "in a table of two columns": ("x,y\n1,a\n\n2,b\n\n", [1, 2], ()),
}


@pytest.mark.parametrize("name", READ)
def test_rows_stay_where_they_are(tmp_path: Path, name: str) -> None:
    text, values, notes = READ[name]
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    with ExitStack() as scratch:
        opened = open_sources([path], scratch)
        streamed = [value for batch in opened.batches() for value in batch.rows.column("x").to_pylist()]
        in_batches = opened.notes
    with ExitStack() as scratch:
        reading = open_sources([path], scratch).whole().reading
    assert reading.table["x"].to_pylist() == streamed == values
    assert reading.notes == in_batches == notes


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_wherever_a_block_ends(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(blank_lines, "BLOCK_BYTES", size)
    text, found = b'\r\n\nx\r\n1\n\n"\n\n"\r\n\r\n\r\n2\n\n\n', dict[str, int]()
    read = OneColumn(io.BytesIO(text), 0, b'"', found).read()
    assert read == b'x\r\n1\n\n"\n\n"\r\n\r\n\r\n2\n'
    assert found == {"between": 3, "under": 2}


def test_lines_that_are_skipped_may_be_blank() -> None:
    found: dict[str, int] = {}
    assert OneColumn(io.BytesIO(b"title\n\n\nx\n\n1\n"), 2, b"", found).read() == b"title\n\nx\n\n1\n"
    assert found == {"between": 1, "under": 0}
