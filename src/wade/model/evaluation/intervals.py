"""95 % intervals: of metrics by a Poisson bootstrap over rows, of shares by Wilson, of means by their standard error.

The bootstrap draws the n rows n times with replacement, so the number of times a row is drawn is binomial, and
Poisson(1) for all but tiny n. Drawing the counts instead of the rows turns every replicate of a mean into one product
of a count vector with a vector of per-row values, and all replicates into one matrix product:

    replicate r of a mean:   m_r = (Σ_i c_ri v_i) / (Σ_i c_ri),   c_ri ~ Poisson(1)

Source: Chamandy, Muralidharan, Najmi and Naidu, *Estimating uncertainty for massive data streams*, Google, 2012.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from wade.metrics.weighted import Doubles
from wade.types import Array

REPLICATES = 300
Z_95 = 1.959963984540054
"""95 % of a normal distribution lies within this many standard deviations of its mean."""
_CELLS_AT_ONCE = 2**18
_MOST_DRAWS = 3 * 10**7
_POISSON_CDF = np.cumsum([math.exp(-1) / math.factorial(k) for k in range(10)])
_COUNT_OF = np.searchsorted(_POISSON_CDF, (np.arange(2**16) + 0.5) / 2**16).astype(np.float64)
"""The Poisson(1) count that each of 65,536 equally likely numbers stands for (mean 1, variance 0.99997)."""


def poisson_counts(n: int, replicates: int = REPLICATES, seed: int = 0) -> Iterator[Doubles]:
    """The number of times each of n rows is drawn in each replicate, (a few, n) at a time to bound memory.

    Independent Poisson(1) counts, drawn by inverting the distribution function on 16 random bits.

    Examples
    --------
    >>> counts = np.concatenate(list(poisson_counts(1000, 200)))
    >>> counts.shape, bool(abs(counts.mean() - 1) < 0.01)
    ((200, 1000), True)
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    at_once = max(1, _CELLS_AT_ONCE // max(n, 1))
    for start in range(0, replicates, at_once):
        size = (min(at_once, replicates - start), n)
        yield _COUNT_OF.take(generator.integers(0, 2**16, size, dtype=np.uint16))


def replicates_for(n: int, passes: int = 1) -> int:
    """The number of replicates for n rows that each replicate goes through `passes` times: fewer for huge tables.

    Examples
    --------
    >>> replicates_for(60_000), replicates_for(200_000), replicates_for(10**7)
    (300, 150, 100)
    """
    return max(100, min(REPLICATES, _MOST_DRAWS // (n * max(passes, 1))))


def interval(replicates: Array) -> list[float] | None:
    """The 2.5 % and 97.5 % quantiles of the replicates; None where fewer than half of them are defined.

    Examples
    --------
    >>> interval(np.arange(41.0))
    [1.0, 39.0]
    """
    defined = replicates[np.isfinite(replicates)]
    if 2 * len(defined) < len(replicates) or len(defined) == 0:
        return None
    low, high = np.quantile(defined, [0.025, 0.975])
    return [float(low), float(high)]


def share_interval(hits: float, rows: int) -> list[float]:
    """The 95 % interval of a share, by Wilson: it has a width even where the share is 0 or 1.

    ::

        (p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n),   p = hits / n,   z = 1.96

    Source: Wilson, *Probable inference, the law of succession, and statistical inference*, 1927.

    Examples
    --------
    >>> [round(bound, 3) for bound in share_interval(0, 10)], [round(bound, 3) for bound in share_interval(50, 100)]
    ([0.0, 0.278], [0.404, 0.596])
    """
    share, doubt = hits / rows, Z_95**2 / rows
    middle, width = share + doubt / 2, Z_95 * math.sqrt(share * (1 - share) / rows + doubt / (4 * rows))
    return [max(0.0, (middle - width) / (1 + doubt)), min(1.0, (middle + width) / (1 + doubt))]


def mean_interval(values: Doubles) -> tuple[float, list[float]]:
    """The mean of many rows and its 95 % interval, ± 1.96 standard errors; no width for fewer than two.

    Examples
    --------
    >>> mean, (low, high) = mean_interval(np.tile([0.0, 1.0], 50))
    >>> mean, round(high - low, 3)
    (0.5, 0.197)
    """
    mean = float(values.mean())
    width = Z_95 * float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    return mean, [mean - width, mean + width]


def estimate(value: float, interval: list[float] | None) -> dict[str, Any]:
    """A value and its interval as plain data."""
    return {"value": value, "interval": interval}


def bootstrap(
    n: int, statistics: Callable[[Doubles], Doubles], replicates: int = REPLICATES, seed: int = 0
) -> list[list[float] | None]:
    """The 95 % interval of each of m statistics of the rows' weights; None where most replicates leave it undefined.

    Parameters
    ----------
    n : int
        Number of rows.
    statistics : function of counts (r, n), float64 -> array (r, m), float64
        Computed in each replicate; NaN where it is not defined there.

    Examples
    --------
    >>> values = np.array([0.0, 0.0, 1.0, 1.0] * 100)
    >>> from wade.metrics.weighted import means
    >>> [(low, high)] = bootstrap(400, lambda counts: means(counts, values[:, None]))
    >>> low < 0.5 < high, high - low < 0.12
    (True, True)
    """
    drawn = np.concatenate([statistics(counts) for counts in poisson_counts(n, replicates, seed)])
    return [interval(column) for column in drawn.T]
