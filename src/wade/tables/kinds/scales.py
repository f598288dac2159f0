"""Numbers made fit for a network: on a robust scale with a smooth clip, or as a position in bins of equal counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, isinf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wade.maths.piecewise import positions
from wade.tables.profile.sketches import Quantiles
from wade.types import Floats

FARTHEST: Final = 1e6
QUARTER: Final = 0.25
TAILS: Final = (*(QUARTER / 2**halvings for halvings in range(9)), 0.0)
"""The share of the values that lies beyond each end of a range: a quarter, an eighth, … , a thousandth, nothing."""
SHARES: Final = (*reversed(TAILS), 0.5, *(1 - tail for tail in TAILS))
MAXIMUM_BINS: Final = 48
ROWS_PER_BIN: Final = 10


@dataclass(frozen=True)
class Scale:
    """A robust scale with a smooth clip: nothing a column holds leaves (−3, 3).

    z = s·(x − median), then z / √(1 + (z/3)²), with s = 1/(q₇₅ − q₂₅). Where half of the values are one (a gain that
    hardly anybody has), that range is 0, and s = 1/(q₁₋ₜ − qₜ) for the first t of 1/8, 1/16, … , 1/1024 at which it is
    not; 2/(max − min) where nothing lies beyond; and 0 where the column is constant. Source: Holzmüller et al.,
    "Better by Default" (RealMLP), 2024, which takes max − min at once: one value at the far end then dominates it.

    Examples
    --------
    >>> scale = Scale.fit(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    >>> scale
    Scale(median=3.0, factor=0.5)
    >>> scale.apply(np.array([3.0, 5.0, 1e9])).round(4)
    array([0.    , 0.9487, 3.    ], dtype=float32)
    >>> gains = Scale.fit(np.array([0.0] * 80 + [10.0] * 19 + [9_000.0]))
    >>> gains.apply(np.array([0.0, 10.0, 20.0, 9_000.0])).round(2)
    array([0.  , 0.95, 1.66, 3.  ], dtype=float32)
    """

    median: float
    factor: float

    @classmethod
    def fit(cls, values: NDArray[np.float64]) -> Scale:
        """Median and factor of the values that are not NaN."""
        return cls.of(quantiles_of(values))

    @classmethod
    def of(cls, quantiles: Sequence[float]) -> Scale:
        """Median and factor of a column with these quantiles at `SHARES`; of none where it holds no number."""
        if not quantiles:
            return cls(0.0, 0.0)
        # Halves first: the largest doubles have a range that is no double.
        halves = [high / 2 - low / 2 for low, high in zip(quantiles, reversed(quantiles), strict=True)]
        widest, inner = halves[0], halves[len(TAILS) - 1]
        half = next((half for half in reversed(halves[: len(TAILS)]) if half), 0.0)
        # Where nothing lies beyond, nothing needs room there.
        half = half / 2 if half == widest and not inner else half
        return cls(quantiles[len(TAILS)], 0.5 / half if half > np.finfo(float).tiny else 0.0)

    def apply(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """The values on this scale, 0 where NaN."""
        z = values.copy()
        put_on_scale(z, self.median, self.factor)
        return z.astype(np.float32)

    def steps(self, value: float) -> tuple[float, float]:
        """One value on its way: standardized, and then clipped; NaN and 0 where it is missing.

        Examples
        --------
        >>> Scale(median=3.0, factor=0.5).steps(7.0)
        (2.0, 1.6641005886756874)
        """
        z = np.array([value])
        _standardize(z, self.median, self.factor)
        standardized = float(z[0])
        _clip_smoothly(z, None)
        return standardized, float(z[0])


def quantiles_of(values: NDArray[np.float64]) -> list[float]:
    """The quantiles at `SHARES` of the values that are not NaN; nothing where all are.

    Examples
    --------
    >>> quantiles_of(np.array([3.0, np.nan, 1.0, 2.0]))[9:12]
    [1.5, 2.0, 2.5]
    """
    # NaN comes last. Sorting once is quicker than np.quantile's looks for each.
    ascending = np.sort(values)
    ascending = ascending[: len(values) - int(np.isnan(values).sum())]
    return [quantile(ascending, share) for share in SHARES] if len(ascending) else []


def at_shares(quantiles: Quantiles) -> list[float]:
    """The same of a sketch: exact as long as it holds every number."""
    return quantiles.at(SHARES) if quantiles.all is None else quantiles_of(quantiles.all)


def quantile(ascending: NDArray[np.float64], share: float) -> float:
    """The value below which a share of all values lies; between two of them, on the line from one to the other.

    Beyond the middle half it is the outer one of the two, so that a tail ends at a value that occurs.

    Examples
    --------
    >>> values = np.array([1.0, 2.0, 4.0])
    >>> quantile(values, 0.75), quantile(values, 0.875)
    (3.0, 4.0)
    """
    at = share * (len(ascending) - 1)
    below = int(at)
    part = at - below
    low = float(ascending[below])
    if not part or share < QUARTER:
        return low
    high = float(ascending[below + 1])
    if share > 1 - QUARTER:
        return high
    if isinf(high - low):
        return low * (1 - part) + high * part
    # From the nearer end, as NumPy does.
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)


def find_edges(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Edges of bins with equal counts of training rows; a value that repeats more often fills a bin alone.

    Source: Gorishniy, Rubachev and Babenko, "On Embeddings for Numerical Features in Tabular Deep Learning", 2022.

    Examples
    --------
    >>> find_edges(np.arange(40.0))
    (0.0, 9.0, 19.0, 29.0, 39.0)
    """
    ascending = np.sort(values)
    ascending = ascending[: len(values) - int(np.isnan(values).sum())]
    bins = bins_for(len(ascending))
    return edges_among(ascending[np.arange(bins + 1) * (len(ascending) - 1) // bins]) if bins else ()


def bins_for(count: int) -> int:
    """The number of bins for this number of values."""
    return min(MAXIMUM_BINS, count // ROWS_PER_BIN)


def edges_among(values: Iterable[float]) -> tuple[float, ...]:
    """The edges that bins between these values have; none where they make no more than one bin.

    They are values that occur, not points between two of them: of few whole numbers, each is an edge.
    """
    # Six digits are enough for the end of a bin; all of them would be a value of a row.
    edges = tuple(sorted({float(f"{value:.6g}") for value in values}))
    # One bin is a straight line, which the number itself is; and the largest doubles have a range that is no double.
    return edges if len(edges) > 2 and isfinite(edges[-1] - edges[0]) else ()


def among_bins(values: NDArray[np.float64], median: float, edges: NDArray[np.float64]) -> NDArray[np.float32]:
    """The positions of values in bins with these edges, NaN where the median is.

    Examples
    --------
    >>> among_bins(np.array([15.0, np.nan, 99.0]), 20.0, np.array([0.0, 10.0, 30.0]))
    array([1.25, 1.5 , 2.  ], dtype=float32)
    """
    known = np.clip(np.where(np.isnan(values), median, values), edges[0], edges[-1])
    return positions(known, edges).astype(np.float32)


def put_on_scale(
    values: NDArray[np.float64],
    median: float | Floats,
    factor: float | Floats,
    scratch: NDArray[np.float64] | None = None,
) -> None:
    """Values of any shape on their scales (see `Scale`), in place, 0 where NaN; `scratch` is memory of that shape."""
    _standardize(values, median, factor)
    _clip_smoothly(values, scratch)


def _standardize(values: NDArray[np.float64], median: float | Floats, factor: float | Floats) -> None:
    """Z = s·(x − median), in place."""
    # The distance of two doubles may be no double: it is clipped, or 0 where the factor is.
    with np.errstate(over="ignore", invalid="ignore"):
        values -= median
        values *= factor
    values.clip(-FARTHEST, FARTHEST, out=values)


def _clip_smoothly(values: NDArray[np.float64], scratch: NDArray[np.float64] | None) -> None:
    """Z / √(1 + (z/3)²), in place, 0 where NaN."""
    root = np.divide(values, 3.0, out=scratch)
    root *= root
    root += 1.0
    values /= np.sqrt(root, out=root)
    np.copyto(values, 0.0, where=np.isnan(values))
