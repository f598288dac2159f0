"""Epochs over more rows than memory holds.

The rows lie encoded on disk. An epoch takes them in groups of neighbours: the groups in a new random order, as many at
a time as fill a window of memory, and the rows of a window in a random order again. While the engine trains on one
window, a second one is filled. Both orders are functions of the seed and the epoch, so that the same seed gives the
same bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from wade.maths.random import permutation
from wade.tables.columns.threads import prefetch
from wade.tables.streaming.cache import Cache, Encoded
from wade.training.rows import RowSource
from wade.types import Rows, Samples

GROUP_ROWS: Final = 8_192
BLOCK_ROWS: Final = 65_536
WINDOW_STREAMS: Final = 1 << 16
"""Window w of an epoch is shuffled by the stream epoch + w · 2¹⁶: the first one as a table in memory is."""
GROUPS: Final = (1 << 15) * WINDOW_STREAMS


class Streamed(RowSource):
    """Encoded rows on disk.

    Parameters
    ----------
    cache : Cache
        The rows.
    window_rows : int
        About how many of them to have in memory, twice.
    """

    def __init__(self, cache: Cache, window_rows: int) -> None:
        self._cache, self._window_rows = cache, window_rows

    def __len__(self) -> int:
        return len(self._cache)

    @property
    def shuffled_at_a_time(self) -> int:
        """A window of them."""
        return min(self._window_rows, len(self))

    def blocks(self) -> Iterator[Samples]:
        """All rows in the order in which they were written."""
        return prefetch(self._blocks(min(BLOCK_ROWS, self._window_rows)))

    def epoch(self, number: int, batch_size: int, seed: int | None) -> Iterator[tuple[Samples, Rows]]:
        """All rows, window by window; a table that fits one window takes the order that it would have in memory."""
        return prefetch(self._windows(number, batch_size, seed))

    def _blocks(self, rows: int) -> Iterator[Samples]:
        places = self._places(rows)
        for number, start in enumerate(range(0, len(self), rows)):
            yield self._filled(places[number % 2], [start], rows)

    def _windows(self, epoch: int, batch_size: int, seed: int | None) -> Iterator[tuple[Samples, Rows]]:
        group = batch_size * max(1, GROUP_ROWS // batch_size)
        # A short group at the end stays there: every window but the last is to hold whole batches.
        whole, rest = divmod(len(self), group)
        order = np.arange(whole + (rest > 0))
        at_once = len(order) if len(self) <= self._window_rows else max(1, self._window_rows // group)
        if seed is not None and len(order) > at_once:
            order[:whole] = permutation(seed, GROUPS + epoch, whole)
        places = self._places(at_once * group)
        for window, first in enumerate(range(0, len(order), at_once)):
            samples = self._filled(places[window % 2], (group * order[first : first + at_once]).tolist(), group)
            count, stream = len(samples.X), epoch + window * WINDOW_STREAMS
            yield samples, np.arange(count) if seed is None else permutation(seed, stream, count)

    def _places(self, rows: int) -> list[Encoded]:
        """Two places in memory that take turns."""
        return [self._cache.room(min(rows, len(self))) for _ in range(2)]

    def _filled(self, place: Encoded, starts: list[int], rows: int) -> Samples:
        """A place with up to this number of rows from each start on."""
        filled = 0
        for start in starts:
            count = min(rows, len(self) - start)
            self._cache.read(start, count, place, filled)
            filled += count
        return Samples(place.X[:filled], place.y[:filled])
