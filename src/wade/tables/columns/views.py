"""A tidy column as numbers, as text or as times: the three ways in which the encoder looks at it.

Each function takes the place of the column in words (`where`), because a column that cannot be seen that way is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
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

ISO = "ISO 8601"
ISO_PATTERN = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$"
DAY, MONTH, YEAR = r"(?P<day>\d{1,2})", r"\d{1,2}", r"\d{4}"
DAYS = {"%Y/%m/%d": f"{YEAR}/{MONTH}/{DAY}"} | {
    form: pattern
    for delimiter, pattern_of in (("/", "/"), (".", r"\."), ("-", "-"))
    for form, pattern in (
        (f"%d{delimiter}%m{delimiter}%Y", f"{DAY}{pattern_of}{MONTH}{pattern_of}{YEAR}"),
        (f"%m{delimiter}%d{delimiter}%Y", f"{MONTH}{pattern_of}{DAY}{pattern_of}{YEAR}"),
    )
}
CLOCKS = {"": "", " %H:%M": r" \d{1,2}:\d{2}", " %H:%M:%S": r" \d{1,2}:\d{2}:\d{2}"}
PATTERNS = {day + clock: f"^{a}{b}$" for day, a in DAYS.items() for clock, b in CLOCKS.items()}
FIRST_LOOK = 20
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
    try:
        yield
    except ColumnError as error:
        where = ROW.sub(lambda found: f", row {int(found[1]) + first}", error.where)
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
    if not (is_number(column.type) or pa.types.is_boolean(column.type) or pa.types.is_null(column.type)):
        _refuse_type(column, where, "numbers")
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
        _refuse_type(column, where, "categories")
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


def as_times(column: pa.ChunkedArray | pa.Array, form: str, where: str) -> NDArray[np.datetime64]:
    """The column as datetime64[s], NaT where missing; ColumnError where a value is no time or no text in this form.

    Examples
    --------
    >>> as_times(pa.array(["1/31/2013"]).dictionary_encode(), "%m/%d/%Y", "table, column 'day'")
    array(['2013-01-31T00:00:00'], dtype='datetime64[s]')
    """
    column = one_piece(column)
    if pa.types.is_dictionary(column.type):
        column = _parsed(column, parse_times(column.dictionary, form), where, f"a date ({_example(form)})")
    if not (pa.types.is_timestamp(column.type) or pa.types.is_null(column.type)):
        _refuse_type(column, where, "dates")
    return np.asarray(column.cast(pa.timestamp("s"), safe=False), dtype="datetime64[s]")


def parse_times(values: pa.Array, form: str) -> pa.Array:
    """Texts as timestamps, missing where a text is not a date of this form."""
    if form == ISO:
        return _parse_iso(values)
    day = pc.struct_field(pc.extract_regex(values, PATTERNS[form]), "day").cast(pa.int64())
    times = pc.strptime(pc.if_else(day.is_valid(), values, None), format=form, unit="s", error_is_null=True)
    # The 31st of February would come out as the 3rd of March.
    return pc.if_else(pc.equal(pc.day(times), day), times, None)


def date_forms(values: pa.Array) -> list[str]:
    """Every form in which all of these texts are dates; two where the order of day and month is ambiguous."""
    # Every form begins with a digit: most texts need no closer look.
    forms = [ISO, *PATTERNS] if len(values) and values[0].as_py()[:1].isdigit() else []
    for part in (values.slice(0, FIRST_LOOK), values):
        forms = [form for form in forms if parse_times(part, form).null_count == 0]
    return forms


def _parse_iso(values: pa.Array) -> pa.Array:
    fitting = pc.match_substring_regex(values, ISO_PATTERN)
    values = pc.if_else(fitting, values, None)
    try:
        return pc.cast(values, pa.timestamp("ms"))
    except pa.ArrowInvalid:
        # One of them is a 31st of February or the like: each is parsed by itself.
        return pa.array([_iso_or_none(value) for value in values.to_pylist()], pa.timestamp("ms"))


def _iso_or_none(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value or "")
    except ValueError:
        return None


def is_number(arrow_type: pa.DataType) -> bool:
    """Whether a tidy column of this type holds numbers."""
    return bool(pa.types.is_integer(arrow_type) or pa.types.is_floating(arrow_type))


def is_nested(arrow_type: pa.DataType) -> bool:
    """Whether a column of this type holds something that no role fits: lists, records, binary data."""
    tidy = (pa.types.is_null, pa.types.is_boolean, pa.types.is_timestamp, pa.types.is_dictionary)
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


def _refuse_type(column: pa.Array, where: str, expected: str) -> NoReturn:
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


def _example(form: str) -> str:
    return np.datetime_as_string(np.datetime64("2013-12-31")) if form == ISO else form
