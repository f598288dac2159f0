"""Rows of a table → a block of numbers and a block of category codes, as learned from the training rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from wade.errors import ColumnError
from wade.tables.checks import require_columns
from wade.tables.cleaning import one_piece
from wade.tables.columns import place
from wade.tables.dates import DateEncoding
from wade.tables.encodings import BooleanEncoding, CategoryEncoding, Encoding, NumberEncoding
from wade.tables.schema import Column, Schema
from wade.tables.words import WordsEncoding
from wade.types import Array, Category, InputLayout, Inputs

KINDS: dict[str, type[NumberEncoding | CategoryEncoding | BooleanEncoding | DateEncoding | WordsEncoding]] = {
    "number": NumberEncoding,
    "category": CategoryEncoding,
    "boolean": BooleanEncoding,
    "date-time": DateEncoding,
    "free text": WordsEncoding,
}
ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Encoder:
    """One encoding for each input column.

    Examples
    --------
    >>> from wade.tables.infer import infer_schema
    >>> table = pa.table({"wind": [45.0, 0.0, 15.0], "origin": ["JFK", "JFK", "EWR"], "late": [1, 0, 1]})
    >>> table = table.set_column(1, "origin", table["origin"].dictionary_encode())
    >>> encoder = Encoder.fit(table, infer_schema(table, "flights.csv", "late"))
    >>> encoder.layout
    InputLayout(numbers=('wind',), categories=(Category(name='origin', size=3),), piecewise=())
    >>> encoder.encode(table, "flights.csv").codes.ravel()
    array([1, 1, 2], dtype=int32)
    """

    encodings: tuple[Encoding, ...]

    @classmethod
    def fit(cls, table: pa.Table, schema: Schema, future: bool = False, name: str = "the training rows") -> Encoder:
        """Learn scales and codes.

        Parameters
        ----------
        table
            the training rows, and no others
        schema
            the role of each column
        future
            whether the model will be judged on rows later than these (see `dates`)
        name
            what messages call the table

        Raises
        ------
        ColumnError
            Nothing that could be learned from is left in the training rows.
        """
        return cls.of([_fit(table, column, future, name) for column in schema.columns], name)

    @classmethod
    def of(cls, encodings: Sequence[Encoding], name: str) -> Encoder:
        """The encoder of these columns; ColumnError where there is nothing to learn from in any of them."""
        encoder = cls(tuple(encodings))
        if not encoder.layout.numbers and not encoder.layout.categories:
            remedy = "Add a column whose values come back, such as a number or a category."
            raise ColumnError(name, "the input columns hold nothing that can be learned from", remedy)
        return encoder

    @cached_property
    def layout(self) -> InputLayout:
        """What one encoded row holds."""
        numbers = [number for encoding in self.encodings for number in encoding.numbers]
        categories = [category for encoding in self.encodings for category in encoding.categories]
        names = _distinct([category.name for category in categories])
        sized = tuple(Category(name, category.size) for name, category in zip(names, categories, strict=True))
        return InputLayout(tuple(_distinct(numbers)), sized)

    def encode(self, table: pa.Table, name: str) -> Inputs:
        """Rows as numbers and codes.

        Parameters
        ----------
        table
            tidy table, as `read_table` gives it; columns that the model does not use are ignored
        name
            what messages call the table

        Returns
        -------
        Inputs, numbers float32 (n_rows, n_numbers), codes int32 (n_rows, n_categories), both finite and in range

        Raises
        ------
        ColumnError
            A column is missing, of another type than in training, or holds infinities.
        """
        used = [encoding for encoding in self.encodings if encoding.numbers or encoding.categories]
        require_columns(table, [encoding.column for encoding in used], name)
        encoded = [e.encode(one_piece(table[e.column]), place(name, e.column)) for e in used]
        numbers = _side_by_side([values for each in encoded for values in each.numbers], table.num_rows, np.float32)
        codes = _side_by_side([values for each in encoded for values in each.codes], table.num_rows, np.int32)
        return Inputs(numbers, codes)

    def to_dict(self) -> dict[str, Any]:
        """The encoder as plain JSON data."""
        return {"encodings": [encoding.to_dict() for encoding in self.encodings]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Encoder:
        """The encoder that `to_dict` described."""
        return cls(tuple(KINDS[encoding["kind"]].from_dict(encoding) for encoding in data["encodings"]))


def _fit(table: pa.Table, column: Column, future: bool, name: str) -> Encoding:
    values, where = one_piece(table[column.name]), place(name, column.name)
    if column.role == "number":
        return NumberEncoding.fit(values, column.name, where)
    if column.role == "date-time":
        return DateEncoding.fit(values, column.name, column.form, where, future)
    if column.role == "free text":
        return WordsEncoding.fit(values, column.name, where)
    if column.role == "boolean":
        return BooleanEncoding.fit(values, column.name, where)
    return CategoryEncoding.fit(values, column.name, where)


def _side_by_side(columns: Sequence[Array], n_rows: int, dtype: type[np.generic]) -> Array:
    """Columns as one block in C order, written some thousand rows at a time so that each line of cache fills once."""
    block = np.empty((n_rows, len(columns)), dtype)
    for start in range(0, n_rows, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        for index, column in enumerate(columns):
            block[rows, index] = column[rows]
    return block


def _distinct(names: list[str]) -> list[str]:
    """The names, a second bearer of a name marked as such: "day weekday" may be a column and a part of "day"."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
