"""What a report is made from: a model, and where a table is given, its rows with predictions, losses and groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, pi, sqrt
from pathlib import Path
from shlex import quote
from typing import Any, Final

import numpy as np
import pyarrow as pa

from wade.errors import DataError
from wade.metrics.weighted import Doubles
from wade.model.evaluation.labelled import LabelledRows
from wade.model.evaluation.outputs import constant_outputs
from wade.model.evaluation.scoring import confusion_and_calibration, score
from wade.model.kept_report import kept_split
from wade.model.model import Model, Report
from wade.model.recovered_split import open_as_in_training, recovered_split
from wade.reports.cells import MISSING, OTHERS, Cells, cells_of
from wade.reports.wording import file_name
from wade.tables import Dialect, Split, find_leaks
from wade.tables.encoding.unseen import Unseen, find_unseen
from wade.tables.schema.target_leakage import Leak
from wade.types import Rows

BINS: Final = 4  # of a number, as groups
DRIFT_BINS: Final = 10
FEWEST_IN_A_GROUP: Final = 30
FEWEST_TO_MEASURE: Final = 10
MANY_GROUPS_Z: Final = 3.5
"""Standard errors beyond which a group differs: of thousands of groups, chance makes one do so in two."""
MUCH_WORSE: Final = 0.1
"""A group is worse than the others where its loss is higher by this share."""
DRIFT_Z: Final = 4
DRIFTED: Final = 0.1
"""A column drifted where more than this share of rows would have to move to another cell."""


@dataclass(frozen=True)
class Group:
    """Rows with the same value of a column (None: missing), and their mean loss beside that of all rows."""

    column: str
    value: str | None
    rows: int
    loss: float
    overall: float
    standard_error: float

    @property
    def name(self) -> str:
        """Which rows they are."""
        return f"{self.column} is missing" if self.value is None else f"{self.column} = {self.value}"

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the loss is higher by more than chance makes."""
        return self.loss - self.overall > MANY_GROUPS_Z * self.standard_error

    @property
    def is_worse(self) -> bool:
        """Whether it is so by enough to matter, too."""
        return self.is_beyond_chance and self.loss - self.overall > MUCH_WORSE * abs(self.overall)


@dataclass(frozen=True)
class Drift:
    """How far apart a column's values are in training and test rows.

    `distance` is the total variation ½ Σ |p − q| over cells, `by_chance` what parts of one table show on average, and
    `is_beyond_chance` whether Pearson's χ² = Σ (p − q)² / (π (1/n + 1/m)), with π the share in both, exceeds the
    quantile of a normal z of 4 (by Wilson and Hilferty): in hundreds of columns, chance makes none do so.
    """

    column: str
    distance: float
    by_chance: float
    is_beyond_chance: bool

    @property
    def is_notable(self) -> bool:
        """Whether it is more than chance makes, and enough to matter."""
        return self.is_beyond_chance and self.distance > DRIFTED


