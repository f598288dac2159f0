"""A table of y = f(x): places along x at random, and noise on y."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wade.maths.random import normal, uniform
from wade.studio.function_parser import read_function
from wade.tables.datasets.generators import NOISE, PLACES


def table_of_formula(formula: str, rows: int, noise: float, seed: int = 0) -> pa.Table:
    """Rows of y = f(x): x at random within its range, and normal noise of this deviation added to y.

    Raises
    ------
    InvalidArgument
        It is no formula, or has no value somewhere.

    Examples
    --------
    >>> table_of_formula("y = x^2 from 0 to 2", rows=3, noise=0).column_names
    ['x', 'y']
    """
    function = read_function(formula)
    places = np.sort(np.asarray(uniform(seed, PLACES, (rows,)), np.float64))
    x = function.low + (function.high - function.low) * places
    y = function.sampled(x) + noise * np.asarray(normal(seed, NOISE, (rows,)), np.float64)
    return pa.table({"x": x, "y": y})
