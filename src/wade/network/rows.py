"""Checks and converts the rows that a network is given."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from wade.errors import InvalidArgument
from wade.types import Array, InputLayout, Inputs


def checked_inputs(X: Inputs | ArrayLike, layout: InputLayout, dtype: str) -> Inputs:
    """The rows in a network's dtype, after a check of their shape and of the range of their codes.

    Plain numbers are enough where the layout has no categories. The result shares memory where nothing had to change.
    Whether the numbers are finite is not checked.

    Raises
    ------
    InvalidArgument
        Where the shape, the kind of number or a code does not fit.

    Examples
    --------
    >>> checked_inputs([[1, 2]], InputLayout.of_count(2), "float32").numbers
    array([[1., 2.]], dtype=float32)
    """
    rows = X if isinstance(X, Inputs) else _only_numbers(X, layout)
    numbers, codes, positions = rows.numbers, rows.codes, rows.positions
    _check_shape("numbers", numbers, layout.n_numbers)
    _check_shape("codes", codes, len(layout.categories))
    _check_shape("positions", positions, len(layout.piecewise))
    for name, block in (("codes", codes), ("positions", positions)):
        if len(numbers) != len(block):
            raise InvalidArgument("X", f"must have as many rows of {name} as of numbers", (len(numbers), len(block)))
    if numbers.dtype.kind not in "fiub":
        held = "text" if numbers.dtype.kind in "US" else numbers.dtype.name
        raise InvalidArgument("X", "must hold real numbers", held)
    _check_codes(codes, layout)
    _check_positions(positions, layout)
    return rows.astype(dtype)


def _only_numbers(X: ArrayLike, layout: InputLayout) -> Inputs:
    others = layout.names[layout.n_numbers :]
    if others:
        expected = f"must be Inputs, numbers with codes and positions, for {', '.join(others)}"
        raise InvalidArgument("X", expected, type(X).__name__)
    try:
        numbers = np.asarray(X)
    except ValueError as problem:
        raise InvalidArgument("X", "must be a table of numbers with rows of one length", type(X).__name__) from problem
    if numbers.ndim == 0:
        raise InvalidArgument("X", f"must have numbers of shape (rows, {layout.n_numbers})", ())
    return Inputs(numbers, np.empty((len(numbers), 0), dtype=np.int32))


def _check_shape(name: str, block: Array, columns: int) -> None:
    if block.ndim != 2 or block.shape[1] != columns:
        remedy = "One row is a table too: [[…]]." if block.ndim == 1 else ""
        raise InvalidArgument("X", f"must have {name} of shape (rows, {columns})", block.shape, remedy)


def _check_codes(codes: Array, layout: InputLayout) -> None:
    if codes.size and codes.dtype.kind not in "iu":
        raise InvalidArgument("X", "must hold whole numbers as codes", codes.dtype.name)
    outside = (codes < 0) | (codes >= np.asarray(layout.sizes, dtype=np.int64))
    if outside.any():
        row, column = np.argwhere(outside)[0]
        category = layout.categories[column]
        expected = f"must hold codes from 0 to {category.size - 1} for {category.name} (row {row})"
        raise InvalidArgument("X", expected, int(codes[row, column]), "Code 0 stands for values never seen.")


def _check_positions(positions: Array, layout: InputLayout) -> None:
    if positions.size and positions.dtype.kind not in "fiu":
        raise InvalidArgument("X", "must hold real numbers as positions", positions.dtype.name)
    inside = (positions >= 0) & (positions <= np.asarray(layout.bins, dtype=np.float64))
    if not inside.all():
        row, column = np.argwhere(~inside)[0]
        number = layout.piecewise[column]
        expected = f"must hold positions from 0 to {number.bins} for {number.name} (row {row})"
        raise InvalidArgument("X", expected, float(positions[row, column]), "`wade.maths.piecewise` finds them.")
