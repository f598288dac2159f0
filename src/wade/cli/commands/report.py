"""`wade report`: everything about a model as a page, JSON or Markdown; `wade show`: the same on the terminal."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, DocumentFile, ModelFile, Quiet, SeedOfIntervals, takes
from wade.cli.output import print_document, print_json, print_message
from wade.cli.paths import check_writable, document_format, write_text
from wade.errors import InvalidArgument
from wade.settings import DEFAULTS
from wade.settings.table import DialectOptions

ENDINGS = {"html": (".html", ".htm"), "json": (".json",), "md": (".md",)}
TableOfModel = Annotated[
    str | None,
    typer.Argument(
        metavar="[DATA]",
        help="The table that the model was trained on (its test rows are found again), or new rows with the target. "
        "Without it, the report has what the model keeps.",
        show_default=False,
    ),
]


@takes(DialectOptions)
def report(
    model: ModelFile,
    data: TableOfModel = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="NAME", help="html, json or md.", show_default="as the name of -o ends, else html"
        ),
    ] = None,
    seed: SeedOfIntervals = DEFAULTS.seed,
    output: DocumentFile = None,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Write a report about a model: one page that can be sent to others.

    \b
    Examples:
      wade report flights.wade flights -o flights.html
      wade report customers.wade customers.csv -o customers.md
      wade report customers.wade last-month.csv --json

    The table and its schema, the split, the training, metrics beside both
    baselines, findings with remedies (WADE101 ...), calibration, decisions,
    reasons, one row number by number, and how to reproduce the model. The page
    is one file without scripts; it holds no rows but one.
    """
    asked, form = form, document_format("json" if json else form, output, ENDINGS)
    if output is not None:
        check_writable(output, "output", model=model, data=data)
    elif form == "html" and asked is None and sys.stdout.isatty():
        remedy = f"Try -o {model.stem}-report.html. For the terminal: wade show {model}."
        raise InvalidArgument("output", "must name a file: HTML is nothing to read in a terminal", None, remedy)
    found = wade.report(wade.load(model), data, seed=seed, path=str(model), **options)
    if form == "json" and output is None:
        print_json(found.to_dict())
        return
    text = views.report.written(found, form)
    if output is None:
        print_document(text)
        return
    write_text(output, text)
    if not quiet:
        print_message(f"the report about {model} is in {output} ({len(text.encode()) / 1000:,.0f} kB)")


@takes(DialectOptions)
def show(
    model: ModelFile,
    data: TableOfModel = None,
    seed: SeedOfIntervals = DEFAULTS.seed,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Show the report about a model in the terminal.

    \b
    Examples:
      wade show flights.wade
      wade show customers.wade customers.csv | less
    """
    found = wade.report(wade.load(model), data, seed=seed, path=str(model), **options)
    if json:
        print_json(found.to_dict())
    elif not quiet:
        sys.stdout.write(views.report.on_terminal(found))
