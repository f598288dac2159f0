"""Rows of a table → a block of numbers and a block of category codes, as fitted to the training rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from wade.errors import ColumnError
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.from_json import distinct, require
from wade.tables.columns.scalars import MissingMarkers, Unusual
from wade.tables.columns.threads import MANY_ROWS, in_threads, row_chunks
from wade.tables.columns.views import column_location
from wade.tables.encoding.assemble import NumberColumns, fill
from wade.tables.kinds.base import Encoded, Encoding, FitOptions
from wade.tables.kinds.column import Column
from wade.tables.kinds.registry import KINDS
from wade.tables.kinds.scales import Scale, put_on_scale
from wade.tables.schema.column_checks import require_columns
from wade.tables.schema.schema import Schema
from wade.types import Category, Floats, InputLayout, Inputs, Piecewise, Rows


@dataclass(frozen=True)
class Encoder:
    """One encoding for each input column.

    Examples
    --------
    >>> from wade.tables.schema.infer import infer_schema
    >>> table = pa.table({"wind": [45.0, 0.0, 15.0], "origin": ["JFK", "JFK", "EWR"], "late": [1, 0, 1]})
    >>> table = table.set_column(1, "origin", table["origin"].dictionary_encode())
    >>> encoder = Encoder.fit(table, infer_schema(table, "flights.csv", "late"))
    >>> encoder.layout
    InputLayout(numbers=('wind',), categories=(Category(name='origin', size=3),), piecewise=())
    >>> encoder.encode(table, "flights.csv").codes.ravel()
    array([1, 1, 2], dtype=int32)
    """

    encodings: tuple[Encoding, ...]

    def __repr__(self) -> str:
        """As short as a prompt can show it; `encodings` holds every scale and code."""
        counts = Counter(encoding.kind for encoding in self.encodings)
        return f"Encoder({', '.join(f'{count} {kind}' for kind, count in counts.items())})"

    @classmethod
    def fit(
        cls,
        table: pa.Table,
        schema: Schema,
        future: bool = False,
        name: str = "the training rows",
        piecewise: bool = False,
    ) -> Encoder:
        """Fit scales and codes.

        Parameters
        ----------
        table
            the training rows, and no others
        schema
            the role of each column
        future
            whether the model will be evaluated on rows later than these (see `kinds/datetime.py`)
        name
            what messages call the table
        piecewise
            whether numbers are read as positions in bins too

        Raises
        ------
        ColumnError
            The training rows hold no information.
        """
        options = FitOptions(future, piecewise)

        def fit(column: Column) -> Encoding:
            where = column_location(name, column.name)
            return KINDS[column.role].fit(one_piece(table[column.name]), column, where, options)

        return cls.of(in_threads(fit, schema.columns, table.num_rows >= MANY_ROWS), name)

    @classmethod
    def of(cls, encodings: Sequence[Encoding], name: str) -> Encoder:
        """The encoder of these columns; ColumnError where none of them holds information."""
        encoder = cls(tuple(encodings))
        if not encoder.layout.numbers and not encoder.layout.categories:
            remedy = "Add a column whose values repeat, such as a number or a category."
            raise ColumnError(name, "the input columns hold no information", remedy)
        return encoder

    @cached_property
    def layout(self) -> InputLayout:
        """What one encoded row holds."""
        numbers = [number for encoding in self.encodings for number in encoding.numbers]
        categories = [category for encoding in self.encodings for category in encoding.categories]
        piecewise = [number for encoding in self.encodings for number in encoding.piecewise]
        names = iter(_distinct([*numbers, *(one.name for one in categories), *(one.name for one in piecewise)]))
        return InputLayout(
            tuple(islice(names, len(numbers))),
            tuple(Category(next(names), category.size) for category in categories),
            tuple(Piecewise(next(names), number.bins) for number in piecewise),
        )

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
        Inputs, numbers float32 (n_rows, n_numbers), codes int32 (n_rows, n_categories), positions float32 (n_rows,
        n_piecewise), all finite and in range

        Raises
        ------
        ColumnError
            A column is missing, of another type than in training, or holds infinities.
        """
        require_columns(table, [encoding.column for encoding in self._used], name)

        def encode(encoding: Encoding) -> Encoded:
            return encoding.encode(one_piece(table[encoding.column]), column_location(name, encoding.column))

        side_by_side = table.num_rows >= MANY_ROWS
        encoded = in_threads(encode, self._used, side_by_side)
        rows = self._empty(table.num_rows)
        to_scale = [column for each in encoded for column in each.to_scale]
        others = [column for each in encoded for column in each.numbers]
        codes = [column for each in encoded for column in each.codes]
        positions = [column for each in encoded for column in each.positions]

        def fill_rows(some: range) -> None:
            fill(to_scale, others, self._places, rows.numbers, some)
            for block, columns in ((rows.codes, codes), (rows.positions, positions)):
                for at, column in enumerate(columns):
                    block[some.start : some.stop, at] = column[some.start : some.stop]

        in_threads(fill_rows, row_chunks(range(table.num_rows)), side_by_side)
        return rows

    def encode_row(self, row: Mapping[str, Any], markers: MissingMarkers) -> Inputs:
        """A single row as numbers and codes, bit for bit as `encode` makes them of a table of that row.

        Unusual where a value is absent, wrong, or one that only a column can interpret; other columns are ignored.
        """
        try:
            encoded = [encoding.encode_value(row[encoding.column], markers) for encoding in self._used]
        except KeyError as error:
            raise Unusual from error
        scaled, others, medians, factors = self._for_one
        rows = self._empty(1)
        values = np.array([value for each in encoded for value in each.to_scale])
        put_on_scale(values, medians, factors)
        rows.numbers[0, scaled] = values
        rows.numbers[0, others] = [value for each in encoded for value in each.numbers]
        rows.codes[0] = [code for each in encoded for code in each.codes]
        rows.positions[0] = [position for each in encoded for position in each.positions]
        return rows

    @cached_property
    def _used(self) -> tuple[Encoding, ...]:
        return tuple(encoding for encoding in self.encodings if encoding.operations)

    @cached_property
    def _places(self) -> NumberColumns:
        scales: dict[int, Scale] = {}
        count = 0
        for encoding in self._used:
            scales |= {count + place: scale for place, scale in encoding.scales.items()}
            count += len(encoding.numbers)
        return NumberColumns([*scales], [place for place in range(count) if place not in scales], [*scales.values()])

    @cached_property
    def _for_one(self) -> tuple[Rows, Rows, Floats, Floats]:
        """The places as arrays, the medians and the factors, (n_scaled,)."""
        scaled, others = (np.array(places, np.int64) for places in (self._places.scaled, self._places.others))
        medians, factors = self._places.arrays()
        return scaled, others, medians[:, 0], factors[:, 0]

    def _empty(self, n_rows: int) -> Inputs:
        layout = self.layout
        numbers = np.zeros((n_rows, layout.n_numbers), np.float32)
        codes = np.empty((n_rows, len(layout.categories)), np.int32)
        return Inputs(numbers, codes, np.empty((n_rows, len(layout.piecewise)), np.float32))

    def to_dict(self) -> dict[str, Any]:
        """The encoder as plain JSON data."""
        return {"encodings": [encoding.to_dict() for encoding in self.encodings]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Encoder:
        """The encoder that `to_dict` described."""
        encoder = cls(tuple(map(_described, data["encodings"])))
        columns = tuple(encoding.column for encoding in encoder.encodings)
        require(distinct(columns), "encodings", "must be of different columns", columns)
        return encoder


def _described(data: Mapping[str, Any]) -> Encoding:
    """The encoding that its own `to_dict` described, whichever kind that is."""
    kind, rest = data["kind"], {name: value for name, value in data.items() if name != "kind"}
    require(isinstance(kind, str) and kind in KINDS, "kind", f"must be one of {', '.join(KINDS)}", kind)
    return KINDS[kind].encoding.from_dict(rest)


def _distinct(names: list[str]) -> list[str]:
    """The names, a second bearer of a name marked as such: "day weekday" may be a column and a part of "day"."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
