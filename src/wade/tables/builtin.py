"""Tables that come with wade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from types import MappingProxyType

import pyarrow as pa

from wade.tables.readers import read_table


@dataclass(frozen=True)
class BuiltIn:
    """A table that comes with wade, with the question that it asks.

    Parameters
    ----------
    name
        what a user types
    about
        one sentence
    target
        the column to predict
    time
        the column that orders the rows in time, or None
    test_rows
        how many rows the test set holds, by way of splitting ("random", "time")
    file
        the file in `wade/tables/data`
    """

    name: str
    about: str
    target: str
    time: str | None
    test_rows: Mapping[str, int]
    file: str

    def read(self) -> pa.Table:
        """The table."""
        with as_file(files("wade.tables") / "data" / self.file) as path:
            return read_table(path)


BUILT_IN: Mapping[str, BuiltIn] = MappingProxyType(
    {
        "flights": BuiltIn(
            name="flights",
            about="Will my flight be delayed? All 336,776 departures from New York in 2013 with the hour's weather.",
            target="delayed",
            time="scheduled_departure",
            test_rows=MappingProxyType({"random": 60_000, "time": 66_776}),
            file="flights.parquet",
        ),
    }
)
