"""About how large a table is, before it has been read: from the metadata of its files, or their beginnings."""

from __future__ import annotations

from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as parquet

from wade.tables.reading.arrow_files import BYTES_PER_CELL, ArrowFile, ParquetFile, claimed_bytes
from wade.tables.reading.csv.reader import CsvFile
from wade.tables.reading.files import File
from wade.tables.reading.fragment import Fragment
from wade.tables.reading.json_lines import JsonLines
from wade.tables.reading.validation import UNREADABLE, refuse_beyond_memory

LOOKED_AT: Final = 1 << 22
PACKED, MOST_UNPACKED = 1 << 18, 1 << 28
AS_ARROW: Final = 2
"""A number such as "3.5," takes twice as much room as a double."""


class Size(NamedTuple):
    """How many rows there are, and how many bytes they take as an Arrow table."""

    rows: int
    bytes: int


def size_of(part: Fragment) -> Size:
    """About how large a part of a table is: Parquet, Feather and frames know it, the beginning of text is measured.

    Of a damaged file nothing is known: reading it gives the error.

    Examples
    --------
    >>> from wade.tables.reading.fragment import FrameFragment
    >>> size_of(FrameFragment(pa.table({"wind": [45.0, 15.0]}), "the pyarrow table"))
    Size(rows=2, bytes=16)
    """
    try:
        return _size_of(part)
    except UNREADABLE:
        return Size(0, 0)


def refuse_if_too_large(part: Fragment) -> None:
    """Refuse a text file that memory cannot hold as a table; others know their sizes when they are opened."""
    if isinstance(part, CsvFile | JsonLines):
        # What is not compressed is as large as it looks.
        refuse_beyond_memory(size_of(part).bytes if part.file.compression else part.file.stamp[0], part.name)


def _size_of(part: Fragment) -> Size:
    if isinstance(part, ParquetFile):
        with parquet.ParquetFile(part.path) as file:
            return Size(file.metadata.num_rows, claimed_bytes(file.metadata))
    if isinstance(part, CsvFile | JsonLines):
        return _size_of_text(part.file)
    if isinstance(part, ArrowFile):
        return _size_of_arrow(part)
    table = part.whole(frozenset())
    return Size(table.num_rows, table.nbytes)


def _size_of_arrow(part: ArrowFile) -> Size:
    try:
        from pyarrow import dataset  # takes a fifth of a second where there is pandas, and is only for such files

        found = dataset.dataset(str(part.path), format="ipc")
        rows = int(found.count_rows())
        return Size(rows, rows * len(found.schema) * BYTES_PER_CELL)
    except UNREADABLE:
        # A stream has no table of contents.
        table = part.beginning(frozenset())
        size = part.path.stat().st_size
        return Size(round(size * table.num_rows / max(1, table.nbytes)), size)


def _size_of_text(file: File) -> Size:
    """As many rows as the lines at its beginning are short; of a compressed file, in the part that has been read."""
    with pa.OSFile(str(file.path)) as raw:
        stream = pa.CompressedInputStream(raw, file.compression) if file.compression else raw
        lines, read = 0, 0
        # Of what is packed very tightly, a few MB say nothing yet about the whole.
        while (read < LOOKED_AT or (raw.tell() < PACKED and read < MOST_UNPACKED)) and (block := stream.read(1 << 18)):
            lines, read = lines + bytes(block).count(b"\n"), read + len(block)
        unpacked = raw.size() * read / max(1, raw.tell())
    return Size(round(unpacked * max(1, lines) / max(1, read)), round(unpacked * AS_ARROW))
