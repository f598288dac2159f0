"""`wade draw`: a picture of a model, a training, a table or a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from wade.cli import views
from wade.cli.options import AsJson, Quiet, takes
from wade.cli.output import print_json
from wade.cli.paths import check_writable, write_text
from wade.settings import LearningCurvesOptions
from wade.settings.readers import names, point
from wade.settings.table import DialectOptions, SweepOptions, TargetOptions

# As `wade.maths.activations.ACTIVATIONS` has them, which takes too long to import for a help text.
ACTIVATION_NAMES = "identity, sigmoid, tanh, relu, leaky_relu, elu, selu, gelu, silu, mish, softplus"


@takes(TargetOptions, LearningCurvesOptions, SweepOptions, DialectOptions, only_typed=True)
def draw(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="One of the kinds above.", show_default=False)],
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL|DATA",
            help="A .wade file, or a table to train on, as the kind takes it.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA", help="After MODEL: rows with the target, not used in training.", show_default=False
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help="The two number columns of a plane; of a table to train on, use only these columns.",
            show_default="the first two; all",
        ),
    ] = None,
    column: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column of a dependence.", show_default="the first")
    ] = None,
    row: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Row to mark; the first row is 1. A plane holds all other columns at this row.",
            show_default=False,
        ),
    ] = None,
    mark: Annotated[
        str | None,
        typer.Option(metavar="X,Y", help="Point of a plane to mark, in the columns' units.", show_default=False),
    ] = None,
    layer: Annotated[
        int | None, typer.Option(metavar="N", help="The hidden layer; the first is 1.", show_default=False)
    ] = None,
    shows: Annotated[
        str | None,
        typer.Option(metavar="activations|deltas", help="What is laid on the network.", show_default=False),
    ] = None,
    weights: Annotated[
        list[str] | None,
        typer.Option("--weight", metavar="NAME[I,J]", help="A weight of the surface. Give two.", show_default=False),
    ] = None,
    reach: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="How far the surface goes to each side.", show_default=False),
    ] = None,
    named: Annotated[
        str | None,
        typer.Option(
            "--names",
            metavar="A,B,...",
            help=f"Activations to draw, of {ACTIVATION_NAMES}.",
            show_default="sigmoid,tanh,relu",
        ),
    ] = None,
    of: Annotated[
        str | None,
        typer.Option("--class", metavar="CLASS", help="The class that is predicted.", show_default="the second of two"),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(metavar="NUMBER", help="Threshold to mark.", show_default=False)
    ] = None,
    cost_false_alarm: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="Cost of acting on a row that did not need it.", show_default=False),
    ] = None,
    cost_miss: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="Cost of not acting on a row that needed it.", show_default=False),
    ] = None,
    act_on: Annotated[
        str | None, typer.Option(metavar="CLASS", help="The class to act on.", show_default=False)
    ] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="NAME", help="Currency of the costs.", show_default=False)
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="rows|width|month|...",
            help="What doubles along learning curves, rows or width; of dates year, month, weekday or hour.",
            show_default=False,
        ),
    ] = None,
    theme: Annotated[str, typer.Option(metavar="light|dark", help="Colors.")] = "light",
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write the plotted numbers here too.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="A .svg, .png or .pdf file, or .gif for a movie.",
            show_default="KIND.svg",
        ),
    ] = None,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Draw a picture: the network, its boundary, how it learned, how good it is.

    \b
    Examples:
      wade draw boundary moons.wade moons -o boundary.svg
      wade draw network flights.wade flights --row 17 --shows deltas
      wade draw roc flights.wade next_month.csv --threshold 0.2 --theme dark
      wade draw rates customers.csv --target left -o rates.pdf
      wade draw surface moons --optimizer adam --learning-rate 0.01
      wade draw neurons moons.wade moons -o training.gif

    \b
    Kinds, by what they take:
      nothing     activations, losses, staircase, descent
      MODEL       learning, steps, baselines, network (with DATA: a row on it)
      DATA        nonlinearity, rates, curves
      MODEL DATA  boundary, neurons, surface (DATA alone: with its training),
                  effective, layers, confusion, roc, reliability, residuals,
                  cost, waterfall, importance, dependence

    Kinds made from DATA train on it, with the options of wade train. A movie
    trains the model's network anew on DATA and draws it as it learns.
    Needs matplotlib: pip install 'wade[pictures]'.
    """
    dialect = options.pop("dialect")
    given = {
        "columns": None if columns is None else names("columns", columns),
        "column": column,
        "row": row,
        "mark": None if mark is None else point("mark", mark),
        "layer": layer,
        "shows": shows,
        "weights": weights or None,
        "reach": reach,
        "names": None if named is None else names("names", named),
        "of": of,
        "threshold": threshold,
        "cost_false_alarm": cost_false_alarm,
        "cost_miss": cost_miss,
        "act_on": act_on,
        "currency": currency,
        "by": by,
        **options,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    if csv is not None:
        check_writable(csv, "csv", model=source, data=data, output=output)
    with views.draw.destination(kind, output, source, data) as path:
        drawn = views.draw.made(
            kind, path, source, data, given=chosen, theme=theme, silent=quiet or json, dialect=dialect
        )
        views.draw.write(path, drawn)
    if csv is not None:
        write_text(csv, drawn.display.to_csv())
    if json:
        facts = {"kind": kind, "output": str(path), "csv": None if csv is None else str(csv)}
        print_json({**facts, "title": drawn.display.heading, "description": drawn.description})
    elif not quiet:
        views.draw.show(drawn, path, csv)
