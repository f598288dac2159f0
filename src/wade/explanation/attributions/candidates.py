"""Candidate values for a column: values like those of the training rows, each with the size of the change.

A model file holds no rows, but its encoder has scales and values, and its schema the range of each column. Sizes can be
compared across columns; each kind says in `Encoding.alternatives` (`wade.tables.kinds`) which values it offers and how
it measures them: numbers in distances between quartiles, categories and booleans 1, other hours of a day in halves of
a day, other days 1. A text and a missing value have no candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables import Column, Encoder
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.views import column_location
from wade.tables.kinds.base import Encoding
from wade.types import Inputs


@dataclass(frozen=True)
class Options:
    """What else could stand in a column of one row.

    Parameters
    ----------
    column : str
    value : number or text
        What stands there.
    values : tuple of numbers or texts
        What else could, as `Model.predict` takes it.
    sizes : array (n,), float64
        How large each change is; rising.
    encoded : Inputs, n rows
        The values as the network reads them, of this column alone.
    """

    column: str
    value: Any
    values: tuple[Any, ...]
    sizes: NDArray[np.float64]
    encoded: Inputs


def options_of(encoding: Encoding, column: Column, table: pa.Table, name: str = "the row") -> Options | None:
    """What else could stand in this column of a row; None where nothing could.

    Parameters
    ----------
    encoding, column
        Of the model.
    table
        tidy, of one row
    name
        what messages call it

    Examples
    --------
    >>> from wade.tables.kinds.boolean import BooleanEncoding
    >>> table = pa.table({"wet": [True]})
    >>> options_of(BooleanEncoding("wet", ("false", "true")), Column("wet", "boolean", ""), table).values
    ('false',)
    """
    value = encoding.first(one_piece(table[column.name]), column_location(name, column.name))
    options = [] if value is None else sorted(encoding.alternatives(value, column), key=lambda option: option[1])
    if not options:
        return None
    values, sizes = zip(*options, strict=True)
    stored = pa.array([encoding.arrow_value(other) for other in values], encoding.arrow_type)
    encoded = Encoder((encoding,)).encode(pa.table({column.name: stored}), name)
    known = np.flatnonzero(encoded.codes.all(axis=1))  # an hour or a weekday without a code was never seen
    if not len(known):
        return None
    shown = tuple(encoding.written(values[at]) for at in known)
    return Options(column.name, encoding.written(value), shown, np.asarray(sizes, np.float64)[known], encoded[known])
