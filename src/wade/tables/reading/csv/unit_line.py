"""A line of units under the names of columns, as instruments and statistical offices write it: it is no row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from wade.tables.columns.units import ALONE, COUNT, is_known, meanings, named
from wade.tables.reading.csv.number_format import is_value
from wade.tables.reading.csv.top import all_values

IN_BRACKETS: Final = re.compile(r"[\[(<{][^\])>}]{1,20}[\])>}]")
COMPOSED: Final = re.compile(r"(?=.*[^\W\d_])[\w°µ%$€]{1,6}([/·*^][\w°µ²³-]{1,6}){1,3}")
"""With a letter: 04/02/2000 is a date."""


def is_units(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first row holds units: each cell above numbers is a unit or empty, and the others are no values.

    Examples
    --------
    >>> is_units(["°C", ""], [["20", "x"], ["21", "y"]]), is_units(["19", ""], [["20", "x"], ["21", "y"]])
    (True, False)
    """
    rows = [other for other in below if len(other) == len(row)]
    if len(rows) < 2:
        return False
    columns = list(zip(row, zip(*rows, strict=True), strict=True))
    over_numbers = [cell for cell, column in columns if all_values(column)]
    over_text = [(cell, column) for cell, column in columns if not all_values(column)]
    units = [cell for cell in over_numbers if is_unit(cell)]
    return (
        bool(units)
        and all(not cell or cell == "-" or is_unit(cell) for cell in over_numbers)
        and all(not is_value(cell) and (not cell or cell not in column) for cell, column in over_text)
    )


def is_unit(cell: str) -> bool:
    """Whether a cell is a unit without a number.

    Examples
    --------
    >>> [is_unit(cell) for cell in ("°C", "[hPa]", "W/m2", "kg", "count")], is_unit("M"), is_unit("wind")
    ([True, True, True, True, True], False, False)
    """
    if IN_BRACKETS.fullmatch(cell) or COMPOSED.fullmatch(cell) or cell in ALONE:
        return True
    name = named(cell)
    # "M" and "x" are more often marks for a missing value.
    return name is not None and is_known(name) and meanings(name)[0].dimension not in (COUNT, "times")
