"""A tidy column as numbers or as text; `times.py` has it as times.

Each function takes the place of the column in words (`where`), because a column that cannot be seen that way is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wade.errors import ColumnError
from wade.tables.columns.cleaning import NUMBER, codes_of, one_piece, parse_numbers
from wade.tables.columns.number_columns import read_numbers
from wade.tables.columns.number_forms import form_of
from wade.types import Rows

BOOLEANS = {"0": "false", "1": "true", "false": "false", "true": "true"}
OF_NUMBERS = {0.0: "false", 1.0: "true"}
ROW = re.compile(r", row (\d+)$")
EMPTY_IS_MISSING = "Correct it, or leave the cell empty: an empty cell is a missing value."


class Text(NamedTuple):
    """Distinct texts, and for each row which of them it holds (−1: missing)."""

    values: tuple[str, ...]
    codes: Rows

    def counts(self) -> Rows:
        """How many rows hold each text."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))


def numbered(count: int) -> list[str]:
    """The names of columns in a file whose first line holds values.

    Examples
    --------
    >>> numbered(2)
    ['column_1', 'column_2']
    """
    return [f"column_{number}" for number in range(1, count + 1)]


def column_location(table: str, column: str) -> str:
    """A column's place in words."""
    return f"{table}, column {column!r}"


@contextmanager
def offset_rows(first: int) -> Iterator[None]:
    """Rows that an error names are counted from the first row of the table, not of the batch that begins at `first`.

    Examples
    --------
    >>> with offset_rows(1000):
    ...     raise ColumnError("table, column 'x', row 3", "the value is missing")
    Traceback (most recent call last):
    wade.errors.ColumnError: table, column 'x', row 1003: the value is missing.
    """
    with _renumbered(lambda row: row + first):
        yield


@contextmanager
def rows_at(places: Rows) -> Iterator[None]:
    """Rows that an error names are those of the table, of which the rows at hand are some: those at these places.

    Examples
    --------
    >>> with rows_at(np.array([4, 7, 9])):
    ...     raise ColumnError("table, column 'x', row 3", "the value is missing")
    Traceback (most recent call last):
    wade.errors.ColumnError: table, column 'x', row 10: the value is missing.
    """
    with _renumbered(lambda row: int(places[row - 1]) + 1):
        yield


@contextmanager
def row_of(name: str, row: int) -> Iterator[None]:
    """What an error names is this row (counted from 1) of the table `name`, of which the table at hand is that row.

    Examples
    --------
    >>> with row_of("new.csv", 17):
    ...     raise ColumnError("the pyarrow table, column 'x', row 1", "the value is infinite")
    Traceback (most recent call last):
    wade.errors.ColumnError: new.csv, column 'x', row 17: the value is infinite.
    """
    try:
        with offset_rows(row - 1):
            yield
    except ColumnError as error:
        _, column, rest = error.where.partition(", column ")
        raise ColumnError(f"{name}{column}{rest}", error.problem, error.remedy) from error


@contextmanager
def told_by(tell: Callable[[], object]) -> Iterator[None]:
    """Where a column cannot be used, `tell` may raise what is wrong with it when all rows are looked at, and is heard.

    Training rows decide whether a column can be used; what is wrong with it, and the remedy, is a matter of all rows.
    """
    try:
        yield
    except ColumnError as error:
        try:
            tell()
        except ColumnError as known:
            if ROW.sub("", known.where) == ROW.sub("", error.where):
                raise known from error
        raise


@contextmanager
def _renumbered(number: Callable[[int], int]) -> Iterator[None]:
    try:
        yield
    except ColumnError as error:
        where = ROW.sub(lambda found: f", row {number(int(found[1]))}", error.where)
        raise ColumnError(where, error.problem, error.remedy) from error


