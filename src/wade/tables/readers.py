"""Files or a frame → one Arrow table with tidy columns, or the same table batch by batch, or one clear message.

CSV and its kin, Parquet, Feather and JSON lines, each also compressed; one file, several, a folder, a pattern or
standard input; and the frames of pandas, polars, pyarrow and DuckDB. Rows are counted as people count them: the first
row under the header is row 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import lazy_loader
import pyarrow as pa

from wade.errors import UnreadableTable
from wade.tables.arrow_files import ArrowFile, ParquetFile
from wade.tables.cleaning import clean
from wade.tables.csv_files import find_csv
from wade.tables.dialect import NOTHING_SAID, Dialect
from wade.tables.json_lines import JsonLines
from wade.tables.kinds import kind_of
from wade.tables.parts import TEXT, Part, common_kind, fit, settle
from wade.tables.several import one_table, same_columns
from wade.tables.sources import File, ending_of, find_files, is_path, source_name
from wade.tables.threads import MANY_ROWS, in_threads

# Only whoever brings a frame needs the library that understands frames.
frames = lazy_loader.load("wade.tables.frames", suppress_warning=True)


class Reading(NamedTuple):
    """A table, what messages call it, how its text was read (None: it was no text), and what a user should be told."""

    table: pa.Table
    name: str
    dialect: Dialect | None
    notes: tuple[str, ...]


def read_table(
    source: Any, missing: Collection[str] = (), text: Collection[str] = (), dialect: Dialect = NOTHING_SAID
) -> pa.Table:
    """Read a table from files or a frame.

    Parameters
    ----------
    source
        path of a CSV, TSV, Parquet, Feather or JSON lines file (also .gz, .zst), of a folder of them, or a pattern such
        as "2013-*.csv"; several paths; "-" for standard input; or a frame (pandas, polars, pyarrow, DuckDB)
    missing
        texts that stand for a missing value, besides "", NA, N/A, NaN, nan, null, NULL, None, ? and the like
    text
        names of columns whose values stay text even where each is a number (codes such as "01234")
    dialect
        how text files are written, as far as it shall not be found out

    Returns
    -------
    pyarrow.Table, its columns of the kinds that `cleaning` lists

    Raises
    ------
    UnreadableTable
        A file does not exist, is empty, has no rows, or is not a table; a column has no name or another's name; a row,
        a value or a quotation mark is wrong.

    Examples
    --------
    >>> read_table(pa.table({"wind": [45.0, None], "origin": ["JFK", " ?"]})).to_pylist()
    [{'wind': 45.0, 'origin': 'JFK'}, {'wind': None, 'origin': None}]
    """
    return read(source, missing, text, dialect).table


def read(
    source: Any,
    missing: Collection[str] = (),
    text: Collection[str] = (),
    dialect: Dialect = NOTHING_SAID,
    expected: Dialect = NOTHING_SAID,
) -> Reading:
    """Read a table, and tell how it was read; the arguments are those of `read_table`.

    Parameters
    ----------
    expected
        the dialect of an earlier table, for what the beginning of this one leaves open

    Examples
    --------
    >>> read(pa.table({"wind": [45.0]})).name
    'the pyarrow table'
    """
    missing, wanted = tuple(missing), frozenset(text)
    with ExitStack() as scratch:
        parts = _parts(source, _with_marks(dialect, missing), expected, scratch)
        tables = [_checked(part.whole(wanted), part.name) for part in parts]
        raw = one_table(parts, tables, wanted)
        for part in parts:
            part.refuse_if_changed()
    name = table_name(source)
    if raw.num_rows == 0:
        raise _no_rows(name)
    marks = _marks(parts, missing, expected)
    columns = in_threads(
        lambda column: clean(raw[column], marks, column in wanted), raw.column_names, raw.num_rows >= MANY_ROWS
    )
    fields = [raw.field(i).with_type(column.type).with_nullable(True) for i, column in enumerate(columns)]
    table = pa.table(columns, schema=pa.schema(fields, metadata=raw.schema.metadata))
    dialects = [part.dialect for part in parts if part.dialect is not None]
    notes = dict.fromkeys(note for settled in dialects for note in settled.notes)
    return Reading(table, name, dialects[0] if dialects else None, tuple(notes))


def read_batches(
    source: Any,
    missing: Collection[str] = (),
    text: Collection[str] = (),
    dialect: Dialect = NOTHING_SAID,
    expected: Dialect = NOTHING_SAID,
) -> Iterator[pa.RecordBatch]:
    """Read a table batch by batch, in memory that does not grow with it; the arguments are those of `read`.

    All batches have one schema, which the beginning of each file settles. Numbers come as doubles (a whole number may
    be followed by a fraction), text as dictionaries, each batch with its own.

    Raises
    ------
    UnreadableTable
        As in `read_table`; or a later value is of another kind than the beginning of its column.

    Examples
    --------
    >>> [batch.num_rows for batch in read_batches(pa.table({"wind": [45.0, None]}))]
    [2]
    """
    missing, wanted = tuple(missing), frozenset(text)
    with ExitStack() as scratch:
        parts = _parts(source, _with_marks(dialect, missing), expected, scratch)
        marks = _marks(parts, missing, expected)
        kinds = _kinds([_checked(part.beginning(wanted), part.name) for part in parts], parts, marks, wanted)
        rows = 0
        for part in parts:
            for batch in _fitting(part, kinds, marks):
                rows += batch.num_rows
                yield batch
            part.refuse_if_changed()
    if rows == 0:
        raise _no_rows(table_name(source))


def table_name(source: Any) -> str:
    """What messages call this source: the path as it was given, "the pandas table", or "the row".

    Examples
    --------
    >>> table_name("flights.csv"), table_name({"wind": 45.0})
    ('flights.csv', 'the row')
    """
    if isinstance(source, Mapping):
        return "the row"
    return source_name(source) if is_path(source) else f"the {type(source).__module__.split('.')[0]} table"


@dataclass(frozen=True)
class _Frame:
    """A frame as the only part of a table."""

    frame: Any
    name: str
    dialect: None = None

    def whole(self, text: frozenset[str]) -> pa.Table:
        table: pa.Table = frames.read_frame(self.frame, self.name)
        return table

    def beginning(self, text: frozenset[str]) -> pa.Table:
        return self.whole(text)

    def batches(self, kinds: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        yield self.whole(frozenset())

    def refuse_if_changed(self) -> None:
        """A frame is in memory, in its reader's own hands."""


