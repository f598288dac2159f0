"""A single row, answered in microseconds: what it takes is made ready once and used again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wade.engines import Predictor, Task, choose_engine
from wade.network import Network
from wade.tables import Encoder
from wade.tables.columns.scalars import MissingMarkers
from wade.types import Floats


class OneRow:
    """From the values of one row to the activations of the last layer, as a table of that row would give them.

    Parameters
    ----------
    network : Network
        Its parameters may change: a predictor is made anew when they did.
    encoder : Encoder
        From values to what the network reads.
    marks : texts
        What stands for a missing value, besides the usual marks.
    """

    def __init__(self, network: Network, encoder: Encoder, marks: Iterable[str]) -> None:
        self._network, self._encoder, self._marks = network, encoder, MissingMarkers.of(marks)
        self._ready: tuple[Floats, Predictor] | None = None

    def __call__(self, row: Mapping[str, Any]) -> Floats:
        """The answer, (1, outputs); Unusual where only a table can tell what a value is."""
        X = self._encoder.encode_row(row, self._marks)
        return self._predictor()(X)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_ready": None}

    def _predictor(self) -> Predictor:
        theta = self._network.theta
        if self._ready is None or not (self._ready[0] == theta).all():
            self._ready = theta.copy(), choose_engine(task=Task(self._network)).predictor(self._network)
        return self._ready[1]
