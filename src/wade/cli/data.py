"""`wade data`: what each column of a table is, before anything is learned from it."""

from __future__ import annotations

import json
from typing import Any

import typer

from wade.cli.columns import show_overview
from wade.cli.options import Written
from wade.cli.outcome import DONE
from wade.cli.written import as_dialect
from wade.errors import InvalidArgument
from wade.model.preparation.column_options import choose
from wade.model.preparation.sources import open_table
from wade.tables.schema.overrides import kept_as_text
from wade.tables.schema.overview import describe
from wade.tables.schema.toml import as_toml as toml_of


def run(data: str, *, written: Written, as_json: bool, as_toml: bool, choices: dict[str, Any]) -> int:
    """Describe `data`: a table for a person, one JSON object, or TOML to edit.

    Parameters
    ----------
    data : str
        A file or a built-in name.
    written : Written
        How its text is written, as far as it shall not be found out.
    as_json, as_toml : bool
        Print one JSON object; print a schema file.
    choices : dict
        Arguments of `wade.model.preparation.column_options.choose`.

    Returns
    -------
    int
        The exit code.
    """
    if as_json and as_toml:
        raise InvalidArgument("toml", "must not be asked for together with --json", True, "Choose one of them.")
    chosen, missing = choose(data, **choices)
    reading = open_table(data, missing, kept_as_text(chosen.roles), as_dialect(written))
    overview = describe(reading.table, reading.name, chosen)
    if as_json:
        typer.echo(json.dumps(overview.to_dict(), allow_nan=False, ensure_ascii=False))
    elif as_toml:
        typer.echo(toml_of(overview, missing), nl=False)
    else:
        show_overview(overview, data)
    return DONE
