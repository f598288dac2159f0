"""JSON lines → Arrow: one object per line, read in blocks of whole lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as json
from numpy.typing import NDArray

from wade.errors import UnreadableTable
from wade.tables.reading.arrow_files import flattened
from wade.tables.reading.files import first_line, unreadable
from wade.tables.reading.fragment import TEXT, FileFragment, cannot_fit, lasting
from wade.tables.reading.validation import UNREADABLE, validated

BLOCK_BYTES = 1 << 22
LONGEST_LINE = 1 << 28
MOST_LEVELS = 64
"""As many as Arrow's own format allows; deep within, the parser would run out of stack, and the process end."""
OFFSET = re.compile(rb'[T :]\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::?\d\d)?)"')
"""What ends a time that has an offset from UTC."""
ZONED = r"[T :]\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)$"

_NO_MARKS: Final = bytes(set(range(256)) - {*b'{}[]"\n'})
_STEPS: Final = np.array([(byte in b"{[") - (byte in b"}]") for byte in range(256)], np.int64)


@dataclass(frozen=True)
class JsonLines(FileFragment):
    """A file with a JSON object in each line; a key that a line does not have is a missing value there."""

    dialect: None = None

    def whole(self, text: frozenset[str]) -> pa.Table:
        """Everything, with the types that all rows allow."""
        tables, row = [], 0
        for block in self._blocks():
            tables.append(self._parsed(block, None, row, text))
            row += tables[-1].num_rows
        try:
            return flattened(pa.concat_tables(tables, promote_options="permissive"))
        except pa.ArrowException as error:
            remedy = "Give a key values of one type in all lines."
            raise UnreadableTable(self.name, f"values of different types ({first_line(error)})", remedy) from error

    def beginning(self, text: frozenset[str]) -> pa.Table:
        """The first rows, with the types that they allow."""
        return flattened(self._first(text))

    def batches(self, arrow_types: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """All rows, a block at a time, with the types that the first block allows."""
        text = frozenset(name for name, arrow_type in arrow_types.items() if arrow_type == TEXT)
        schema = pa.schema(
            [field.with_type(lasting(field.type, arrow_types.get(field.name))) for field in self._first(text).schema]
        )
        row = 0
        for block in self._blocks():
            table = self._parsed(block, schema, row)
            yield flattened(table)
            row += table.num_rows

    def _first(self, text: frozenset[str]) -> pa.Table:
        return self._parsed(next(self._blocks()), None, 0, text)

    def _blocks(self) -> Iterator[bytes]:
        """Blocks of whole lines."""
        ready, rest = b"", b""
        try:
            with self.file.open() as stream:
                while block := bytes(stream.read(BLOCK_BYTES)):
                    lines, end, rest = (rest + block).rpartition(b"\n")
                    if end:
                        if ready:
                            yield ready
                        ready = lines + end
                    elif len(rest) > LONGEST_LINE:
                        problem = f"a line is longer than {LONGEST_LINE >> 20} MB"
                        raise UnreadableTable(self.name, problem, "Give one JSON object per line, each a row.")
        except (OSError, pa.ArrowException) as error:
            raise unreadable(self.file, error) from error
        # A last line without an end is no block of its own: alone its values might have another type.
        if ready or rest.strip():
            yield ready + rest

    def _parsed(self, block: bytes, schema: pa.Schema | None, row: int, text: frozenset[str] = frozenset()) -> pa.Table:
        # A byte order mark is no JSON.
        block = block.removeprefix(b"\xef\xbb\xbf") if row == 0 else block
        self._check_text(block, row)
        try:
            table = validated(_read(block, schema), self.name, row)
            # pyarrow takes "2013-01-31" for a time; what shall stay text is read again as it is written.
            times = [field.with_type(pa.string()) for field in table.schema if pa.types.is_temporal(field.type)]
            again = pa.schema([field for field in times if field.name in text])
            if schema is None and len(again):
                table = validated(_read(block, again, "infer"), self.name, row).select(table.column_names)
        except UNREADABLE as error:
            raise self._fault(block, schema, row, error) from error
        return self._with_offsets(table, block, schema, row) if OFFSET.search(block) else table

    def _with_offsets(self, table: pa.Table, block: bytes, schema: pa.Schema | None, row: int) -> pa.Table:
        """Times with an offset as text: Arrow's reader brings them to UTC and forgets their offsets."""
        table, texts = flattened(table), flattened(_read(block, _with_text(table.schema)))
        for place, field in enumerate(table.schema):
            if not pa.types.is_timestamp(field.type):
                continue
            column = texts.column(place)
            zoned = pc.match_substring_regex(column, ZONED).fill_null(False)
            if pc.any(zoned).as_py() and schema is not None:
                first = pc.index(zoned, True).as_py()
                raise cannot_fit(self.name, field.name, row + first + 1, column[first].as_py(), field.type)
            if pc.any(zoned).as_py():
                table = table.set_column(place, field.name, column)
        return table

    def _check_text(self, block: bytes, row: int) -> None:
        """Refuse what pyarrow's parser takes for granted: text in UTF-8, and records in records that end somewhere."""
        try:
            _ = block.isascii() or block.decode()
        except UnicodeDecodeError as error:
            where = f"{self.name}, row {row + _rows_before(block, error.start) + 1}"
            problem = f"text that is not UTF-8 (byte 0x{block[error.start]:02X})"
            raise UnreadableTable(where, problem, "Save the file as UTF-8, as JSON has to be.") from error
        deep = _too_deep(block)
        if deep is not None:
            where = f"{self.name}, row {row + deep + 1}"
            problem = f"records or lists in one another, more than {MOST_LEVELS} levels deep"
            raise UnreadableTable(where, problem, "Give one JSON object per line, with values rather than documents.")

    def _fault(self, block: bytes, schema: pa.Schema | None, row: int, error: Exception) -> UnreadableTable:
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


def _with_text(schema: pa.Schema) -> pa.Schema:
    """The fields with text instead of times."""
    return pa.schema([field.with_type(_text_for_times(field.type)) for field in schema])


def _text_for_times(arrow_type: pa.DataType) -> pa.DataType:
    if pa.types.is_struct(arrow_type):
        return pa.struct([field.with_type(_text_for_times(field.type)) for field in arrow_type])
    return pa.string() if pa.types.is_timestamp(arrow_type) else arrow_type


def _read(block: bytes, schema: pa.Schema | None, unexpected: Literal["infer", "error"] | None = None) -> pa.Table:
    """The rows of a block; keys that the schema lacks are an error, if there is one."""
    unexpected = unexpected or ("infer" if schema is None else "error")
    return json.read_json(
        pa.BufferReader(block),
        json.ReadOptions(use_threads=False, block_size=max(len(block), 1)),
        json.ParseOptions(explicit_schema=schema, unexpected_field_behavior=unexpected),
    )


def _rows_before(block: bytes, place: int) -> int:
    """How many whole lines with an object stand before a place in the block."""
    return sum(bool(line.strip()) for line in block[:place].split(b"\n")[:-1])


def _too_deep(block: bytes) -> int | None:
    """The number of the line in which records and lists are too deep in one another; None where none are.

    Only outside of quotation marks does a bracket open or close anything.
    """
    if _has_shallow_lines(np.frombuffer(block, np.uint8)):
        return None
    plain = block.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in block else block
    marks = np.frombuffer(plain.translate(None, _NO_MARKS), np.uint8)
    outside = np.bitwise_and(np.cumsum(marks == ord('"'), dtype=np.uint8), 1) == 0
    marks = marks[outside]
    levels = np.cumsum(_STEPS[marks])
    return None if levels.max(initial=0) <= MOST_LEVELS else int((marks == 10)[: (levels > MOST_LEVELS).argmax()].sum())


def _has_shallow_lines(block: NDArray[np.uint8]) -> bool:
    """Whether each line is a record by itself, and one may have but few brackets more than that.

    A line break between "}" and "{" is always between two records: in a record there is a comma, and in a text none.
    """
    ends = np.flatnonzero(block[:-1] == ord("\n"))
    before = np.where(block[ends - 1] == ord("\r"), block[ends - 2], block[ends - 1])
    if not ((before == ord("}")).all() and (block[ends + 1] == ord("{")).all()):
        return False
    brackets = np.count_nonzero(block == ord("{")) + np.count_nonzero(block == ord("["))
    return bool(brackets - len(ends) <= MOST_LEVELS)


def _first_failure(block: bytes, schema: pa.Schema | None) -> int:
    """The number of the first line that cannot be read by itself."""
    lines = [line for line in block.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        try:
            _read(line, schema)
        except UNREADABLE:
            return number
    return 0
