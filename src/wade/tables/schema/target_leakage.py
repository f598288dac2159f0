"""Columns that give the target away: each alone predicts it almost perfectly on other rows.

Such a column is usually the target in disguise, or known only afterwards (a refund, for a cancelled order). It is
predicted on half of a sample of rows from the other half: by the target's mean, or its likeliest class, for each value
of a category and each quantile bin of a number or date; a missing value is a value of its own. Numbers are predicted by
their ranks, so that a long tail hides nothing. What goes through no bin, such as a sum of two columns, is not found.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.maths.random import permutation
from wade.tables.columns.cleaning import codes_of, one_piece
from wade.tables.columns.command_options import option
from wade.tables.columns.views import as_numbers
from wade.tables.kinds.column import Column
from wade.tables.kinds.registry import KINDS
from wade.tables.schema.schema import Schema
from wade.types import Rows

SAMPLE_ROWS: Final = 20_000
FEWEST_ROWS: Final = 60
MOST_BINS: Final = 128
ROWS_PER_BIN: Final = 8
ALMOST_PERFECT: Final = 0.98
LEAK_STREAM: Final = (1 << 32) - 4


class Leak(NamedTuple):
    """A column, and the share of what can be known about the target that it alone explains, from 0 to 1."""

    column: str
    share: float

    def __str__(self) -> str:
        return (
            f"{self.column!r} alone predicts the target almost perfectly ({self.share:.1%}): is it known before the "
            f"target is? If not, leave it out: {option('--drop', self.column)}."
        )


def find_leaks(table: pa.Table, schema: Schema) -> list[Leak]:
    """The inputs that alone predict the target almost perfectly; none where there are too few rows.

    Examples
    --------
    >>> from wade.tables.schema.infer import infer_schema
    >>> price = np.arange(400) * 7 % 401
    >>> table = pa.table({"size": price % 20, "cents": 100 * price, "price": price})
    >>> schema = infer_schema(table, "sales.csv", "price", columns=["size", "cents"])
    >>> [leak.column for leak in find_leaks(table, schema)]
    ['cents']
    """
    labelled = np.flatnonzero(np.asarray(table[schema.target.name].is_valid()))
    if len(labelled) < FEWEST_ROWS:
        return []
    sampled = labelled[permutation(0, LEAK_STREAM, len(labelled))[:SAMPLE_ROWS]]
    sample = table.select([c.name for c in (*schema.columns, schema.target)]).take(pa.array(sampled))
    target = one_piece(sample[schema.target.name])
    number = schema.target.role == "number"
    truth = mean_ranks(as_numbers(target, "", schema.target.form)) if number else _codes(target)
    shares = [(column.name, _share(_cells(sample[column.name], column), truth, number)) for column in schema.columns]
    return [Leak(name, share) for name, share in shares if share >= ALMOST_PERFECT]


def _cells(values: pa.ChunkedArray, column: Column) -> Rows:
    """For each row the value or bin that it falls into, −1 where missing; bins are fitted to the first half."""
    kind = KINDS[column.role]
    if not kind.ordered:
        return _codes(one_piece(values))
    numbers = kind.order(one_piece(values), column, "")
    training = numbers[: len(numbers) // 2]
    training = training[~np.isnan(training)]
    if not len(training):
        return np.full(len(numbers), -1, np.int64)
    bins = min(MOST_BINS, 2 + len(training) // ROWS_PER_BIN)
    edges = np.unique(np.quantile(training, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.where(np.isnan(numbers), -1, np.searchsorted(edges, numbers, "right"))


def _codes(column: pa.Array) -> Rows:
    """A small number for each different value, −1 where missing; a dictionary's texts themselves are not looked at."""
    codes = codes_of(column if pa.types.is_dictionary(column.type) else column.dictionary_encode())
    used, places = np.unique(codes, return_inverse=True)
    return places - int(used[0] == -1)


def _share(cells: Rows, truth: NDArray[Any], number: bool) -> float:
    """How much of the error of the simplest answer the cells take away on the second half."""
    half = len(cells) // 2
    cells = cells + 1
    if number:
        middle = truth[:half].mean()
        counts = np.bincount(cells[:half], minlength=cells.max() + 1)
        sums = np.bincount(cells[:half], truth[:half], minlength=len(counts))
        means = np.where(counts > 0, sums / np.maximum(counts, 1), middle)
        error, base = ((truth[half:] - means[cells[half:]]) ** 2).sum(), ((truth[half:] - middle) ** 2).sum()
    else:
        classes = int(truth.max()) + 1
        usual = np.bincount(truth[:half], minlength=classes).argmax()
        likeliest = np.full(int(cells.max()) + 1, usual)
        pairs, counts = np.unique(cells[:half] * classes + truth[:half], return_counts=True)
        order = np.argsort(counts, kind="stable")
        likeliest[pairs[order] // classes] = pairs[order] % classes
        error, base = (truth[half:] != likeliest[cells[half:]]).sum(), (truth[half:] != usual).sum()
    return float(1 - error / base) if base else 0.0


def mean_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each value's mean rank among all, counted from ½; equal values share one.

    Examples
    --------
    >>> mean_ranks(np.array([3.0, 1.0, 3.0]))
    array([2. , 0.5, 2. ])
    """
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - counts / 2)[places])
