"""`wade decide`: a decision threshold from the costs of mistakes, and what the decision is worth."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, LabeledRows, ModelFile, Quiet, SeedOfIntervals, Verbose, takes
from wade.cli.output import print_json
from wade.settings import DEFAULTS
from wade.settings.table import DialectOptions


@takes(DialectOptions)
def decide(
    model: ModelFile,
    data: LabeledRows,
    cost_false_alarm: Annotated[
        float, typer.Option(metavar="NUMBER", help="Cost of acting on a row that did not need it.")
    ],
    cost_miss: Annotated[float, typer.Option(metavar="NUMBER", help="Cost of not acting on a row that needed it.")],
    currency: Annotated[
        str, typer.Option(metavar="NAME", help="Currency of the costs, such as EUR.", show_default="none")
    ] = "",
    act_on: Annotated[
        str | None,
        typer.Option(
            metavar="CLASS", help="The class to act on, such as 1 or yes.", show_default="the second of the two"
        ),
    ] = None,
    capacity: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Act on at most N rows, those with the highest probabilities.", show_default="no limit"
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER",
            help="Act where the probability is at least this; it is evaluated, not tuned.",
            show_default="from the costs",
        ),
    ] = None,
    seed: SeedOfIntervals = DEFAULTS.seed,
    verbose: Verbose = False,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Choose when to act, given what mistakes cost, and measure what that is worth.

    \b
    Examples:
      wade decide flights.wade next_month.csv \\
        --cost-false-alarm 50 --cost-miss 400 --currency EUR
      wade decide flights.wade yesterday.csv --capacity 200 \\
        --cost-false-alarm 50 --cost-miss 400

    A false alarm is acting on a row that is not of the class to act on, a miss
    is not acting on one that is. Where probabilities are calibrated, the best
    threshold is false alarm / (false alarm + miss), of their costs. What the
    decision costs is measured on the rows of DATA, beside always and never
    acting, with 95 % intervals.
    """
    loaded = wade.load(model)
    found = loaded.decide(
        data,
        cost_false_alarm=cost_false_alarm,
        cost_miss=cost_miss,
        act_on=act_on,
        capacity=capacity,
        threshold=threshold,
        currency=currency,
        seed=seed,
        **options,
    )
    if json:
        print_json({**found, "data": data, "model": str(model)})
    elif not quiet:
        other = "" if act_on is not None else str(loaded.target.classes[0])
        title, fixed = f"{model} on {data}", threshold is not None
        views.decide.show(found, title, loaded.target.column, fixed, verbose, model=str(model), other=other)
