"""About how large a table is, before it has been read: from the metadata of its files, or their beginnings."""

from __future__ import annotations

from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as parquet

from wade.errors import UnreadableTable
from wade.tables.columns.disk import format_bytes
from wade.tables.columns.machine import machine_memory
from wade.tables.reading.arrow_files import ArrowFile, ParquetFile
from wade.tables.reading.csv.reader import CsvFile
from wade.tables.reading.files import File
from wade.tables.reading.fragment import Fragment
from wade.tables.reading.json_lines import JsonLines
from wade.tables.reading.validation import UNREADABLE

LOOKED_AT: Final = 1 << 22
PACKED, MOST_UNPACKED = 1 << 18, 1 << 28
BYTES_PER_CELL: Final = 8
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
    """Refuse a file that memory cannot hold as a table, before it is tried: a small file may claim or unpack to much.

    Arrow files are read batch by batch, each with its own claims; frames are in memory already.
    """
    if isinstance(part, ParquetFile):
        needed = size_of(part).bytes
    elif isinstance(part, CsvFile | JsonLines):
        # What is not compressed is as large as it looks.
        needed = size_of(part).bytes if part.file.compression else part.file.stamp[0]
    else:
        return
    memory = machine_memory()
    if needed > memory:
        problem = f"it takes about {format_bytes(needed)} as a table, more than the memory of {format_bytes(memory)}"
        raise UnreadableTable(
            part.name, problem, "Split it into several files; training reads such a table batch by batch."
        )


def _size_of(part: Fragment) -> Size:
    if isinstance(part, ParquetFile):
        with parquet.ParquetFile(part.path) as file:
            rows, columns = file.metadata.num_rows, file.metadata.num_columns
        return Size(rows, rows * columns * BYTES_PER_CELL)
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
