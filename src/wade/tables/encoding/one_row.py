"""A mapping, or a frame of one row, as the values that stand in it: no table is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa


def only_row(data: Any) -> Mapping[str, Any] | None:
    """The value of each column, where `data` is a single row that can be read at once; else None.

    Examples
    --------
    >>> only_row({"wind": 45.0}), only_row(pa.table({"wind": [45.0]})), only_row(pa.table({"wind": [45.0, 0.0]}))
    ({'wind': 45.0}, {'wind': 45.0}, None)
    """
    if isinstance(data, Mapping):
        return data
    if isinstance(data, pa.Table):
        return _named(data.column_names, [column[0].as_py() for column in data.columns]) if len(data) == 1 else None
    # Neither library is imported for this: who has no such frame need not have it.
    library, kind = type(data).__module__.partition(".")[0], type(data).__name__
    if kind != "DataFrame" or library not in ("pandas", "polars") or len(data) != 1:
        return None
    if library == "polars":
        return _named(data.columns, data.row(0))
    return _named(data.columns.tolist(), data.iloc[0].tolist())


def _named(names: Sequence[Any], values: Sequence[Any]) -> Mapping[str, Any] | None:
    """The values by name; None where a name is missing or there twice, of which the reader has more to say."""
    row = dict(zip(names, values, strict=True))
    return row if len(row) == len(values) and "" not in row else None
