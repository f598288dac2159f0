"""`wade validate`: k-fold cross-validation."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, Data, Quiet, Verbose, takes
from wade.cli.output import print_json
from wade.settings import CrossValidationOptions
from wade.settings.table import DialectOptions, TargetOptions


@takes(TargetOptions, CrossValidationOptions, DialectOptions)
def validate(
    data: Data,
    folds: Annotated[int, typer.Option(metavar="K", help="Number of folds.")] = 5,
    verbose: Verbose = False,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Cross-validate: train K times, each time evaluated on another fold.

    \b
    Examples:
      wade validate wine
      wade validate customers.csv --target left --folds 10
      wade validate visits.csv --target ill --group patient
      wade validate flights --rows 50000 --split time --metrics log_loss,brier

    Every row is a test row once. Scales, codes and networks are fitted anew in
    each fold, on its training rows only. With --split time each test fold comes
    after all of its training rows.
    """
    with views.progress.training(silent=quiet or json) as on_event:
        found = wade.cross_validate(data, folds=folds, on_event=on_event, **options)
    if json:
        print_json(found)
    elif not quiet:
        views.validate.show(found, verbose)
    if found["interrupted"]:
        raise KeyboardInterrupt(f"interrupted after {len(found['folds'])} of {folds} folds")
