"""What becomes of a text file's columns after they are parsed: names, grouped digits, and values that do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

from wade.tables.columns.cleaning import MISSING_MARKERS, is_text, one_piece
from wade.tables.columns.exact_numbers import are_codes
from wade.tables.reading.csv.errors import mixed_zones, not_text
from wade.tables.reading.csv.number_format import GROUPS, parse_grouped
from wade.tables.reading.dialect import Dialect
from wade.tables.reading.fragment import cannot_fit

TEXTS_TRIED: Final = 64


def tidied(raw: pa.Table, dialect: Dialect, name: str, text: frozenset[str], first_row: int = 0) -> pa.Table:
    """Names without white space around them, grouped digits as numbers, and no column without name and values."""
    names = [column.strip() for column in raw.column_names]
    columns = []
    for column_name, column in zip(names, raw.columns, strict=True):
        if pa.types.is_binary(column.type):
            raise not_text(column, name, column_name, first_row)
        if is_text(column.type) and column_name not in text:
            mixed_zones(column, name, column_name, first_row)
            column = _numbers_or_text(column, dialect)
        columns.append(column)
    table = pa.table(columns, names=names)
    # "a,b," ends in a separator, and spreadsheets write empty columns: without name and values they are none.
    kept = [at for at, column in enumerate(columns) if names[at] or column.null_count < len(column)]
    return table.select(kept) if kept and any(names) else table


def zoned_columns(schema: pa.Schema) -> dict[str, pa.DataType]:
    """The columns of times with an offset, which are to be read as text."""
    return {field.name: pa.string() for field in schema if getattr(field.type, "tz", None)}


def typed_alone(column: pa.Array, dialect: Dialect) -> pa.Array:
    """Text, of which every text occurs, as the reader takes it where a file holds nothing else; text where it is text.

    Examples
    --------
    >>> days = pa.array(["2013-01-31", None]).dictionary_encode()
    >>> typed_alone(days, Dialect(separator=",", decimal=".")).type
    DataType(date32[day])
    """
    texts = column.dictionary if pa.types.is_dictionary(column.type) else pa.array([], pa.string())
    if not len(texts) or are_codes(texts):
        return column
    typed = texts
    # Most texts are recognized by the first of them.
    for some in (texts.slice(0, TEXTS_TRIED), texts):
        typed = _parsed(some, None, dialect)
        if is_text(typed.type):
            break
    if is_text(typed.type) or getattr(typed.type, "tz", None):
        numbers = _numbers_or_text(pa.chunked_array([texts]), dialect)
        typed = one_piece(numbers) if not pa.types.is_dictionary(numbers.type) else texts
    return column if is_text(typed.type) and dialect.decimal == "," else typed.take(column.indices)


def converted(
    batch: pa.RecordBatch, types: Mapping[str, pa.DataType], dialect: Dialect, name: str, first_row: int
) -> pa.Table:
    """Columns of bytes as these types, by the rules of the CSV reader itself; a value that does not fit is refused."""
    columns = []
    for column_name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            texts = pc.utf8_trim_whitespace(column.cast(pa.string()))
        except pa.ArrowInvalid as error:
            raise not_text(pa.chunked_array([column]), name, column_name, first_row) from error
        arrow_type = types[column_name]
        if is_text(arrow_type):
            columns.append(texts)
            continue
        try:
            columns.append(_parsed(texts, arrow_type, dialect))
        except pa.ArrowInvalid as error:
            row = _first_failure(texts, arrow_type, dialect)
            raise cannot_fit(name, column_name.strip(), first_row + row + 1, texts[row].as_py(), arrow_type) from error
    return pa.table(columns, names=batch.schema.names)


def _parsed(texts: pa.Array, arrow_type: pa.DataType | None, dialect: Dialect) -> pa.Array:
    """Texts as this type, or as the one that the reader infers."""
    sink = pa.BufferOutputStream()
    csv.write_csv(pa.table({"value": texts}), sink)
    return csv.read_csv(
        pa.BufferReader(sink.getvalue()),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            null_values=[*MISSING_MARKERS, *dialect.missing],
            column_types={} if arrow_type is None else {"value": arrow_type},
            decimal_point=dialect.decimal,
        ),
    )["value"].combine_chunks()


def _first_failure(texts: pa.Array, arrow_type: pa.DataType, dialect: Dialect) -> int:
    good, bad = 0, len(texts)
    while bad - good > 1:
        middle = (good + bad) // 2
        try:
            _parsed(texts.slice(good, middle - good), arrow_type, dialect)
            good = middle
        except pa.ArrowInvalid:
            bad = middle
    return good


def _numbers_or_text(column: pa.ChunkedArray, dialect: Dialect) -> pa.ChunkedArray:
    """Numbers with grouped digits as numbers.

    Under a decimal comma, 1.234 is a number with a group of digits even if the beginning of the file shows none, and
    what remains text is declared to be text, so that its points are not read as decimal points.
    """
    if dialect.decimal == "." and not dialect.thousands:
        return column
    groups = dialect.thousands or GROUPS[","][0]
    markers = pa.array([*MISSING_MARKERS, *dialect.missing])
    numbers = parse_grouped(column, dialect.decimal or ".", groups, markers)
    if numbers is not None:
        return numbers
    return column.dictionary_encode() if dialect.decimal == "," else column
