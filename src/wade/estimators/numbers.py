"""Arrays, dense or sparse, and frames of numbers: each column on the robust scale of `wade.tables`.

A column that has missing values (NaN) among the training rows gets an indicator. All columns are inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import scipy.sparse
from numpy.typing import ArrayLike, NDArray

from wade.errors import DataError
from wade.settings import Choice, settle_numbers
from wade.tables.kinds.scales import SHARES, Scale, among_bins, bins_for, edges_among, put_on_scale
from wade.types import Array, Floats, InputLayout, Inputs, Piecewise

MOST_DENSE_BYTES: Final = 2**32
VALUES_AT_ONCE: Final = 2**17


@dataclass(frozen=True, eq=False)
class NumberReader:
    """Scales for the columns of an array.

    Parameters
    ----------
    names : tuple of str
        Of the columns.
    medians, factors : array (n_columns,), float64
        See `wade.tables.kinds.scales.Scale`.
    lacking : array of int
        The columns that get an indicator of missing values.
    edges : tuple of arrays
        The edges of each column's bins; empty where it is not piecewise-linear.
    choices : name -> Choice
        Automatic choices, and why.

    Examples
    --------
    >>> reader = NumberReader.fit(np.array([[1.0, 7.0], [2.0, np.nan], [3.0, 7.0]]), ("size", "age"))
    >>> reader.layout.numbers
    ('size', 'age', 'age missing')
    >>> reader.encode(np.array([[2.0, np.nan], [3.0, 7.0]])).numbers.round(2)
    array([[0.  , 0.  , 1.  ],
           [0.49, 0.  , 0.  ]], dtype=float32)
    """

    names: tuple[str, ...]
    medians: NDArray[np.float64]
    factors: NDArray[np.float64]
    lacking: NDArray[np.int64]
    edges: tuple[NDArray[np.float64], ...]
    choices: Mapping[str, Choice]

    @classmethod
    def fit(cls, X: Any, names: Sequence[str], weights: Floats | None = None, numbers: str = "scaled") -> NumberReader:
        """Fit the scales to training rows (n_rows, n_columns); a row of weight 2 counts as two rows."""
        _refuse_size(X)
        numbers, choices = settle_numbers(numbers, X.shape[0], X.shape[1])
        scales, lacking, edges = [], [], []
        for index, column in enumerate(_columns(X)):
            column = np.asarray(column, np.float64)
            present = ~np.isnan(column)
            values, counts = column[present], None if weights is None else weights[present]
            scales.append(Scale.of(_quantiles(values, counts, SHARES) if len(values) else ()))
            bins = bins_for(len(values)) if numbers == "piecewise" else 0
            edges.append(np.array(edges_among(_quantiles(values, counts, np.arange(bins + 1) / bins)) if bins else ()))
            if not present.all():
                lacking.append(index)
        medians, factors = (np.array([getattr(scale, part) for scale in scales]) for part in ("median", "factor"))
        return cls(tuple(names), medians, factors, np.array(lacking, np.int64), tuple(edges), choices)

    @property
    def layout(self) -> InputLayout:
        """What one encoded row holds: all columns, then the indicators, then positions in bins."""
        bins = tuple(Piecewise(f"{self.names[at]} among bins", len(self.edges[at]) - 1) for at in self._piecewise)
        return InputLayout((*self.names, *(f"{self.names[at]} missing" for at in self.lacking)), (), bins)

    @property
    def width(self) -> int:
        """The number of values in an encoded row."""
        return len(self.names) + len(self.lacking) + len(self._piecewise)

    @cached_property
    def _piecewise(self) -> list[int]:
        """The columns that are read piecewise."""
        return [index for index, edges in enumerate(self.edges) if len(edges)]

    def encode(self, X: Any) -> Inputs:
        """Rows as numbers, float32 (n_rows, width); a sparse matrix is made dense some rows at a time."""
        numbers = np.empty((X.shape[0], len(self.names) + len(self.lacking)), np.float32)
        positions = np.empty((len(numbers), len(self._piecewise)), np.float32)
        count, step = len(self.names), max(1, VALUES_AT_ONCE // self.width)
        for start in range(0, len(numbers), step):
            rows = slice(start, start + step)
            values = np.array(X[rows].toarray() if scipy.sparse.issparse(X) else X[rows], np.float64)
            numbers[rows, count:] = np.isnan(values[:, self.lacking])
            for place, index in enumerate(self._piecewise):
                positions[rows, place] = among_bins(values[:, index], self.medians[index], self.edges[index])
            put_on_scale(values, self.medians, self.factors)
            numbers[rows, :count] = values
        return Inputs(numbers, np.empty((len(numbers), 0), np.int32), positions)


def _quantiles(values: NDArray[np.float64], weights: Floats | None, at: ArrayLike) -> list[float]:
    """The least value of which at least such a share is no greater: weights then equal duplicate rows."""
    shares = np.asarray(at)
    if weights is None:
        ordered, places = np.sort(values), np.maximum(np.ceil(shares * len(values)).astype(np.int64) - 1, 0)
    else:
        order = np.argsort(values, kind="stable")
        reached = np.cumsum(weights[order])
        ordered, places = values[order], np.searchsorted(reached, shares * reached[-1])
    chosen: list[float] = ordered[places].tolist()
    return chosen


def _columns(X: Any) -> Iterator[Array]:
    """The columns one by one; those of a sparse matrix are made dense a few at a time."""
    if not scipy.sparse.issparse(X):
        yield from X.T
        return
    by_column = X.tocsc()
    at_once = max(1, VALUES_AT_ONCE // max(1, X.shape[0]))
    for start in range(0, X.shape[1], at_once):
        yield from by_column[:, start : start + at_once].toarray().T


def _refuse_size(X: Any) -> None:
    """A sparse matrix may describe more numbers than memory holds."""
    needed = 4 * X.shape[0] * X.shape[1]
    if scipy.sparse.issparse(X) and needed > MOST_DENSE_BYTES:
        size = f"{X.shape[0]:,} × {X.shape[1]:,} numbers take {needed / 2**30:.1f} GiB where all are written out"
        problem = f"{size}, and a network reads every one of them; at most {MOST_DENSE_BYTES / 2**30:.0f} GiB will do"
        remedy = "Take fewer columns (TruncatedSVD makes a few of many), or give the rows to partial_fit in parts."
        raise DataError("X", problem, remedy)
