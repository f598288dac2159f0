"""Numbers: on a robust scale, with an indicator of missing values, and as positions in bins where wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import ceil, floor, isfinite, isnan, log10
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables.columns.from_json import require
from wade.tables.columns.scalars import MissingMarkers, number_in
from wade.tables.columns.views import as_numbers, is_number
from wade.tables.kinds.base import (
    Alternative,
    Encoded,
    Encoding,
    FitOptions,
    IncrementalFit,
    Kind,
    TrainingMask,
)
from wade.tables.kinds.column import Column, ColumnSummary, Role
from wade.tables.kinds.operations import AmongBins, IsMissing, NumberSource, OnScale, Operation
from wade.tables.kinds.scales import Scale, among_bins, at_shares, bins_for, edges_among, find_edges
from wade.tables.profile.column_profile import ColumnProfile, Span
from wade.tables.profile.sketches import Quantiles
from wade.types import Floats

GRID_STEPS: Final = 8
"""Steps of the grid of alternatives between the quartiles, at least."""
GRID_REACH: Final = 4
"""How far from the median the grid goes, in distances between quartiles."""


@dataclass(frozen=True)
class NumberEncoding(Encoding):
    """A number on its robust scale, with an indicator of missing values where training rows had some.

    Where values are missing at prediction only, they count as the median: the network was trained on nothing else.
    """

    kind: ClassVar = "number"
    arrow_type: ClassVar = pa.float64()

    scale: Scale
    indicator: bool  # whether training rows had missing values
    edges: tuple[float, ...] = ()  # of its bins, strictly rising; none where it is not read piecewise

    source = NumberSource()
    read = staticmethod(as_numbers)
    read_value = staticmethod(number_in)

    def steps(self) -> Iterator[Operation]:
        """The number on its scale, the indicator, the position in its bins."""
        yield OnScale(self.scale)
        if self.indicator:
            yield IsMissing()
        if self.edges:
            yield AmongBins(self.edges, self.scale.median)

    def encode(self, column: pa.Array, where: str) -> Encoded:
        """Rows of the column as numbers."""
        values = self.read(column, where)
        indicators = [np.isnan(values)] if self.indicator else []
        return Encoded([values], indicators, positions=[self._positions(values)] if self.edges else [])

    def encode_value(self, value: Any, markers: MissingMarkers) -> Encoded:
        """A single row."""
        number = self.read_value(value, markers)
        indicators = [isnan(number)] if self.indicator else []
        positions = [self._positions(np.array([number]))[0]] if self.edges else []
        return Encoded([number], indicators, positions=positions)

    def first(self, column: pa.Array, where: str) -> float | None:
        """The first number."""
        number = float(self.read(column, where)[0])
        return None if isnan(number) else number

    def raw(self, column: pa.Array, where: str) -> Any:
        """The first value as the table holds it: a whole number stays one."""
        return None if self.first(column, where) is None else column[0].as_py()

    @property
    def typical(self) -> float:
        """The median."""
        return self.scale.median

    def alternatives(self, value: float, column: Column) -> Iterator[Alternative]:
        """A grid of round steps within the range of the training rows, its ends, and the edges of the bins.

        The size of a change is |change| · factor: in distances between quartiles.
        """
        median, factor = self.scale.median, self.scale.factor
        low, high = (getattr(column.facts, end, None) for end in ("low", "high"))
        if not factor:
            return
        found = set(self.edges)
        if isinstance(low, int | float) and isinstance(high, int | float):
            step = round_step(1 / (factor * GRID_STEPS))
            if all(float(end).is_integer() for end in (low, high, median, value)):
                step = max(step, 1.0)
            first, last = max(low, median - GRID_REACH / factor), min(high, median + GRID_REACH / factor)
            found |= {
                low,
                high,
                *(float(f"{n * step:.12g}") for n in range(ceil(first / step), floor(last / step) + 1)),
            }
        for other in sorted(found - {value}):
            yield other, abs(other - value) * factor

    def check(self) -> None:
        """Edges rise strictly."""
        edges = self.edges
        rising = all(a < b for a, b in pairwise(edges)) and len(edges) != 1
        require(rising and (not edges or isfinite(edges[-1] - edges[0])), "edges", "must rise strictly", edges)

    def _positions(self, values: NDArray[np.float64]) -> Floats:
        """Where the values lie among the bins."""
        return among_bins(values, self.scale.median, self._edges)

    @cached_property
    def _edges(self) -> NDArray[np.float64]:
        return np.array(self.edges)


class NumberFit(IncrementalFit):
    """Quantiles of the training rows, and whether values are missing there."""

    kind: Number

    def __init__(self, kind: Number, form: str = "") -> None:
        super().__init__(kind, form)
        self._quantiles, self._missing = Quantiles(), False

    def add(self, column: pa.Array, training: TrainingMask, profile: ColumnProfile, where: str) -> None:
        """Infinite numbers are not refused here: they are reported with their row once the whole column is checked."""
        if is_number(column.type):
            values = np.asarray(column.cast(pa.float64(), safe=False).fill_null(np.nan))[training]
        else:
            values = self.kind.encoding.read(column, where)[training]
        missing = np.isnan(values)
        self._missing = self._missing or bool(missing.any())
        self._quantiles.add(values[~missing])

    def encoding(self, column: Column, options: FitOptions) -> NumberEncoding:
        """The numbers' encoding."""
        bins = bins_for(self._quantiles.count) if options.piecewise else 0
        edges = edges_among(self._quantiles.between(bins)) if bins else ()
        return self.kind.encoding(column.name, Scale.of(at_shares(self._quantiles)), self._missing, edges)

    def quantiles(self, column: Column) -> Quantiles:
        """Of the training rows."""
        return self._quantiles


