"""95 % intervals by formula: of shares, of means, of areas under ROC curves, and of what a confusion matrix gives.

None of them has no width: rows that are all right do not show that all rows are. What has no formula takes the
bootstrap (`bootstrap.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.metrics.weighted import Doubles
from wade.types import Array

Z_95: Final = 1.959963984540054
"""95 % of a normal distribution lies within this many standard deviations of its mean."""
DRAWS: Final = 2_000
"""Of confusion matrices; fewer of large ones."""
MOST_CELLS: Final = 4 * 10**6
FEWEST_ROWS: Final = 10
FEW_ROWS: Final = 50
HALVINGS: Final = 60
ROUNDING: Final = 1e-12
FACTOR_RANGE: Final = (0.5, 4.0)
_POISSON_BOUNDS: Final = (0.05129329438755058, 0.3553615106986621, 0.8176914471823063)
"""The 5 % quantiles of half a χ² with 2, 4 and 6 degrees of freedom: what 1, 2 and 3 mistakes leave possible."""


def share_interval(hits: float, rows: float) -> list[float]:
    """The 95 % interval of a share, by Wilson, near 0 and 1 by the Poisson distribution.

    ::

        (p + z²/2n ± z √(p (1 − p)/n + z²/4n²)) / (1 + z²/n),   p = hits / n,   z = 1.96

    Where 1 to 3 rows (2 of 10 to 50 rows) are the exception, Wilson's bound on their side lies too far from the edge,
    and the bound is the 5 % quantile of Poisson's rate, χ²(0.05; 2 x)/2n. On average over shares from 50 to 99.9 % and
    30 to 1,000 rows, 95.6 % of these intervals hold the true share, and never fewer than 92 %.

    Source: Wilson, *Probable inference, the law of succession, and statistical inference*, 1927; Brown, Cai and
    DasGupta, *Interval estimation for a binomial proportion*, Statistical Science 16, 2001, section 4.1.1.

    Examples
    --------
    >>> [round(bound, 3) for bound in share_interval(0, 10)], [round(bound, 3) for bound in share_interval(50, 100)]
    ([0.0, 0.278], [0.404, 0.596])
    >>> [round(bound, 4) for bound in share_interval(99, 100)]
    [0.9455, 0.9995]
    """
    share, doubt = hits / rows, Z_95**2 / rows
    middle, width = share + doubt / 2, Z_95 * math.sqrt(share * (1 - share) / rows + doubt / (4 * rows))
    low, high = (max(0.0, (middle - width) / (1 + doubt)), min(1.0, (middle + width) / (1 + doubt)))
    few = 0 if rows < FEWEST_ROWS else 2 if rows <= FEW_ROWS else 3
    if hits in range(1, few + 1):
        low = _POISSON_BOUNDS[int(hits) - 1] / rows
    if rows - hits in range(1, few + 1):
        high = 1 - _POISSON_BOUNDS[int(rows - hits) - 1] / rows
    return [low, high]


def mean_interval(values: Doubles) -> tuple[float, list[float] | None]:
    """The mean of rows and its 95 % interval by Student's t; None for fewer than two rows, or rows of one value.

    Examples
    --------
    >>> mean, (low, high) = mean_interval(np.tile([0.0, 1.0], 50))
    >>> mean, round(high - low, 3)
    (0.5, 0.199)
    >>> mean_interval(np.array([3.0]))
    (3.0, None)
    """
    mean, n = float(values.mean()), len(values)
    width = student_95(n - 1) * float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0
    return mean, [mean - width, mean + width] if width > 0 else None


def student_95(freedom: int) -> float:
    """The 97.5 % quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def area_interval(classes: list[NDArray[np.bool_]], scores: list[Array]) -> list[float] | None:
    """The 95 % interval of the mean of areas under ROC curves, one for each class against the rest of the same rows.

    The areas θ that the observed area A does not contradict: |θ − A| ≤ z √V(θ). V is Hanley and McNeil's variance as
    a function of the area, in Newcombe's form for m and n rows of either side,

        V(θ) = θ (1 − θ) (1 + N ((1 − θ)/(2 − θ) + θ/(1 + θ))) / (m n),   N = (m + n)/2 − 1,

    times a factor that makes it DeLong's variance at θ = A (within 0.5 to 4; 1 where A is 0 or 1, and DeLong's is 0).
    Of several classes, V is that of the mean of independent areas, and DeLong's takes the classes' dependence in.
    None where every row has the same score, as of a constant: that area is 1/2 on any rows.

    Source: Newcombe, *Confidence intervals for an effect size measure based on the Mann–Whitney statistic*, part 2,
    method 5, Statistics in Medicine 25, 2006; DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988.

    Examples
    --------
    >>> positive, score = np.tile([True, False], 15), np.tile([0.9, 0.1], 15)
    >>> [round(bound, 3) for bound in area_interval([positive], [score])]
    [0.865, 1.0]
    """
    if all(float(one.min()) == float(one.max()) for one in scores):
        return None
    sizes = [(int(positive.sum()), int((~positive).sum())) for positive in classes]
    areas, influences = zip(*map(_area_and_influence, classes, scores), strict=True)
    area = float(np.mean(areas))
    observed = float((np.mean(influences, axis=0) ** 2).sum())

    def expected(theta: float) -> float:
        return sum(_hanley_mcneil(theta, m, n) for m, n in sizes) / len(sizes) ** 2

    usual = expected(area)
    factor = min(max(observed / usual, FACTOR_RANGE[0]), FACTOR_RANGE[1]) if usual > 0 and observed > 0 else 1.0
    return [_farthest(area, end, lambda theta: factor * expected(theta)) for end in (0.0, 1.0)]


