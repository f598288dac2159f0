"""Counterfactuals: the smallest changes of one column or two that flip the prediction.

Wachter, Mittelstadt and Russell, *Counterfactual Explanations without Opening the Black Box*, 2018; their distance
also divides the change of a number by its spread. The search tries other values for each column, first one column at a
time, then pairs of the columns that come closest alone, with those values that no smaller change outdoes. A pair is
reported where it is a tenth smaller than either column's own change. A counterfactual is not advice: it does not show
what a person can change, nor what else would change with it.

A model file holds no rows, but its encoder has scales and values, and its schema the range of each column. Each kind
decides in `Encoding.alternatives` (`wade.tables.kinds`) which values to try, and their distance: numbers in distances
between quartiles, categories and booleans 1, other hours of a day in halves of a day, other days 1. A text and a
missing value have no candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.explanation.attributions.columns import Span
from wade.tables import Column, Encoder
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.views import column_location
from wade.tables.kinds.base import Encoding
from wade.types import Inputs

Goal: TypeAlias = Callable[[Inputs], "GoalProgress"]

PAIR_ADVANTAGE: Final = 0.9
MOST_PAIRED: Final = 12
MOST_OF_EACH: Final = 24
ROWS_AT_ONCE: Final = 1 << 15


class GoalProgress(NamedTuple):
    """Whether each row reaches the goal, and how close it comes (higher: closer); each (n,)."""

    reached: NDArray[np.bool_]
    closeness: NDArray[np.float64]


class Change(NamedTuple):
    """A column, its value, and the value that it would have to have."""

    column: str
    value: Any
    to: Any


class Counterfactual(NamedTuple):
    """Changes that flip the prediction, and their total size."""

    changes: tuple[Change, ...]
    size: float


@dataclass(frozen=True)
class Options:
    """The value of a column of one row, and the others to try, as `Model.predict` takes them.

    `sizes` of the changes rise; `encoded` has the values as the network reads them, of this column alone.
    """

    column: str
    value: Any
    values: tuple[Any, ...]
    sizes: NDArray[np.float64]
    encoded: Inputs


@dataclass(frozen=True)
class NoOptions:
    """A column in which no other value is tried, and why."""

    column: str
    why: str


def options_of(encoding: Encoding, column: Column, table: pa.Table, name: str = "the row") -> Options | NoOptions:
    """The other values to try in this column of a row, or why there are none. `table` is tidy, of one row.

    Examples
    --------
    >>> from wade.tables.kinds.boolean import BooleanEncoding
    >>> table = pa.table({"wet": [True]})
    >>> options_of(BooleanEncoding("wet", ("false", "true")), Column("wet", "boolean", ""), table).values
    ('false',)
    """
    value = encoding.first(one_piece(table[column.name]), column_location(name, column.name))
    if value is None:
        return NoOptions(column.name, "missing in this row")
    options = sorted(encoding.alternatives(value, column), key=lambda option: option[1])
    if not options:
        return NoOptions(column.name, encoding.why_no_alternatives)
    values, sizes = zip(*options, strict=True)
    stored = pa.array([encoding.arrow_value(other) for other in values], encoding.arrow_type)
    encoded = Encoder((encoding,)).encode(pa.table({column.name: stored}), name)
    known = np.flatnonzero(encoded.codes.all(axis=1))  # an hour or a weekday without a code was never seen
    if not len(known):
        return NoOptions(column.name, encoding.why_no_alternatives)
    shown = tuple(encoding.written(values[at]) for at in known)
    return Options(column.name, encoding.written(value), shown, np.asarray(sizes, np.float64)[known], encoded[known])


def nearest_changes(
    row: Inputs, options: Sequence[tuple[Span, Options]], goal: Goal, pairs: bool = True
) -> list[Counterfactual]:
    """The smallest change of each column, and with `pairs` of two where that is smaller; the smallest first.

    `options` are the values to try in each column, and where it is among the inputs; `goal` decides which rows reach
    the prediction that is looked for. Empty where no change reaches it.
    """
    alone = [_progress(_changed(row, [(span, each, np.arange(len(each.values)))]), goal) for span, each in options]
    found, own = [], np.full(len(options), np.inf)
    for at, ((_, each), progress) in enumerate(zip(options, alone, strict=True)):
        if progress.reached.any():
            best = int(progress.reached.argmax())  # sizes rise, so the first is the smallest
            own[at] = each.sizes[best]
            found.append(Counterfactual((Change(each.column, each.value, each.values[best]),), float(own[at])))
    if pairs:
        found += _pairs(row, options, alone, own, goal)
    return sorted(found, key=lambda each: (each.size, len(each.changes)))


def _pairs(
    row: Inputs,
    options: Sequence[tuple[Span, Options]],
    alone: Sequence[GoalProgress],
    own: NDArray[np.float64],
    goal: Goal,
) -> Iterator[Counterfactual]:
    """The smallest change of each two columns that is clearly smaller than either column's own."""
    closest = sorted(range(len(options)), key=lambda at: -float(alone[at].closeness.max()))[:MOST_PAIRED]
    fronts = {at: pareto_front(options[at][1].sizes, alone[at].closeness) for at in closest}
    for a, b in combinations(sorted(closest), 2):
        (span_a, of_a), (span_b, of_b) = options[a], options[b]
        first, second = (grid.ravel() for grid in np.meshgrid(fronts[a], fronts[b], indexing="ij"))
        sizes = of_a.sizes[first] + of_b.sizes[second]
        order = np.argsort(sizes, kind="stable")
        order = order[sizes[order] < PAIR_ADVANTAGE * min(own[a], own[b])]
        if not len(order):
            continue
        first, second, sizes = first[order], second[order], sizes[order]
        reached = _progress(_changed(row, [(span_a, of_a, first), (span_b, of_b, second)]), goal).reached
        if reached.any():
            best = int(reached.argmax())
            changes = ((of_a, first[best]), (of_b, second[best]))
            yield Counterfactual(
                tuple(Change(of.column, of.value, of.values[at]) for of, at in changes), float(sizes[best])
            )


def pareto_front(sizes: NDArray[np.float64], closeness: NDArray[np.float64]) -> NDArray[np.intp]:
    """The options that come closer than every smaller one; of many, a few evenly spread.

    Examples
    --------
    >>> pareto_front(np.asarray([0.1, 0.2, 0.3, 0.4]), np.asarray([0.5, 0.4, 0.6, 0.6]))
    array([0, 2])
    """
    before = np.concatenate([[-np.inf], np.maximum.accumulate(closeness)[:-1]])
    kept = np.flatnonzero(closeness > before)
    if len(kept) <= MOST_OF_EACH:
        return kept
    return kept[np.linspace(0, len(kept) - 1, MOST_OF_EACH).round().astype(np.intp)]


def _changed(row: Inputs, changes: Sequence[tuple[Span, Options, NDArray[np.intp]]]) -> Inputs:
    """The row, once for each set of options, with these in place."""
    rows = row[np.zeros(len(changes[0][2]), np.int64)]
    for span, options, chosen in changes:
        rows.numbers[:, span.numbers] = options.encoded.numbers[chosen]
        rows.codes[:, span.codes] = options.encoded.codes[chosen]
        rows.positions[:, span.positions] = options.encoded.positions[chosen]
    return rows


def _progress(rows: Inputs, goal: Goal) -> GoalProgress:
    parts = [goal(rows[start : start + ROWS_AT_ONCE]) for start in range(0, len(rows), ROWS_AT_ONCE)]
    reached, closeness = (np.concatenate(part) for part in zip(*parts, strict=True))
    return GoalProgress(reached, closeness)
