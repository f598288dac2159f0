"""A table in memory, and any of its rows as they would be read if the source held no others.

The type of a column follows from its values: text in which every value is a number becomes numbers, and one word makes
all of it text. What training rows are must not depend on the rows that a model is evaluated on, so training rows are
typed alone; and so are the others, as rows to be predicted later will be. What a source itself declares (the types of
Parquet files and of frames; the delimiter, the encoding and the decimal separator of a text file) holds for all of its
rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from wade.tables.columns.cleaning import alone, is_text, one_piece
from wade.tables.columns.exact_numbers import LARGEST_EXACT
from wade.tables.columns.threads import MANY_ROWS, in_threads
from wade.tables.reading.csv.columns import typed_alone
from wade.tables.reading.csv.reader import CsvFile
from wade.tables.reading.dialect import Dialect
from wade.tables.reading.fragment import Fragment, FrameFragment
from wade.tables.reading.json_lines import JsonLines
from wade.types import Rows

Tidy: TypeAlias = Callable[[pa.ChunkedArray, str, bool], pa.Array]
NOTHING: Final[frozenset[str]] = frozenset()


class Reading(NamedTuple):
    """A table, what messages call it, how its text was read (None: it was no text), and notes for the user."""

    table: pa.Table
    name: str
    dialect: Dialect | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class WholeTable:
    """A table with the types that all of its rows allow; `alone` has some of its rows with their own.

    Examples
    --------
    >>> from contextlib import ExitStack
    >>> from wade.tables.reading.dataset import open_sources
    >>> with ExitStack() as scratch:
    ...     whole = open_sources([pa.table({"size": ["3", "5", "large"]})], scratch).whole()
    >>> whole.reading.table["size"].to_pylist(), whole.alone([0, 1])["size"].to_pylist()
    (['3', '5', 'large'], [3, 5])
    """

    reading: Reading
    rows_of: tuple[int, ...]  # how many of the rows are from each source
    parts: Sequence[Fragment]
    text: frozenset[str]  # columns that stay text: those of categories, and what the source declares to be text
    stored: Mapping[str, pa.ChunkedArray]  # columns as they came, where a part of their rows may be of another type
    tidy: Tidy
    _spelled: dict[str, pa.ChunkedArray] = field(default_factory=dict)

    def alone(self, rows: Rows, text: Collection[str] = NOTHING) -> pa.Table:
        """Some rows, by their numbers, with the types that they alone allow; columns in `text` stay text."""
        table = self.reading.table
        taken = table.take(pa.array(rows))
        self._spell([name for name in table.column_names if self._loses_digits(name, one_piece(taken[name]), text)])

        def column(name: str) -> pa.Array:
            return self._alone(name, one_piece(taken[name]), rows, name in text or name in self.text)

        columns = in_threads(column, table.column_names, len(rows) >= MANY_ROWS)
        # A field's metadata may hold its unit.
        fields = [field.with_type(column.type) for field, column in zip(table.schema, columns, strict=True)]
        return pa.table(columns, schema=pa.schema(fields))

    def _alone(self, name: str, column: pa.Array, rows: Rows, keep_text: bool) -> pa.Array:
        stored = self._spelled.get(name, self.stored.get(name))
        if stored is not None:
            column = self.tidy(stored.take(pa.array(rows)), name, keep_text or self._dialect is not None)
        if pa.types.is_dictionary(column.type):
            if keep_text or self._dialect is None:
                return alone(column, keep_text)
            return self.tidy(pa.chunked_array([typed_alone(alone(column, True), self._dialect)]), name, False)
        if pa.types.is_floating(column.type) and self._stores_whole_as_doubles(name) and _are_whole(column):
            return column.cast(pa.int64())
        return column

    def _loses_digits(self, name: str, column: pa.Array, text: Collection[str]) -> bool:
        """Whether a column of a text file was read as numbers or booleans that these rows alone might not be."""
        if self._dialect is None or name in self._spelled:
            return False
        if pa.types.is_boolean(column.type):
            return True
        if not pa.types.is_floating(column.type):
            return False
        may_be_codes = self._may_hold_zeros or not _are_whole(column)
        return name in text or (_have_no_fraction(column) and may_be_codes)

    def _spell(self, names: Iterable[str]) -> None:
        """Read these columns of text files once more, as they are written."""
        wanted = list(names)
        if not wanted:
            return
        tables = [table for part in self.parts if isinstance(part, CsvFile) for table in part.as_written(wanted)]
        for name in wanted:
            chunks = [chunk for table in tables for chunk in table[name].chunks]
            self._spelled[name] = pa.chunked_array(chunks, pa.string())

    @property
    def _dialect(self) -> Dialect | None:
        """How the text files write the table; None where a part of it is none."""
        return self.parts[0].dialect if all(isinstance(part, CsvFile) for part in self.parts) else None

    def _stores_whole_as_doubles(self, name: str) -> bool:
        """Text files, where 3.0 is as whole a number as 3, and pandas, where a missing value makes doubles of all."""
        if all(isinstance(part, CsvFile | JsonLines) for part in self.parts):
            return True
        pandas = any(isinstance(part, FrameFragment) and part.is_of_pandas for part in self.parts)
        return pandas and self.reading.table[name].null_count > 0

    @property
    def _may_hold_zeros(self) -> bool:
        return any(isinstance(part, CsvFile) and part.may_hold_zeros for part in self.parts)


def may_change(raw: pa.ChunkedArray, tidy: pa.Array) -> bool:
    """Whether some rows of a column alone may be of another type than all of them, which `tidy` does not show."""
    stored = raw.type
    if is_text(stored):
        return not pa.types.is_dictionary(tidy.type)
    return bool(pa.types.is_uint64(stored) or (pa.types.is_decimal(stored) and stored.scale <= 0))


def _have_no_fraction(column: pa.Array) -> bool:
    return len(column) > column.null_count and bool(pc.all(pc.equal(column, pc.floor(column))).as_py())


def _are_whole(column: pa.Array) -> bool:
    """Whether doubles are whole numbers that each is one of its own."""
    if not _have_no_fraction(column):
        return False
    ends = pc.min_max(column)
    return bool(max(abs(ends["min"].as_py()), abs(ends["max"].as_py())) < LARGEST_EXACT)
