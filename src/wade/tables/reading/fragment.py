"""The contract of a part of a table (one file, or a frame), and how its columns are made to fit what was settled."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import lazy_loader
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wade.errors import UnreadableTable
from wade.tables.columns.cleaning import clean, codes_of, parse_numbers
from wade.tables.columns.exact_numbers import NAME
from wade.tables.profile.column_profile import BATCH_ROWS
from wade.tables.reading.dialect import Dialect
from wade.tables.reading.files import File
from wade.tables.reading.validation import in_calendar, validated

# Only frames need the library that reads frames.
frames = lazy_loader.load("wade.tables.reading.frames", suppress_warning=True)

EXACT_WHOLE_NUMBERS = 2**53
TEXT = pa.dictionary(pa.int32(), pa.string())


class Fragment(Protocol):
    """One file of a table; all columns have their names without white space around them."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def dialect(self) -> Dialect | None:
        """How a text file writes its table; None: the file stores its own types."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out of it, once it has been read."""

    def whole(self, text: frozenset[str]) -> pa.Table:
        """Everything, with the types that all rows allow; the columns in `text` stay text."""

    def beginning(self, text: frozenset[str]) -> pa.Table:
        """The first rows, with the types that they allow."""

    def batches(self, arrow_types: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """All rows, a block at a time, with the types of the beginning; `arrow_types` are those of `settle`."""

    def refuse_if_changed(self) -> None:
        """Refuse a file that was written to meanwhile."""


@dataclass(frozen=True)
class FileFragment:
    """What every fragment that is a file has: its name, and a watch for changes."""

    file: File

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.file.name

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing is left out."""
        return ()

    def refuse_if_changed(self) -> None:
        """Refuse a file that was written to meanwhile."""
        self.file.refuse_if_changed()


@dataclass(frozen=True)
class FrameFragment:
    """A frame as a part of a table."""

    frame: Any
    name: str
    dialect: None = None
    notes: tuple[str, ...] = ()

    def whole(self, text: frozenset[str]) -> pa.Table:
        """Everything."""
        return self._table

    def beginning(self, text: frozenset[str]) -> pa.Table:
        """Everything: all of it is there, so its types are those of all rows."""
        return self.whole(text)

    def batches(self, arrow_types: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """All rows, a block at a time."""
        table = self.whole(frozenset())
        for row in range(0, table.num_rows, BATCH_ROWS):
            yield table.slice(row, BATCH_ROWS)

    @property
    def is_of_pandas(self) -> bool:
        """Whether pandas made the frame."""
        return type(self.frame).__module__.partition(".")[0] == "pandas"

    def refuse_if_changed(self) -> None:
        """A frame is in memory, in its reader's own hands."""

    @cached_property
    def _table(self) -> pa.Table:
        return in_calendar(validated(frames.read_frame(self.frame, self.name), self.name), self.name)


def settle(column: pa.Array) -> pa.DataType:
    """The type of a tidy column of which only the beginning was seen: a whole number may be followed by a fraction.

    Examples
    --------
    >>> settle(pa.array([1, 2])), settle(pa.array([2**60]))
    (DataType(double), DataType(int64))
    """
    if not pa.types.is_integer(column.type) or not len(column):
        return column.type
    extremes = pc.min_max(column)
    largest = max(abs(extremes["min"].as_py() or 0), abs(extremes["max"].as_py() or 0))
    return pa.int64() if largest > EXACT_WHOLE_NUMBERS else pa.float64()


def lasting(began: pa.DataType, arrow_type: pa.DataType | None) -> pa.DataType:
    """The type to read a column with of which only the first block was seen, and which is settled as `arrow_type`."""
    if pa.types.is_null(began) or (arrow_type == TEXT and not pa.types.is_nested(began)):
        return pa.string()
    return pa.float64() if pa.types.is_integer(began) and arrow_type != pa.int64() else began


def common_type(arrow_types: Sequence[pa.DataType]) -> pa.DataType:
    """The type that holds the values of all of these: of several files, each may have begun in its own way.

    Examples
    --------
    >>> common_type([pa.null(), pa.int64(), pa.float64()])
    DataType(double)
    """
    present = [arrow_type for arrow_type in dict.fromkeys(arrow_types) if not pa.types.is_null(arrow_type)]
    if len(present) <= 1:
        return present[0] if present else pa.null()
    if all(arrow_type in (pa.int64(), pa.float64()) for arrow_type in present):
        return pa.float64()
    return TEXT


def fit(
    column: Any,
    arrow_type: pa.DataType,
    markers: Sequence[str],
    name: str,
    column_name: str,
    first_row: int,
    kept: Collection[str] = (),
) -> pa.Array:
    """A column of a batch as the settled type; a value of another type is refused with its row.

    Examples
    --------
    >>> fit(pa.chunked_array([["5", "x"]]), pa.float64(), (), "flights.csv", "wind", first_row=100)
    Traceback (most recent call last):
    wade.errors.UnreadableTable: flights.csv, column 'wind', row 102: expected a number, as at the beginning ...
    """
    tidy = clean(column, markers, arrow_type == TEXT, kept)
    if tidy.type == arrow_type:
        return tidy
    if pa.types.is_null(tidy.type):
        return pa.nulls(len(tidy), arrow_type)
    if pa.types.is_integer(tidy.type) and arrow_type == pa.float64():
        return tidy.cast(arrow_type, safe=False)
    row, value = _first_misfit(tidy, arrow_type)
    raise cannot_fit(name, column_name, first_row + row + 1, value, arrow_type)


def cannot_fit(name: str, column_name: str, row: int, value: Any, arrow_type: pa.DataType) -> UnreadableTable:
    """The message for a value that is of another type than the beginning of its column."""
    problem = f"expected {_in_words(arrow_type)}, as at the beginning of the column; found {value!r}"
    remedy = (
        "Correct it, declare the column to be text (text=[...]), or read the table whole: it then has the types "
        "that all rows allow."
    )
    return UnreadableTable(f"{name}, column {column_name!r}, row {row}", problem, remedy)


def _first_misfit(tidy: pa.Array, arrow_type: pa.DataType) -> tuple[int, Any]:
    misfits = np.asarray(tidy.is_valid())
    if pa.types.is_dictionary(tidy.type) and arrow_type in (pa.int64(), pa.float64()):
        codes = codes_of(tidy)
        parsed = parse_numbers(tidy.dictionary)
        # Where all are numbers, some are digits that a number would not keep.
        codes_of_names = pc.match_substring_regex(tidy.dictionary, NAME)
        misfits = (codes >= 0) & np.asarray(parsed.is_null() if parsed.null_count else codes_of_names)[codes]
    elif pa.types.is_floating(tidy.type) and arrow_type == pa.int64():
        misfits = np.asarray(pc.not_equal(tidy, pc.floor(tidy)).fill_null(False))
    row = int(misfits.argmax())
    return row, tidy[row].as_py()


def _in_words(arrow_type: pa.DataType) -> str:
    if pa.types.is_null(arrow_type):
        return "no value"
    if pa.types.is_boolean(arrow_type):
        return "true or false"
    if pa.types.is_integer(arrow_type):
        return "a whole number"
    if pa.types.is_floating(arrow_type) or pa.types.is_decimal(arrow_type):
        return "a number"
    if pa.types.is_time(arrow_type):
        return "a time of day"
    if pa.types.is_dictionary(arrow_type):
        return "text"
    return "a date" if pa.types.is_temporal(arrow_type) else f"a value of type {arrow_type}"
