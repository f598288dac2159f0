"""What has to be known of a column's values to encode it, in memory that does not grow with the rows.

Each sketch is exact while values are few, and has a stated error beyond. None of them draws random numbers:
the same batches give the same sketch.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.types import Rows

Doubles = NDArray[np.float64]

MOST_NUMBERS: Final = 8_192
MOST_TEXTS: Final = 65_536
MOST_BYTES: Final = 1 << 23


class Quantiles:
    r"""The quantiles of numbers that pass by once.

    Level i holds numbers each of which stands for 2ⁱ of those that passed. A level that holds more than `most` numbers
    sorts them and hands every second one up, the even and the odd ones by turns. A number's rank is off by at most 2ⁱ
    each time that level i does so, which is once in `most` · 2ⁱ numbers or less often; over all levels

    .. math:: \frac{|\hat r - r|}{n} \le \frac{\lceil \log_2 (n / \mathrm{most}) \rceil}{\mathrm{most}}

    or 0.2 % for 8,192 and 10⁸ numbers. Up to `most` numbers, the quantiles are exact.
    Source: G. Manku, S. Rajagopalan and B. Lindsay, *Approximate Medians and other Quantiles in One Pass*, 1998.

    Examples
    --------
    >>> quantiles = Quantiles()
    >>> for start in range(0, 1_000_000, 50_000):
    ...     quantiles.add(np.arange(start, start + 50_000, dtype=float))
    >>> low, median, high = quantiles.at([0.0, 0.5, 1.0])
    >>> low, abs(median - 500_000) < 1_000, high
    (0.0, True, 999999.0)
    """

    def __init__(self, most: int = MOST_NUMBERS) -> None:
        self.count, self.low, self.high = 0, inf, -inf
        self._most = most
        self._levels: list[Doubles] = []
        self._first: list[int] = []

    def add(self, values: Doubles) -> None:
        """More numbers, none of them NaN."""
        if not len(values):
            return
        self.count += len(values)
        self.low, self.high = min(self.low, float(values.min())), max(self.high, float(values.max()))
        self._put(0, values)

    def scale(self, factor: float) -> None:
        """Multiply every number that has passed by a factor greater than 0."""
        self._levels = [level * factor for level in self._levels]
        self.low, self.high = self.low * factor, self.high * factor

    @property
    def all(self) -> Doubles | None:
        """The numbers themselves, as long as none of them had to go."""
        return np.concatenate([np.empty(0), *self._levels]) if len(self._levels) < 2 else None

    def at(self, shares: Sequence[float]) -> list[float]:
        """The quantiles at these shares, each from 0 to 1; at least one number has passed."""
        if len(self._levels) == 1:
            return [float(value) for value in np.quantile(self._levels[0], shares)]
        values = np.concatenate(self._levels)
        weights = np.repeat(1 << np.arange(len(self._levels)), [len(level) for level in self._levels])
        order = np.argsort(values, kind="stable")
        ends = np.cumsum(weights[order])
        found = values[order][np.searchsorted(ends, np.asarray(shares) * (ends[-1] - 1), "right")]
        ends_are_exact = {0.0: self.low, 1.0: self.high}
        return [ends_are_exact.get(share, float(value)) for share, value in zip(shares, found, strict=True)]

    def between(self, bins: int) -> list[float]:
        """The edges of this number of bins with equal counts, both ends included; each is a number that was added."""
        if len(self._levels) > 1:
            return self.at((np.arange(bins + 1) / bins).tolist())
        ascending = np.sort(self._levels[0])
        places = np.arange(bins + 1) * (len(ascending) - 1) // bins
        return [float(value) for value in ascending[places]]

    def _put(self, level: int, values: Doubles) -> None:
        if level == len(self._levels):
            self._levels.append(np.empty(0))
            self._first.append(0)
        held = np.concatenate([self._levels[level], values])
        if len(held) <= self._most:
            self._levels[level] = held
            return
        held.sort()
        pairs = len(held) & ~1
        # What is left of an odd number of values waits for a partner.
        self._levels[level] = held[pairs:].copy()
        first, self._first[level] = self._first[level], 1 - self._first[level]
        self._put(level + 1, held[first:pairs:2])


class Counts:
    """How often each text occurs, among texts that pass by once.

    Exact while there are at most `most` different ones (and they take no more than 8 MB). Beyond that, the counts that
    are kept are those of the most frequent texts, and each may be too low by `lost`, which is at most n / (kept + 1):
    when there is no room, as many rows of each text are forgotten as make the rarest ones disappear. Source: J. Misra
    and D. Gries, *Finding Repeated Elements*, 1982; merged batch by batch as P. Agarwal and others, *Mergeable
    Summaries*, 2012.

    Examples
    --------
    >>> counts = Counts()
    >>> counts.add(pa.array(["JFK", "EWR"]), np.array([3, 1]))
    >>> counts.add(pa.array(["LGA", "EWR"]), np.array([1, 1]))
    >>> counts.texts, counts.counts.tolist(), counts.lost
    (['JFK', 'EWR', 'LGA'], [3, 2, 1], 0)
    """

    def __init__(self, most: int = MOST_TEXTS) -> None:
        self.counts: Rows = np.empty(0, np.int64)
        self.lost = 0
        self._most = most
        self._texts = pa.array([], pa.string())

    @property
    def texts(self) -> list[str]:
        """The texts that are kept, each in the place of its count."""
        found: list[str] = self._texts.to_pylist()
        return found

    def add(self, texts: pa.Array, counts: Rows) -> None:
        """Texts, none missing, and how often each of them occurs; a text may stand there twice."""
        together = pa.concat_arrays([self._texts, texts.filter(pa.array(counts > 0))]).dictionary_encode()
        weights = np.concatenate([self.counts, counts[counts > 0]])
        self._texts = together.dictionary
        # Sums of whole numbers are exact in doubles up to 2⁵³.
        sums = np.bincount(np.asarray(together.indices), weights, len(self._texts)).astype(np.int64)
        room = min(self._most, max(1, MOST_BYTES * len(sums) // max(1, self._texts.nbytes)))
        if len(sums) > room:
            least = int(np.partition(sums, -room - 1)[-room - 1])
            kept = sums > least
            self.lost, sums, self._texts = self.lost + least, sums[kept] - least, self._texts.filter(pa.array(kept))
        self.counts = sums


class Moments:
    """Mean and standard deviation of numbers that pass by once.

    Source: T. Chan, G. Golub and R. LeVeque, *Updating Formulae and a Pairwise Algorithm for Computing Sample
    Variances*, 1979.

    Examples
    --------
    >>> moments = Moments()
    >>> moments.add(np.array([1.0, 2.0]))
    >>> moments.add(np.array([6.0]))
    >>> moments.mean, round(moments.deviation**2, 6)
    (3.0, 4.666667)
    """

    def __init__(self) -> None:
        self.count, self.mean, self._squares = 0, 0.0, 0.0

    @property
    def deviation(self) -> float:
        """√(Σ (x − mean)² / n)."""
        return sqrt(self._squares / self.count) if self.count else 0.0

    def scale(self, factor: float) -> None:
        """Multiply every number that has passed by a factor greater than 0."""
        self.mean, self._squares = self.mean * factor, self._squares * factor**2

    def add(self, values: Doubles) -> None:
        """More numbers."""
        if not len(values):
            return
        # Numbers too large for their squares are refused once the whole column is known.
        with np.errstate(over="ignore", invalid="ignore"):
            count, mean = len(values), float(values.mean())
            squares = float(((values - mean) ** 2).sum())
        both, step = self.count + count, mean - self.mean
        self._squares += squares + step * step * self.count * count / both
        self.mean = mean if not self.count else self.mean + step * count / both
        self.count = both
