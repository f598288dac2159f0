"""Encoded rows on disk: written once, read many times, gone with the process that wrote them.

The blocks of a row (numbers, codes, positions, target) lie in one file each, row after row, as an engine reads them.
The files have no name: no process can open a cache that another left half-written, and Ctrl-C or a power cut
leaves nothing behind.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from math import prod
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from wade.tables.columns.disk import disk_full
from wade.types import Array, Inputs


class Encoded(NamedTuple):
    """Rows as a network reads them, and what it should answer."""

    X: Inputs
    y: Array

    @property
    def blocks(self) -> tuple[Array, ...]:
        """What lies in a file each."""
        return self.X.numbers, self.X.codes, self.X.positions, self.y

    @property
    def bytes_per_row(self) -> int:
        """On disk, and in memory."""
        return sum(block.dtype.itemsize * prod(block.shape[1:]) for block in self.blocks)

    def empty(self, rows: int) -> Encoded:
        """Room for this number of rows like these."""
        numbers, codes, positions, y = (np.empty((rows, *block.shape[1:]), block.dtype) for block in self.blocks)
        return Encoded(Inputs(numbers, codes, positions), y)


class Cache:
    """Encoded rows of one part of a table, in a folder's unnamed files, which `scratch` closes and so removes.

    Examples
    --------
    >>> from wade.tables.columns.disk import cache_folder
    >>> rows = Encoded(Inputs(np.ones((3, 2), np.float32), np.arange(3, dtype=np.int32)[:, None]), np.zeros(3))
    >>> with ExitStack() as scratch:
    ...     cache = Cache(cache_folder(), scratch)
    ...     cache.append(rows)
    ...     cache.append(rows)
    ...     place = cache.room(2)
    ...     cache.read(4, 2, place)
    >>> len(cache), place.X.codes.ravel().tolist()
    (6, [1, 2])
    """

    def __init__(self, folder: Path, scratch: ExitStack) -> None:
        self._folder, self._scratch = folder, scratch
        self._files: list[IO[bytes]] = []
        self._like: Encoded | None = None
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    @property
    def bytes_per_row(self) -> int:
        """On disk, and in memory."""
        return self._like.bytes_per_row if self._like else 0

    def append(self, rows: Encoded) -> None:
        """More rows, all like the first; DiskFull where they could not be written."""
        try:
            if self._like is None:
                self._like = rows.empty(0)
                # Blocks without columns need no file, but keep their place.
                self._files = [self._scratch.enter_context(_nameless(self._folder)) for _ in rows.blocks]
            for file, block in zip(self._files, rows.blocks, strict=True):
                file.write(np.ascontiguousarray(block).data if block.size else b"")
                file.flush()
        except OSError as error:
            raise disk_full(self._folder, error.strerror or str(error)) from error
        self._rows += len(rows.y)

    def room(self, rows: int) -> Encoded:
        """A buffer for this number of rows."""
        assert self._like is not None
        return self._like.empty(rows)

    def read(self, start: int, count: int, place: Encoded, at: int = 0) -> None:
        """Rows from `start` on into a place in memory, from its row `at` on."""
        for file, block in zip(self._files, place.blocks, strict=True):
            target = block[at : at + count]
            if target.size:
                file.seek(start * target[:1].nbytes)
                taken = file.readinto(target.reshape(-1).view(np.uint8).data)  # type: ignore[attr-defined]
                assert taken == target.nbytes


def _nameless(folder: Path) -> Any:
    return tempfile.TemporaryFile(dir=folder, prefix="wade-")
