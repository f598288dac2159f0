"""`wade data`: what each column of a table is, before training."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from wade.cli import views
from wade.cli.options import AsJson, Data, Quiet, takes
from wade.cli.output import print_document, print_json
from wade.errors import InvalidArgument
from wade.settings.table import ColumnOptions, DialectOptions, TargetOptions


@takes(TargetOptions, ColumnOptions, DialectOptions)
def data(
    data: Data,
    toml: Annotated[
        bool, typer.Option("--toml", help="Print the roles as TOML, to edit and use with --schema.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show distinct values, missing rows and examples of every column.")
    ] = False,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Show each column's role with the reason, and warnings about the table.

    \b
    Examples:
      wade data customers.csv
      wade data customers.csv --target left --role zip=category
      wade data customers.csv --target left --toml > customers.toml
      wade train customers.csv --schema customers.toml

    Nothing is trained and nothing is saved.
    """
    if json and toml:
        raise InvalidArgument("toml", "cannot be combined with --json", True, "Choose one of them.")
    overview, missing = views.data.overview_of(data, **options)
    if json:
        print_json(overview.to_dict())
    elif toml:
        print_document(views.data.as_toml(overview, missing))
    elif not quiet:
        views.data.show(overview, data, verbose)
