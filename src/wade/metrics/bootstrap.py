"""95 % intervals by a Poisson bootstrap over rows, for metrics without a formula of their own.

The bootstrap draws the n rows n times with replacement, so the number of times a row is drawn is binomial, and
Poisson(1) for all but tiny n. Drawing the counts instead of the rows turns every replicate of a mean into one product
of a count vector with a vector of per-row values, and all replicates into one matrix product:

    replicate r of a mean:   m_r = (Σ_i c_ri v_i) / (Σ_i c_ri),   c_ri ~ Poisson(1)

Source: Chamandy, Muralidharan, Najmi and Naidu, *Estimating uncertainty for massive data streams*, Google, 2012.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from wade.metrics.intervals import quantile_interval, student_95
from wade.metrics.weighted import Doubles

REPLICATES = 1_000
_CELLS_AT_ONCE = 2**18
_MOST_DRAWS = 2 * 10**7
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
    >>> replicates_for(1_000), replicates_for(40_000), replicates_for(10**7)
    (1000, 500, 100)
    """
    return max(100, min(REPLICATES, _MOST_DRAWS // (n * max(passes, 1))))


def tail_for(n: int) -> float:
    """What percentiles leave on either side: less than 2.5 %, since replicates of n rows vary too little.

    ::

        Φ(−t √(n / (n − 1))),   t = the 97.5 % quantile of Student's t with n − 1 degrees of freedom

    Source: Hesterberg, *What teachers should know about the bootstrap*, The American Statistician 69, 2015.

    Examples
    --------
    >>> round(tail_for(20), 4), round(tail_for(10_000), 4)
    (0.0159, 0.025)
    """
    from scipy.special import ndtr

    return float(ndtr(-student_95(n - 1) * math.sqrt(n / (n - 1))))


def replicate(n: int, statistics: Callable[[Doubles], Doubles], replicates: int = REPLICATES, seed: int = 0) -> Doubles:
    """What a function of the rows' weights (r, n) gives in each replicate: (replicates, …)."""
    return np.concatenate([statistics(counts) for counts in poisson_counts(n, replicates, seed)])


def bootstrap(
    n: int, statistics: Callable[[Doubles], Doubles], replicates: int = REPLICATES, seed: int = 0
) -> list[list[float] | None]:
    """The 95 % interval of each of m statistics of the rows' weights.

    None where most replicates leave a statistic undefined, where it is the same in all of them, and for a single row.

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
    drawn = replicate(n, statistics, replicates, seed)
    if n < 2:
        return [None] * drawn.shape[1]
    return [quantile_interval(column, tail=tail_for(n)) for column in drawn.T]
