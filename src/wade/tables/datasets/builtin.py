"""Tables that come with wade: the flights, classics from scikit-learn, and generated problems with two inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import as_file, files
from inspect import getdoc, signature
from types import MappingProxyType
from typing import Final

import numpy as np
import pyarrow as pa

from wade.errors import InvalidArgument
from wade.tables.datasets.generators import GENERATORS, Draw
from wade.tables.reading.readers import read_table

ROWS_DRAWN: Final = 1000


@dataclass(frozen=True)
class BuiltIn:
    """A table that comes with wade, with the question that it asks."""

    name: str  # what a user types
    about: str  # one sentence
    target: str  # the column to predict
    meaning: str = ""  # what its name leaves open
    load: Callable[[], pa.Table] | None = None  # reads the table, where it is stored
    draw: Draw | None = None  # draws it otherwise: rows, noise and seed → table
    time: str | None = None  # the column that orders the rows in time
    test_rows: Mapping[str, int] | None = None  # by way of splitting; None: a share of the table

    def read(self, rows: int | None = None, noise: float | None = None, seed: int = 0) -> pa.Table:
        """The table; of a generated one, with this number of rows (from 1 on) and this noise (at least 0).

        Examples
        --------
        >>> BUILT_IN["moons"].read(rows=500, noise=0.2).num_rows
        500
        """
        if self.draw is not None:
            noise = float(signature(self.draw).parameters["noise"].default) if noise is None else noise
            rows = ROWS_DRAWN if rows is None else rows
            if rows < 1:
                raise InvalidArgument("rows", "must be a whole number from 1 on", rows)
            if not 0 <= noise < np.inf:
                raise InvalidArgument("noise", "must be at least 0 and finite", noise, "Try 0.1.")
            return read_table(self.draw(rows, noise, seed))
        refuse_noise(noise)
        assert self.load is not None
        return self.load()


def refuse_noise(noise: float | None) -> None:
    """Refuses noise for tables that are not generated."""
    if noise is not None:
        remedy = f"Those are {', '.join(GENERATORS)}."
        raise InvalidArgument("noise", "is only for generated tables", noise, remedy)


def _stored(name: str) -> pa.Table:
    with as_file(files("wade.tables.datasets") / "data" / f"{name}.parquet") as path:
        return read_table(path)


_FLIGHTS = BuiltIn(
    "flights",
    "Will my flight be delayed? All 336,776 departures from New York in 2013 with the hour's weather.",
    "delayed",
    "more than 15 minutes late, or cancelled",
    partial(_stored, "flights"),
    time="scheduled_departure",
    test_rows=MappingProxyType({"random": 60_000, "time": 66_776}),
)
CLASSICS: Final = (
    ("wine", "grower", "Which of three growers made this wine? 178 wines, 13 measurements."),
    ("digits", "digit", "Which digit is this? 1,797 handwritten digits, 8 × 8 pixels."),
    ("breast_cancer", "diagnosis", "Is this tumour benign? 569 tumours, 30 measurements of their cells."),
    ("iris", "species", "Which iris is this? 150 flowers, 4 measurements."),
    ("diabetes", "progression", "How far will the disease go within a year? 442 patients, 10 measurements."),
)
_HEIGHTS = ("plane", "hills")
_TABLES = (
    _FLIGHTS,
    *(BuiltIn(name, about, target, load=partial(_stored, name)) for name, target, about in CLASSICS),
    *(
        BuiltIn(name, (getdoc(draw) or "").split("\n", 1)[0], "height" if name in _HEIGHTS else "class", draw=draw)
        for name, draw in GENERATORS.items()
    ),
)
BUILT_IN: Mapping[str, BuiltIn] = MappingProxyType({one.name: one for one in _TABLES})