def _parts(source: Any, given: Dialect, expected: Dialect, scratch: ExitStack) -> list[Part]:
    if not is_path(source):
        return [_Frame(source, table_name(source))]
    parts: list[Part] = []
    for file in find_files(source, scratch):
        part = _part(file, given, expected, scratch)
        # What the first file settles is expected of the others.
        expected = part.dialect or expected
        parts.append(part)
    return parts


def _part(file: File, given: Dialect, expected: Dialect, scratch: ExitStack) -> Part:
    beginning = file.beginning()
    kind = kind_of(beginning, file.name, ending_of(file.path))
    if kind == "Parquet":
        return ParquetFile(file, file.unpacked(scratch))
    if kind == "Arrow":
        return ArrowFile(file, file.unpacked(scratch))
    return JsonLines(file) if kind == "JSON lines" else find_csv(file, beginning, given, expected)


def _with_marks(dialect: Dialect, missing: tuple[str, ...]) -> Dialect:
    return replace(dialect, missing=(*dialect.missing, *missing))


def _marks(parts: Sequence[Part], missing: Sequence[str], expected: Dialect) -> tuple[str, ...]:
    found = [mark for part in parts if part.dialect is not None for mark in part.dialect.missing]
    return tuple(dict.fromkeys((*missing, *expected.missing, *found)))


def _kinds(
    beginnings: Sequence[pa.Table], parts: Sequence[Part], marks: Sequence[str], text: frozenset[str]
) -> dict[str, pa.DataType]:
    beginnings = same_columns(parts, beginnings)
    return {
        name: TEXT if name in text else common_kind([settle(clean(table[name], marks)) for table in beginnings])
        for name in beginnings[0].column_names
    }


def _fitting(part: Part, kinds: Mapping[str, pa.DataType], marks: Sequence[str]) -> Iterator[pa.RecordBatch]:
    row = 0
    for table in part.batches(kinds):
        if table.num_rows:
            columns = [fit(table[name], kind, marks, part.name, name, row) for name, kind in kinds.items()]
            yield pa.RecordBatch.from_arrays(columns, schema=pa.schema(kinds.items()))
        row += table.num_rows


def _checked(table: pa.Table, name: str) -> pa.Table:
    """The table, if each of its columns has a name of its own."""
    names = table.column_names
    if not names:
        raise UnreadableTable(name, "it has no columns", "Give a table with columns.")
    for position, column in enumerate(names, start=1):
        if not column.strip():
            remedy = (
                "Name it in the first line (pandas writes such a column unless told `index=False`); if the first line "
                "is a row, say --no-header."
            )
            raise UnreadableTable(name, f"column {position} has no name", remedy)
    repeated, times = Counter(names).most_common(1)[0]
    if times > 1:
        places = " and ".join(str(i) for i, column in enumerate(names, start=1) if column == repeated)
        remedy = "Give each column its own name; if the first line is a row, say --no-header."
        raise UnreadableTable(name, f"columns {places} share the name {repeated!r}", remedy)
    return table


def _no_rows(name: str) -> UnreadableTable:
    remedy = "Give a table with at least one row; if the first line is one, say --no-header."
    return UnreadableTable(name, "it has column names but no rows", remedy)
