"""`wade why`: each column's contribution to one prediction, and counterfactuals."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, ModelFile, Quiet, Row, TableOfRow, Verbose, takes
from wade.cli.output import print_json
from wade.settings.table import DialectOptions


@takes(DialectOptions)
def why(
    model: ModelFile,
    data: TableOfRow,
    row: Row = 1,
    of: Annotated[
        str | None,
        typer.Option("--class", metavar="CLASS", help="The class to explain.", show_default="the predicted one"),
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="integrated-gradients|occlusion", help="How contributions are computed.")
    ] = "integrated-gradients",
    to: Annotated[
        str | None,
        typer.Option(
            metavar="CLASS|NUMBER",
            help="The prediction that counterfactuals should reach.",
            show_default="any other class",
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show every column, not only the largest.")] = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Explain one prediction: each column's contribution, and counterfactuals.

    \b
    Examples:
      wade why flights.wade flights --row 17
      wade why flights.wade tomorrow.csv --row 3 --class 1
      wade why flights.wade flights --row 17 --method occlusion
      wade why prices.wade houses.csv --row 2 --to 250000

    The baseline is the typical row: numbers at their median, categories at their
    most frequent value. Baseline + contributions = output, in log-odds for
    classes, in the target's unit for regression; the sum is checked.
    """
    found, title = views.why.explained(wade.load(model), data, row, of=of, method=method, to=to, **options)
    if json:
        print_json({**found, "model": str(model), "data": data, "row": row})
    elif not quiet:
        views.why.show(found, f"{model}: {title}", every, verbose)
