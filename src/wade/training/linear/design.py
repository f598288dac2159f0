"""The columns that a network without hidden layers is linear in: numbers, a column for each code, the bins, a 1."""

from __future__ import annotations

import numpy as np

from wade.maths.quasi_newton import Doubles
from wade.types import InputLayout, Inputs


def width_of(layout: InputLayout) -> int:
    """The number of columns: parameters of one output."""
    return layout.n_numbers + sum(layout.sizes) + sum(layout.bins) + 1


def design_matrix(X: Inputs, layout: InputLayout) -> Doubles:
    """The columns of these rows in the order of θ, (n_rows, n_columns): Z = design · θ, with θ (n_columns, outputs).

    Examples
    --------
    >>> from wade.types import Category, Piecewise
    >>> layout = InputLayout(("wind",), (Category("carrier", 2),), (Piecewise("hour", 3),))
    >>> X = Inputs(np.array([[7.0]]), np.array([[1]], np.int32), np.array([[1.25]]))
    >>> design_matrix(X, layout)
    array([[7.  , 0.  , 1.  , 1.  , 0.25, 0.  , 1.  ]])
    """
    blocks = [np.asarray(X.numbers, np.float64)]
    blocks += [codes[:, None] == np.arange(size) for codes, size in zip(X.codes.T, layout.sizes, strict=True)]
    for positions, bins in zip(X.positions.T, layout.bins, strict=True):
        blocks.append(np.clip(positions.astype(np.float64)[:, None] - np.arange(bins), 0.0, 1.0))
    return np.concatenate([*blocks, np.ones((len(X), 1))], axis=1)


def squares_of(X: Inputs, layout: InputLayout, curvature: Doubles) -> Doubles:
    """Σ curvature · column² for each column of the design, without building the columns of the codes."""
    numbers = curvature @ np.square(X.numbers, dtype=np.float64)
    codes = [np.bincount(c, curvature, size) for c, size in zip(X.codes.T, layout.sizes, strict=True)]
    bins = [
        curvature @ np.square(np.clip(positions.astype(np.float64)[:, None] - np.arange(count), 0.0, 1.0))
        for positions, count in zip(X.positions.T, layout.bins, strict=True)
    ]
    return np.concatenate([numbers, *codes, *bins, [curvature.sum()]])
