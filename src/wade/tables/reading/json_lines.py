"""JSON lines → Arrow: one object per line, read in blocks of whole lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.json as json

from wade.errors import UnreadableTable
from wade.tables.reading.arrow_files import flattened
from wade.tables.reading.files import first_line, unreadable
from wade.tables.reading.fragment import FileFragment, lasting

BLOCK_BYTES = 1 << 22


@dataclass(frozen=True)
class JsonLines(FileFragment):
    """A file with a JSON object in each line; a key that a line does not have is a missing value there."""

    dialect: None = None

    def whole(self, text: frozenset[str]) -> pa.Table:
        """Everything, with the types that all rows allow."""
        tables, row = [], 0
        for block in self._blocks():
            tables.append(self._parsed(block, None, row))
            row += tables[-1].num_rows
        try:
            return flattened(pa.concat_tables(tables, promote_options="permissive"))
        except pa.ArrowException as error:
            remedy = "Give a key values of one type in all lines."
            raise UnreadableTable(self.name, f"values of different types ({first_line(error)})", remedy) from error

    def beginning(self, text: frozenset[str]) -> pa.Table:
        """The first rows, with the types that they allow."""
        return flattened(self._first())

    def batches(self, arrow_types: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """All rows, a block at a time, with the types that the first block allows."""
        schema = pa.schema(
            [field.with_type(lasting(field.type, arrow_types.get(field.name))) for field in self._first().schema]
        )
        row = 0
        for block in self._blocks():
            table = self._parsed(block, schema, row)
            yield flattened(table)
            row += table.num_rows

    def _first(self) -> pa.Table:
        return self._parsed(next(self._blocks()), None, 0)

    def _blocks(self) -> Iterator[bytes]:
        """Blocks of whole lines."""
        rest = b""
        try:
            with self.file.open() as stream:
                while block := bytes(stream.read(BLOCK_BYTES)):
                    lines, end, rest = (rest + block).rpartition(b"\n")
                    if end:
                        yield lines + end
        except (OSError, pa.ArrowException) as error:
            raise unreadable(self.file, error) from error
        if rest.strip():
            yield rest

    def _parsed(self, block: bytes, schema: pa.Schema | None, row: int) -> pa.Table:
        # A byte order mark is no JSON.
        block = block.removeprefix(b"\xef\xbb\xbf") if row == 0 else block
        try:
            return _read(block, schema)
        except pa.ArrowException as error:
            raise self._fault(block, schema, row, error) from error

    def _fault(self, block: bytes, schema: pa.Schema | None, row: int, error: pa.ArrowException) -> UnreadableTable:
        """The message with the row on which the block fails."""
        message = first_line(error)
        at = re.search(r" in row (\d+)$", message)
        number = int(at[1]) if at else _first_failure(block, schema)
        problem = re.sub(r"^JSON parse error: | in row \d+$", "", message)
        changed = re.match(r"Column\(/(.*)\) changed from (\w+) to (\w+)", problem)
        where = f"{self.name}, row {row + number + 1}"
        if changed:
            where = f"{self.name}, column {changed[1]!r}, row {row + number + 1}"
            problem = f"the type changes from {changed[2]} to {changed[3]}"
        remedy = "Give one JSON object per line, and a key values of one type in all lines."
        if problem == "unexpected field":
            problem, remedy = "a key that the beginning of the file does not have", "Give all keys in the first line."
        return UnreadableTable(where, problem, remedy)


def _read(block: bytes, schema: pa.Schema | None) -> pa.Table:
    return json.read_json(
        pa.BufferReader(block),
        json.ReadOptions(use_threads=False, block_size=max(len(block), 1)),
        json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="infer" if schema is None else "error"),
    )


def _first_failure(block: bytes, schema: pa.Schema | None) -> int:
    """The number of the first line that cannot be read by itself."""
    lines = [line for line in block.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        try:
            _read(line, schema)
        except pa.ArrowException:
            return number
    return 0
