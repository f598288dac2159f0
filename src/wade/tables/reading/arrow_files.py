"""Parquet and Feather (Arrow IPC) files → Arrow: they know their own types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

from wade.errors import UnreadableTable
from wade.tables.profile.column_profile import BATCH_ROWS
from wade.tables.reading.file_format import ARROW_STREAM, FEATHER_1
from wade.tables.reading.files import first_line
from wade.tables.reading.fragment import FileFragment


@dataclass(frozen=True)
class ParquetFile(FileFragment):
    """A Parquet file; `path` is where its unpacked bytes are."""

    path: Path
    dialect: None = None

    def whole(self, text: frozenset[str]) -> pa.Table:
        """The whole table."""
        with _reading_errors(self.name, "Parquet"), parquet.ParquetFile(self.path) as file:
            return flattened(file.read())

    def beginning(self, text: frozenset[str]) -> pa.Table:
        """The first rows."""
        return next(self.batches({}), None) or self.whole(text)

    def batches(self, arrow_types: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """All rows, a block at a time."""
        with _reading_errors(self.name, "Parquet"), parquet.ParquetFile(self.path) as file:
            # One row group after another: pyarrow would otherwise read ahead through the whole file.
            for group in range(file.num_row_groups):
                for batch in file.iter_batches(BATCH_ROWS, row_groups=[group]):
                    yield flattened(pa.Table.from_batches([batch]))


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
        with _reading_errors(self.name, "Feather (Arrow)"), pa.OSFile(str(self.path)) as file:
            magic = bytes(file.read(4))
            file.seek(0)
            if magic == FEATHER_1:
                yield flattened(feather.read_table(self.path, memory_map=False))
                return
            reader = pa.ipc.open_stream(file) if magic == ARROW_STREAM else pa.ipc.open_file(file)
            none = True
            for batch in _record_batches(reader):
                none = False
                yield flattened(pa.Table.from_batches([batch]))
            if none:
                yield flattened(reader.schema.empty_table())


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


def _record_batches(reader: pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.ipc.RecordBatchFileReader):
        yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
    else:
        yield from reader


@contextmanager
def _reading_errors(name: str, file_format: str) -> Iterator[None]:
    """An error of pyarrow as one message with a remedy."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        problem = f"this is not a complete {file_format} file ({first_line(error)})"
        raise UnreadableTable(name, problem, "It may have been cut off on its way: copy or write it again.") from error
