"""About how large a table is, before it has been read: from the metadata of its files, or their beginnings."""

from __future__ import annotations

from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as parquet

from wade.tables.reading.arrow_files import ArrowFile, ParquetFile
from wade.tables.reading.csv.reader import CsvFile
from wade.tables.reading.files import File
from wade.tables.reading.fragment import Fragment
from wade.tables.reading.json_lines import JsonLines

LOOKED_AT: Final = 1 << 22
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
    except (OSError, pa.ArrowException):
        return Size(0, 0)


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
    except (OSError, pa.ArrowException):
        # A stream has no table of contents.
        table = part.beginning(frozenset())
        size = part.path.stat().st_size
        return Size(round(size * table.num_rows / max(1, table.nbytes)), size)


def _size_of_text(file: File) -> Size:
    """As many rows as the lines at its beginning are short; of a compressed file, in the part that has been read."""
    with pa.OSFile(str(file.path)) as raw:
        stream = pa.CompressedInputStream(raw, file.compression) if file.compression else raw
        lines, read = 0, 0
        while read < LOOKED_AT and (block := bytes(stream.read(1 << 18))):
            lines, read = lines + block.count(b"\n"), read + len(block)
        unpacked = raw.size() * read / max(1, raw.tell())
    return Size(round(unpacked * max(1, lines) / max(1, read)), round(unpacked * AS_ARROW))
