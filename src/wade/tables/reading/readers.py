"""Files or a frame → one Arrow table with tidy columns, or the same table batch by batch, or one clear message.

CSV and its kin, Parquet, Feather and JSON lines, each also compressed; one file, several, a folder, a pattern or
standard input; the frames of pandas, polars and pyarrow; and DuckDB's relations. Rows are counted as people count
them: the first row under the header is row 1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pyarrow as pa

from wade.tables.reading.dataset import Reading, open_sources
from wade.tables.reading.dialect import AUTO_DETECT, Dialect


def read_table(
    source: Any,
    missing: Collection[str] = (),
    text: Collection[str] | Mapping[str, Collection[str]] = (),
    dialect: Dialect = AUTO_DETECT,
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
        names of columns whose values stay text even where each is a number (codes such as "01234"); a mapping gives
        the texts that do not mean missing in each of them
    dialect
        how text files are written, where it shall not be detected

    Returns
    -------
    pyarrow.Table, its columns of the types that `cleaning` lists

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
    text: Collection[str] | Mapping[str, Collection[str]] = (),
    dialect: Dialect = AUTO_DETECT,
    expected: Dialect = AUTO_DETECT,
) -> Reading:
    """Read a table, with how it was read; the arguments are those of `read_table`.

    Parameters
    ----------
    expected
        the dialect of an earlier table, for what the beginning of this one leaves open

    Examples
    --------
    >>> read(pa.table({"wind": [45.0]})).name
    'the pyarrow table'
    """
    with ExitStack() as scratch:
        return open_sources([source], scratch, missing, text, dialect, expected).whole().reading


def read_batches(
    source: Any,
    missing: Collection[str] = (),
    text: Collection[str] | Mapping[str, Collection[str]] = (),
    dialect: Dialect = AUTO_DETECT,
    expected: Dialect = AUTO_DETECT,
) -> Iterator[pa.RecordBatch]:
    """Read a table batch by batch, in memory that does not grow with it; the arguments are those of `read`.

    All batches have one schema, which the beginning of each file settles. Numbers come as doubles (a whole number may
    be followed by a fraction), text as dictionaries, each batch with its own.

    Raises
    ------
    UnreadableTable
        As in `read_table`; or a later value is of another type than the beginning of its column.

    Examples
    --------
    >>> [batch.num_rows for batch in read_batches(pa.table({"wind": [45.0, None]}))]
    [2]
    """
    with ExitStack() as scratch:
        for batch in open_sources([source], scratch, missing, text, dialect, expected).batches():
            yield batch.rows
