"""The commands that ask: of a model, of a table, of this machine. Each body is one call into the module of its name.

Nothing heavy is imported here: `wade --help` shall answer at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wade import cli
from wade.cli.options import (
    AsJson,
    Category,
    Columns,
    Data,
    Decimal,
    Drop,
    Encoding,
    Header,
    Missing,
    ModelFile,
    Quiet,
    Role,
    SchemaToml,
    Separator,
    Target,
    Time,
    Written,
    names_in,
    names_or_all,
    roles_in,
)
from wade.settings import DEFAULTS


def predict(
    model: ModelFile,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The rows to predict; a target column is ignored.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the predictions to this CSV file.", show_default=False)
    ] = None,
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Predict every row of a table, as CSV.

    \b
    Examples:
      wade predict flights.wade tomorrow.csv
      wade predict flights.wade tomorrow.csv --output predictions.csv
    """
    written = Written(separator, decimal, encoding, header)
    return cli.predict.run(model, file, output, written=written, as_json=json, quiet=quiet)


def evaluate(
    model: ModelFile,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Rows with the target, unseen in training.")],
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the draws behind the intervals.")] = DEFAULTS.seed,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Measure a model on rows whose answers are known.

    \b
    Example:
      wade evaluate flights.wade next_month.csv
    """
    written = Written(separator, decimal, encoding, header)
    return cli.evaluate.run(model, file, written=written, seed=seed, as_json=json, quiet=quiet)


def data(
    file: Data,
    target: Target = None,
    columns: Columns = None,
    drop: Drop = None,
    category: Category = None,
    role: Role = None,
    time: Time = None,
    schema: SchemaToml = None,
    missing: Missing = None,
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    toml: Annotated[
        bool, typer.Option("--toml", help="Print the roles as TOML, to edit and give back with --schema.")
    ] = False,
    json: AsJson = False,
) -> int:
    """Say what each column of a table is, why, and what to look at twice.

    \b
    Examples:
      wade data customers.csv
      wade data customers.csv --target left --role zip=category
      wade data customers.csv --target left --toml > customers.toml
      wade train customers.csv --schema customers.toml

    Nothing is learned and nothing is written.
    """
    return cli.data.run(
        file,
        written=Written(separator, decimal, encoding, header),
        as_json=json,
        as_toml=toml,
        choices={
            "target": target,
            "columns": names_or_all(columns),
            "drop": names_in(drop),
            "categories": names_in(category),
            "roles": roles_in(role),
            "time": time,
            "schema": schema,
            "missing": names_in(missing),
        },
    )


def doctor(json: AsJson = False) -> int:
    """Say what wade runs on: versions, processor, threads, engines."""
    return cli.doctor.run(as_json=json)
