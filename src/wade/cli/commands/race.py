"""`wade race`: a sweep of learning rates, each classified with its evidence."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, Data, Quiet, Verbose, takes
from wade.cli.output import print_json
from wade.settings import RaceOptions
from wade.settings.readers import names
from wade.settings.table import DialectOptions, SweepOptions, TargetOptions


@takes(TargetOptions, SweepOptions, RaceOptions, DialectOptions)
def race(
    data: Data,
    optimizers: Annotated[
        str,
        typer.Option(
            metavar="A,B,...", help="Compare these optimizers, such as sgd,momentum,adam,adamw.", show_default="none"
        ),
    ] = "",
    schedules: Annotated[
        str,
        typer.Option(
            metavar="A,B,...", help="Compare these schedules, such as constant,cosine,one_cycle.", show_default="none"
        ),
    ] = "",
    every: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Show every rate, not some of each kind; of several optimizers or schedules too.",
        ),
    ] = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Sweep learning rates: too small, converging, ending higher, oscillating, diverging.

    \b
    Examples:
      wade race flights
      wade race flights --optimizer sgd --learning-rates 1e-4..100
      wade race flights --optimizers sgd,momentum,adam,adamw
      wade race flights --optimizer sgd --schedules constant,cosine
      wade race flights --hidden 32 --steps 400
      wade race moons --hidden 8 --members 1 --dropout 0 --numbers scaled
      wade race customers.csv --target left --json

    All runs start from the same parameters and see the same batches; each outcome
    comes with its numbers. Nothing is saved.
    """
    with views.progress.counting(quiet or json, "racing") as watcher:
        found = wade.race(
            data,
            optimizers=names("optimizers", optimizers),
            schedules=names("schedules", schedules),
            watcher=watcher,
            **options,
        )
    if json:
        print_json(found)
    elif not quiet:
        views.race.show(found, data, every, verbose, bool(schedules))
