"""What would change the answer: the smallest changes of one column or two that lead to another one.

"Counterfactual" is the field's word (Wachter, Mittelstadt and Russell, *Counterfactual Explanations without Opening the
Black Box*, 2018, whose distance also divides each number's change by its spread). The search tries what else could
stand in each column (`wade.explanation.attributions.candidates`), one at a time; then two at a time, of the columns
that alone come
closest, and of each only what no smaller change outdoes. Two changes are worth telling where together they are a tenth
smaller than either column's own way there. What is found is not advice: nothing here knows what a person can change, or
what else would change with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wade.explanation.attributions.candidates import Options
from wade.explanation.attributions.columns import Span
from wade.types import Inputs

Asking: TypeAlias = Callable[[Inputs], "Progress"]

CLEARLY: Final = 0.9
MOST_PAIRED: Final = 12
MOST_OF_EACH: Final = 24
ROWS_AT_ONCE: Final = 1 << 15


class Progress(NamedTuple):
    """Whether each row has the answer that is looked for, and how close it comes (higher: closer); each (n,)."""

    there: NDArray[np.bool_]
    close: NDArray[np.float64]


class Change(NamedTuple):
    """What stands in a column, and what would have to."""

    column: str
    value: Any
    to: Any


class Counterfactual(NamedTuple):
    """Changes that lead to another answer, and how large they are in all (`attributions.candidates`)."""

    changes: tuple[Change, ...]
    size: float


def nearest_changes(
    row: Inputs, options: Sequence[tuple[Span, Options]], ask: Asking, pairs: bool = True
) -> list[Counterfactual]:
    """The smallest change of each column, and of two where that is smaller; the smallest first.

    Parameters
    ----------
    row : Inputs, one row
    options : sequence of (Span, Options)
        What else could stand in each column, and where it goes.
    ask : function of Inputs -> Progress
        Whether rows have the answer that is looked for.
    pairs : bool
        Whether to change two columns as well.

    Returns
    -------
    list of Counterfactual
        Empty where no such change leads there.
    """
    alone = [_asked(_changed(row, [(span, each, np.arange(len(each.values)))]), ask) for span, each in options]
    found, own = [], np.full(len(options), np.inf)
    for at, ((_, each), progress) in enumerate(zip(options, alone, strict=True)):
        if progress.there.any():
            best = int(progress.there.argmax())  # sizes rise, so the first is the smallest
            own[at] = each.sizes[best]
            found.append(Counterfactual((Change(each.column, each.value, each.values[best]),), float(own[at])))
    if pairs:
        found += _pairs(row, options, alone, own, ask)
    return sorted(found, key=lambda each: (each.size, len(each.changes)))


def _pairs(
    row: Inputs,
    options: Sequence[tuple[Span, Options]],
    alone: Sequence[Progress],
    own: NDArray[np.float64],
    ask: Asking,
) -> Iterator[Counterfactual]:
    """The smallest change of each two columns that is clearly smaller than either column's own."""
    closest = sorted(range(len(options)), key=lambda at: -float(alone[at].close.max()))[:MOST_PAIRED]
    fronts = {at: front(options[at][1].sizes, alone[at].close) for at in closest}
    for a, b in combinations(sorted(closest), 2):
        (span_a, of_a), (span_b, of_b) = options[a], options[b]
        first, second = (grid.ravel() for grid in np.meshgrid(fronts[a], fronts[b], indexing="ij"))
        sizes = of_a.sizes[first] + of_b.sizes[second]
        order = np.argsort(sizes, kind="stable")
        order = order[sizes[order] < CLEARLY * min(own[a], own[b])]
        if not len(order):
            continue
        first, second, sizes = first[order], second[order], sizes[order]
        there = _asked(_changed(row, [(span_a, of_a, first), (span_b, of_b, second)]), ask).there
        if there.any():
            best = int(there.argmax())
            changes = ((of_a, first[best]), (of_b, second[best]))
            yield Counterfactual(
                tuple(Change(of.column, of.value, of.values[at]) for of, at in changes), float(sizes[best])
            )


def front(sizes: NDArray[np.float64], close: NDArray[np.float64]) -> NDArray[np.intp]:
    """The options that come closer than every one that is smaller; of many, some evenly spread.

    Examples
    --------
    >>> front(np.asarray([0.1, 0.2, 0.3, 0.4]), np.asarray([0.5, 0.4, 0.6, 0.6]))
    array([0, 2])
    """
    before = np.concatenate([[-np.inf], np.maximum.accumulate(close)[:-1]])
    kept = np.flatnonzero(close > before)
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


def _asked(rows: Inputs, ask: Asking) -> Progress:
    parts = [ask(rows[start : start + ROWS_AT_ONCE]) for start in range(0, len(rows), ROWS_AT_ONCE)]
    there, close = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Progress(there, close)
