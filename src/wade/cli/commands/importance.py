"""`wade importance`: permutation feature importance."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, LabeledRows, ModelFile, Quiet, takes
from wade.cli.output import print_json
from wade.settings import DEFAULTS
from wade.settings.table import DialectOptions


@takes(DialectOptions)
def importance(
    model: ModelFile,
    data: LabeledRows,
    rows: Annotated[int, typer.Option(metavar="N", help="Use a random sample of at most N rows.")] = 10_000,
    repeats: Annotated[int, typer.Option(metavar="N", help="Number of shuffles per column.")] = 5,
    seed: Annotated[int, typer.Option(metavar="N", help="Random seed of the sample and the shuffles.")] = DEFAULTS.seed,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Feature importance by permutation, with 95 % intervals.

    \b
    Examples:
      wade importance flights.wade next_month.csv
      wade importance flights.wade flights --rows 50000 --repeats 10

    One column is shuffled among the rows: how much worse do predictions get?
    Columns that are copies of each other are shuffled together.
    """
    with views.progress.counting(quiet or json, "shuffling") as watcher:
        found = wade.importance(
            wade.load(model), data, rows=rows, repeats=repeats, seed=seed, watcher=watcher, **options
        )
    if json:
        print_json({**found, "model": str(model), "data": data})
    elif not quiet:
        views.importance.show(found, str(model), data)
