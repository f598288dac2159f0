"""`wade explain`: one training step on one row, with every number."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, DocumentFile, ModelFile, Quiet, Row, TableOfRow, takes
from wade.cli.output import print_document, print_message
from wade.cli.paths import check_writable, document_format, write_text
from wade.errors import InvalidArgument
from wade.settings import DEFAULTS
from wade.settings.readers import pairs
from wade.settings.table import DialectOptions

ENDINGS = {"text": (".txt",), "latex": (".tex",), "mathml": (".mml",), "html": (".html", ".htm"), "json": (".json",)}
UNITS = pairs("UNIT", "--unit temperature=°C")


@takes(DialectOptions)
def explain(
    model: ModelFile,
    data: TableOfRow,
    row: Row = 1,
    weight: Annotated[
        str | None,
        typer.Option(
            metavar="NAME[I,J]",
            help="Weight to follow: W1[0,2] (layer 1, input 0, neuron 2), W1[temperature,2] or E1.carrier[B6,2].",
            show_default="the one with the largest gradient in W1",
        ),
    ] = None,
    step: Annotated[
        bool, typer.Option("--step", help="Step by step: forward, backward, update, and back again.")
    ] = False,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="text, latex, mathml, html or json.",
            show_default="as the name of -o ends, else text",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(metavar="VALUE", help="The row's target, where DATA does not hold it.", show_default=False),
    ] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=UNIT", help="The unit of a column. Repeatable.", show_default=False),
    ] = None,
    digits: Annotated[int, typer.Option(metavar="N", help="Significant digits to show.")] = 4,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Show the step after this checkpoint of the model's training.", show_default=False
        ),
    ] = None,
    dropout: Annotated[bool, typer.Option("--dropout", help="Apply dropout, as in training; else it is off.")] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="Random seed of the dropout mask.")] = DEFAULTS.seed,
    output: DocumentFile = None,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Show every number of one training step on one row.

    \b
    Examples:
      wade explain flights.wade flights --row 17
      wade explain flights.wade flights --row 17 --weight "W1[temperature,2]"
      wade explain flights.wade flights --row 17 -o 17.html
      wade explain flights.wade flights --row 17 --step
      wade explain flights.wade flights --checkpoint flights.checkpoint

    Encoding, forward pass, loss, backward pass and update, on a copy: the model
    itself is not changed. A model that was trained with --plain is the easiest to
    follow.
    """
    form = document_format("json" if json else form, output, ENDINGS)
    if step and (form != "text" or output is not None):
        expected = "works only with text on the terminal"
        raise InvalidArgument("step", expected, form if output is None else str(output), "Leave one out.")
    if digits < 1:
        raise InvalidArgument("digits", "must be at least 1", digits, "Try 4.")
    if output is not None:
        check_writable(output, "output", model=model, data=data, checkpoint=checkpoint)
    trace = wade.load(model).explain(
        data,
        row,
        target,
        dropout=dropout,
        seed=seed,
        units=UNITS("unit", unit or []),
        checkpoint=checkpoint,
        **options,
    )
    trace = replace(trace, at_terminal=True)
    if step:
        views.explain.take_steps(trace, weight, digits)
        return
    width = views.explain.terminal_width() if output is None else 80
    text = views.explain.rendered(trace, form, weight, digits, width)
    if output is None and form == "text":
        sys.stdout.write(text)
    elif output is None:
        print_document(text)
    else:
        write_text(output, text)
        if not quiet:
            print_message(f"row {row:,} of {data} is explained in {output}")
