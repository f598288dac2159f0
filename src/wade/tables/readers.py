"""A file or a frame → one Arrow table with tidy columns, or one clear message.

CSV and TSV (also ; and | between values, also compressed), Parquet, and the frames of pandas, polars, pyarrow and
DuckDB. Rows are counted as people count them: the first row under the header is row 1.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import lazy_loader
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as parquet

from wade.errors import UnreadableTable
from wade.tables.cleaning import MISSING_MARKS, clean

# Only whoever brings a frame needs the library that understands frames.
frames = lazy_loader.load("wade.tables.frames", suppress_warning=True)

PARQUET_MARK = b"PAR1"
PARQUET_ENDINGS = (".parquet", ".pq")
SEPARATORS = (",", "\t", ";", "|")
PEEK_BYTES = 1 << 16


def read_table(source: Any, missing: Collection[str] = (), text: Collection[str] = ()) -> pa.Table:
    """Read a table from a file or a frame.

    Parameters
    ----------
    source
        path to a CSV, TSV or Parquet file, or a frame (pandas, polars, pyarrow, DuckDB)
    missing
        texts that stand for a missing value, besides "", NA, N/A, NaN, nan, null, NULL, None and ?
    text
        names of columns whose values stay text even where each is a number (codes such as "01234")

    Returns
    -------
    pyarrow.Table, its columns of the kinds that `cleaning` lists

    Raises
    ------
    UnreadableTable
        The file does not exist, is empty, has no rows, or is not a table; a column has no name or another's name.

    Examples
    --------
    >>> read_table(pa.table({"wind": [45.0, None], "origin": ["JFK", " ?"]})).to_pylist()
    [{'wind': 45.0, 'origin': 'JFK'}, {'wind': None, 'origin': None}]
    """
    missing, text = tuple(missing), frozenset(text)
    name = table_name(source)
    raw = (
        _read_file(Path(source), name, missing, text)
        if isinstance(source, str | Path)
        else frames.read_frame(source, name)
    )
    _check_names(raw.column_names, name)
    if raw.num_rows == 0:
        raise UnreadableTable(name, "it has column names but no rows", "Give a table with at least one row.")
    columns = [
        clean(column, missing, column_name in text)
        for column_name, column in zip(raw.column_names, raw.columns, strict=True)
    ]
    fields = [raw.field(i).with_type(column.type).with_nullable(True) for i, column in enumerate(columns)]
    return pa.table(columns, schema=pa.schema(fields, metadata=raw.schema.metadata))


def table_name(source: Any) -> str:
    """What messages call this source: the path as it was given, or "the pandas table".

    Examples
    --------
    >>> table_name("flights.csv")
    'flights.csv'
    """
    return str(source) if isinstance(source, str | Path) else f"the {type(source).__module__.split('.')[0]} table"


def _read_file(path: Path, name: str, missing: Sequence[str], text: frozenset[str]) -> pa.Table:
    beginning = _peek(path, name)
    if beginning.startswith(PARQUET_MARK) or path.suffix.lower() in PARQUET_ENDINGS:
        return _read_parquet(path, name)
    if not beginning.strip():
        raise UnreadableTable(name, "the file is empty", "Give a table with a line of column names and rows under it.")
    if b"\0" in beginning:
        problem = "the file is not a table: it holds binary data"
        raise UnreadableTable(name, problem, "Give a CSV, TSV or Parquet file; save text as UTF-8.")
    return _read_csv(path, name, _separator(path, beginning), missing, text)


def _peek(path: Path, name: str) -> bytes:
    if path.is_dir():
        raise UnreadableTable(name, "this is a folder, not a file", "Give the path of one CSV, TSV or Parquet file.")
    try:
        with pa.input_stream(str(path), compression="detect") as stream:
            return bytes(stream.read(PEEK_BYTES))
    except FileNotFoundError as error:
        raise UnreadableTable(name, "there is no such file", "Check the path and the spelling.") from error
    except OSError as error:
        raise UnreadableTable(name, f"the file cannot be read ({error})", "Check its permissions.") from error


def _read_parquet(path: Path, name: str) -> pa.Table:
    try:
        with parquet.ParquetFile(path) as file:
            return file.read()
    except (pa.ArrowException, OSError) as error:
        problem = f"this is not a complete Parquet file ({_first_line(error)})"
        raise UnreadableTable(name, problem, "It may have been cut off on its way: copy or write it again.") from error


def _separator(path: Path, beginning: bytes) -> str:
    """The separator that the line of column names holds most often, outside quotation marks."""
    if ".tsv" in path.suffixes:
        return "\t"
    header = re.sub(rb'"[^"]*"', b"", beginning.lstrip().split(b"\n", 1)[0])
    return max(SEPARATORS, key=lambda separator: header.count(separator.encode()))


def _read_csv(path: Path, name: str, separator: str, missing: Sequence[str], text: frozenset[str]) -> pa.Table:
    def read(threads: bool) -> pa.Table:
        with pa.input_stream(str(path), compression="detect") as stream:
            return csv.read_csv(
                stream,
                csv.ReadOptions(use_threads=threads),
                csv.ParseOptions(delimiter=separator, newlines_in_values=True),
                csv.ConvertOptions(
                    null_values=[*MISSING_MARKS, *missing],
                    strings_can_be_null=True,
                    column_types=dict.fromkeys(text, pa.string()),
                ),
            )

    try:
        return _refuse_other_encodings(read(threads=True), name)
    except UnicodeDecodeError as error:
        raise _not_utf8(name, "the line of column names") from error
    except (pa.ArrowException, OSError):
        pass
    try:
        # Only a single thread knows the number of the row that it fails on.
        return read(threads=False)
    except (pa.ArrowException, OSError) as error:
        raise _not_a_table(error, name) from error


def _not_a_table(error: Exception, name: str) -> UnreadableTable:
    message = _first_line(error)
    ragged = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", message)
    if ragged is None:
        return UnreadableTable(name, f"the file is not a table ({message})", "Give a CSV, TSV or Parquet file.")
    line, expected, received = (int(group) for group in ragged.groups())
    values = "1 value" if received == 1 else f"{received} values"
    names = "1 column name" if expected == 1 else f"{expected} column names"
    remedy = "Correct that row; text that holds a separator or a quotation mark belongs in quotation marks."
    return UnreadableTable(f"{name}, row {line - 1}", f"{values} under {names}", remedy)


def _refuse_other_encodings(table: pa.Table, name: str) -> pa.Table:
    for column_name, column in zip(table.column_names, table.columns, strict=True):
        # Arrow falls back to binary where text is not UTF-8.
        if pa.types.is_binary(column.type):
            raise _not_utf8(name, f"column {column_name!r}")
    return table


def _not_utf8(name: str, place: str) -> UnreadableTable:
    remedy = "Save the file as UTF-8, for example: iconv -f latin1 -t utf-8 FILE > NEW_FILE."
    return UnreadableTable(name, f"{place} holds text that is not UTF-8", remedy)


def _check_names(names: Sequence[str], name: str) -> None:
    if not names:
        raise UnreadableTable(name, "it has no columns", "Give a table with columns.")
    for position, column in enumerate(names, start=1):
        if not column.strip():
            remedy = "Name it in the first line (pandas writes such a column unless told `index=False`)."
            raise UnreadableTable(name, f"column {position} has no name", remedy)
    repeated, times = Counter(names).most_common(1)[0]
    if times > 1:
        places = " and ".join(str(i) for i, column in enumerate(names, start=1) if column == repeated)
        raise UnreadableTable(name, f"columns {places} share the name {repeated!r}", "Give each column its own name.")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:200].rstrip(".")
