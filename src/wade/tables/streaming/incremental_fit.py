"""The encoding of a column from batches of its rows, fitted for every kind that it may turn out to be.

A role is certain only when all rows have been profiled. So each column gets a fit of every kind that its type allows,
or of the one that the user gave; and when the role is known, that one gives the encoding.
"""

from __future__ import annotations

import pyarrow as pa

from wade.errors import ColumnError
from wade.tables.columns.views import is_nested
from wade.tables.kinds.base import Encoding, FitOptions, TrainingMask
from wade.tables.kinds.column import Column
from wade.tables.kinds.registry import KINDS
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.sketches import Quantiles


class ColumnFit:
    """One column, as every kind that it may turn out to be; `role` and `form` are what the user gave, or empty.

    Examples
    --------
    >>> import numpy as np
    >>> fit, batch = ColumnFit(pa.float64()), pa.array([45.0, None, 15.0])
    >>> fit.add(batch, np.array([True, True, False]), ColumnProfile.of(batch), "table, column 'wind'")
    >>> fit.encoding(Column("wind", "number", ""), FitOptions())
    NumberEncoding(column='wind', scale=Scale(median=45.0, factor=0.0), indicator=True, edges=(), form='')
    """

    def __init__(self, arrow_type: pa.DataType, role: str = "", form: str = "") -> None:
        usable = not (pa.types.is_null(arrow_type) or is_nested(arrow_type))
        kinds = [kind for kind in KINDS.values() if kind.name == role or (not role and kind.may_hold(arrow_type))]
        self._fits = {kind.name: kind.incremental(kind, form) for kind in kinds if usable}

    def add(self, column: pa.Array, training: TrainingMask, profile: ColumnProfile, where: str) -> None:
        """As `IncrementalFit.add`; ColumnError where a value cannot be of the only kind that is left."""
        for name, fit in [*self._fits.items()]:
            try:
                fit.add(column, training, profile, where)
            except ColumnError:
                if len(self._fits) == 1:
                    raise
                del self._fits[name]

    def encoding(self, column: Column, options: FitOptions) -> Encoding:
        """The encoding for the role that the column turned out to have."""
        return self._fits[column.role].encoding(column, options)

    def quantiles(self, column: Column) -> Quantiles:
        """The quantiles of what orders rows in time; columns that are dropped are ordered as numbers."""
        return self._fits[column.role if column.role in self._fits else "number"].quantiles(column)
