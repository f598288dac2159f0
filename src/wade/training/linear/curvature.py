r"""The approximate inverse Hessian by which the linear baseline is minimized.

.. math:: H = \frac{1}{n} D^\top \operatorname{diag}(c)\, D + \Lambda

D is the design matrix of some rows, c the second derivative of each row's loss, Λ the penalty. For the squared error
this is the Hessian; of several classes, each has a matrix of its own, and what they have in common is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np

from wade.maths.quasi_newton import Doubles
from wade.training.linear.design import design_matrix, squares_of, width_of
from wade.types import InputLayout, Inputs

Preconditioner: TypeAlias = Callable[[Doubles], Doubles]

MOST_COLUMNS: Final = 1_024
"""Matrices of up to this width are inverted."""
MOST_VALUES: Final = 20_000_000
"""Values of a design matrix that are held at once."""
MOST_WORK: Final = 4e8
ROWS_PER_COLUMN: Final = 4
"""Of more rows than make this number of multiplications, and are this many for each column, only some count."""
LEAST: Final = 1e-9


def preconditioner(X: Inputs, layout: InputLayout, curvature: Doubles, penalties: Doubles) -> Preconditioner:
    """Multiplies a gradient by the approximate inverse Hessian.

    Parameters
    ----------
    X : Inputs
        Rows that stand for all of them.
    layout : InputLayout
    curvature : array (n_rows, outputs), ≥ 0
    penalties : array (n_columns,), ≥ 0
        The diagonal of Λ.
    """
    width, outputs = width_of(layout), curvature.shape[1]
    if len(X) < width and len(X) <= MOST_COLUMNS and len(X) * width <= MOST_VALUES:
        D = design_matrix(X, layout)
        by_output = [_of_few_rows(D, each, penalties) for each in curvature.T]
    elif width <= MOST_COLUMNS:
        wanted = max(ROWS_PER_COLUMN * width, int(MOST_WORK / (outputs * width**2)))
        step = max(1, len(X) // wanted)
        D = design_matrix(X[::step], layout)
        by_output = [_of_few_columns(D, each, penalties) for each in curvature[::step].T]
    else:
        by_output = [_of_many_columns(X, layout, each, penalties) for each in curvature.T]

    def apply(gradient: Doubles) -> Doubles:
        columns = gradient.reshape(width, outputs).T
        return np.stack([one(column) for one, column in zip(by_output, columns, strict=True)], axis=1).ravel()

    return apply


def _of_few_columns(D: Doubles, curvature: Doubles, penalties: Doubles) -> Preconditioner:
    width = len(penalties)
    hessian = (D * curvature[:, None]).T @ D / len(D)
    hessian[np.diag_indices(width)] += penalties + LEAST * max(1.0, float(np.trace(hessian)) / width)
    inverse = np.linalg.inv(hessian)
    inverse = (inverse + inverse.T) / 2
    return lambda gradient: np.asarray(inverse @ gradient)


def _of_few_rows(D: Doubles, curvature: Doubles, penalties: Doubles) -> Preconditioner:
    """Woodbury's identity: the matrix that is inverted has a row and a column for each row, not for each column."""
    # Nothing penalizes the bias; a hundredth of the penalty of the others leaves it nearly free.
    diagonal = np.where(penalties > 0, penalties + LEAST, LEAST + float(penalties.max()) / 100)
    scaled = D / diagonal
    inner = scaled @ D.T
    inner[np.diag_indices(len(D))] += len(D) / np.maximum(curvature, LEAST)
    inverse = np.linalg.inv(inner)
    inverse = (inverse + inverse.T) / 2
    return lambda gradient: np.asarray(gradient / diagonal - scaled.T @ (inverse @ (scaled @ gradient)))


def _of_many_columns(X: Inputs, layout: InputLayout, curvature: Doubles, penalties: Doubles) -> Preconditioner:
    """The diagonal alone."""
    diagonal = squares_of(X, layout, curvature) / len(X) + penalties + LEAST
    return lambda gradient: gradient / diagonal
