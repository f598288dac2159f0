"""Columns that only count or number the rows: 1, 2, 3, …, the same shuffled, "R001", "R002", …

Two things are asked: could such values be there by chance, and is it certain that they mean nothing else? Among n
whole numbers drawn from a range of r, all are different with probability r! / ((r − n)! rⁿ): for 1 … n shuffled, that
is below e⁻¹⁰ from 13 rows on. But a year, a rank or an hour in a table of one row each looks the same. So a name
decides where the values leave it open; a column that is kept in doubt is named in a note.
"""

from __future__ import annotations

import re
from math import lgamma, log
from typing import Final, NamedTuple

from wade.tables.columns.command_options import role_option
from wade.tables.profile.column_profile import ColumnProfile

FEWEST_ROWS: Final = 5
ROWS_OF_A_COUNT: Final = 10
ROWS_OF_STEPS: Final = 20
MANY_ROWS: Final = 50
COINCIDENCES: Final = 10.0
YEARS: Final = range(1800, 2101)
WORDS: Final = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)")
NUMBERED: Final = re.compile(r"(.*?)(\d{1,15})(\D*)", re.DOTALL)
_OF_ROWS: Final = (
    "id ids row rows rowid rownum index idx no nr num number key case record obs observation sample subject patient "
    "customer order level serial seq sequence pk uid uuid lfd nummer zeile"
)
_OF_AMOUNTS: Final = (
    "year years yr jahr age alter day days tag month months week weeks hour hours minute minutes min second seconds "
    "sec time t x y z dose depth distance temperature temp price amount size height weight width length score rank "
    "ranking position place grade speed count quantity qty lag lat lon latitude longitude epoch step iteration period "
    "quarter percent pct degree degrees angle mass volume area frequency wavelength concentration generation floor"
)
OF_ROWS: Final = frozenset(_OF_ROWS.split())
OF_AMOUNTS: Final = frozenset(_OF_AMOUNTS.split())
OF_PANDAS: Final = re.compile(r"Unnamed: \d+|__index_level_\d+__|level_0")
"""What pandas calls row labels without a name."""


class Counter(NamedTuple):
    """That a column counts the rows: how, and whether it certainly means nothing else."""

    why: str
    certain: bool


class _Numbers(NamedTuple):
    """Different whole numbers, one in each row: of a whole table, or of those of its rows that were looked at."""

    rows: int
    size: int  # of the table, as far as it was looked at
    low: int
    high: int
    begin: int  # the number of the table's first row, or else the lowest
    step: int = 0  # from each row of the table to the next, where it is always the same


def counter_in(profile: ColumnProfile, name: str) -> Counter | None:
    """How the values of a column count the rows, or None.

    Examples
    --------
    >>> import pyarrow as pa
    >>> counter_in(ColumnProfile.of(pa.array(range(1, 31))), "row")
    Counter(why='another whole number in every row, one more in every row: it numbers the rows', certain=True)
    >>> counter_in(ColumnProfile.of(pa.array(range(1991, 2021))), "year").certain
    False
    >>> counter_in(ColumnProfile.of(pa.array([3, 1, 7, 4, 1, 5])), "rooms")
    """
    if profile.missing or profile.rows < FEWEST_ROWS or profile.distinct.once != 1:
        return None
    if profile.texts == profile.rows:
        return _of_texts(profile, name)
    if not (profile.integers and profile.numbers == profile.rows and profile.range):
        return None
    steps = profile.steps
    step = int(steps.low) if steps and steps.low == steps.high else 0
    if OF_PANDAS.fullmatch(name):
        return Counter("another whole number in every row, under the name of row labels: it numbers the rows", True)
    low, high, first = int(profile.range.low), int(profile.range.high), profile.first
    begin = int(first.value) - step * first.row if first and step > 0 else low
    return _of_numbers(_Numbers(profile.rows, profile.reach, low, high, begin, step), _words(name))


def _of_texts(profile: ColumnProfile, name: str) -> Counter | None:
    """Texts that differ in one whole number only."""
    if not profile.distinct.complete or profile.distinct.count != profile.rows:
        return None
    parts = [NUMBERED.fullmatch(str(value)) for value in profile.distinct.values]
    if not all(parts) or len({(part[1], part[3]) for part in parts if part}) != 1:
        return None
    numbers = {int(part[2]) for part in parts if part}
    if len(numbers) < profile.rows:
        return None
    words = _words(name) | _words(parts[0][1] if parts[0] else "")
    low, high = min(numbers), max(numbers)
    found = _of_numbers(_Numbers(profile.rows, profile.reach, low, high, low), words)
    why = "text with another value in every row, which differ in a number only: they number the rows"
    return found and Counter(why, found.certain)


def _of_numbers(found: _Numbers, words: set[str]) -> Counter | None:
    rows, size, low, high, begin, step = found
    named, amount = bool(words & OF_ROWS), bool(words & OF_AMOUNTS)
    amount = amount or (low in YEARS and high in YEARS and not named)
    # In a large table, a count that stands for more has to be asked for.
    counts_more = amount and size <= MANY_ROWS
    if abs(step) == 1 or high - low < size:
        counted = size >= ROWS_OF_A_COUNT and begin in (0, 1) and (step or rows == size)
        certain = named or counted or log_chance(rows, size) < -COINCIDENCES
        return Counter(_why(step), bool(certain and not counts_more))
    if step:
        return Counter(_why(step), (named or (size >= ROWS_OF_STEPS and begin in (0, abs(step)))) and not amount)
    if log_chance(rows, high - low + 1) < -COINCIDENCES:
        return Counter(_why(), (named or size > MANY_ROWS) and not counts_more)
    return None


def _why(step: int = 0) -> str:
    size = "one" if abs(step) == 1 else f"{abs(step):,}"
    steady = f", {size} {'more' if step > 0 else 'less'} in every row" if step else ""
    return f"another whole number in every row{steady}: it numbers the rows"


def why_in_doubt(profile: ColumnProfile, name: str) -> str:
    """That a column which is used may only number the rows, or an empty string."""
    counter = counter_in(profile, name)
    if counter is None:
        return ""
    how = counter.why.rpartition(": ")[0]
    return f"{name!r} may only number the rows ({how}). If so: {role_option(name, 'identifier')}."


def log_chance(count: int, size: int) -> float:
    """The logarithm of the probability that `count` numbers drawn from `size` are all different.

    Examples
    --------
    >>> from math import exp
    >>> round(exp(log_chance(2, 4)), 9)
    0.75
    """
    return lgamma(size + 1) - lgamma(size - count + 1) - count * log(size)


def _words(name: str) -> set[str]:
    return {word.casefold() for word in WORDS.split(name)}
