"""The keywords of `wade.learn` and its siblings: settings, split, and columns, also from a schema file."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from wade.model.preparation.sources import built_in, names_of
from wade.model.preparation.splitting import SplitOptions
from wade.settings import AUTO, Settings, chosen, refuse_unknown
from wade.settings.table import ColumnOptions, InputOptions
from wade.tables.schema.overrides import ColumnOverrides, joined_roles, named_target
from wade.tables.schema.toml import SchemaFile, read_schema_file
from wade.training.by_settings import check_settings


class TrainingOptions(NamedTuple):
    """Settings, column overrides, missing markers and split."""

    settings: Settings
    choices: ColumnOverrides
    missing: tuple[str, ...]
    split: SplitOptions


def read_options(data: Any, target: str | None, options: Mapping[str, Any], definition: type) -> TrainingOptions:
    """The keywords of a function whose options are those of a definition, checked; InvalidArgument for wrong ones."""
    refuse_unknown(options, definition)
    settings = Settings(**chosen(options, Settings))
    inputs = chosen(options, InputOptions)
    if options.get("plain"):
        settings = settings.plain()
        inputs["numbers"] = "scaled" if inputs.get("numbers", AUTO) == AUTO else inputs["numbers"]
    check_settings(settings)
    choices, missing = choose(data, target, **chosen(options, ColumnOptions), **inputs)
    return TrainingOptions(settings, choices, missing, SplitOptions(**chosen(options, SplitOptions)))


def choose(
    data: Any,
    target: str | None = None,
    columns: Collection[str] | None = None,
    drop: Collection[str] = (),
    categories: Collection[str] = (),
    missing: Collection[str] = (),
    time: str | None = None,
    roles: Mapping[str, str] | None = None,
    schema: str | os.PathLike[str] | None = None,
    numbers: str = "auto",
    keep_text: Mapping[str, str] | None = None,
) -> tuple[ColumnOverrides, tuple[str, ...]]:
    """The options for columns, and the missing markers; the arguments are those of `wade.learn`.

    Arguments take precedence over the schema file, and that over the built-in table.

    Raises
    ------
    InvalidArgument
        The schema file cannot be read, a role is unknown, or choices contradict each other.

    Examples
    --------
    >>> choices, missing = choose("flights", roles={"origin": "category"})
    >>> choices.target, choices.time, choices.roles
    ('delayed', 'scheduled_departure', {'origin': 'category'})
    """
    filed = SchemaFile() if schema is None else read_schema_file(schema)
    named, by_hand = named_target(target, roles or {})
    filed_target, filed_roles = named_target(filed.target, filed.roles)
    target, time, known = named or filed_target, time or filed.time, built_in(data)
    if known is not None:
        target, time = target or known.target, time or known.time
    drop = names_of(drop)
    together = joined_roles(by_hand, names_of(categories), drop, filed_roles)
    inputs = None if columns is None else names_of(columns)
    overrides = ColumnOverrides(target, inputs, drop, together, time, numbers, keep_text=keep_text or {})
    return overrides, (*names_of(missing), *filed.missing)
