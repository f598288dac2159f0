"""The inputs of the network that each column of a table becomes: a date is many numbers and codes."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables import Encoder
from wade.types import InputLayout, Inputs


class Span(NamedTuple):
    """The numbers, codes and positions that one column is encoded as: slices of the blocks of `Inputs`."""

    column: str
    numbers: slice
    codes: slice
    positions: slice

    @classmethod
    def everything(cls, layout: InputLayout) -> Span:
        """All that a row holds."""
        ends = layout.n_numbers, len(layout.categories), len(layout.piecewise)
        return cls("", *(slice(0, end) for end in ends))

    def among(self, layout: InputLayout) -> NDArray[np.intp]:
        """The same as places among `layout.names`: numbers, then categories, then positions in bins."""
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


def spans_of(encoder: Encoder) -> tuple[Span, ...]:
    """Where each column of a table stands, in the order of the encoder.

    Examples
    --------
    >>> from wade.tables.kinds.boolean import BooleanEncoding
    >>> from wade.tables.kinds.number import NumberEncoding
    >>> from wade.tables.kinds.scales import Scale
    >>> encoder = Encoder((NumberEncoding("wind", Scale(0, 1), True), BooleanEncoding("wet", ("true",))))
    >>> [(span.column, span.numbers, span.codes) for span in spans_of(encoder)]
    [('wind', slice(0, 2, None), slice(0, 0, None)), ('wet', slice(2, 2, None), slice(0, 1, None))]
    """
    found, ends = [], (0, 0, 0)
    for encoding in encoder.encodings:
        starts = ends
        counts = len(encoding.numbers), len(encoding.categories), len(encoding.piecewise)
        ends = starts[0] + counts[0], starts[1] + counts[1], starts[2] + counts[2]
        found.append(Span(encoding.column, *(slice(*ends_of) for ends_of in zip(starts, ends, strict=True))))
    return tuple(found)


def plain_spans(layout: InputLayout) -> tuple[Span, ...]:
    """The same where no encoder stands between: every input is a column of its own."""
    none = slice(0, 0)
    return (
        *(Span(name, slice(at, at + 1), none, none) for at, name in enumerate(layout.numbers)),
        *(Span(one.name, none, slice(at, at + 1), none) for at, one in enumerate(layout.categories)),
        *(Span(one.name, none, none, slice(at, at + 1)) for at, one in enumerate(layout.piecewise)),
    )


def base_row(encoder: Encoder, missing: Collection[str] = ()) -> Inputs:
    """The typical row that contributions are counted from, (1, …) in float32.

    A number is at its median of the training rows (0 on its scale); a category, a boolean, and the hour, weekday and
    month of a date are at their most frequent value (code 1: code 0 means rare or never seen, which is not typical);
    a date has no particular time of day or of the year (the middle of the circle), and its elapsed days are at their
    median; a text has no words.

    Parameters
    ----------
    encoder : Encoder
    missing : names
        Columns that are missing in most rows: there they are in the typical row too.

    Examples
    --------
    >>> from wade.tables.kinds.boolean import BooleanEncoding
    >>> from wade.tables.kinds.number import NumberEncoding
    >>> from wade.tables.kinds.scales import Scale
    >>> encoder = Encoder((NumberEncoding("wind", Scale(0, 1), True), BooleanEncoding("wet", ("true",))))
    >>> base_row(encoder).numbers, base_row(encoder).codes
    (array([[0., 0.]], dtype=float32), array([[1]], dtype=int32))
    >>> base_row(encoder, missing=["wind"]).numbers
    array([[0., 1.]], dtype=float32)
    """
    layout = encoder.layout
    numbers = np.zeros((1, layout.n_numbers), np.float32)
    codes = np.asarray([[min(1, size - 1) for size in layout.sizes]], np.int32).reshape(1, -1)
    # A missing number has the position of the median.
    nothing = encoder.encode(pa.table({each.column: pa.nulls(1) for each in encoder.encodings}), "the typical row")
    base = Inputs(numbers, codes, nothing.positions)
    for span in spans_of(encoder):
        if span.column in missing:
            span.copy(nothing, 0, base, 0)
    return base
