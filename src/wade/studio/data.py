"""The table at hand: where it comes from, what its columns are, and its rows prepared for training."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from inspect import signature
from pathlib import PurePath
from typing import Any, Final, Literal, TypeAlias
from weakref import WeakValueDictionary

import numpy as np
import pyarrow as pa

from wade.errors import DataError, InvalidArgument, unknown_name
from wade.maths.random import uniform
from wade.model.preparation.memory import AT_REST, COPIES, Plan, plan
from wade.model.preparation.prepare import LoadedTable, load_table
from wade.model.preparation.sources import open_data
from wade.model.preparation.splitting import (
    SplitOptions,
)
from wade.studio.formula_table import table_of_formula
from wade.studio.messages import ColumnInfo
from wade.studio.table_columns import columns_of, likely_target
from wade.tables import BUILT_IN
from wade.tables.columns.machine import machine_memory
from wade.tables.datasets.generators import GENERATORS
from wade.tables.reading.dataset import Dataset
from wade.tables.schema.overrides import ColumnOverrides

Source: TypeAlias = Literal["built_in", "generated", "path", "upload", "formula"]
ROWS_DRAWN: Final = 500
MOST_DRAWN: Final = 100_000
SAMPLE_STREAM: Final = (1 << 32) - 5
SPLIT_SEED: Final = 0
"""Another start of the training does not change which rows it is trained on."""
USUAL_SHARE: Final = 0.2


_SHARED: Final[WeakValueDictionary[tuple[Any, ...], Table]] = WeakValueDictionary()
"""Tables that come with wade, as long as a session has them: others that open them share their rows."""


@dataclass(frozen=True)
class Table:
    """A table with the column to predict.

    Parameters
    ----------
    name, source : str
        What it is called, and where it comes from.
    memory : Plan
    held : tuple of str
        Notes on the whole of it.
    sampled : int or None
        How many rows were asked for, of a stored table.
    noise : float or None
        Of a generated table.
    cleanup : ExitStack
        Removes temporary files; to be closed when the table is no longer used.
    loaded : LoadedTable
        Its rows that have a target.
    columns : list of ColumnInfo
        Each of its columns, in their order.
    usable : tuple of str
        The columns that can be inputs.
    warnings : tuple of str
    """

    name: str
    source: Source
    memory: Plan
    held: tuple[str, ...]
    sampled: int | None
    noise: float | None
    cleanup: ExitStack = field(repr=False, compare=False)
    loaded: LoadedTable
    columns: list[ColumnInfo]
    usable: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What its reader should know."""
        return (*self.held, *self.warnings)

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
        return replace(self, **_for_target(self.loaded.opened, target, self.sampled, self.is_drawn))

    def with_note(self, note: str) -> Table:
        """The same table with one more note, the first of all."""
        return replace(self, held=(note, *self.held))

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
    key = (source, name, target, rows, noise)
    if source in ("built_in", "generated") and (known := _SHARED.get(key)) is not None:
        return known
    cleanup, drawn = ExitStack(), source in ("generated", "formula")
    try:
        data, shown = _data(source, name, rows, noise, upload)
        sampled = None if drawn else rows
        opened = replace(open_data([data], cleanup, (), (), dialect=None, rows=None, noise=None, seed=0), name=shown)
        opened, held = _that_fits(opened, cleanup)
        wanted = target or _own_target(source, name) or likely_target(opened)
        found = _for_target(opened, wanted, sampled, drawn)
    except BaseException as error:
        cleanup.close()
        if isinstance(error, DataError) and upload is not None:
            raise _as_named(error, str(upload), PurePath(name).name) from error
        raise
    made_noise = _noise_of(name, noise, source) if drawn else None
    table = Table(shown, source, plan(opened.size, None), held, sampled, made_noise, cleanup, **found)
    if source in ("built_in", "generated"):
        _SHARED[key] = table
    return table


def _for_target(opened: Dataset, target: str, sampled: int | None, is_drawn: bool) -> dict[str, Any]:
    """The fields of a `Table` that depend on the column to predict."""
    loaded = load_table(opened, ColumnOverrides(target, numbers="scaled"), SplitOptions(rows=sampled, seed=SPLIT_SEED))
    columns, usable, warnings = columns_of(loaded)
    some = f"{len(loaded.rows):,} of {loaded.of_rows:,} rows, drawn at random, are used."
    notes = (*loaded.notes, *(() if is_drawn else warnings), *([some] if len(loaded.rows) < loaded.of_rows else []))
    return {"loaded": loaded, "columns": columns, "usable": usable, "warnings": tuple(dict.fromkeys(notes))}


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
    sample = replace(open_data([table], cleanup, (), (), dialect=None, rows=None, noise=None, seed=0), name=opened.name)
    return sample, (f"{table.num_rows:,} of {of_rows:,} rows, drawn at random, are used: {chosen.why}",)
