"""k ways to split one table, so that each row is a test row once: k-fold cross-validation.

At random, each class has its share in every fold; by group, rows that belong together are in one fold; by time, the
rows are cut into k + 1 chunks, of which the later k are the test in turn, after training on all that came before, for a
model is used on days that come after its training rows. A tenth of the rows outside the test are validation rows: drawn
at random, by time the latest, by group whole groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.errors import DataError, InvalidArgument
from wade.maths.random import permutation
from wade.tables.splitting.train_test import SPLIT_STREAM, Split, by_class, counted, draw_from, needed, validation_rows
from wade.types import Rows

FEWEST: Final = 2
WAYS: Final = ("random", "time", "group")


def fold_rows(
    n: int,
    folds: int,
    how: str = "random",
    labels: NDArray[Any] | None = None,
    times: NDArray[Any] | None = None,
    seed: int = 0,
    groups: NDArray[Any] | None = None,
) -> list[Split]:
    """Split n rows into training, validation and test in `folds` ways, from 2 on; the rest is as in `split_rows`.

    Unless they are split by time, each row is in the test of one fold. By time, the rows of the first chunk are in no
    test. InvalidArgument where there is no such way, DataError where rows or groups are too few.

    Examples
    --------
    >>> [split.test.tolist() for split in fold_rows(6, folds=2, how="time", times=np.arange(6))]
    [[2, 3], [4, 5]]
    """
    if isinstance(folds, bool) or not isinstance(folds, int) or folds < FEWEST:
        raise InvalidArgument("folds", f"must be a whole number from {FEWEST} on", folds, "Try 5.")
    if how not in WAYS:
        raise InvalidArgument("split", f"must be one of {', '.join(map(repr, WAYS))} for folds", how)
    fewest = 2 * folds + (FEWEST if how == "time" else 0)
    if n < fewest:
        problem = f"{n} rows with a target are too few for {folds} folds"
        raise DataError("the table", problem, f"Give at least {fewest}, or ask for fewer folds.")
    if how == "time":
        return _by_time(needed(how, times), folds)
    if how == "group":
        return _by_group(needed(how, groups), folds, seed)
    # Every k-th row of a random order in which the rows of one class are side by side.
    ordered = by_class(n, labels, seed)
    return [_fold(np.sort(ordered[k::folds]), n, how, labels, seed) for k in range(folds)]


def describe_folds(splits: Sequence[Split], stratified: bool) -> str:
    """How the folds were made, and how large they are.

    Examples
    --------
    >>> describe_folds(fold_rows(100, folds=5), stratified=True)
    'At random, stratified by class: 100 rows in 5 folds; each fold is the test set once.'
    """
    how, sizes = splits[0].how, [len(split.test) for split in splits]
    if how == "time":
        return (
            f"By time: {len(splits)} tests of {min(sizes):,} rows or more, one after another, each later than its "
            "training rows."
        )
    folds = f"{sum(sizes):,} rows in {len(splits)} folds; each fold is the test set once."
    if how == "group":
        return f"By group: {folds} Rows that belong together are in one fold."
    return f"At random{', stratified by class' if stratified else ''}: {folds}"


def _fold(test: Rows, n: int, how: str, labels: NDArray[Any] | None, seed: int) -> Split:
    rest = np.setdiff1d(np.arange(n, dtype=np.int64), test, assume_unique=True)
    train, validation = draw_from(rest, validation_rows(len(rest)), labels, seed)
    return _split(train, validation, test, how)


def _by_time(times: NDArray[Any], folds: int) -> list[Split]:
    chunks = np.array_split(np.argsort(times, kind="stable").astype(np.int64), folds + 1)
    splits = []
    for k in range(1, folds + 1):
        before = np.concatenate(chunks[:k])
        latest = len(before) - validation_rows(len(before))
        splits.append(_split(before[:latest], before[latest:], chunks[k], "time"))
    return splits


def _by_group(groups: NDArray[Any], folds: int, seed: int) -> list[Split]:
    """The largest groups first, each to the fold that has the fewest rows by then."""
    _, group_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(sizes) < folds + 1:
        problem = f"{len(sizes)} groups are too few for {folds} folds"
        raise DataError("the table", problem, "Name a column with more groups, or ask for fewer folds.")
    drawn = permutation(seed, SPLIT_STREAM, len(sizes))
    fold_of, rows_of = np.zeros(len(sizes), np.int64), np.zeros(folds, np.int64)
    for group in drawn[np.argsort(-sizes[drawn], kind="stable")]:
        fold_of[group] = rows_of.argmin()
        rows_of[fold_of[group]] += sizes[group]
    splits = []
    for k in range(folds):
        others = drawn[fold_of[drawn] != k]  # in a random order: the first of them, a tenth of the rows, validate
        ends = np.cumsum(sizes[others])
        taken = 1 + int(np.abs(ends[:-1] - validation_rows(int(ends[-1]))).argmin())
        part = np.where(fold_of == k, 2, 0)
        part[others[:taken]] = 1
        train, validation, test = (np.flatnonzero(part[group_of] == number).astype(np.int64) for number in range(3))
        splits.append(_split(train, validation, test, "group"))
    return splits


def _split(train: Rows, validation: Rows, test: Rows, how: str) -> Split:
    return Split(train, validation, test, how, f"{counted(len(train), len(validation), len(test))}.")