class Number(Kind):
    """Stored numbers, or text in which every value is one."""

    name = "number"
    encoding: ClassVar[type[NumberEncoding]] = NumberEncoding
    incremental = NumberFit
    may_hold = staticmethod(is_number)
    ordered = True
    may_be_identifier = True

    def recognize(self, profile: ColumnProfile) -> Role | None:
        """The rest: tidy columns hold nothing else."""
        return Role(self.name, self.describe(profile, ""))

    def describe(self, profile: ColumnProfile, form: str) -> str:
        """The range."""
        low, high = profile.range or Span(0.0, 0.0)
        return f"numbers from {low:.6g} to {high:.6g}"

    def summary(self, profile: ColumnProfile, form: str) -> ColumnSummary:
        """With the range, to six digits: all of them would be a value of a row."""
        counts = super().summary(profile, form)
        if not profile.range:
            return counts
        low, high = (float(f"{value:.6g}") for value in profile.range)
        return replace(counts, low=low, high=high)

    def check(self, column: pa.ChunkedArray, form: str) -> None:
        """Refuse a text, a date or an infinite value."""
        self.encoding.read(column, "")

    def fit(self, values: pa.Array, column: Column, where: str, options: FitOptions) -> NumberEncoding:
        """Scale, indicator and edges of the training rows."""
        numbers = self.encoding.read(values, where)
        edges = find_edges(numbers) if options.piecewise else ()
        return self.encoding(column.name, Scale.fit(numbers), bool(np.isnan(numbers).any()), edges)

    def order(self, values: pa.Array, form: str, where: str) -> NDArray[np.float64]:
        """The numbers themselves."""
        return self.encoding.read(values, where)


def round_step(largest: float) -> float:
    """The largest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … that is not larger.

    Examples
    --------
    >>> round_step(1.9), round_step(0.07), round_step(500.0)
    (1.0, 0.05, 500.0)
    """
    power = 10.0 ** floor(log10(largest))
    return float(f"{max(digit for digit in (1, 2, 5) if digit * power <= largest * (1 + 1e-9)) * power:.6g}")
