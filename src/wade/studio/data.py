"""The table at hand: where it comes from, what its columns are, and its rows prepared for training."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from inspect import signature
from pathlib import PurePath
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import pyarrow as pa

from wade.documents.wording import compact
from wade.errors import DataError, InvalidArgument, unknown_name
from wade.maths.random import uniform
from wade.model.preparation.memory import AT_REST, COPIES, Plan, plan
from wade.model.preparation.prepare import LoadedTable, load_table
from wade.model.preparation.sources import open_data
from wade.model.preparation.splitting import (
    SplitOptions,
    likely_targets,
)
from wade.studio.formula_table import table_of_formula
from wade.studio.messages import ColumnInfo
from wade.tables import BUILT_IN
from wade.tables.columns.machine import machine_memory
from wade.tables.columns.views import in_short
from wade.tables.datasets.generators import GENERATORS
from wade.tables.kinds.column import Column
from wade.tables.kinds.registry import KINDS
from wade.tables.profile.column_profile import profile_table
from wade.tables.reading.dataset import Dataset
from wade.tables.schema.column_checks import find_target_problem
from wade.tables.schema.overrides import ColumnOverrides
from wade.tables.schema.overview import describe

Source: TypeAlias = Literal["built_in", "generated", "path", "upload", "formula"]
ROWS_DRAWN: Final = 500
MOST_DRAWN: Final = 100_000
SAMPLE_STREAM: Final = (1 << 32) - 5
SPLIT_SEED: Final = 0
"""Another start of the training does not change which rows it is trained on."""
USUAL_SHARE: Final = 0.2


@dataclass(frozen=True)
class Table:
    """A table with the column to predict.

    Parameters
    ----------
    name, source : str
        What it is called, and where it comes from.
    loaded : LoadedTable
        Its rows that have a target.
    memory : Plan
    columns : list of ColumnInfo
        Each of its columns, in their order.
    usable : tuple of str
        The columns that can be inputs.
    notes : tuple of str
    noise : float or None
        Of a generated table.
    cleanup : ExitStack
        Removes temporary files; to be closed when the table is no longer used.
    """

    name: str
    source: Source
    loaded: LoadedTable
    memory: Plan
    columns: list[ColumnInfo]
    usable: tuple[str, ...]
    notes: tuple[str, ...]
    noise: float | None
    cleanup: ExitStack = field(repr=False, compare=False)

    @property
    def target(self) -> str:
        """The column to predict."""
        return str(self.loaded.choices.target)

    @property
    def rows(self) -> pa.Table:
        """The rows that have a target."""
        return self.loaded.tidy

    @property
    def is_drawn(self) -> bool:
        """Whether its rows were generated."""
        return self.source in ("generated", "formula")

    @property
    def has_time(self) -> bool:
        """Whether there is one column that orders its rows in time."""
        return sum(column.role == "date-time" for column in self.columns) == 1 or self.loaded.choices.time is not None

    def for_target(self, target: str) -> Table:
        """The same table with another column to predict."""
        opened = self.loaded.opened
        loaded, columns, usable, notes = _loaded(opened, target, is_drawn=self.is_drawn)
        return replace(self, loaded=loaded, columns=columns, usable=usable, notes=notes)

    def with_note(self, note: str) -> Table:
        """The same table with one more note, the first of all."""
        return replace(self, notes=(note, *self.notes))

    def close(self) -> None:
        """Removes its temporary files."""
        self.cleanup.close()


def open_table(
    source: Source,
    name: str,
    *,
    target: str | None = None,
    rows: int | None = None,
    noise: float | None = None,
    upload: Any = None,
) -> Table:
    """The table that a visitor asks for.

    Parameters
    ----------
    source : "built_in", "generated", "path", "upload" or "formula"
    name : str
        A name, a path, what the uploaded file is called, or a formula such as "y = sin(x)".
    target : str, optional
        The column to predict; by default the table's own, or the likeliest.
    rows, noise : optional
        Of generated tables and formulas; of a stored table, `rows` of it are drawn at random.
    upload : path
        Where the uploaded file lies.

    Raises
    ------
    WadeError
        The table cannot be read, or has no such column.
    """
    cleanup, drawn = ExitStack(), source in ("generated", "formula")
    try:
        data, shown = _data(source, name, rows, noise, upload)
        if source == "built_in" and rows is None and not noise:
            target = target or BUILT_IN[name].target
        sampled = None if drawn else rows
        opened = replace(open_data([data], cleanup, (), (), None, None, None, 0), name=shown)
        opened, held = _that_fits(opened, cleanup)
        names = list(opened.arrow_types)
        wanted = target or _own_target(source, name) or likely_targets(names)[0]
        loaded, columns, usable, notes = _loaded(opened, wanted, sampled, drawn)
    except BaseException as error:
        cleanup.close()
        if isinstance(error, DataError) and upload is not None:
            raise _as_named(error, str(upload), PurePath(name).name) from error
        raise
    memory = plan(opened.size, None)
    return Table(
        shown,
        source,
        loaded,
        memory,
        columns,
        usable,
        (*held, *notes),
        _noise_of(name, noise, source) if drawn else None,
        cleanup,
    )


def source_of(data: str) -> Source:
    """Where the table comes from that a command line names.

    Examples
    --------
    >>> source_of("moons"), source_of("wine"), source_of("customers.csv")
    ('generated', 'built_in', 'path')
    """
    if data in GENERATORS:
        return "generated"
    return "built_in" if data in BUILT_IN else "path"


def _as_named(error: DataError, path: str, shown: str) -> DataError:
    """The error with the name of an uploaded file in place of its path on this machine."""
    where, problem, remedy = (text.replace(path, shown) for text in (error.where, error.problem, error.remedy))
    return type(error)(where, problem, remedy)


def _data(source: Source, name: str, rows: int | None, noise: float | None, upload: Any) -> tuple[Any, str]:
    """What is to be read, and what messages call it."""
    if source in ("generated", "formula"):
        count = ROWS_DRAWN if rows is None else rows
        if count > MOST_DRAWN:
            raise InvalidArgument("rows", f"must be at most {MOST_DRAWN:,} of a generated table", count, "Try 500.")
        if source == "formula":
            written = " ".join(name.split())
            return table_of_formula(name, count, noise or 0.0), written if written[:1] in "yY" else f"y = {written}"
        if name not in GENERATORS:
            raise unknown_name("name", name, GENERATORS)
        return BUILT_IN[name].read(count, noise), name
    if noise is not None:
        raise InvalidArgument("noise", "is only for generated tables", noise, "Leave it out.")
    if source == "built_in":
        stored = [each.name for each in BUILT_IN.values() if each.load is not None]
        if name not in stored:
            raise unknown_name("name", name, stored)
        return BUILT_IN[name].read(), name
    if source == "upload":
        if upload is None:
            raise InvalidArgument("name", "needs a file that was uploaded", name, "Upload it first.")
        return upload, PurePath(name.replace("\\", "/")).name or "the file"
    if not _is_path(name):
        raise InvalidArgument("name", "must be the path of a file or of a folder", name, "Save the table to a file.")
    return name, name


def _is_path(name: str) -> bool:
    """Whether it can be read: standard input, pipes and devices would be waited for without an end."""
    if not name.strip() or name == "-" or "\0" in name:
        return False
    return os.path.isfile(name) or os.path.isdir(name) or not os.path.exists(name)


def _own_target(source: Source, name: str) -> str | None:
    """The target of a table that comes with wade, and of a formula."""
    if source == "formula":
        return "y"
    return BUILT_IN[name].target if source in ("built_in", "generated") else None


def _noise_of(name: str, noise: float | None, source: Source) -> float:
    """The noise that a table was drawn with."""
    if noise is not None or source == "formula":
        return noise or 0.0
    return float(signature(GENERATORS[name]).parameters["noise"].default)


def _that_fits(opened: Dataset, cleanup: ExitStack) -> tuple[Dataset, tuple[str, ...]]:
    """The table, or as many of its rows, drawn at random, as memory holds; and a note on those."""
    chosen, size = plan(opened.size, None), opened.size
    if not chosen.streamed:
        return opened, ()
    share = (machine_memory() // 2 - AT_REST) / (COPIES * size.bytes)
    kept, of_rows = [], 0
    for batch in opened.batches():
        drawn = uniform(SPLIT_SEED, SAMPLE_STREAM + batch.first, (batch.rows.num_rows,))
        kept.append(pa.Table.from_batches([batch.rows]).filter(pa.array(np.asarray(drawn) < share)))
        of_rows += batch.rows.num_rows
    table = pa.concat_tables(kept)
    if not table.num_rows:
        raise DataError(opened.name, f"no row fits. {chosen.why}", "Give a file with a part of its rows.")
    sample = replace(open_data([table], cleanup, (), (), None, None, None, 0), name=opened.name)
    return sample, (f"{table.num_rows:,} of {of_rows:,} rows, drawn at random, are used: {chosen.why}",)


def _loaded(
    opened: Dataset, target: str, rows: int | None = None, is_drawn: bool = False
) -> tuple[LoadedTable, list[ColumnInfo], tuple[str, ...], tuple[str, ...]]:
    """The rows that have this target, every column, those that can be inputs, and notes."""
    loaded = load_table(opened, ColumnOverrides(target, numbers="scaled"), SplitOptions(rows=rows, seed=SPLIT_SEED))
    table = loaded.whole.reading.table
    overview = describe(table, loaded.name, loaded.choices)
    profile = profile_table(table)
    infos = [
        ColumnInfo(
            one.name,
            "target" if one.name == target else one.role,
            one.why,
            overview.units.get(one.name, ""),
            _summary(one),
            one.role == "number" and one.name != target,
            find_target_problem(profile[one.name], one.name) is None,
        )
        for one in overview.columns
    ]
    usable = tuple(one.name for one in overview.columns if one.role in KINDS and one.name != target)
    # Where nothing can be used, the preparation refuses the columns and says why.
    usable = usable or tuple(one.name for one in overview.columns if one.name != target)
    some = f"{len(loaded.rows):,} of {loaded.of_rows:,} rows, drawn at random, are used."
    cautions = () if is_drawn else tuple(caution.message for caution in overview.cautions)
    notes = dict.fromkeys((*loaded.notes, *cautions, *overview.notes))
    return loaded, infos, usable, (*notes, *([some] if len(loaded.rows) < loaded.of_rows else []))


def _summary(column: Column) -> str:
    """The range of a column, or how many values it has, and how many are missing."""
    facts = column.facts
    if facts is None:
        return ""
    ranged = facts.low is not None and facts.high is not None
    about = "" if facts.exact else "about "
    shown = f"{compact(facts.low)} to {compact(facts.high)}" if ranged else f"{about}{facts.different:,} values"
    if facts.examples and not ranged:
        shown += f": {', '.join(map(in_short, facts.examples[:3]))}{', …' if facts.different > 3 else ''}"
    return f"{shown}, {facts.missing:,} missing" if facts.missing else shown
