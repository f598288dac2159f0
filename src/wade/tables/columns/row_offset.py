"""A fault in a batch, named by its row in the whole table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from wade.errors import ColumnError

ROW = re.compile(r", row (\d+)$")


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
