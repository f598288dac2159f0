"""Where each column of a table stands among what the network reads: a date becomes many numbers and codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables import Encoder
from wade.types import InputLayout, Inputs


class Places(NamedTuple):
    """The numbers, codes and positions that one column becomes; neighbours of each other in each block.

    Parameters
    ----------
    column : str
        Its name.
    numbers, codes, positions : slice
        Of the columns of each block of `Inputs`.
    """

    column: str
    numbers: slice
    codes: slice
    positions: slice

    @classmethod
    def everything(cls, layout: InputLayout) -> Places:
        """All that a row holds."""
        ends = layout.n_numbers, len(layout.categories), len(layout.piecewise)
        return cls("", *(slice(0, end) for end in ends))

    def among(self, layout: InputLayout) -> NDArray[np.intp]:
        """The same as places among `layout.names`: numbers, then categories, then numbers among bins."""
        n, c = layout.n_numbers, len(layout.categories)
        blocks = zip((self.numbers, self.codes, self.positions), (0, n, n + c), strict=True)
        return np.concatenate([np.arange(block.start, block.stop) + first for block, first in blocks])

    def copy(self, source: Inputs, source_rows: object, into: Inputs, rows: object) -> None:
        """Put what some rows hold in this column into rows of another block of inputs, in place."""
        for of, to, at in (
            (source.numbers, into.numbers, self.numbers),
            (source.codes, into.codes, self.codes),
            (source.positions, into.positions, self.positions),
        ):
            to[rows, at] = of[source_rows, at]  # type: ignore[index]


def places_of(encoder: Encoder) -> tuple[Places, ...]:
    """Where each column of a table stands, in the order of the encoder.

    Examples
    --------
    >>> from wade.tables.encodings import BooleanEncoding, NumberEncoding
    >>> from wade.tables.scales import Scale
    >>> encoder = Encoder((NumberEncoding("wind", Scale(0, 1), True), BooleanEncoding("wet", ("true",))))
    >>> [(place.column, place.numbers, place.codes) for place in places_of(encoder)]
    [('wind', slice(0, 2, None), slice(0, 0, None)), ('wet', slice(2, 2, None), slice(0, 1, None))]
    """
    found, ends = [], (0, 0, 0)
    for encoding in encoder.encodings:
        starts = ends
        counts = len(encoding.numbers), len(encoding.categories), len(encoding.piecewise)
        ends = starts[0] + counts[0], starts[1] + counts[1], starts[2] + counts[2]
        found.append(Places(encoding.column, *(slice(*span) for span in zip(starts, ends, strict=True))))
    return tuple(found)


def plain_places(layout: InputLayout) -> tuple[Places, ...]:
    """The same where no encoder stands between: every input is a column of its own."""
    n, c = layout.n_numbers, len(layout.categories)
    spans: Sequence[tuple[str, int]] = list(zip(layout.names, range(len(layout.names)), strict=True))

    def one(at: int, first: int, count: int) -> slice:
        here = at - first
        return slice(here, here + 1) if 0 <= here < count else slice(0, 0)

    return tuple(
        Places(name, one(at, 0, n), one(at, n, c), one(at, n + c, len(layout.piecewise))) for name, at in spans
    )


def base_row(encoder: Encoder) -> Inputs:
    """The typical row that contributions are counted from, (1, …) in float32.

    A number is at its median of the training rows (0 on its scale) and not missing; a category, a boolean, and the
    hour, weekday and month of a date are at their most frequent value (code 1: code 0 means missing or never seen,
    which is not typical); a date has no particular time of day or of the year (the middle of the circle), and its
    elapsed days are at their median; a text has no words.

    Examples
    --------
    >>> from wade.tables.encodings import BooleanEncoding, NumberEncoding
    >>> from wade.tables.scales import Scale
    >>> encoder = Encoder((NumberEncoding("wind", Scale(0, 1), True), BooleanEncoding("wet", ("true",))))
    >>> base = base_row(encoder)
    >>> base.numbers, base.codes
    (array([[0., 0.]], dtype=float32), array([[1]], dtype=int32))
    """
    layout = encoder.layout
    numbers = np.zeros((1, layout.n_numbers), np.float32)
    codes = np.asarray([[min(1, size - 1) for size in layout.sizes]], np.int32).reshape(1, -1)
    # A missing number stands among its bins where the median does.
    nothing = pa.table({encoding.column: pa.nulls(1) for encoding in encoder.encodings})
    return Inputs(numbers, codes, encoder.encode(nothing, "the typical row").positions)
