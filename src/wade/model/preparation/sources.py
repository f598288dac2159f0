"""Where data comes from: a built-in name, a file, or a frame."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from wade.tables import AUTO_DETECT, BUILT_IN, BuiltIn, Dialect, Reading, read
from wade.tables.datasets.builtin import refuse_noise
from wade.tables.reading.dataset import Dataset, open_sources


def built_in(data: Any) -> BuiltIn | None:
    """The built-in table that `data` names, if any; a file of that name is "./flights"."""
    return BUILT_IN.get(data) if isinstance(data, str) else None


def open_table(
    data: Any,
    missing: Collection[str] = (),
    text: Collection[str] | Mapping[str, Collection[str]] = (),
    dialect: Dialect | None = None,
    expected: Dialect | None = None,
    rows: int | None = None,
    noise: float | None = None,
    seed: int = 0,
) -> Reading:
    """The table, its name in messages, and how its text was read.

    Parameters
    ----------
    data, dialect
        As in `wade.learn`.
    missing : texts
        Markers of a missing value, besides the usual ones.
    text : column names
        Columns whose values stay text, even if all are numbers.
    expected : Dialect
        Of the model's training data, for what `dialect` leaves open.
    rows, noise, seed
        Of a generated table.

    Raises
    ------
    UnreadableTable, InvalidArgument
        The file is missing, empty, or not a table; `noise` is given for a table that is not generated.

    Examples
    --------
    >>> reading = open_table("flights")
    >>> reading.table.num_rows, reading.name
    (336776, 'flights')
    """
    known = built_in(data)
    if known is not None:
        return Reading(known.read(rows, noise, seed), known.name, None, ())
    refuse_noise(noise)
    return read(data, missing, text, dialect or AUTO_DETECT, expected or AUTO_DETECT)


def open_data(
    sources: Sequence[Any],
    scratch: ExitStack,
    missing: Collection[str],
    text: Collection[str] | Mapping[str, Collection[str]],
    dialect: Dialect | None,
    rows: int | None,
    noise: float | None,
    seed: int,
) -> Dataset:
    """The same for training data: several sources may make one table, and it is not read yet."""
    known = built_in(sources[0])
    if known is None:
        refuse_noise(noise)
        return open_sources(sources, scratch, missing, text, dialect or AUTO_DETECT)
    drawn = known.read(rows, noise, seed)
    opened = open_sources([drawn, *sources[1:]], scratch, missing, text, dialect or AUTO_DETECT)
    return replace(opened, name=known.name)


def names_of(columns: str | Collection[str]) -> tuple[str, ...]:
    """Several names, or one: "wind" is one name, not four letters."""
    return (columns,) if isinstance(columns, str) else tuple(columns)
