"""`wade curves`: learning curves."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, Data, Quiet, Verbose, takes
from wade.cli.output import print_json
from wade.settings import LearningCurvesOptions
from wade.settings.table import DialectOptions, TargetOptions


@takes(TargetOptions, LearningCurvesOptions, DialectOptions)
def curves(
    data: Data,
    by: Annotated[str, typer.Option(metavar="rows|width", help="What doubles from one training to the next.")] = "rows",
    points: Annotated[int, typer.Option(metavar="N", help="Number of trainings.")] = 6,
    verbose: Verbose = False,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Learning curves: training and validation error against rows or width.

    \b
    Examples:
      wade curves diabetes
      wade curves diabetes --by width
      wade curves customers.csv --target left --points 8 --json

    Errors far apart: overfitting; more rows or regularization help. Both high and
    close together: underfitting; try better inputs or a wider network (--by width).
    """
    with views.progress.training(silent=quiet or json) as on_event:
        found = wade.learning_curves(data, by=by, points=points, on_event=on_event, **options)
    if json:
        print_json(found)
    elif not quiet:
        views.curves.show(found, verbose)
    if found["interrupted"]:
        raise KeyboardInterrupt(f"interrupted after {len(found['points'])} of {points} points")
