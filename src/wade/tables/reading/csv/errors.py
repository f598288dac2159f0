"""What is wrong with a text file, with its row, its column and a remedy."""

from __future__ import annotations

import csv
import io
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wade.errors import UnreadableTable
from wade.tables.reading.dialect import Dialect, separator_name

ZONED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?)")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?")
_QUOTE_REMEDY = "Close it; a quotation mark inside a quoted value is written twice."


def find_ragged_row(message: str, name: str, dialect: Dialect, rows_above: int) -> UnreadableTable | None:
    """The message for a row with too few or too many values, if that is what pyarrow complains of."""
    ragged = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", message)
    if ragged is None:
        return None
    line, expected, received = (int(group) for group in ragged.groups())
    values = "1 value" if received == 1 else f"{received} values"
    names = "1 column name" if expected == 1 else f"{expected} column names"
    under = f"under {names}" if dialect.header else f"where the first row has {expected}"
    remedy = (
        "Correct that row; text that holds a separator or a quotation mark belongs in quotation marks. "
        f"(Values are read as separated by {separator_name(dialect.separator or ',')}; change it with --separator.)"
    )
    if line - rows_above == 1:
        remedy += " Lines above the table: --skip N leaves them out."
    return UnreadableTable(f"{name}, row {line - rows_above}", f"{values} {under}", remedy)


def check_line_breaks(stream: pa.NativeFile, dialect: Dialect, name: str) -> None:
    """Refuse a file in which a quotation mark swallows rows.

    Values may hold line breaks, but then every quotation mark must be closed right before a separator or a line end.
    The standard library's reader is strict about that; it is slow, and called only where a value has a line break.
    """
    row = 1 - bool(dialect.header)
    with stream, io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="") as text:
        for _ in range(dialect.skip or 0):
            text.readline()
        rows = csv.reader(text, strict=True, delimiter=dialect.separator or ",", quotechar=dialect.quote or '"')
        try:
            for values in rows:
                row += bool(values)
        except csv.Error as error:
            problem, remedy = f"a quotation mark is never closed, or stands where none belongs ({error})", _QUOTE_REMEDY
            if "field limit" in str(error):
                longest = f"{csv.field_size_limit():,}"
                problem = f"a quotation mark is never closed, or a value is longer than {longest} characters"
                remedy = "Close it, or shorten that value."
            raise UnreadableTable(f"{name}, {_row(row)}", problem, remedy) from error


def wrong_bytes(name: str, dialect: Dialect) -> UnreadableTable:
    """The message for text that turns out to be in another encoding."""
    remedy = "Name its encoding, for example --encoding windows-1252, or save it as UTF-8."
    return UnreadableTable(name, f"the file holds text that is not {dialect.encoding}", remedy)


def not_text(column: pa.ChunkedArray, name: str, column_name: str, first_row: int) -> UnreadableTable:
    """The message for a column of bytes: Arrow falls back to them where text is not UTF-8."""
    for row, value in enumerate(column.to_pylist(), start=first_row + 1):
        try:
            (value or b"").decode()
        except UnicodeDecodeError as error:
            byte = f"0x{value[error.start]:02X}"
            remedy = "Name its encoding, for example --encoding windows-1252, or save it as UTF-8."
            where = f"{name}, column {column_name!r}, row {row}"
            return UnreadableTable(where, f"text that is not UTF-8 (byte {byte})", remedy)
    return UnreadableTable(f"{name}, column {column_name!r}", "binary data", "Give text, or leave the column out.")


def mixed_zones(column: pa.ChunkedArray, name: str, column_name: str, first_row: int) -> None:
    """Refuse times of which some have an offset from UTC and others none: what the others mean is unknown."""
    first = next((value for chunk in column.chunks for value in chunk.drop_null()[:1].to_pylist()), "")
    if not TIME.fullmatch(first):
        return
    pattern = f"^{TIME.pattern}$"
    present = column.combine_chunks()
    if not pc.all(pc.match_substring_regex(present, pattern)).as_py():
        return
    zoned = np.asarray(pc.match_substring_regex(present, f"^{ZONED.pattern}$").fill_null(bool(ZONED.fullmatch(first))))
    if zoned.all() or not zoned.any():
        return
    row = int((zoned != bool(ZONED.fullmatch(first))).argmax())
    has = "has" if zoned[row] else "has no"
    problem = f"the time {present[row].as_py()!r} {has} offset from UTC, unlike those above it"
    remedy = "Write all times of a column with an offset (+01:00, Z) or all without."
    raise UnreadableTable(f"{name}, column {column_name!r}, row {first_row + row + 1}", problem, remedy)


def _row(row: int) -> str:
    return f"row {row}" if row >= 1 else "the line of column names"
