"""Which rows teach, which decide when to stop, and which judge.

The larger the table, the smaller the share that judging needs: 60/20/20 up to 10,000 rows, 80/10/10 up to a million,
98/1/1 from there on. At random, each class has the same share in all three parts; by time, the rows that judge are the
latest, for a model is used on days that come after those it learned from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.errors import DataError, InvalidArgument, unknown_name
from wade.maths.random import permutation
from wade.types import Rows

# Streams below 2³² are for whoever draws; the lowest ones are epochs.
SPLIT_STREAM: Final = (1 << 32) - 1
SMALL, LARGE = 10_000, 1_000_000
FEWEST_ROWS = 5
MOST_VALIDATION_ROWS = 50_000
WAYS = ("random", "time")


@dataclass(frozen=True)
class Split:
    """Row numbers of the three parts, and why they are as they are."""

    train: Rows
    validation: Rows
    test: Rows
    how: str
    why: str


def split_rows(
    n: int,
    how: str = "random",
    labels: NDArray[Any] | None = None,
    times: NDArray[Any] | None = None,
    test_rows: int | None = None,
    seed: int = 0,
) -> Split:
    """Split n rows into training, validation and test.

    Parameters
    ----------
    n
        number of rows, at least 5
    how
        "random" or "time"
    labels
        class codes (n,), for a random split in which each class has its share in every part, and at least one row
        in training; None where the target is a number
    times
        what orders the rows (n,), without missing values, needed by "time"; rows of one time keep their order
    test_rows
        size of the test part; validation is then a tenth of the rest, 50,000 rows at most
    seed
        of the random order

    Returns
    -------
    Split, int64 row numbers; ascending when at random, from early to late when by time

    Raises
    ------
    DataError
        The table has too few rows.
    InvalidArgument
        `how` is unknown, `times` is needed, or `test_rows` leaves too little to learn from.

    Examples
    --------
    >>> split = split_rows(10, how="time", times=np.arange(10)[::-1])
    >>> split.train, split.validation, split.test
    (array([9, 8, 7, 6, 5, 4]), array([3, 2]), array([1, 0]))
    """
    if how not in WAYS:
        raise unknown_name("split", how, WAYS)
    if n < FEWEST_ROWS:
        raise DataError("the table", f"{n} rows with a target are too few", f"Give at least {FEWEST_ROWS}.")
    validation, test = _sizes(n, test_rows)
    sizes = f"{n - validation - test:,} rows teach, {validation:,} decide when to stop, {test:,} judge"
    share = _share(n, test_rows)
    if how == "random":
        parts = _at_random(_by_class(n, labels, seed), labels, validation, test)
        stratified = "" if labels is None else ", each class with its share in every part"
        return Split(*parts, how, f"At random{stratified}: {sizes}. {share}")
    if times is None:
        raise InvalidArgument("split", "by time needs a date-time column", how, "Name one, or split at random.")
    order = np.argsort(times, kind="stable").astype(np.int64)
    parts = order[: n - validation - test], order[n - validation - test : n - test], order[n - test :]
    judged = "The model is judged on rows later than all it learned from, as it will be in use."
    return Split(*parts, how, f"By time: {sizes}. {judged} {share}")


def _sizes(n: int, test_rows: int | None) -> tuple[int, int]:
    """How many rows validation and test hold."""
    if test_rows is None:
        each = round(n * (0.2 if n <= SMALL else 0.1 if n < LARGE else 0.01))
        return each, each
    if not 1 <= test_rows <= n - FEWEST_ROWS + 1:
        expected = f"must be from 1 to {n - FEWEST_ROWS + 1:,}, for there are {n:,} rows"
        raise InvalidArgument("test_rows", expected, test_rows)
    return max(1, min(round((n - test_rows) * 0.1), MOST_VALIDATION_ROWS)), test_rows


def _share(n: int, test_rows: int | None) -> str:
    if test_rows is not None:
        return "The size of the test was given."
    if n <= SMALL:
        return "60/20/20, because up to 10,000 rows a smaller test would judge by too few."
    if n < LARGE:
        return "80/10/10, because a tenth of this many rows judges well."
    return "98/1/1, because a hundredth of a million rows or more judges well and the rest learns better."


def _by_class(n: int, labels: NDArray[Any] | None, seed: int) -> Rows:
    """Rows in random order, those of one class side by side."""
    shuffled = permutation(seed, SPLIT_STREAM, n)
    return shuffled if labels is None else shuffled[np.argsort(labels[shuffled], kind="stable")]


def _at_random(ordered: Rows, labels: NDArray[Any] | None, validation: int, test: int) -> tuple[Rows, Rows, Rows]:
    """Take every so-many-th of the ordered rows: exact sizes, and each class gives its share to within one row."""
    kept = np.empty(0, np.int64)
    if labels is not None:
        _, first = np.unique(labels[ordered], return_index=True)
        # The first row of each class stays in training, unless there are too many classes to spare one each.
        if len(first) <= len(ordered) - validation - test:
            kept, ordered = ordered[first], np.delete(ordered, first)
    test_part, rest = _every_so_many(ordered, test)
    validation_part, train = _every_so_many(rest, validation)
    return np.sort(np.concatenate([kept, train])), np.sort(validation_part), np.sort(test_part)


def _every_so_many(rows: Rows, count: int) -> tuple[Rows, Rows]:
    """`count` rows evenly spread over `rows`, and the others."""
    steps = np.arange(len(rows) + 1, dtype=np.int64) * count // len(rows)
    taken = np.diff(steps) == 1
    return rows[taken], rows[~taken]
