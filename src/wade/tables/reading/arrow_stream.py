"""Rows that are handed out in a stream (a DuckDB relation, an Arrow reader) → a file that is read as often as needed.

A query gives its rows when it is run, perhaps in another order each time, and there may be more of them than memory
holds. So it is run once, and its rows are kept in a temporary file as they come, like those of standard input.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from wade.errors import UnreadableTable
from wade.tables.reading.arrow_files import ArrowFile
from wade.tables.reading.files import disk_full_errors, first_line, known_file, temporary
from wade.tables.reading.validation import validated


@runtime_checkable
class ArrowStream(Protocol):
    """A source of rows by Arrow's protocol, of any library."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """A capsule with the stream."""


def is_stream(source: Any) -> bool:
    """Whether a source hands out its rows in a stream and is not in memory already.

    Examples
    --------
    >>> table = pa.table({"wind": [45.0]})
    >>> is_stream(table.to_reader()), is_stream(table)
    (True, False)
    """
    frame = isinstance(source, pa.Table) or type(source).__name__ == "DataFrame"
    return isinstance(source, ArrowStream) and not frame


def kept_stream(source: Any, name: str, scratch: ExitStack) -> ArrowFile:
    """The rows of a stream in a temporary file, which `scratch` removes; UnreadableTable where their source fails.

    Examples
    --------
    >>> with ExitStack() as scratch:
    ...     kept = kept_stream(pa.table({"wind": [45.0, 15.0]}).to_reader(), "the query", scratch)
    ...     kept.whole(frozenset()).num_rows
    2
    """
    path = temporary(scratch)
    rows = _rows(source, name)
    schema = next(rows)
    with disk_full_errors(), pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, schema) as writer:
        row = 0
        for batch in rows:
            validated(pa.Table.from_batches([batch]), name, row)
            writer.write_batch(batch)
            row += batch.num_rows
    return ArrowFile(known_file(path, name), path)


def _rows(source: Any, name: str) -> Iterator[Any]:
    """The schema of the rows, then the rows, a batch at a time."""
    try:
        reader = pa.RecordBatchReader.from_stream(source)
        yield reader.schema
        yield from reader
    except Exception as error:  # each library fails with errors of its own
        remedy = "Run the query by itself to see where it fails."
        raise UnreadableTable(name, f"its rows cannot be had ({first_line(error)})", remedy) from error
