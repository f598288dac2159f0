"""How far predicted numbers are from observed ones: by size of the prediction, as quantiles, and on a grid.

residual = observed − predicted
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wade.metrics.intervals import mean_interval
from wade.metrics.weighted import Doubles

BANDS: Final = 12
ROWS_OF_A_BAND: Final = 5
CELLS: Final = 24
OUTSIDE: Final = 0.002
"""The share of the values that may lie beyond either end of a grid."""


class Band(NamedTuple):
    """Rows of like predictions: mean prediction and observation, mean residual with its 95 % interval, and its spread.

    `low` and `high` are the 5th and the 95th percentile of the residuals.
    """

    rows: int
    predicted: float
    observed: float
    residual: float
    interval: list[float] | None
    low: float
    high: float


def bands(observed: Doubles, predicted: Doubles) -> list[Band]:
    """At most 12 bands of rows of like number, by rising prediction.

    Examples
    --------
    >>> (first,) = bands(np.array([1.0, 3.0]), np.array([2.0, 3.0]))
    >>> first.rows, first.predicted, first.observed, first.residual
    (2, 2.5, 2.0, -0.5)
    """
    order = np.argsort(predicted, kind="stable")
    found = []
    for chunk in np.array_split(order, max(1, min(BANDS, len(order) // ROWS_OF_A_BAND))):
        residuals = observed[chunk] - predicted[chunk]
        mean, interval = mean_interval(residuals)
        low, high = np.quantile(residuals, [0.05, 0.95]).tolist()
        ends = float(predicted[chunk].mean()), float(observed[chunk].mean())
        found.append(Band(len(chunk), *ends, mean, interval, low, high))
    return found


def largest_errors(observed: Doubles, predicted: Doubles, shares: tuple[float, ...]) -> list[float]:
    """The distance |observed − predicted| that these shares of the rows do not exceed.

    Examples
    --------
    >>> largest_errors(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0]), (0.5, 1.0))
    [1.0, 2.0]
    """
    return [float(one) for one in np.quantile(np.abs(observed - predicted), shares, method="higher")]


class Density(NamedTuple):
    """Rows in each cell of a square grid, (CELLS, CELLS): observed by predicted, between the same edges.

    `outside` rows lie beyond an edge, and are counted in the outermost cells.
    """

    edges: Doubles
    counts: NDArray[np.int64]
    outside: int


def density(observed: Doubles, predicted: Doubles) -> Density:
    """Where rows lie by prediction and observation; at most 0.2 % of the values lie beyond either end of the grid.

    Examples
    --------
    >>> found = density(np.array([0.0, 12.0, 24.0]), np.array([0.0, 0.0, 24.0]))
    >>> found.edges[[0, 1, -1]].tolist(), int(found.counts[12, 0]), int(found.counts.sum())
    ([0.0, 1.0, 24.0], 1, 3)
    """
    values = np.concatenate([observed, predicted])
    beyond = OUTSIDE if len(observed) > CELLS**2 else 0.0
    low, high = np.quantile(values, [beyond, 1 - beyond])
    low, high = (low, high) if high > low else (low - 0.5, low + 0.5)
    edges = np.linspace(low, high, CELLS + 1)
    places = [np.clip(np.searchsorted(edges, each, "right") - 1, 0, CELLS - 1) for each in (observed, predicted)]
    counts = np.bincount(places[0] * CELLS + places[1], minlength=CELLS**2).reshape(CELLS, CELLS)
    outside = [(each < low) | (each > high) for each in (observed, predicted)]
    return Density(edges, counts, int((outside[0] | outside[1]).sum()))
