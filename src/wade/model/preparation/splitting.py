"""How a table is split: the options, and the resulting parts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from wade.errors import ColumnError, InvalidArgument
from wade.tables import Column, Schema, Split, Target, split_rows, times_of
from wade.tables.columns.command_options import option
from wade.tables.columns.views import Text, as_text, column_location, is_nested
from wade.tables.profile.column_profile import profile_table
from wade.tables.profile.duplicates import repeated, row_hashes
from wade.tables.schema.column_checks import known
from wade.tables.schema.infer import date_times, settle_target, time_column
from wade.tables.schema.overrides import ColumnOverrides
from wade.tables.splitting.k_fold import fold_rows
from wade.tables.splitting.train_test import parts_named
from wade.types import Rows

USUAL_TARGETS: Final = {"target", "label", "labels", "class", "y", "outcome", "response", "result", "churn", "price"}
ROWS_STREAM: Final = (1 << 32) - 2


@dataclass(frozen=True)
class SplitOptions:
    """Which rows are used, and how they are split; the arguments are those of `wade.learn`."""

    split: str = "random"
    test_rows: int | None = None
    group: str | None = None
    part: str | None = None
    rows: int | None = None
    noise: float | None = None
    seed: int = 0
    validation: Any = None
    test: Any = None

    def __post_init__(self) -> None:
        by_files = self.validation is not None or self.test is not None
        if by_files and (self.columns or self.split != "random"):
            expected = f"cannot be {self.split!r}, group={self.group!r} or part={self.part!r} where files are the parts"
            raise InvalidArgument("split", expected, self.split, "Choose one way to split.")
        if by_files and self.rows is not None:
            remedy = "Leave it out to take all rows of all files."
            raise InvalidArgument("rows", "cannot be chosen where files are the parts", self.rows, remedy)
        if self.test is not None and self.test_rows is not None:
            remedy = "All rows of the test file are the test."
            raise InvalidArgument("test_rows", "cannot be chosen where there is a test file", self.test_rows, remedy)
        if self.columns and (len(self.columns) > 1 or self.split != "random"):
            expected = f"cannot be {self.split!r} together with group={self.group!r} and part={self.part!r}"
            raise InvalidArgument("split", expected, self.split, "Choose one way to split.")
        if self.rows is not None and not (isinstance(self.rows, int) and self.rows >= 1):
            raise InvalidArgument("rows", "must be a whole number from 1 on", self.rows, "Leave it out to take all.")

    @property
    def how(self) -> str:
        """The way of splitting: by files, by a column, or as given."""
        if self.validation is not None or self.test is not None:
            return "files"
        if self.group is not None:
            return "group"
        return self.split if self.part is None else "given"

    def sources(self, data: Any) -> list[Any]:
        """The sources of the table: the data, and the validation and test data."""
        return [data, *(source for source in (self.validation, self.test) if source is not None)]

    @property
    def part_of_source(self) -> tuple[int, ...]:
        """The part that each of the sources is: 0 for training, 1 for validation, 2 for test."""
        given = (self.validation, self.test)
        return (0, *(part for part, source in enumerate(given, start=1) if source is not None))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that define the split; they are no inputs."""
        return tuple(column for column in (self.group, self.part) if column is not None)


def check_names(names: list[str], table: str, choices: ColumnOverrides, splitting: SplitOptions) -> None:
    """Check that the target and all named columns exist."""
    if choices.target is None:
        likely = " or ".join(map(repr, likely_targets(names)))
        remedy = f"Likely {likely}. The columns are: {', '.join(names[:20])}{', …' * (len(names) > 20)}."
        raise InvalidArgument("target", "must name the column to predict", None, remedy)
    for column in splitting.columns:
        known(column, names, table, "to split by")
    replace(choices, drop=(*choices.drop, *splitting.columns)).check(names, table)


def likely_targets(names: Sequence[str]) -> list[str]:
    """The columns that are probably to be predicted: those with a usual name, and the last.

    Examples
    --------
    >>> likely_targets(["age", "Target", "churned"]), likely_targets(["x", "y"]), likely_targets(["size", "price_usd"])
    (['Target', 'churned'], ['y'], ['price_usd'])
    """
    found = [name for name in names if name.strip().casefold() in USUAL_TARGETS]
    return list(dict.fromkeys([*found[:3], *names[-1:]]))


