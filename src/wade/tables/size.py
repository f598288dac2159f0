"""About how large a table is, before it has been read: what its files say of themselves, or their beginnings."""

from __future__ import annotations

from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.dataset as datasets
import pyarrow.parquet as parquet

from wade.tables.arrow_files import ArrowFile, ParquetFile
from wade.tables.csv_files import CsvFile
from wade.tables.json_lines import JsonLines
from wade.tables.parts import Part
from wade.tables.sources import File

LOOKED_AT: Final = 1 << 22


class Size(NamedTuple):
    """How many rows there are, and how many bytes they take as an Arrow table."""

    rows: int
    bytes: int


def size_of(part: Part, beginning: pa.Table) -> Size:
    """About how large a part of a table is; Parquet, Feather and frames know it, of text a beginning is measured.

    Parameters
    ----------
    part
        a file or a frame
    beginning
        its first rows

    Examples
    --------
    >>> from wade.tables.frame_part import FramePart
    >>> table = pa.table({"wind": [45.0, 15.0]})
    >>> size_of(FramePart(table, "the pyarrow table"), table)
    Size(rows=2, bytes=16)
    """
    per_row = beginning.nbytes / max(1, beginning.num_rows)
    rows = beginning.num_rows
    if isinstance(part, ParquetFile):
        with parquet.ParquetFile(part.path) as file:
            rows = file.metadata.num_rows
    elif isinstance(part, ArrowFile):
        rows = _rows_of_arrow(part, per_row)
    elif isinstance(part, CsvFile | JsonLines):
        rows = _rows_of_text(part.file)
    return Size(rows, round(rows * per_row))


def _rows_of_arrow(part: ArrowFile, per_row: float) -> int:
    try:
        return int(datasets.dataset(str(part.path), format="ipc").count_rows())
    except (OSError, pa.ArrowException):
        # A stream has no table of contents.
        return round(part.path.stat().st_size / max(1.0, per_row))


def _rows_of_text(file: File) -> int:
    """As many as the lines at its beginning are short; what is compressed is measured by how far it has been read."""
    with pa.OSFile(str(file.path)) as raw:
        total = raw.size()
        stream = pa.CompressedInputStream(raw, file.compression) if file.compression else raw
        lines, read = 0, 0
        while read < LOOKED_AT and (block := bytes(stream.read(1 << 18))):
            lines, read = lines + block.count(b"\n"), read + len(block)
        taken = raw.tell() if file.compression else read
    return int(max(1, lines) * total / max(1, taken))
