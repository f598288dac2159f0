"""Columns of numbers → a block of rows as a network reads them, on their scales, 0 where a value is missing.

Compiled code (`native/table_rows.cpp`) does it in one pass and lets other threads run meanwhile; where it does not
load, NumPy does the same in a dozen passes over some thousand rows at a time, so that they stay in the cache. Both give
the same bits: `scales.put_on_scale` is what they compute.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade import __version__
from wade.tables.kinds.scales import Scale, put_on_scale
from wade.types import Array, Floats

try:
    from wade.tables.encoding import _rows
except ImportError:
    _version = ""
else:
    _version = _rows.version

COMPILED: Final = _version == __version__
ROWS_AT_ONCE: Final = 4096


class NumberColumns(NamedTuple):
    """Where in a row those numbers stand that go on a scale, and where the others do; and the scales."""

    scaled: Sequence[int]
    others: Sequence[int]
    scales: Sequence[Scale]

    def arrays(self) -> tuple[Floats, Floats]:
        """Medians and factors, (n_scaled, 1)."""
        medians, factors = np.array([(scale.median, scale.factor) for scale in self.scales]).reshape(-1, 2).T
        return medians[:, None], factors[:, None]


def fill_compiled(
    to_scale: Sequence[NDArray[np.float64]], others: Sequence[Array], places: NumberColumns, into: Floats, rows: range
) -> None:
    """The same as `fill_numpy`, by compiled code."""
    at = list(zip(places.others, others, strict=True))
    flags = [(place, column) for place, column in at if column.dtype == bool]
    ready = [(place, column) for place, column in at if column.dtype != bool]
    _rows.fill(
        to_scale,
        [scale.median for scale in places.scales],
        [scale.factor for scale in places.scales],
        places.scaled,
        ready=[column for _, column in ready],
        ready_places=[place for place, _ in ready],
        flags=[column for _, column in flags],
        flag_places=[place for place, _ in flags],
        rows=into,
        first=rows.start,
        last=rows.stop,
    )


def fill_numpy(
    to_scale: Sequence[NDArray[np.float64]], others: Sequence[Array], places: NumberColumns, into: Floats, rows: range
) -> None:
    """Write numbers into some `rows` of `into`, float32 (n_rows, n_numbers), which hold zeros before.

    `to_scale` are columns (n_rows,) that go on their scales; `others` are ready: numbers, or if a value is missing.
    """
    medians, factors = places.arrays()
    memory = np.empty((2, len(to_scale), ROWS_AT_ONCE))
    for start in range(rows.start, rows.stop, ROWS_AT_ONCE):
        now = slice(start, min(start + ROWS_AT_ONCE, rows.stop))
        values, scratch = memory[:, :, : now.stop - start]
        for at, column in enumerate(to_scale):
            values[at] = column[now]
        put_on_scale(values, medians, factors, scratch)
        for at, on_scale in zip(places.scaled, values, strict=True):
            into[now, at] = on_scale
        for at, ready in zip(places.others, others, strict=True):
            # Indicators are mostly 0: zeros are there already.
            if ready.dtype != bool or np.count_nonzero(ready[now]):
                into[now, at] = ready[now]


fill = fill_compiled if COMPILED else fill_numpy
