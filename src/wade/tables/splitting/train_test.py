"""The split of a table into training, validation and test rows.

The larger the table, the smaller the share that evaluation needs: 60/20/20 up to 10,000 rows, 80/10/10 up to a million,
98/1/1 from there on. At random, each class has the same share in all three parts; by time, the test rows are the
latest, for a model is used on days that come after its training rows; by group, rows that belong together (of one
patient, of one household) are in one part, for a model is used on groups that are not in its training rows. Or a column
names the part of each row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wade.errors import ColumnError, DataError, InvalidArgument, unknown_name
from wade.maths.random import permutation
from wade.types import Rows

# Streams below 2³² are for random draws; the lowest ones are epochs.
SPLIT_STREAM: Final = (1 << 32) - 1
SMALL, LARGE = 10_000, 1_000_000
FEWEST_ROWS = 5
MOST_VALIDATION_ROWS = 50_000
FEWEST_GROUPS = 3
WAYS = ("random", "time", "group", "given", "files")
TOGETHER: Final = "Each group is in one part: the model is evaluated on groups that are not in its training rows."
LATER: Final = "The model is evaluated on rows later than all training rows, as in use."
PARTS: Final = ("train", "validation", "test")
PART_NAMES: Final = {
    **dict.fromkeys(("train", "training", "learn"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("test", "testing", "holdout"), "test"),
}


@dataclass(frozen=True)
class Split:
    """Row numbers of the three parts, why they are as they are, and how many test rows are training rows too."""

    train: Rows
    validation: Rows
    test: Rows
    how: str
    why: str
    repeated: int = 0

    @property
    def summary(self) -> SplitSummary:
        """The same without the row numbers."""
        sizes = len(self.train), len(self.validation), len(self.test)
        return SplitSummary(*sizes, self.how, self.why, self.repeated)


@dataclass(frozen=True)
class SplitSummary:
    """How many rows each part has, how they were split and why so, and how many test rows are training rows too."""

    train: int
    validation: int
    test: int
    how: str
    why: str
    repeated: int = 0


def split_rows(
    n: int,
    how: str = "random",
    labels: NDArray[Any] | None = None,
    times: NDArray[Any] | None = None,
    test_rows: int | None = None,
    seed: int = 0,
    groups: NDArray[Any] | None = None,
    given: NDArray[Any] | None = None,
) -> Split:
    """Split n rows into training, validation and test.

    Parameters
    ----------
    n
        number of rows, at least 5
    how
        "random", "time", "group", "given" or "files"
    labels
        class codes (n,), for a random split in which each class has its share in every part, and at least one row
        in training; None where the target is a number
    times
        what orders the rows (n,), without missing values, needed by "time"; rows of one time keep their order
    test_rows
        size of the test part; validation is then a tenth of the rest, 50,000 rows at most
    seed
        of the random order
    groups
        which group each row belongs to (n,), as whole numbers, needed by "group"; the parts are of about the sizes that
        they would have at random, and groups are never torn
    given
        the part of each row (n,), 0 for training, 1 for validation, 2 for test, needed by "given" and "files"; where no
        row is for validation, a tenth of the training rows is drawn for it, and where no file is for the test, the
        share that a table of that size would give

    Returns
    -------
    Split, int64 row numbers; ascending when at random, from early to late when by time

    Raises
    ------
    DataError
        The table has too few rows or groups, or a part that was given has none.
    InvalidArgument
        `how` is unknown, `times`, `groups` or `given` is needed, or `test_rows` leaves too few training rows.

    Examples
    --------
    >>> split = split_rows(10, how="time", times=np.arange(10)[::-1])
    >>> split.train, split.validation, split.test
    (array([9, 8, 7, 6, 5, 4]), array([3, 2]), array([1, 0]))
    """
    if how not in WAYS:
        raise unknown_name("split", how, ("random", "time"))
    if n < FEWEST_ROWS:
        raise DataError("the table", f"{n} rows with a target are too few", f"Give at least {FEWEST_ROWS}.")
    if how in ("given", "files"):
        return _as_given(needed(how, given), labels, how, test_rows, seed)
    validation, test = sizes(n, test_rows)
    share = describe_share(n, test_rows)
    if how == "random":
        parts = _at_random(by_class(n, labels, seed), labels, validation, test)
        stratified = "" if labels is None else ", stratified by class"
        return Split(*parts, how, f"At random{stratified}: {counted(*map(len, parts))}. {share}")
    if how == "group":
        found = _by_group(needed(how, groups), validation, test, seed)
        return Split(*found, how, f"By group: {counted(*map(len, found))}. {TOGETHER} {share}")
    order = np.argsort(needed(how, times), kind="stable").astype(np.int64)
    parts = order[: n - validation - test], order[n - validation - test : n - test], order[n - test :]
    return Split(*parts, how, f"By time: {counted(*map(len, parts))}. {LATER} {share}")


def parts_named(names: Sequence[str], where: str) -> NDArray[np.int64]:
    """What a column calls the parts → their numbers, as `split_rows` takes them in `given`; else ColumnError.

    Examples
    --------
    >>> parts_named(["Train", "val", "test"], "table, column 'part'")
    array([0, 1, 2])
    """
    found = [PART_NAMES.get(name.strip().casefold()) for name in names]
    if None in found:
        strange = names[found.index(None)]
        raise ColumnError(where, f"{strange!r} is not the name of a part", "Write train, validation or test.")
    return np.asarray([PARTS.index(part) for part in found if part], np.int64)


def needed(how: str, column: NDArray[Any] | None) -> NDArray[Any]:
    """The column that a way of splitting goes by; InvalidArgument where there is none."""
    if column is None:
        needs = {
            "time": "a date-time column",
            "group": "a column of groups",
            "given": "a column that names the parts",
            "files": "the part of each row",
        }
        raise InvalidArgument("split", f"by {how} needs {needs[how]}", how, "Name one, or split at random.")
    return column


def counted(train: int, validation: int, test: int) -> str:
    """The sizes of the parts, in words."""
    return f"{train:,} training, {validation:,} validation and {test:,} test row{'' if test == 1 else 's'}"


def validation_rows(rows: int) -> int:
    """The number of validation rows where the test is settled: a tenth, 50,000 at most."""
    return max(1, min(round(rows * 0.1), MOST_VALIDATION_ROWS))


def refuse_empty(part: str, rows: int) -> None:
    """Refuse a split that leaves a part without rows."""
    if not rows:
        raise DataError("the table", f"no row is for {part}", f"Give some rows to {part}, or split at random.")


def _as_given(given: NDArray[Any], labels: NDArray[Any] | None, how: str, test_rows: int | None, seed: int) -> Split:
    train, validation, test = (np.flatnonzero(given == number).astype(np.int64) for number in range(len(PARTS)))
    refuse_empty("training", len(train))
    why = "By column" if how == "given" else "By file"
    if not len(test) and how == "files":
        train, test = draw_from(train, sizes(len(train), test_rows)[1], labels, seed)
        why += ", the test drawn from the training rows"
    refuse_empty("test", len(test))
    if not len(validation):
        if len(train) < 2:
            raise DataError("the table", "one row for training is too few", "Give more rows to training.")
        train, validation = draw_from(train, validation_rows(len(train)), labels, seed)
        why += ", a tenth of the training rows drawn for validation"
    return Split(train, validation, test, how, f"{why}: {counted(len(train), len(validation), len(test))}.")


def draw_from(rows: Rows, count: int, labels: NDArray[Any] | None, seed: int) -> tuple[Rows, Rows]:
    """The others, and `count` of the rows, stratified by class.

    A class of which nothing would be left keeps a row, unless no row would be drawn then.
    """
    of_class = None if labels is None else labels[rows]
    picked, rest = _evenly_spread(by_class(len(rows), of_class, seed), count)
    if of_class is not None:
        classes, first = np.unique(of_class[picked], return_index=True)
        kept = first[~np.isin(classes, of_class[rest])]
        if len(kept) < len(picked):
            picked, rest = np.delete(picked, kept), np.concatenate([rest, picked[kept]])
    return np.sort(rows[rest]), np.sort(rows[picked])


def _by_group(groups: NDArray[Any], validation: int, test: int, seed: int) -> tuple[Rows, Rows, Rows]:
    """Whole groups in random order: to the test while it comes nearer to its size, then to validation; the rest."""
    _, group_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(sizes) < FEWEST_GROUPS:
        problem = f"{len(sizes)} groups cannot be split into three parts"
        raise DataError("the table", problem, "Name a column with more groups, or split at random.")
    order = permutation(seed, SPLIT_STREAM, len(sizes))
    ends = np.cumsum(sizes[order])
    n_test = _nearest(ends, test, most=len(sizes) - 2)
    n_validation = _nearest(ends[n_test:] - ends[n_test - 1], validation, most=len(sizes) - 1 - n_test)
    part_of_group = np.zeros(len(sizes), np.int64)
    part_of_group[order[:n_test]], part_of_group[order[n_test : n_test + n_validation]] = 2, 1
    part = part_of_group[group_of]
    train, validating, testing = (np.flatnonzero(part == number).astype(np.int64) for number in range(len(PARTS)))
    return train, validating, testing


def _nearest(ends: NDArray[Any], size: int, most: int) -> int:
    """How many of the groups that end at these rows come nearest to a size; at least 1."""
    return 1 + int(np.abs(ends[:most] - size).argmin())


def sizes(n: int, test_rows: int | None) -> tuple[int, int]:
    """How many rows validation and test hold."""
    if test_rows is None:
        each = round(n * (0.2 if n <= SMALL else 0.1 if n < LARGE else 0.01))
        return each, each
    if not 1 <= test_rows <= n - FEWEST_ROWS + 1:
        expected = f"must be from 1 to {n - FEWEST_ROWS + 1:,}, for there are {n:,} rows"
        raise InvalidArgument("test_rows", expected, test_rows)
    return validation_rows(n - test_rows), test_rows


def describe_share(n: int, test_rows: int | None) -> str:
    """Why the parts have these sizes."""
    if test_rows is not None:
        return "Test size fixed (by --test-rows, or by the built-in table)."
    if n <= SMALL:
        return "60/20/20: up to 10,000 rows, a smaller test set would be too noisy."
    if n < LARGE:
        return "80/10/10: a tenth of this many rows is enough for evaluation."
    return "98/1/1: a hundredth of a million rows or more is enough for evaluation."


def by_class(n: int, labels: NDArray[Any] | None, seed: int) -> Rows:
    """Rows in random order, those of one class side by side."""
    shuffled = permutation(seed, SPLIT_STREAM, n)
    return shuffled if labels is None else shuffled[np.argsort(labels[shuffled], kind="stable")]


def _at_random(ordered: Rows, labels: NDArray[Any] | None, validation: int, test: int) -> tuple[Rows, Rows, Rows]:
    """Take rows at equal distances: exact sizes, and each class gives its share to within one row."""
    kept = np.empty(0, np.int64)
    if labels is not None:
        _, first = np.unique(labels[ordered], return_index=True)
        # The first row of each class stays in training, unless there are too many classes to spare one each.
        if len(first) <= len(ordered) - validation - test:
            kept, ordered = ordered[first], np.delete(ordered, first)
    test_part, rest = _evenly_spread(ordered, test)
    validation_part, train = _evenly_spread(rest, validation)
    return np.sort(np.concatenate([kept, train])), np.sort(validation_part), np.sort(test_part)


def _evenly_spread(rows: Rows, count: int) -> tuple[Rows, Rows]:
    """`count` rows evenly spread over `rows`, and the others."""
    steps = np.arange(len(rows) + 1, dtype=np.int64) * count // len(rows)
    taken = np.diff(steps) == 1
    return rows[taken], rows[~taken]