@dataclass(frozen=True)
class Evidence:
    """A model and the rows it is evaluated on.

    `table` holds the labelled rows of the data that was given, `split` its parts where it is the table of the training
    (None: other rows, all of which are evaluated); `numbers` are the numbers of its rows in what was given. Without
    data, all are None, and the report has what training kept.
    """

    model: Model
    table: pa.Table | None = None
    name: str = ""
    split: Split | None = None
    notes: tuple[str, ...] = ()
    seed: int = 0
    path: str = "MODEL"  # the model's file, for commands that are suggested
    numbers: Rows | None = None

    @property
    def report(self) -> Report:
        """What training kept."""
        return self.model.report

    @property
    def argument(self) -> str:
        """The table as a command names it: DATA where it is a frame, which has no name there."""
        if self.table is None or self.split is not None:
            return quote(self.report["data"]) if self.report.get("from_file", True) else "DATA"
        return quote(self.name) if Path(self.name).suffix else "DATA"

    @property
    def where(self) -> str:
        """The rows that are evaluated, in words."""
        if self.table is None or self.split is not None:
            return "test rows"
        return f"rows of {file_name(self.name)}"

    @cached_property
    def rows(self) -> Rows:
        """The rows that are evaluated, as row numbers of the table."""
        assert self.table is not None
        return np.arange(self.table.num_rows) if self.split is None else np.asarray(self.split.test)

    @property
    def count(self) -> int:
        """How many rows are evaluated."""
        return kept_split(self.report).test if self.table is None else len(self.rows)

    @property
    def is_telling(self) -> bool:
        """Whether there are enough rows for a verdict."""
        return self.count >= FEWEST_IN_A_GROUP

    @property
    def is_measurable(self) -> bool:
        """Whether there are enough rows for curves and intervals to say anything."""
        return self.count >= FEWEST_TO_MEASURE

    @cached_property
    def is_one_class(self) -> bool:
        """Whether the evaluated rows are known to be all of one class: they do not show how well classes differ."""
        confusion = self.scores["confusion"] or {"matrix": []}
        return len([row for row in confusion["matrix"] if any(row)]) == 1

    def number(self, row: int) -> int:
        """The number, from 1, in the table that was given, of one of the rows that are evaluated."""
        place = self.rows[row]
        return int(place if self.numbers is None else self.numbers[place]) + 1

    @cached_property
    def evaluated(self) -> pa.Table:
        """These rows."""
        assert self.table is not None
        return self.table if self.split is None else self.table.take(self.rows)

    @cached_property
    def labelled(self) -> LabelledRows:
        """These rows as the network reads them, with their targets and its outputs."""
        return self.model.predict_labelled(self.evaluated, self.name)

    @property
    def losses(self) -> Doubles:
        """The loss of each of them: negative log-likelihood, or squared error as a share of the target's variance."""
        return self.labelled.losses

    @cached_property
    def scores(self) -> Report:
        """The metrics of the evaluated rows beside the baselines, confusion matrix and calibration."""
        report = self.report
        if self.table is None or self.split is not None:
            return {name: report.get(name) for name in ("test", "baselines", "confusion", "calibration")}
        target, outputs, y = self.model.target, self.labelled.outputs, self.labelled.y
        constant = constant_outputs(target, report["base_rate"], len(y))
        names = [name for name in report["test"] if name not in ("intervals", "undefined")]
        return {
            "test": score(target, outputs, y, self.seed, names),
            "baselines": {"constant": score(target, constant, y, self.seed, names), "linear": None},
            **confusion_and_calibration(target, outputs, y, self.seed),
        }

    @cached_property
    def unseen(self) -> tuple[Unseen, ...]:
        """Values of categories that training never saw, in the evaluated rows."""
        return find_unseen(self.model.encoder, self.evaluated, self.labelled.X)

    @cached_property
    def leaks(self) -> list[Leak]:
        """Columns that alone predict the target almost perfectly."""
        assert self.table is not None
        return find_leaks(self.table, self.model.schema)

    @cached_property
    def groups(self) -> list[Group]:
        """Groups of the evaluated rows, from the one that adds most to the loss; each of 30 rows or more."""
        found = [group for cells in self._cells(self.evaluated, BINS) for group in self._groups_of(cells)]
        return sorted(found, key=lambda group: -group.rows * (group.loss - group.overall))

    @cached_property
    def drifts(self) -> list[Drift]:
        """Of each column between training and test rows, the largest first; empty where the parts are not known."""
        if self.split is None or self.table is None:
            return []
        train, test = self.split.train, self.split.test
        share = 1 / len(train) + 1 / len(test)
        found = []
        for cells in self._cells(self.table, DRIFT_BINS):
            if self.split.how == "time" and self._is_time(cells.column):
                continue  # later rows are later
            p, q = cells.shares(train), cells.shares(test)
            pooled = (p * len(train) + q * len(test)) / (len(train) + len(test))
            chance = float(np.sqrt(2 / pi * pooled * (1 - pooled) * share).sum() / 2)
            filled = pooled > 0
            chi_square = float(((p - q)[filled] ** 2 / (pooled[filled] * share)).sum())
            beyond = chi_square > chi_square_bound(int(filled.sum()) - 1)
            found.append(Drift(cells.column, float(np.abs(p - q).sum() / 2), chance, beyond))
        return sorted(found, key=lambda one: -one.distance)

    def _is_time(self, name: str) -> bool:
        schema = self.model.schema
        return name == schema.time or any(one.name == name and one.role == "date-time" for one in schema.columns)

    def _cells(self, table: pa.Table, bins: int) -> Iterator[Cells]:
        for column in self.model.schema.columns:
            cells = cells_of(table, column, bins, self.name)
            if cells is not None:
                yield cells

    def _groups_of(self, cells: Cells) -> Iterator[Group]:
        n, overall = len(self.losses), float(self.losses.mean())
        counts = np.bincount(cells.of_row, minlength=len(cells.names))
        sums = np.bincount(cells.of_row, self.losses, minlength=len(cells.names))
        squares = np.bincount(cells.of_row, self.losses**2, minlength=len(cells.names))
        for name, count, total, square in zip(cells.names, counts, sums, squares, strict=True):
            if FEWEST_IN_A_GROUP <= count < n and name != OTHERS:
                mean = float(total / count)
                error = sqrt(max(float(square / count) - mean**2, 0.0) / count)
                yield Group(cells.column, None if name == MISSING else name, int(count), mean, overall, error)


def chi_square_bound(freedom: int) -> float:
    """The quantile of χ² that corresponds to z = 4 of a normal distribution, by Wilson and Hilferty.

    Examples
    --------
    >>> round(chi_square_bound(1), 1), round(chi_square_bound(9), 1), chi_square_bound(0)
    (18.9, 37.1, inf)
    """
    if freedom < 1:
        return inf
    spread = 2 / (9 * freedom)
    return freedom * (1 - spread + DRIFT_Z * sqrt(spread)) ** 3


def gather(
    model: Model, data: Any = None, dialect: Dialect | None = None, seed: int = 0, path: str = "MODEL"
) -> Evidence:
    """The evidence about a model, with the rows of a table where one is given.

    Raises
    ------
    DataError
        The table cannot be read, lacks a column, or has no row with a target.
    """
    if data is None:
        return Evidence(model, seed=seed, path=path)
    table, name, notes, numbers = open_as_in_training(model, data, dialect)
    if table.num_rows == 0:
        raise DataError(name, f"no row has a value of {model.target.column!r}", "Give rows with the target.")
    split = recovered_split(model, table, name)
    evidence = Evidence(model, table, name, split, notes, seed=seed, path=path, numbers=numbers)
    if split is None:
        X, y = evidence.labelled.X, evidence.labelled.y
        notes = (*notes, *model.trained_on(X, y), *model.unfamiliar(table, X, name).beyond)
        evidence = replace(evidence, notes=notes)
    return evidence
