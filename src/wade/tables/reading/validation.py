"""A table is validated before anything looks at its values: a file may be damaged, or made to do harm.

Arrow trusts the buffers that it is given. An offset beyond the end of its text, or a dictionary code without a text, is
then memory that belongs to something else; text that is not UTF-8 fails wherever it is first needed. So every table
that wade has not made itself passes here once: names, offsets, codes, and the bytes of texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from wade.errors import ColumnError, UnreadableTable
from wade.tables.columns.cleaning import is_text
from wade.tables.columns.disk import format_bytes
from wade.tables.columns.machine import machine_memory
from wade.tables.columns.zones import canonical, zone_table
from wade.tables.reading.files import first_line

UNREADABLE: Final = (pa.ArrowException, OSError, UnicodeError, MemoryError, OverflowError)
"""What pyarrow raises where it cannot read a file."""
MOST_EMPTY_ROWS: Final = 1 << 24
"""A column of nulls takes no room in a file, however many there are; wade needs some bytes for each."""
DAY: Final = 86_400
FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
"""Of the years 1 and 9999, in seconds since 1970."""
_WRITE_AGAIN: Final = "It may have been damaged on its way: copy or write it again."
_AS_UTF_8: Final = "Write the table again with all of its text as UTF-8."


def validated(table: pa.Table, name: str, first_row: int = 0) -> pa.Table:
    """The table, once it is certain that all of its values can be read; UnreadableTable names the one that cannot.

    Rows are counted from `first_row`, where the table is a part of a larger one.

    Examples
    --------
    >>> texts = pa.Array.from_buffers(pa.binary(), 2, pa.array(["JFK", "Orl\u00e9ans"]).buffers())
    >>> validated(pa.table({"city": texts.view(pa.string())}), "cities.feather").num_rows
    2
    >>> texts = pa.array([b"JFK", "Orl\u00e9ans".encode("latin-1")]).view(pa.string())
    >>> validated(pa.table({"city": texts}), "cities.feather")
    Traceback (most recent call last):
    wade.errors.UnreadableTable: cities.feather, column 'city', row 2: text that is not UTF-8 (byte 0xE9). Write ...
    """
    check_names(table.schema, name)
    if table.num_rows > MOST_EMPTY_ROWS and table.nbytes < table.num_rows // 8:
        problem = f"it claims {table.num_rows:,} rows, but holds only {table.nbytes:,} bytes"
        raise UnreadableTable(name, problem, "Leave its columns without values out.")
    for column_name, column in zip(table.column_names, table.columns, strict=True):
        try:
            _validate(column)
        except UNREADABLE as error:
            raise _fault(column, f"{name}, column {column_name!r}", first_row, error) from error
    return table


def refuse_beyond_memory(needed: int, name: str) -> None:
    """Refuse a table that memory cannot hold, before it is tried: a small file may claim, or unpack to, much."""
    memory = machine_memory()
    if needed > memory:
        problem = f"it takes about {format_bytes(needed)} as a table, more than the memory of {format_bytes(memory)}"
        raise UnreadableTable(name, problem, "Split it into several files; training reads such a table batch by batch.")


def in_calendar(table: pa.Table, name: str, first_row: int = 0) -> pa.Table:
    """The table, if all of its times are in the years 1 to 9999 and in zones that exist; UnreadableTable otherwise.

    Neither Python's dates nor any calendar go on from there; such a time is a marker ("infinity"), or a wrong unit.

    Examples
    --------
    >>> in_calendar(pa.table({"day": pa.array([0, 10**9], pa.timestamp("s"))}), "t.parquet").num_rows
    2
    >>> in_calendar(pa.table({"day": pa.array([0, 10**12], pa.timestamp("s"))}), "t.parquet")
    Traceback (most recent call last):
    wade.errors.UnreadableTable: t.parquet, column 'day', row 2: a time outside of the years 1 to 9999. Correct it, ...
    """
    for column_name, column in zip(table.column_names, table.columns, strict=True):
        arrow_type = column.type
        zone = arrow_type.tz if pa.types.is_timestamp(arrow_type) else None
        if zone is not None and not _exists(zone):
            problem = f"its time zone {zone!r} is unknown"
            remedy = (
                "Write the times in a zone of the IANA database, such as 'Europe/Paris' or 'UTC'; if it is one, "
                "install the database: pip install tzdata."
            )
            raise UnreadableTable(f"{name}, column {column_name!r}", problem, remedy)
        limits = _limits(arrow_type, DAY if zone else 0)
        row = _first_outside(column, *limits) if limits and column.null_count < len(column) else None
        if row is not None:
            where = f"{name}, column {column_name!r}, row {first_row + row + 1}"
            remedy = "Correct it, or leave the cell empty: an empty cell is a missing value."
            raise UnreadableTable(where, "a time outside of the years 1 to 9999", remedy)
    return table


def _limits(arrow_type: pa.DataType, margin: int) -> tuple[pa.DataType, int, int] | None:
    """The type that counts the units of a time, and the first and the last that are in the calendar."""
    first, last = FIRST_SECOND + margin, LAST_SECOND - margin
    if pa.types.is_date32(arrow_type):
        return pa.int32(), first // DAY, last // DAY
    if pa.types.is_date64(arrow_type):
        return pa.int64(), first * 1000, last * 1000
    if pa.types.is_timestamp(arrow_type) and arrow_type.unit != "ns":
        units = {"s": 1, "ms": 1000, "us": 1_000_000}[arrow_type.unit]
        return pa.int64(), first * units, last * units + units - 1
    return None


def _first_outside(column: pa.ChunkedArray, counts: pa.DataType, first: int, last: int) -> int | None:
    numbers = pa.chunked_array([chunk.view(counts) for chunk in column.chunks], counts)
    extremes = pc.min_max(numbers).as_py()
    if extremes["min"] >= first and extremes["max"] <= last:
        return None
    outside = pc.or_(pc.less(numbers, first), pc.greater(numbers, last)).fill_null(False)
    return int(pc.index(outside, True).as_py())


def _exists(zone: str) -> bool:
    try:
        zone_table(canonical(zone))
    except ColumnError:
        return False
    return True


def check_names(schema: pa.Schema, name: str) -> None:
    """Refuse names, of columns or within their types, that are not UTF-8."""
    for position, field in enumerate(schema, start=1):
        try:
            _read_names(field)
        except UnicodeDecodeError as error:
            problem = (
                f"the name of column {position} is text that is not UTF-8 (byte 0x{error.object[error.start]:02X})"
            )
            raise UnreadableTable(name, problem, _AS_UTF_8) from error


def _read_names(field: pa.Field) -> None:
    """Read every text of a field: its name, the time zone of its type, and those of fields within it."""
    _ = field.name
    arrow_type = field.type
    if pa.types.is_timestamp(arrow_type):
        _ = arrow_type.tz
    for place in range(arrow_type.num_fields):
        _read_names(arrow_type.field(place))


@contextmanager
def reading_errors(name: str, file_format: str) -> Iterator[None]:
    """An error of pyarrow as one message with a remedy."""
    try:
        yield
    except UnicodeDecodeError as error:
        byte = f"0x{error.object[error.start]:02X}"
        raise UnreadableTable(
            name, f"the name of a column is text that is not UTF-8 (byte {byte})", _AS_UTF_8
        ) from error
    except UNREADABLE as error:
        problem = f"this is not a complete {file_format} file ({first_line(error)})"
        raise UnreadableTable(name, problem, "It may have been cut off on its way: copy or write it again.") from error


def _fault(column: pa.ChunkedArray, where: str, first_row: int, error: Exception) -> UnreadableTable:
    """The message for the first row that cannot be read, or for the column where that is not in one row."""
    row = first_row + 1
    for chunk in column.chunks:
        if _is_valid(chunk):
            row += len(chunk)
            continue
        if not _is_valid(chunk.slice(0, 0)):
            break
        first = _first_invalid(chunk)
        byte = _wrong_byte(chunk, first)
        if byte is not None:
            return UnreadableTable(f"{where}, row {row + first}", f"text that is not UTF-8 (byte {byte})", _AS_UTF_8)
        return UnreadableTable(f"{where}, row {row + first}", f"damaged data ({_in_short(error)})", _WRITE_AGAIN)
    if "UTF8" in str(error):
        return UnreadableTable(where, "text that is not UTF-8", _AS_UTF_8)
    return UnreadableTable(where, f"damaged data ({_in_short(error)})", _WRITE_AGAIN)


def _validate(column: pa.ChunkedArray) -> None:
    """What `column.validate(full=True)` does; codes of a dictionary by their extremes, in a third of the time."""
    if not pa.types.is_dictionary(column.type):
        column.validate(full=True)
        return
    for chunk in column.chunks:
        chunk.validate()
        chunk.dictionary.validate(full=True)
        extremes = pc.min_max(chunk.indices).as_py()
        low, high = extremes["min"], extremes["max"]
        if low is not None and not 0 <= low <= high < len(chunk.dictionary):
            chunk.validate(full=True)


def _first_invalid(chunk: pa.Array) -> int:
    """The number of the first row that is not valid, where no rows at all are."""
    good, bad = 0, len(chunk)
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if _is_valid(chunk.slice(0, middle)) else (good, middle)
    return good


def _is_valid(chunk: pa.Array) -> bool:
    try:
        chunk.validate(full=True)
    except UNREADABLE:
        return False
    return True


def _wrong_byte(chunk: pa.Array, row: int) -> str | None:
    """The byte that makes a text no text, where its offsets are right."""
    if not is_text(chunk.type):
        return None
    binary = pa.binary_view() if pa.types.is_string_view(chunk.type) else pa.binary()
    binary = pa.large_binary() if pa.types.is_large_string(chunk.type) else binary
    one = chunk.slice(row, 1).view(binary)
    try:
        one.validate(full=True)
        value = one[0].as_py() or b""
        value.decode()
    except UnicodeDecodeError as error:
        return f"0x{value[error.start]:02X}"
    except UNREADABLE:
        return None
    return None


def _in_short(error: Exception) -> str:
    """What pyarrow says, without the part of the column that it says it of."""
    return first_line(error).rpartition("Invalid: ")[2]
