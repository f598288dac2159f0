"""Columns that only count or number the rows: 1, 2, 3, …, the same shuffled, "R001", "R002", …

Two things are asked: could such values be there by chance, and is it certain that they mean nothing else? Among n
whole numbers drawn from a range of r, all are different with probability r! / ((r − n)! rⁿ): for 1 … n shuffled, that
is below e⁻¹⁰ from 13 rows on. But a year, a rank or an hour in a table of one row each looks the same. So a name
decides where the values leave it open; a column that is kept in doubt is named in a note.

A row that was entered twice repeats its number: such rows are left aside (`repeated_rows.py`). In more than 50 rows, a
few numbers may come back otherwise too: under the name of an ID, or where far more of them would by chance.
"""

from __future__ import annotations

import re
from math import expm1, lgamma, log
from typing import Final, NamedTuple

from wade.tables.columns.command_options import role_option
from wade.tables.profile.column_profile import ColumnProfile
from wade.tables.profile.occurrences import Span

FEWEST_ROWS: Final = 5
ROWS_OF_A_COUNT: Final = 10
ROWS_OF_STEPS: Final = 20
MANY_ROWS: Final = 50
COINCIDENCES: Final = 10.0
ALMOST_ALL: Final = 0.98
"""The share of rows whose number no other row has, from which on a column may name rows although some come back."""
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
    "income salary revenue sales turnover cost costs value total sum balance population duration visitors "
    "quarter percent pct degree degrees angle mass volume area frequency wavelength concentration generation floor"
)
OF_ROWS: Final = frozenset(_OF_ROWS.split())
OF_AMOUNTS: Final = frozenset(_OF_AMOUNTS.split())
OF_IDS: Final = frozenset(["id", "ids", "rowid", "uid", "uuid", "guid", "pk"])
"""Of the words for rows, those that no amount has in its name."""
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
    unrepeated = profile.unrepeated or profile
    found = _of_all_different(unrepeated, name) or _of_almost_all_different(unrepeated, name)
    repeats = profile.rows - unrepeated.rows
    if found is None or not repeats:
        return found
    rows = f"{repeats:,} rows that repeat others" if repeats > 1 else "1 row that repeats another"
    return found._replace(why=found.why.replace("every row", f"every row but {rows} as a whole", 1))


def _of_all_different(profile: ColumnProfile, name: str) -> Counter | None:
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


def _of_almost_all_different(profile: ColumnProfile, name: str) -> Counter | None:
    """Whole numbers of many rows of which hardly any comes back, though a few may and some may be missing."""
    numbers, once = profile.numbers, profile.distinct.once
    if not (profile.integers and numbers == profile.present > MANY_ROWS and once >= ALMOST_ALL and profile.range):
        return None
    words, size = _words(name), int(profile.range.high) - int(profile.range.low) + 1
    share = "almost every" if once < 1 or profile.missing else "every"
    if words & OF_IDS:
        return Counter(f"another whole number in {share} row, under the name of an ID: it names the rows", True)
    counts = profile.distinct.counts
    repeats = numbers * (1 - len(counts) / int(counts.sum()))
    if log_chance_of_repeats(numbers, size, repeats) < -COINCIDENCES:
        named = bool(words & OF_ROWS)
        certain = (named or size <= profile.reach) and not _is_amount(profile.range, words, named)
        return Counter(f"another whole number in {share} row: it numbers the rows", certain)
    if words & OF_ROWS:
        return Counter(f"another whole number in {share} row: it numbers the rows", False)
    return None


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
    named = bool(words & OF_ROWS)
    amount = _is_amount(Span(low, high), words, named)
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


def _is_amount(ends: Span, words: set[str], named: bool) -> bool:
    """Whether different whole numbers stand for more than rows: by their name, or as years."""
    return bool(words & OF_AMOUNTS) or (int(ends.low) in YEARS and int(ends.high) in YEARS and not named)


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


def is_amount(name: str) -> bool:
    """Whether a word of a column's name is that of an amount.

    Examples
    --------
    >>> is_amount("annualIncome"), is_amount("account")
    (True, False)
    """
    return bool(_words(name) & OF_AMOUNTS)


def log_chance(count: int, size: int) -> float:
    """The logarithm of the probability that `count` numbers drawn from `size` are all different.

    Examples
    --------
    >>> from math import exp
    >>> round(exp(log_chance(2, 4)), 9)
    0.75
    """
    return lgamma(size + 1) - lgamma(size - count + 1) - count * log(size)


def log_chance_of_repeats(count: int, size: int, repeats: float) -> float:
    """About the logarithm of the probability that of `count` numbers drawn from `size` this few repeat another.

    ::

        −λ + k + k ln(λ / k),   λ = n + r (e^(−n/r) − 1)

    Chernoff's bound for a Poisson variable, λ being how many of n numbers drawn from r are expected to repeat another;
    0 where k ≥ λ.

    Examples
    --------
    >>> round(log_chance_of_repeats(101, 100, 1), 1), log_chance_of_repeats(100, 10**6, 1)
    (-32.8, 0.0)
    """
    expected = count + size * expm1(-count / size)
    if repeats >= expected:
        return 0.0
    return -expected + repeats + (repeats * log(expected / repeats) if repeats else 0.0)


def _words(name: str) -> set[str]:
    return {word.casefold() for word in WORDS.split(name)}
