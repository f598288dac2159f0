"""What a user may hand over as data: a built-in name, a file, or a frame."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyarrow as pa

from wade.tables import BUILT_IN, BuiltIn, read_table, table_name
from wade.tables.builtin import refuse_noise


def built_in(data: Any) -> BuiltIn | None:
    """The built-in table that `data` names, if it does; a file of that name is reached as "./flights"."""
    return BUILT_IN.get(data) if isinstance(data, str) else None


def open_table(
    data: Any,
    missing: Collection[str] = (),
    text: Collection[str] = (),
    rows: int | None = None,
    noise: float | None = None,
    seed: int = 0,
) -> tuple[pa.Table, str]:
    """The table, and what messages call it.

    Parameters
    ----------
    data : str, path or frame
        A built-in name, a path, or a frame of pandas, polars, pyarrow or DuckDB.
    missing : texts
        What stands for a missing value, besides the usual marks.
    text : column names
        Columns whose values stay text, even where a file holds nothing but numbers in them.
    rows, noise, seed
        Of a built-in table that is drawn: how many rows, how much noise, and which draw.

    Raises
    ------
    UnreadableTable
        The file is missing, empty, or not a table.
    InvalidArgument
        `noise` is given for a table that is not drawn.

    Examples
    --------
    >>> table, name = open_table("flights")
    >>> table.num_rows, name
    (336776, 'flights')
    """
    known = built_in(data)
    if known is not None:
        return known.read(rows, noise, seed), known.name
    refuse_noise(noise)
    return read_table(data, missing, text), table_name(data)


def names_of(columns: str | Collection[str]) -> tuple[str, ...]:
    """Several names, or one: "wind" is one name, not four letters."""
    return (columns,) if isinstance(columns, str) else tuple(columns)
