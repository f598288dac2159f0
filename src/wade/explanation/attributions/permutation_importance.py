r"""Permutation importance: how much the loss rises when the values of one column are shuffled among the rows.

Every row gets the value of another row in that column, and all else stays (Breiman, *Random Forests*, 2001, section 10;
as a property of any model, Fisher, Rudin and Dominici, *All Models are Wrong, but Many are Useful*, 2019, section 3):

.. math:: I = f(\bar{L}^{\,\text{shuffled}}) - f(\bar{L}), \qquad
          \bar{L}^{\,\text{shuffled}} = \frac{1}{R n} \sum_r \sum_i L(x_i \text{ with the column of } x_{d_r(i)},\, y_i)

with the loss L of a row, its donor d_r(i) ≠ i in shuffle r, and f the identity, or the root where L is a squared error.

The 95 % interval covers the chance in rows and shuffles, by the delta method for a statistic of pairs of rows: a_i is
the mean loss that row i adds by borrowing, b_i the mean loss that others add by borrowing from it, and

.. math:: h_i = f'(\bar{L}^{\,\text{shuffled}})\,(a_i + b_i - \bar{a} - \bar{b})
          + \big(f'(\bar{L}^{\,\text{shuffled}}) - f'(\bar{L})\big)(L_i - \bar{L}), \qquad
          I \pm 1.96 \sqrt{\textstyle\sum_i h_i^2 / (n (n - 1))}

It does not cover the chance in training. Redundant columns (`wade.explanation.attributions.collinearity`) are shuffled
together: shuffled alone, each would seem unimportant, since the other carries the same information.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.explanation.attributions.columns import Span
from wade.maths.random import permutation
from wade.types import Inputs, Rows

Doubles: TypeAlias = NDArray[np.float64]
Watcher: TypeAlias = Callable[[int, int], None]

NORMAL: Final = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""
FIRST_STREAM: Final = (1 << 32) - (1 << 20)


class Metric(NamedTuple):
    """A metric as a function f of the mean loss of the rows, and its derivative f′."""

    name: str
    of_mean: Callable[[float], float]
    slope: Callable[[float], float]


LOG_LOSS: Final = Metric("log_loss", float, lambda mean: 1.0)
RMSE: Final = Metric("rmse", lambda mean: float(np.sqrt(mean)), lambda mean: 0.5 / float(np.sqrt(mean or 1.0)))


class Importance(NamedTuple):
    """By how much the metric rises when a column is shuffled, with a 95 % interval."""

    value: float
    interval: tuple[float, float]


def permutation_importance(
    X: Inputs,
    losses: Callable[[Inputs], Doubles],
    groups: Sequence[Sequence[Span]],
    metric: Metric = LOG_LOSS,
    repeats: int = 5,
    seed: int = 0,
    watcher: Watcher | None = None,
) -> list[Importance]:
    """The importance of each group of columns, in the order of `groups`; a group is shuffled as one.

    Parameters
    ----------
    X : Inputs, at least two rows
        They are not changed.
    losses : function of Inputs -> array (n,), float64
        The loss of each row, in the order of X.
    groups : sequence of sequences of Span
        Where the columns stand.
    metric : Metric
    repeats : int, ≥ 1
        The number of shuffles of each group; the same for all groups, so that they can be compared.
    seed : int
        Of the shuffles.
    watcher : function of (passes done, all passes)
        Called after each pass over the rows.

    Examples
    --------
    The loss is the first number; what is in the second does not matter.

    >>> from wade.explanation.attributions.columns import plain_spans
    >>> from wade.types import InputLayout
    >>> y = np.arange(50.0)
    >>> X = Inputs(np.column_stack([y, y % 7]), np.empty((50, 0), np.int32))
    >>> groups = [[span] for span in plain_spans(InputLayout.of_count(2))]
    >>> first, second = permutation_importance(X, lambda X: abs(X.numbers[:, 0] - y), groups)
    >>> first.value > 10, first.interval[0] > 5, second.value
    (True, True, 0.0)
    """
    n, format_number = len(X), losses(X)
    before = float(format_number.mean())
    shuffled = X[np.arange(n)]
    found = []
    for index, group in enumerate(groups):
        borrowing, lending = np.zeros(n), np.zeros(n)
        for repeat in range(repeats):
            donors = donors_of(n, seed, repeat)
            for span in group:
                span.copy(X, donors, shuffled, slice(None))
            more = (losses(shuffled) - format_number) / repeats
            borrowing += more
            lending[donors] += more
            if watcher:
                watcher(index * repeats + repeat + 1, len(groups) * repeats)
        for span in group:
            span.copy(X, slice(None), shuffled, slice(None))
        after = before + float(borrowing.mean())
        steepness = metric.slope(after)
        pull = borrowing + lending - 2 * borrowing.mean()
        h = steepness * pull + (steepness - metric.slope(before)) * (format_number - before)
        half = NORMAL * float(np.sqrt((h**2).sum() / (n * (n - 1))))
        value = metric.of_mean(after) - metric.of_mean(before)
        found.append(Importance(value, (value - half, value + half)))
    return found


def donors_of(n: int, seed: int, repeat: int) -> Rows:
    """The donor of each row: the rows form a random cycle, and each borrows from its neighbor.

    Examples
    --------
    >>> donors = donors_of(6, seed=0, repeat=0)
    >>> sorted(donors.tolist()), (donors == np.arange(6)).any()
    ([0, 1, 2, 3, 4, 5], np.False_)
    """
    order = permutation(seed, FIRST_STREAM + repeat, n)
    donors = np.empty_like(order)
    donors[order] = np.roll(order, 1)
    return donors