def _area_and_influence(positive: NDArray[np.bool_], scores: Array) -> tuple[float, Doubles]:
    """The area, and what each row adds to its deviation: DeLong's components, whose squares sum to the variance."""
    influence = np.empty(len(scores))
    won_over = _shares_below(np.sort(scores[~positive]), scores[positive])
    lost_to = 1 - _shares_below(np.sort(scores[positive]), scores[~positive])
    area = float(won_over.mean())
    for rows, shares in ((positive, won_over), (~positive, lost_to)):
        influence[rows] = (shares - area) / math.sqrt(len(shares) * max(len(shares) - 1, 1))
    return area, influence


def _shares_below(ordered: Array, values: Array) -> Doubles:
    """The share of the ordered numbers that are smaller than each value; equal ones count one half."""
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / (2 * len(ordered))


def _hanley_mcneil(theta: float, m: int, n: int) -> float:
    pairs = (m + n) / 2 - 1
    return theta * (1 - theta) * (1 + pairs * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (m * n)


def _farthest(area: float, end: float, variance: Callable[[float], float]) -> float:
    """The area towards this end that is 1.96 of its own standard deviations away, by halving."""
    inside, outside = area, end
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if abs(middle - area) <= Z_95 * math.sqrt(variance(middle)):
            inside = middle
        else:
            outside = middle
    return inside if area != end else end


def confusion_interval(
    matrix: NDArray[np.int64], metric: Callable[[Doubles], Doubles], value: float, seed: int = 0
) -> list[float] | None:
    """The 95 % interval of a metric of the confusion matrix, from matrices that the observed one leaves plausible.

    They are drawn from the Dirichlet distribution that the observed counts make of Jeffreys's prior for each class's
    recall and precision: half a row right, half a row wrong, shared by the other classes. So no cell is sure to be
    empty, and the interval has a width where no row is wrong; it holds the value itself.

    Parameters
    ----------
    matrix : array (n_classes, n_classes)
        Observed classes down, predicted ones across.
    metric : function of matrices (draws, n_classes, n_classes) -> array (draws,)

    Examples
    --------
    >>> accuracy = lambda cells: np.trace(cells, axis1=1, axis2=2) / cells.sum(axis=(1, 2))
    >>> low, high = confusion_interval(np.array([[15, 0], [0, 15]]), accuracy, 1.0)
    >>> round(low, 2), high
    (0.89, 1.0)
    """
    k = len(matrix)
    prior = np.full((k, k), 0.5 / max(k - 1, 1))
    np.fill_diagonal(prior, 0.5)
    draws = max(200, min(DRAWS, MOST_CELLS // k**2))
    random = np.random.Generator(np.random.PCG64(seed))
    cells = random.standard_gamma(matrix + prior, (draws, k, k))
    return quantile_interval(metric(cells), value)


def quantile_interval(drawn: Doubles, value: float | None = None, tail: float = 0.025) -> list[float] | None:
    """The quantiles that leave a tail on either side; None where fewer than half are defined, or all are one.

    Examples
    --------
    >>> quantile_interval(np.arange(41.0))
    [1.0, 39.0]
    """
    defined = drawn[np.isfinite(drawn)]
    if 2 * len(defined) < len(drawn) or len(defined) == 0:
        return None
    low, high = (float(bound) for bound in np.quantile(defined, [tail, 1 - tail]))
    if value is not None:
        low, high = min(low, value), max(high, value)
    return [low, high] if high - low > ROUNDING * max(abs(low), abs(high)) else None


def beyond_chance(interval: list[float] | None) -> bool:
    """Whether there is an interval, and it leaves 0 out.

    Examples
    --------
    >>> beyond_chance([0.1, 0.2]), beyond_chance([-0.1, 0.2]), beyond_chance(None)
    (True, False, False)
    """
    return interval is not None and not interval[0] <= 0 <= interval[1]


def estimate(value: float, interval: list[float] | None) -> dict[str, Any]:
    """A value and its interval as plain data."""
    return {"value": value, "interval": interval}
