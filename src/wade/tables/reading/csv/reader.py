"""CSV and its kin → Arrow, through pyarrow's reader; what it refuses is found again and named by row and column.

A table that is read whole has the types that all of its rows allow; one that is read in batches has those that its
beginning allows, because the rest has not been read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

from wade.errors import UnreadableTable
from wade.tables.columns.cleaning import MISSING_MARKERS, is_text
from wade.tables.columns.exact_numbers import may_be_codes
from wade.tables.reading.csv.columns import converted, tidied, zoned_columns
from wade.tables.reading.csv.errors import check_line_breaks, find_ragged_row, wrong_bytes
from wade.tables.reading.csv.first_look import Seen, look_at
from wade.tables.reading.csv.leading_zeros import columns_with_zeros, number_columns
from wade.tables.reading.csv.line_filter import Layout, open_text
from wade.tables.reading.csv.sniff import detect_dialect
from wade.tables.reading.dialect import Dialect
from wade.tables.reading.files import PEEK_BYTES, File, first_line, unreadable
from wade.tables.reading.fragment import TEXT, FileFragment, lasting

BLOCK_BYTES = 1 << 20
LARGE_BLOCK_BYTES = 1 << 25
FOOTER_BYTES = 1 << 14


@dataclass(frozen=True)
class CsvFile(FileFragment):
    """A text file, how it writes its table, and the names of its columns as it writes them."""

    dialect: Dialect
    names: list[str]
    layout: Layout = field(default_factory=Layout)
    kept: frozenset[str] = frozenset()  # texts that do not mean missing in some column: `clean` knows in which

    @property
    def notes(self) -> tuple[str, ...]:
        """Which lines were no rows, once it has been read."""
        return self.layout.notes

    def whole(self, text: frozenset[str]) -> pa.Table:
        """Everything, with the types that all rows allow; digits that a number would not keep are text."""
        raw = self._whole(text)
        if self._with_zeros - text:
            raw = self._whole(text | self._with_zeros)
        long = _long_numbers(raw)
        raw = self._whole(text | self._with_zeros | long) if long else raw
        return tidied(raw, self.dialect, self.name, text | self._with_zeros | long)

    def as_written(self, names: Collection[str]) -> Iterator[pa.Table]:
        """These columns as text, whatever means missing in them, a block at a time."""
        plain = replace(self, kept=frozenset((*MISSING_MARKERS, *self.dialect.missing)))
        wanted = [name for name in self.names if name.strip() in names]
        options = plain._options(dict.fromkeys(wanted, pa.string()), threads=True)
        options["convert_options"].include_columns = wanted  # type: ignore[attr-defined]
        with open_text(self.file, self.dialect, self._other_lines) as stream:
            for batch in csv.open_csv(stream, **options):
                yield pa.Table.from_batches([batch]).rename_columns([name.strip() for name in wanted])

    def beginning(self, text: frozenset[str]) -> pa.Table:
        """The first rows, with the types that they allow; columns of digits with zeros before them are categories."""
        zeros = self._with_zeros
        raw = self._first_block(self._as_text(text | zeros))
        long = _long_numbers(raw)
        raw = self._first_block(self._as_text(text | zeros | long)) if long else raw
        table = tidied(raw, self.dialect, self.name, text | zeros | long)
        for place, name in enumerate(table.column_names):
            if name in zeros and is_text(table[name].type):
                table = table.set_column(place, name, table[name].dictionary_encode())
        return table

    def batches(self, arrow_types: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """All rows, a block at a time, with the types that the first block allows.

        Where a block does not fit, it and the rest are read once more as bytes, which are then converted one column at
        a time: slower, but what does not fit is found.
        """
        text = frozenset(name for name, arrow_type in arrow_types.items() if arrow_type == TEXT)
        first = self._first_block(self._as_text(text)).schema
        types = {field.name: lasting(field.type, arrow_types.get(field.name.strip())) for field in first}
        row, checked = 0, False
        for raw in self._stream(types):
            checked = checked or self._check_line_breaks(raw)
            yield tidied(raw, self.dialect, self.name, text, row)
            row += raw.num_rows

    @cached_property
    def may_hold_zeros(self) -> bool:
        """Whether a value may be digits with a zero before them."""
        return self._seen.zeros

    @cached_property
    def _with_zeros(self) -> frozenset[str]:
        """The columns of digits in some of which a zero comes first: numbers would not keep it."""
        if not self.may_hold_zeros:
            return frozenset()
        dialect, names = self.dialect, number_columns(self._first_block({}).schema)
        batches = self._blocks(dict.fromkeys(names, pa.string()))
        missing = pa.array([*MISSING_MARKERS, *dialect.missing])
        return frozenset(name.strip() for name in columns_with_zeros(batches, names, missing))

    def _whole(self, text: frozenset[str]) -> pa.Table:
        types = self._as_text(text)
        raw = self._all(types)
        zoned = zoned_columns(raw.schema)
        # Arrow's reader brings times to UTC and forgets their offsets.
        return self._all({**types, **zoned}) if zoned else raw

    def _all(self, types: Mapping[str, pa.DataType]) -> pa.Table:
        raw = self._without_line_breaks(types)
        if raw is None:
            raw = self._read(types, self._other_lines)
            self._check_line_breaks(raw)
        return raw

    def _stream(self, types: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        row = 0
        try:
            for batch in self._blocks(types):
                yield pa.Table.from_batches([batch])
                row += batch.num_rows
        except (OSError, pa.ArrowException, UnicodeError) as error:
            if "conversion error" not in str(error):
                raise fault_of(self, error) from error
        else:
            return
        seen = 0
        for batch in self._blocks(dict.fromkeys(types, pa.binary())):
            fresh = batch.slice(max(0, row - seen))
            if fresh.num_rows:
                yield converted(fresh, types, self.dialect, self.name, max(row, seen))
            seen += batch.num_rows

    def _first_block(self, types: Mapping[str, pa.DataType]) -> pa.Table:
        first = self._block(types)
        zoned = zoned_columns(first.schema)
        return self._block({**types, **zoned}) if zoned else first

    def _block(self, types: Mapping[str, pa.DataType]) -> pa.Table:
        for batch in self._blocks(types):
            return pa.Table.from_batches([batch])
        return self._read(types, self.layout)

    def _blocks(self, types: Mapping[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
        try:
            with open_text(self.file, self.dialect, self._other_lines) as stream:
                yield from csv.open_csv(stream, **self._options(types, threads=False))
        except (OSError, pa.ArrowException, UnicodeError) as error:
            if "conversion error" in str(error):
                raise
            raise fault_of(self, error) from error

    def _read(self, types: Mapping[str, pa.DataType], layout: Layout | None) -> pa.Table:
        problem: Exception = RuntimeError()
        for threads, block_bytes in ((True, BLOCK_BYTES), (False, LARGE_BLOCK_BYTES)):
            # Only a single thread has the number of the row that it fails on.
            try:
                with open_text(self.file, self.dialect, layout) as stream:
                    return csv.read_csv(stream, **self._options(types, threads, block_bytes))
            except (OSError, pa.ArrowException, UnicodeError) as error:
                problem = error
        raise fault_of(self, problem) from problem

    def _without_line_breaks(self, types: Mapping[str, pa.DataType]) -> pa.Table | None:
        """The table, where no value can hold a line break, for which the reader must look at every byte a second time.

        Whether one can is detected meanwhile; None where it can, or where anything is wrong.
        """
        quote = (self.dialect.quote or "").encode()
        if (
            self.layout.one_column
            or not self._is_plain
            or self._has_footer
            or (quote and quote in self.file.beginning().partition(b"\n")[2])
        ):
            return None
        with ThreadPoolExecutor(1) as other:
            seen = other.submit(lambda: self._seen)
            with suppress(OSError, pa.ArrowException, UnicodeError), open_text(self.file, self.dialect) as stream:
                raw = csv.read_csv(stream, **self._options(types, threads=True, breaks=False))
                return None if seen.result().quotes or seen.result().repeats else raw
        return None

    @property
    def _is_plain(self) -> bool:
        """Whether the bytes of the file are its text."""
        return not self.file.compression and self.dialect.encoding == "utf-8"

    @property
    def _other_lines(self) -> Layout | None:
        """The layout, where lines that are no rows are to be left out, or may be."""
        other = self.layout.one_column or not self._is_plain or self._has_footer or self._seen.repeats
        return self.layout if other else None

    @cached_property
    def _seen(self) -> Seen:
        """What one look at all bytes finds; whatever is wrong with them, reading the table names it."""
        try:
            with open_text(self.file, self.dialect) as stream:
                return look_at(stream, self.dialect, self.layout)
        except (OSError, pa.ArrowException, UnicodeError):
            return Seen()

    @cached_property
    def _has_footer(self) -> bool:
        """Whether lines under the table are no rows."""
        if self.layout.shape is None:
            return False
        with open(self.file.path, "rb") as stream:
            stream.seek(max(0, self.file.path.stat().st_size - FOOTER_BYTES))
            return self.layout.shape.footer(stream.read().decode(errors="replace").splitlines(keepends=True)) > 0

    def _options(
        self, types: Mapping[str, pa.DataType], threads: bool, block_bytes: int = BLOCK_BYTES, breaks: bool = True
    ) -> dict[str, object]:
        """The options of pyarrow for this dialect."""
        dialect = self.dialect
        return {
            "read_options": csv.ReadOptions(
                use_threads=threads,
                block_size=block_bytes,
                skip_rows=dialect.skip,
                skip_rows_after_names=self.layout.under + self.layout.explicit,
                column_names=None if dialect.header and not self.layout.explicit else self.names,
            ),
            "parse_options": csv.ParseOptions(
                delimiter=dialect.separator,
                quote_char=dialect.quote or False,
                newlines_in_values=bool(dialect.quote) and breaks,
                ignore_empty_lines=not self.layout.one_column,
            ),
            "convert_options": csv.ConvertOptions(
                null_values=[text for text in (*MISSING_MARKERS, *dialect.missing) if text not in self.kept],
                strings_can_be_null=True,
                column_types=dict(types),
                decimal_point=dialect.decimal,
            ),
        }

    def _as_text(self, text: frozenset[str]) -> dict[str, pa.DataType]:
        return {name: pa.string() for name in self.names if name.strip() in text}

    def _check_line_breaks(self, raw: pa.Table) -> bool:
        """A value over several lines may also be a quotation mark that was forgotten; True where that was checked."""
        if not any(_has_line_breaks(column) for column in raw.columns):
            return False
        check_line_breaks(open_text(self.file, self.dialect, self.layout), self.dialect, self.name)
        return True


def find_csv(file: File, beginning: bytes, given: Dialect, expected: Dialect, text: Collection[str] = ()) -> CsvFile:
    """The file with its dialect; the columns in `text` are no evidence of how it writes numbers."""
    found = detect_dialect(beginning, file.name, given, expected, len(beginning) < PEEK_BYTES, text)
    return CsvFile(file, found.dialect, found.names, found.layout)


def fault_of(source: CsvFile, error: Exception) -> UnreadableTable:
    """The message for what pyarrow could not parse."""
    if isinstance(error, UnreadableTable):
        return error
    name, dialect = source.name, source.dialect
    if isinstance(error, UnicodeError):
        return wrong_bytes(name, dialect)
    if source.file.compression and isinstance(error, OSError):
        return unreadable(source.file, error)
    message = first_line(error)
    ragged = find_ragged_row(
        message, name, dialect, (dialect.skip or 0) + bool(dialect.header) + bool(source.layout.under)
    )
    if ragged is not None:
        return ragged
    if "straddling" in message or "Empty CSV" in message:
        check_line_breaks(open_text(source.file, dialect, source.layout), dialect, name)
    if "Empty CSV" in message:
        return UnreadableTable(name, "the file is empty", "Give a table with a line of column names and rows under it.")
    if "UTF8" in message or "UTF-8" in message:
        return wrong_bytes(name, dialect)
    return UnreadableTable(name, f"the file is not a table ({message})", "Give a CSV, TSV or Parquet file.")


def _long_numbers(raw: pa.Table) -> frozenset[str]:
    """The columns of whole numbers with more digits than 64 bits hold, or with a sign before each."""
    columns = zip(raw.column_names, raw.columns, strict=True)
    return frozenset(name.strip() for name, column in columns if may_be_codes(column))


def _has_line_breaks(column: pa.ChunkedArray) -> bool:
    """Whether a line break stands anywhere among the bytes of the column's values."""
    if not (is_text(column.type) or pa.types.is_binary(column.type)):
        return False
    bytes_ = (np.frombuffer(chunk.buffers()[2] or b"", np.uint8) for chunk in column.chunks)
    return any(bool(((some == ord("\n")) | (some == ord("\r"))).any()) for some in bytes_)
