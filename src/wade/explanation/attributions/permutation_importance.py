r"""What a model relies on: how much worse it answers when one column no longer belongs to its rows.

Permutation importance: every row gets the value that another row has in that column, and everything else stays; the
loss that this adds is what the model owes to the column (Breiman, *Random Forests*, 2001, section 10; as a property of
any model, Fisher, Rudin and Dominici, *All Models are Wrong, but Many are Useful*, 2019, section 3):

.. math:: I = f(\bar{L}^{\,\text{shuffled}}) - f(\bar{L}), \qquad
          \bar{L}^{\,\text{shuffled}} = \frac{1}{R n} \sum_r \sum_i L(x_i \text{ with the column of } x_{d_r(i)},\, y_i)

with the loss L of a row, its donor d_r(i) ≠ i in shuffle r, and f the identity, or the root where L is a squared error.

The interval says how much of that the chance in rows and shuffles could be. A row counts twice, with what it loses on
average by borrowing, a_i, and with what others lose on average by borrowing from it, b_i; so, by the delta method for a
statistic of pairs of rows,

.. math:: h_i = f'(\bar{L}^{\,\text{shuffled}})\,(a_i + b_i - \bar{a} - \bar{b})
          + \big(f'(\bar{L}^{\,\text{shuffled}}) - f'(\bar{L})\big)(L_i - \bar{L}), \qquad
          I \pm 1.96 \sqrt{\textstyle\sum_i h_i^2 / (n (n - 1))}

It says nothing of what another training would give. Columns that are copies of each other are shuffled together
(`wade.explanation.attributions.collinearity`): shuffled alone, each would seem worthless, since the other tells the
same.
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
    """A figure made of the rows' losses, and how it changes with their mean.

    Parameters
    ----------
    name : str
    of_mean, slope : functions of the mean loss
        f and f′.
    """

    name: str
    of_mean: Callable[[float], float]
    slope: Callable[[float], float]


LOG_LOSS: Final = Metric("log_loss", float, lambda mean: 1.0)
RMSE: Final = Metric("rmse", lambda mean: float(np.sqrt(mean)), lambda mean: 0.5 / float(np.sqrt(mean or 1.0)))


class Importance(NamedTuple):
    """By how much a figure rises where a column is shuffled, and between which bounds in 95 of 100 cases."""

    value: float
    interval: tuple[float, float]


def permutation_importance(
    X: Inputs,
    losses: Callable[[Inputs], Doubles],
    groups: Sequence[Sequence[Span]],
    figure: Metric = LOG_LOSS,
    repeats: int = 5,
    seed: int = 0,
    watcher: Watcher | None = None,
) -> list[Importance]:
    """The importance of each group of columns; a group is shuffled as one.

    Parameters
    ----------
    X : Inputs, at least two rows
        They stay as they are.
    losses : function of Inputs -> array (n,), float64
        The loss of each row, in the order of X.
    groups : sequence of sequences of Span
        Where the columns stand.
    figure : Metric
    repeats : int, ≥ 1
        How often each group is shuffled; the same shuffles for all of them, so that they can be compared.
    seed : int
        Of the shuffles.
    watcher : function of (questions asked, all questions)
        Called after each pass over the rows.

    Returns
    -------
    list of Importance
        In the order of `groups`.

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
        steepness = figure.slope(after)
        pull = borrowing + lending - 2 * borrowing.mean()
        h = steepness * pull + (steepness - figure.slope(before)) * (format_number - before)
        half = NORMAL * float(np.sqrt((h**2).sum() / (n * (n - 1))))
        value = figure.of_mean(after) - figure.of_mean(before)
        found.append(Importance(value, (value - half, value + half)))
    return found


def donors_of(n: int, seed: int, repeat: int) -> Rows:
    """From which other row each row borrows: the rows stand in a random circle, and each turns to its neighbour.

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