class SplitKeys(NamedTuple):
    """What rows are split by besides their numbers: classes, times, groups, parts; None where not used."""

    labels: NDArray[Any] | None = None
    times: NDArray[Any] | None = None
    groups: NDArray[Any] | None = None
    given: NDArray[Any] | None = None


def split_keys(
    table: pa.Table, name: str, splitting: SplitOptions, choices: ColumnOverrides, sources: Rows
) -> SplitKeys:
    """The keys of a table whose every row has a target; `sources` are the numbers of each row's source.

    A split is made before anything is inferred from training rows. Of the values of all rows, it takes nothing but
    these: the column that orders, groups or names the parts; and where rows are drawn, the classes of the target in the
    rows from which they are drawn.
    """
    if splitting.how == "time":
        return SplitKeys(times=times_of(table, splitting_time(table, name, choices), name))
    if splitting.group is not None:
        return SplitKeys(groups=_complete_codes(table, splitting.group, name).codes)
    if splitting.part is not None:
        text = _complete_codes(table, splitting.part, name)
        given = parts_named(text.values, column_location(name, splitting.part))[text.codes]
    elif splitting.how == "files":
        given = np.asarray(splitting.part_of_source)[sources]
    else:
        return SplitKeys(labels=classes_to_stratify(table, name, choices))
    drawn_from = np.flatnonzero(given == 0)
    labels = classes_to_stratify(table.take(pa.array(drawn_from)), name, choices)
    if labels is not None:
        everywhere = np.zeros(len(given), labels.dtype)
        everywhere[drawn_from] = labels
        labels = everywhere
    return SplitKeys(labels, given=given)


def splitting_time(table: pa.Table, name: str, choices: ColumnOverrides) -> Column:
    """The column that orders all rows of a table in time."""
    columns = table if choices.time is None else table.select([choices.time])
    profile = profile_table(columns)
    return needs_time(time_column(columns, profile, choices, name), date_times(profile, choices))


def classes_to_stratify(table: pa.Table, name: str, choices: ColumnOverrides) -> NDArray[Any] | None:
    """The class of each row, in their order; None where the target is a number, or cannot be read in all rows.

    Training rows decide later what the target is, and whether the others can be read.
    """
    assert choices.target is not None
    column = table.select([choices.target])
    try:
        target = settle_target(column, profile_table(column)[choices.target], choices, name)
        if target.role == "number":
            return None
        return Target.fit(column, Schema((), target), name).encode(column, name).ravel()
    except ColumnError:
        return None


def needs_time(time: Column | None, dates: Sequence[str]) -> Column:
    """The column that a split by time needs; InvalidArgument where there is none. `dates` hold dates."""
    if time is None:
        named = " or ".join(option("--time", name) for name in dates)
        remedy = f"Choose {named}." if named else "No column holds dates: name one with --time, or split at random."
        raise InvalidArgument("time", "must name the column that orders the rows in time", None, remedy)
    return time


def split_table(keys: SplitKeys, n: int, splitting: SplitOptions, test_rows: int | None) -> Split:
    """The parts of a table of n rows, every one of which has a target."""
    how, labels, times, groups, given = splitting.how, *keys
    return split_rows(n, how, labels, times, test_rows, seed=splitting.seed, groups=groups, given=given)


def fold_table(keys: SplitKeys, n: int, splitting: SplitOptions, folds: int) -> list[Split]:
    """Its splits in which each row is a test row once."""
    return fold_rows(n, folds, splitting.how, keys.labels, keys.times, seed=splitting.seed, groups=keys.groups)


def _complete_codes(table: pa.Table, column: str, name: str) -> Text:
    """The texts of a column that defines the split, of which none may be missing."""
    text = as_text(table[column], column_location(name, column))
    if (text.codes < 0).any():
        where = f"{column_location(name, column)}, row {int((text.codes < 0).argmax()) + 1}"
        raise ColumnError(where, "the value is missing", "Fill it in, or leave the row out.")
    return text


def repeated_rows(table: pa.Table, split: Split, schema: Schema, drop: Collection[str]) -> int:
    """The number of test rows that equal a training row in every column except identifiers."""
    apart = {*drop, *(column.name for column in schema.left_out if column.role == "identifier")}
    compared = [name for name in table.column_names if name not in apart and not is_nested(table[name].type)]
    return repeated(row_hashes(table, compared), split.test, among=split.train)
