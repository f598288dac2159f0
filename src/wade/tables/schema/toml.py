"""A schema as a TOML file that a person can read and edit, and back.

::

    target = "delayed"
    time = "scheduled_departure"
    missing = ["-999"]

    [roles]
    carrier = "category"                  # text with 16 different values
    "pm2.5" = "number"                    # numbers from 0 to 994; 4.7 % missing
    day = "date-time %d/%m/%Y"            # how the dates are written
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wade.errors import InvalidArgument, unknown_name
from wade.tables.columns.date_forms import CLOCK, ISO
from wade.tables.kinds.column import Column
from wade.tables.schema.overrides import read_role
from wade.tables.schema.overview import UNUSABLE, Overview

KEYS: Final = ("target", "time", "missing", "roles")
MOST_BYTES: Final = 1 << 24
COMMENTS_FROM: Final = 40
REMEDY: Final = "`wade data FILE --toml` writes one."


@dataclass(frozen=True)
class SchemaFile:
    """What a schema file sets; what it leaves open is inferred from the table."""

    target: str | None = None
    time: str | None = None
    missing: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)


def read_schema_file(path: str | os.PathLike[str]) -> SchemaFile:
    """Read what `as_toml` wrote and a person may have changed; InvalidArgument where it is wrong."""
    name = os.fspath(path)
    try:
        with open(name, "rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise InvalidArgument("schema", f"must have at most {MOST_BYTES:,} bytes", name, REMEDY)
        document = tomllib.loads(content.decode())
    except OSError as error:
        raise InvalidArgument("schema", f"must be a file that can be read ({error.strerror})", name, REMEDY) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidArgument("schema", f"must be a TOML file ({error})", name, REMEDY) from error
    return _checked(document, name)


def as_toml(overview: Overview, missing: Collection[str] = ()) -> str:
    """The roles of a table as TOML, one line for each column with its reason; `missing` are its markers.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from wade.tables.schema.overrides import ColumnOverrides
    >>> from wade.tables.schema.overview import describe
        >>> table = pa.table({"wind": [45.0, None, 15.0], "late": [1, 0, 1]})
        >>> print(as_toml(describe(table, "flights.csv", ColumnOverrides(target="late"))))
        # flights.csv: 3 rows. Change what is wrong, then: wade train FILE --schema THIS_FILE
        # Roles: number, category, date-time, boolean, text, identifier, constant.
        target = "late"
        <BLANKLINE>
        [roles]
        wind = "number"                         # numbers from 15 to 45; 1 missing
        # late is the target: two classes: 0 and 1
        <BLANKLINE>
    """
    lines = [
        f"# {_visible(overview.name)}: {overview.rows:,} rows. Change what is wrong, then: "
        "wade train FILE --schema THIS_FILE",
        "# Roles: number, category, date-time, boolean, text, identifier, constant.",
    ]
    lines += [f"{key} = {_quoted(value)}" for key in ("target", "time") if (value := getattr(overview, key))]
    lines += [f"missing = [{', '.join(map(_quoted, missing))}]"] if missing else []
    lines += ["", "[roles]", *(_line(column, column.name == overview.target) for column in overview.columns), ""]
    return "\n".join(lines)


def _line(column: Column, is_target: bool) -> str:
    if column.role == UNUSABLE:
        return f"# {_visible(column.name)} cannot be used: {_visible(column.why)}"
    if is_target:
        # A line of its own would turn numbers that are classes into texts.
        return f"# {_visible(column.name)} is the target: {_visible(column.why)}"
    form = "" if column.form in (ISO, CLOCK) else column.form
    role = " ".join(filter(None, (column.role, form, column.zone)))
    missing = f"; {column.facts.missing:,} missing" if column.facts and column.facts.missing else ""
    bare = column.name.isascii() and column.name.replace("_", "").replace("-", "").isalnum()
    setting = f"{column.name if bare else _quoted(column.name)} = {_quoted(role)}"
    return f"{setting:<{COMMENTS_FROM - 1}} # {_visible(column.why)}{missing}"


def _checked(document: dict[str, Any], name: str) -> SchemaFile:
    for key in document:
        if key not in KEYS:
            found = unknown_name("schema", key, KEYS)
            raise InvalidArgument("schema", f"({name}) has keys among {', '.join(KEYS)}", key, found.remedy)
    for key, expected in (("target", str), ("time", str), ("roles", dict)):
        if key in document and not isinstance(document[key], expected):
            wanted = "text" if expected is str else "a table of roles, [roles]"
            raise InvalidArgument("schema", f"({name}) must have {wanted} as {key!r}", document[key], REMEDY)
    missing = document.get("missing", [])
    if not (isinstance(missing, list) and all(isinstance(marker, str) for marker in missing)):
        raise InvalidArgument("schema", f"({name}) must have a list of texts as 'missing'", missing, REMEDY)
    roles = document.get("roles", {})
    for column, role in roles.items():
        read_role(column, role)
    return SchemaFile(document.get("target"), document.get("time"), tuple(missing), roles)


def _quoted(text: str) -> str:
    """The text as a TOML string that holds nothing but visible characters."""
    return '"' + _visible(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _visible(text: str) -> str:
    """The text with what cannot be seen, or what a terminal would obey, as TOML writes it."""
    return "".join(character if character.isprintable() else f"\\U{ord(character):08X}" for character in text)
