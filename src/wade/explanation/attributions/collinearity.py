"""Columns with the same information: copies of each other, and numbers that rise and fall together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.tables import Column
from wade.tables.columns.cleaning import one_piece
from wade.tables.columns.views import as_text, column_location
from wade.tables.kinds.registry import KINDS
from wade.tables.schema.target_leakage import mean_ranks
from wade.types import Floats, Rows

COPY: Final = 0.999
RELATED: Final = 0.8


class Alike(NamedTuple):
    """The columns in groups of copies, and the pairs that correlate: two names and their rank correlation.

    Each column is in one group; the pairs are numbers or dates, the closest first.
    """

    groups: tuple[tuple[str, ...], ...]
    related: tuple[tuple[str, str, float], ...]


def find_alike(table: pa.Table, columns: Sequence[Column], name: str = "the table") -> Alike:
    """Find columns that carry the same information in these rows.

    Two numbers or dates are copies where they put the rows in the same order, or in the reversed one: a rank
    correlation beyond ±0.999, such as that of °C and °F, rounded or not. Two categories are copies where each value of
    one always meets the same value of the other, both ways, and values come back.

    Examples
    --------
    >>> celsius = np.asarray([-20.0, 4.0, 30.0, 11.0])
    >>> table = pa.table({"celsius": celsius, "fahrenheit": celsius * 1.8 + 32, "wind": [4.0, 1.0, 2.0, 3.0]})
    >>> find_alike(table, [Column(name, "number", "") for name in table.column_names]).groups
    (('celsius', 'fahrenheit'), ('wind',))
    """
    ordered = [column for column in columns if KINDS[column.role].ordered]
    others = [column for column in columns if KINDS[column.role].discrete]
    names = [column.name for column in ordered]
    together = _rank_correlations([_ranks(table, column, name) for column in ordered])
    pairs = [(a, b, float(together[a, b])) for a, b in combinations(range(len(names)), 2)]
    same = [(names[a], names[b]) for a, b, rho in pairs if abs(rho) > COPY]
    codes = {
        column.name: as_text(one_piece(table[column.name]), column_location(name, column.name)).codes
        for column in others
    }
    same += [(a, b) for a, b in combinations(codes, 2) if _one_to_one(codes[a], codes[b])]
    related = [(names[a], names[b], rho) for a, b, rho in pairs if RELATED <= abs(rho) <= COPY]
    return Alike(
        _joined([column.name for column in columns], same), tuple(sorted(related, key=lambda pair: -abs(pair[2])))
    )


def _ranks(table: pa.Table, column: Column, name: str) -> Floats:
    """Mean ranks of a number or a date, from −½ to ½; 0 where missing."""
    values = KINDS[column.role].order(one_piece(table[column.name]), column, column_location(name, column.name))
    known = ~np.isnan(values)
    ranks = np.zeros(len(values))
    ranks[known] = mean_ranks(values[known]) / max(int(known.sum()), 1) - 0.5
    return ranks


def _rank_correlations(ranks: Sequence[Floats]) -> NDArray[np.float64]:
    """Spearman's ρ of each pair; 0 where a column is constant."""
    if not ranks:
        return np.empty((0, 0))
    R = np.column_stack(ranks)
    R = R - R.mean(axis=0)
    length = np.sqrt((R**2).sum(axis=0))
    R = R / np.where(length > 0, length, 1.0)
    return np.asarray(R.T @ R)


def _one_to_one(a: Rows, b: Rows) -> bool:
    """Whether each value of one column meets one value of the other only, both ways, and values come back."""
    different = len(np.unique(a))
    if different < 2 or 2 * different > len(a) or different != len(np.unique(b)):
        return False
    return len(np.unique(a * (b.max() + 2) + b)) == different


def _joined(names: Sequence[str], same: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """The names in groups, in the order in which a group's first name stands."""
    group_of = {name: name for name in names}
    for a, b in same:
        keep, drop = group_of[a], group_of[b]
        group_of = {name: keep if group == drop else group for name, group in group_of.items()}
    return tuple(
        tuple(name for name in names if group_of[name] == group)
        for group in dict.fromkeys(group_of[name] for name in names)
    )
