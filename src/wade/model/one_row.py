"""The prediction of a single row in microseconds: no table is made, and a predictor is prepared once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import pyarrow as pa

from wade.engines import Predictor, Task, choose_engine
from wade.network import Network
from wade.tables import Encoder
from wade.tables.columns.scalars import MissingMarkers
from wade.types import Floats


class OneRow:
    """From the values of one row to the activations of the last layer, as a table of that row would give them.

    `marks` are missing markers besides the usual ones. A predictor is made again when the network's parameters change.
    """

    def __init__(self, network: Network, encoder: Encoder, marks: Iterable[str]) -> None:
        self._network, self._encoder, self._marks = network, encoder, MissingMarkers.of(marks)
        self._ready: tuple[Floats, Predictor] | None = None

    def __call__(self, row: Mapping[str, Any]) -> Floats:
        """The outputs, (1, outputs); Unusual where only a table can determine what a value is."""
        X, theta = self._encoder.encode_row(row, self._marks), self._network.theta
        if self._ready is None or not (self._ready[0] == theta).all():
            self._ready = theta.copy(), choose_engine(task=Task(self._network)).predictor(self._network)
        return self._ready[1](X)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_ready": None}


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
        return _only_of(data) if len(data) == 1 else None
    # Neither library is imported for this.
    library, kind = type(data).__module__.partition(".")[0], type(data).__name__
    if kind != "DataFrame" or library not in ("pandas", "polars") or len(data) != 1:
        return None
    if library == "polars":
        with suppress(ValueError, OverflowError):  # a time beyond Python's calendar
            return _named(data.columns, data.row(0))
        return None
    return _named(data.columns.tolist(), data.iloc[0].tolist())


def _only_of(table: pa.Table) -> Mapping[str, Any] | None:
    """The one row of a table; None where its buffers hold no valid values, of which the reader has more to say."""
    try:
        table.validate(full=True)
        return _named(table.column_names, [column[0].as_py() for column in table.columns])
    except (pa.ArrowException, ValueError, OverflowError):
        return None


def _named(names: Sequence[Any], values: Sequence[Any]) -> Mapping[str, Any] | None:
    """The values by name; None where a name is missing or there twice, of which the reader has more to say."""
    row = dict(zip(names, values, strict=True))
    return row if len(row) == len(values) and "" not in row else None
