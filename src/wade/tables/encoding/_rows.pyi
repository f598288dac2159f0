"""Rows of tables, compiled; `filling.py` is the only one to call them."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

version: Final[str]

def fill(
    to_scale: Sequence[NDArray[np.float64]],
    medians: Sequence[float],
    factors: Sequence[float],
    scaled_places: Sequence[int],
    ready: Sequence[NDArray[np.float32]],
    ready_places: Sequence[int],
    flags: Sequence[NDArray[np.bool_]],
    flag_places: Sequence[int],
    rows: NDArray[np.float32],
    first: int,
    last: int,
) -> None: ...
