"""`wade evaluate`: a model's metrics on rows with known targets."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import wade
from wade.cli import views
from wade.cli.options import AsJson, LabeledRows, ModelFile, Quiet, SeedOfIntervals, Verbose, takes
from wade.cli.output import print_json
from wade.settings import DEFAULTS
from wade.settings.table import DialectOptions, MetricOptions


@takes(MetricOptions, DialectOptions)
def evaluate(
    model: ModelFile,
    data: LabeledRows,
    seed: SeedOfIntervals = DEFAULTS.seed,
    verbose: Verbose = False,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Evaluate a model on rows with known targets.

    \b
    Examples:
      wade evaluate flights.wade next_month.csv
      wade evaluate flights.wade next_month.csv --metrics auc,f1,brier
    """
    started = perf_counter()
    loaded = wade.load(model)
    found = loaded.evaluate(data, seed=seed, **options)
    if json:
        facts = {name: loaded.report[name] for name in ("split", "epochs")}
        print_json({**found, **facts, "seconds": perf_counter() - started, "data": data, "model": str(model)})
    elif not quiet:
        views.evaluate.show(loaded, found, f"{model} on {data}", verbose)
