"""A table as `wade data` shows it: the role of each column with its reason, and warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import pyarrow as pa

from wade.tables.columns.metadata import units_of
from wade.tables.kinds.coded import examples
from wade.tables.kinds.column import Column, Problem
from wade.tables.kinds.registry import KINDS
from wade.tables.profile.column_profile import BATCH_ROWS, ColumnProfile, profile_table
from wade.tables.profile.duplicates import count_duplicates, repeats_by_chance
from wade.tables.schema.cautions import Caution, cautions_of
from wade.tables.schema.column_checks import refuse_problems
from wade.tables.schema.infer import (
    assign_roles,
    column_notes,
    only_time,
    settle_target,
    shifted_problems,
    target_notes,
    with_decimal,
)
from wade.tables.schema.overrides import ColumnOverrides
from wade.tables.schema.repeated_rows import with_unrepeated
from wade.tables.schema.schema import Schema
from wade.tables.schema.shifted_rows import as_problem, shifted_rows
from wade.tables.schema.target_leakage import find_leaks

BEYOND_CHANCE: Final = 2.0
UNUSABLE: Final = "unusable"
"""What stands for a role where training would refuse the column."""


@dataclass(frozen=True)
class Overview:
    """What each column of a table is, before training."""

    name: str
    rows: int
    columns: tuple[Column, ...]  # that are not dropped, in the order of the table, the target among them
    target: str | None
    time: str | None
    examples: Mapping[str, tuple[str, ...]]  # identifiers and text included: to be shown, never saved
    cautions: tuple[Caution, ...]
    notes: tuple[str, ...]
    units: Mapping[str, str] = field(default_factory=dict)  # of columns whose file says them

    def to_dict(self) -> dict[str, Any]:
        """The overview as plain JSON data."""
        return {
            "data": self.name,
            "rows": self.rows,
            "inferred_from": "all rows",
            "target": self.target,
            "time": self.time,
            "columns": [self._described(column) for column in self.columns],
            "warnings": [asdict(caution) for caution in self.cautions],
            "notes": list(self.notes),
        }

    def _described(self, column: Column) -> dict[str, Any]:
        facts = {name: value for name, value in asdict(column)["facts"].items() if name != "examples"}
        is_target = column.name == self.target
        return {
            "name": column.name,
            "role": "target" if is_target else column.role,
            **({"kind": column.role} if is_target else {}),
            "used": not is_target and column.role in KINDS,
            "why": column.why,
            "form": column.form,
            "zone": column.zone,
            "unit": self.units.get(column.name, ""),
            **facts,
            "examples": list(self.examples[column.name]),
        }


def describe(table: pa.Table, name: str, overrides: ColumnOverrides) -> Overview:
    """Infer what each column of a table is, from all of its rows; without a target, leaks are not looked for.

    ColumnError where the target cannot be predicted or a column cannot have the requested role.

    Examples
    --------
    >>> table = pa.table({"wind": [45.0, 0.0, 15.0], "year": [2013] * 3, "late": [1, 0, 1]})
    >>> overview = describe(table, "flights.csv", ColumnOverrides(target="late"))
    >>> [(column.name, column.role) for column in overview.columns]
    [('wind', 'number'), ('year', 'constant'), ('late', 'category')]
    """
    overrides.check(table.column_names, name)
    profile = with_unrepeated(table, with_decimal(profile_table(table), overrides.decimal))
    columns, problems = assign_roles(table, profile, overrides)
    refuse_problems({column: problem for column, problem in problems.items() if column in overrides.roles}, name)
    notes: tuple[str, ...] = ()
    shifted = shifted_rows(table, profile)
    problems |= shifted_problems(shifted, problems)
    cautions = [Caution("shifted", None, as_problem(shifted).as_note())] if shifted else []
    cautions += [Caution("unusable", column, _said(problem, column)) for column, problem in problems.items()]
    if overrides.target is not None:
        target = settle_target(table, profile[overrides.target], overrides, name)
        inputs = tuple(column for column in columns if column.role in KINDS and column.name not in problems)
        cautions += [Caution("leak", leak.column, str(leak)) for leak in find_leaks(table, Schema(inputs, target))]
        columns, notes = [*columns, target], target_notes(profile[target.name], target.name)
    inputs = tuple(column for column in columns if column.role in KINDS and column.name not in problems)
    notes += column_notes(profile, [column for column in inputs if column.name != overrides.target])
    columns = [
        replace(column, role=UNUSABLE, why=problems[column.name].what) if column.name in problems else column
        for column in columns
    ]
    places = {column: place for place, column in enumerate(table.column_names)}
    columns.sort(key=lambda column: places[column.name])
    for column in columns:
        if column.name != overrides.target:
            cautions += cautions_of(column, profile[column.name], overrides.leaves_open(column.name))
    return Overview(
        name,
        table.num_rows,
        tuple(columns),
        overrides.target,
        overrides.time or only_time(profile, overrides),
        {column.name: examples(profile[column.name]) for column in columns},
        (*cautions, *_duplicates(table, columns, profile)),
        notes,
        units_of(table),
    )


def _duplicates(table: pa.Table, columns: list[Column], profile: Mapping[str, ColumnProfile]) -> tuple[Caution, ...]:
    names = [column.name for column in columns if column.role != "identifier" and not profile[column.name].nested]
    repeats = count_duplicates(table.to_batches(max_chunksize=BATCH_ROWS), names)
    if not repeats.rows:
        return ()
    chance = repeats_by_chance(table.num_rows, ((profile[name].distinct, profile[name].missing) for name in names))
    if repeats.rows <= BEYOND_CHANCE * chance:
        return ()
    some = f"{'' if repeats.exact else 'about '}{repeats.rows:,} of {table.num_rows:,} rows"
    repeat = "repeats" if repeats.rows == 1 else "repeat"
    message = (
        f"{some} {repeat} another row in every column but identifiers: a test row that is a training row too makes "
        "the evaluation optimistic. If a row was entered twice, remove one."
    )
    return (Caution("duplicates", None, message),)


def _said(problem: Problem, name: str) -> str:
    row = "" if problem.row is None else f", row {problem.row + 1}"
    return f"{name!r}{row}: {problem.what}. {problem.remedy}"
