"""How many steps a sweep of learning rates takes: enough that chance in the rows of a batch decides nothing.

A sweep compares mean losses over chunks of steps. Such a mean is as uncertain as the number of rows behind it is small,
so lengths are counted in rows where batches are small: 50 steps of 64 rows and 3,200 steps of one row measure alike. A
chunk that holds all rows is measured as well as it can be, so fewer rows than that are never asked for twice.
"""

from __future__ import annotations

from math import ceil
from typing import Final

from wade.training.chunk_losses import WINDOWS

STEPS: Final = 50
ROWS_OF_CHUNK: Final = 200
"""Rows behind the mean loss of a chunk: 50 steps of 64 rows in 16 chunks."""
ROWS_OF_STEP: Final = 64
"""Rows below which the loss of one step is taken together with others'."""


def steps_of_sweep(batch_size: int, n_rows: int) -> int:
    """The steps of a sweep: 50, or as many as give each chunk 200 rows, or all of them.

    Examples
    --------
    >>> [steps_of_sweep(batch_size, 600) for batch_size in (512, 64, 32, 1)], steps_of_sweep(1, 20)
    ([50, 50, 100, 3200], 320)
    """
    return max(STEPS, ceil(WINDOWS * min(ROWS_OF_CHUNK, n_rows) / min(batch_size, n_rows)))


def steps_at_once(batch_size: int, n_rows: int) -> int:
    """The steps whose losses are averaged before one of them counts: those of 64 rows, or of all of them.

    Examples
    --------
    >>> [steps_at_once(batch_size, 600) for batch_size in (512, 64, 32, 1)], steps_at_once(1, 20)
    ([1, 1, 2, 64], 20)
    """
    return ceil(min(ROWS_OF_STEP, n_rows) / min(batch_size, n_rows))