def as_numbers(column: pa.ChunkedArray | pa.Array, where: str, form: str = "") -> NDArray[np.float64]:
    """The column as float64, NaN where missing; ColumnError where a value is text, a date or infinite.

    With a form (see `number_forms`), texts are read in that form.

    Examples
    --------
    >>> as_numbers(pa.array([1, None, 3]), "table, column 'x'")
    array([ 1., nan,  3.])
    >>> as_numbers(pa.array(["$950", "$1.2k"]).dictionary_encode(), "table, column 'x'", "1,234.56 $")
    array([ 950., 1200.])
    """
    column = one_piece(column)
    if pa.types.is_dictionary(column.type):
        parsed = read_numbers(column.dictionary, form_of(form)) if form else parse_numbers(column.dictionary)
        column = _parsed(column, parsed, where, f"a number, as in {form}" if form else "a number")
    if pa.types.is_time(column.type):
        # Models from before times of day were date-times take them for seconds.
        column = pc.divide(column.cast(pa.int32()).cast(pa.float64()), 1000.0)
    if not (is_number(column.type) or pa.types.is_boolean(column.type) or pa.types.is_null(column.type)):
        refuse_type(column, where, "numbers")
    numbers = np.asarray(column.cast(pa.float64(), safe=False).fill_null(np.nan), dtype=np.float64)
    infinite = np.isinf(numbers)
    if infinite.any():
        row = int(infinite.argmax())
        raise ColumnError(f"{where}, row {row + 1}", f"the value is infinite ({numbers[row]})", EMPTY_IS_MISSING)
    return numbers


def as_text(column: pa.ChunkedArray | pa.Array, where: str) -> Text:
    """The column as distinct texts and a code per row; numbers are written in the shortest way (12.0 as "12").

    ColumnError where it holds lists, records or binary data.

    Examples
    --------
    >>> as_text(pa.array([2.0, None, 0.5]), "table, column 'x'").values
    ('2', '0.5')
    """
    column = one_piece(column)
    if pa.types.is_null(column.type):
        return Text((), np.full(len(column), -1, np.int64))
    if is_nested(column.type):
        refuse_type(column, where, "categories")
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return Text(tuple(map(in_short, encoded.dictionary.to_pylist())), codes_of(encoded))


def as_booleans(column: pa.ChunkedArray | pa.Array, where: str) -> Text:
    """The column as the texts "false" and "true", also of 0 and 1; ColumnError where a value is neither.

    Examples
    --------
    >>> as_booleans(pa.array([1, None, 0]), "table, column 'x'").values
    ('true', 'false')
    """
    text = as_text(column, where)
    text = Text(tuple(written_boolean(value) or value for value in text.values), text.codes)
    strange = np.array([*(value not in ("false", "true") for value in text.values), False])[text.codes]
    if strange.any():
        row = int(strange.argmax())
        problem = f"expected true or false, found {text.values[text.codes[row]]!r}"
        raise ColumnError(f"{where}, row {row + 1}", problem, EMPTY_IS_MISSING)
    return text


def written_boolean(text: str) -> str | None:
    """The text "true" or "false", also of a number that is 1 or 0; None where it is neither.

    Examples
    --------
    >>> written_boolean("TRUE"), written_boolean("0.0"), written_boolean("yes")
    ('true', 'false', None)
    """
    found = BOOLEANS.get(text.casefold())
    return OF_NUMBERS.get(float(text)) if found is None and re.fullmatch(NUMBER, text, re.ASCII) else found


def is_number(arrow_type: pa.DataType) -> bool:
    """Whether a tidy column of this type holds numbers."""
    return bool(pa.types.is_integer(arrow_type) or pa.types.is_floating(arrow_type))


def is_nested(arrow_type: pa.DataType) -> bool:
    """Whether a column of this type holds something that no role fits: lists, records, binary data."""
    tidy = (pa.types.is_null, pa.types.is_boolean, pa.types.is_timestamp, pa.types.is_time, pa.types.is_dictionary)
    return not (is_number(arrow_type) or any(check(arrow_type) for check in tidy))


def _parsed(column: pa.Array, parsed: pa.Array, where: str, expected: str) -> pa.Array:
    """The parsed distinct values laid out over the rows; the first value that could not be parsed is named."""
    wrong = np.asarray(parsed.is_null())
    codes = codes_of(column)
    bad = (codes >= 0) & wrong[codes] if wrong.any() else np.zeros(1, bool)
    if bad.any():
        row = int(bad.argmax())
        value = column.dictionary[int(codes[row])].as_py()
        raise ColumnError(f"{where}, row {row + 1}", f"expected {expected}, found {value!r}", EMPTY_IS_MISSING)
    return parsed.take(column.indices)


def refuse_type(column: pa.Array, where: str, expected: str) -> NoReturn:
    """Refuse a column of another type by its first value."""
    first = int(np.asarray(column.is_valid()).argmax())
    problem = f"expected {expected}, found {str(column[first].as_py())[:60]!r}"
    remedy = "Give the column the type that it had when the model was trained."
    raise ColumnError(f"{where}, row {first + 1}", problem, remedy)


def in_short(value: Any) -> str:
    """A value as text: true, 12, 0.5; 12.0 becomes "12"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
