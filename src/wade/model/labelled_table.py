"""The rows of a table that have a target, with their numbers in the table."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from wade.errors import InvalidArgument
from wade.types import Rows


class LabelledTable(NamedTuple):
    """The rows that have a target, their table's name in messages, warnings, and where they are in the table.

    `rows` are their numbers from 0 on, of `of_rows` in the whole table.
    """

    table: pa.Table
    name: str
    notes: list[str]
    rows: Rows
    of_rows: int
    target: str

    def place_of(self, row: int) -> int:
        """Where a row of the whole table, counted from 1, is among those with a target, counted from 0.

        Raises
        ------
        InvalidArgument
            There is no such row, or it has no target.

        Examples
        --------
        >>> table = pa.table({"size": [1, 3], "left": ["no", "yes"]})
        >>> LabelledTable(table, "t", [], np.array([0, 2]), 3, "left").place_of(3)
        1
        """
        if isinstance(row, bool) or not isinstance(row, int) or not 1 <= row <= self.of_rows:
            raise InvalidArgument("row", f"must be a row of {self.name}, from 1 to {self.of_rows:,}", row)
        place = int(np.searchsorted(self.rows, row - 1))
        if place == len(self.rows) or self.rows[place] != row - 1:
            expected = f"must be a row of {self.name} with a value of {self.target!r}"
            raise InvalidArgument("row", expected, row, f"Row {int(self.rows[0]) + 1:,} has one.")
        return place
