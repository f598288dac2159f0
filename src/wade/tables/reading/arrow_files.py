"""Parquet and Feather (Arrow IPC) files → Arrow: they know their own types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as parquet

from wade.tables.profile.column_profile import BATCH_ROWS
from wade.tables.reading.file_format import ARROW_STREAM
from wade.tables.reading.fragment import FileFragment
from wade.tables.reading.validation import check_names, in_calendar, reading_errors, refuse_beyond_memory, validated

BYTES_PER_CELL: Final = 8


@dataclass(frozen=True)
class ParquetFile(FileFragment):
    """A Parquet file; `path` is where its unpacked bytes are."""

    path: Path
    dialect: None = None

    def whole(self, text: frozenset[str]) -> pa.Table:
        """The whole table."""
        with reading_errors(self.name, "Parquet"), parquet.ParquetFile(self.path) as file:
            refuse_beyond_memory(claimed_bytes(file.metadata), self.name)
            return _checked(file.read(), self.name)

    def beginning(self, text: frozenset[str]) -> pa.Table:
        """The first rows."""
        return next(self.batches({}), None) or self.whole(text)

    def batches(self, arrow_types: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """All rows, a block at a time."""
        with reading_errors(self.name, "Parquet"), parquet.ParquetFile(self.path) as file:
            row = 0
            # One row group after another: pyarrow would otherwise read ahead through the whole file.
            for group in range(file.num_row_groups):
                for batch in file.iter_batches(BATCH_ROWS, row_groups=[group]):
                    yield _checked(pa.Table.from_batches([batch]), self.name, row)
                    row += batch.num_rows


@dataclass(frozen=True)
class ArrowFile(FileFragment):
    """A Feather file, or a file or stream of Arrow's IPC format; `path` is where its unpacked bytes are."""

    path: Path
    dialect: None = None

    def whole(self, text: frozenset[str]) -> pa.Table:
        """The whole table."""
        return pa.concat_tables(self.batches({}))

    def beginning(self, text: frozenset[str]) -> pa.Table:
        """The first rows."""
        return next(self.batches({}))

    def batches(self, arrow_types: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """All rows, a block at a time; a file without rows gives one block without rows."""
        with reading_errors(self.name, "Feather (Arrow)"), pa.OSFile(str(self.path)) as file:
            magic = bytes(file.read(4))
            file.seek(0)
            reader = pa.ipc.open_stream(file) if magic == ARROW_STREAM else pa.ipc.open_file(file)
            check_names(reader.schema, self.name)
            none, row = True, 0
            for batch in _record_batches(reader):
                none = False
                yield _checked(pa.Table.from_batches([batch]), self.name, row)
                row += batch.num_rows
            if none:
                yield flattened(reader.schema.empty_table())


def claimed_bytes(metadata: parquet.FileMetaData) -> int:
    """About how large the table of a Parquet file is in memory, as its metadata claim."""
    return int(metadata.num_rows) * int(metadata.num_columns) * BYTES_PER_CELL


def flattened(table: pa.Table) -> pa.Table:
    """Records within records as columns of their own: {"weather": {"wind": 45}} becomes weather.wind.

    Examples
    --------
    >>> flattened(pa.table({"weather": [{"wind": 45}]})).column_names
    ['weather.wind']
    """
    while any(pa.types.is_struct(arrow_type) for arrow_type in table.schema.types):
        table = table.flatten()
    return table


def _checked(table: pa.Table, name: str, first_row: int = 0) -> pa.Table:
    """The columns of a table that a file holds, once they are certain to be what they say."""
    return in_calendar(flattened(validated(table, name, first_row)), name, first_row)


def _record_batches(reader: pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.ipc.RecordBatchFileReader):
        yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
    else:
        yield from reader
