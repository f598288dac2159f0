"""A frame of pandas, polars or pyarrow as a part of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lazy_loader
import pyarrow as pa

from wade.tables.reading.arrow_files import BATCH_ROWS

# Only frames need the library that reads frames.
frames = lazy_loader.load("wade.tables.reading.frames", suppress_warning=True)


@dataclass(frozen=True)
class FrameFragment:
    """A frame as a part of a table."""

    frame: Any
    name: str
    dialect: None = None

    def whole(self, text: frozenset[str]) -> pa.Table:
        """Everything."""
        return self._table

    def beginning(self, text: frozenset[str]) -> pa.Table:
        """Everything: all of it is there, so its types are those of all rows."""
        return self.whole(text)

    def batches(self, arrow_types: Mapping[str, pa.DataType]) -> Iterator[pa.Table]:
        """All rows, a block at a time."""
        table = self.whole(frozenset())
        for row in range(0, table.num_rows, BATCH_ROWS):
            yield table.slice(row, BATCH_ROWS)

    def refuse_if_changed(self) -> None:
        """A frame is in memory, in its reader's own hands."""

    @cached_property
    def _table(self) -> pa.Table:
        return frames.read_frame(self.frame, self.name)
