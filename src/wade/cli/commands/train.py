"""`wade train`: train on a table, save the model, show the metrics."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, Data, Quiet, Verbose, takes
from wade.cli.output import print_json
from wade.cli.paths import check_writable, reserved_model_path
from wade.settings import LearnOptions
from wade.settings.table import DialectOptions, TargetOptions


@takes(TargetOptions, LearnOptions, DialectOptions)
def train(
    data: Data,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            "--model",
            metavar="FILE",
            help="Save the model here.",
            show_default="DATA.wade, or DATA-2.wade, ... if taken",
        ),
    ] = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Train a network on a table, evaluate it on test rows, and save it.

    \b
    Examples:
      wade train flights
      wade train flights --columns temperature,wind_speed
      wade train flights --split time
      wade train customers.csv --target left --drop customer_id
      wade train visits.csv --target ill --group patient
      wade train january.csv --target ill --test february.csv
      wade train "clicks-*.parquet" --target clicked --memory 1GB
      wade train customers.csv --target left --role zip=category
      wade train customers.csv --schema customers.toml
      wade train "2013-*.csv.gz" --target delayed --decimal ,
      wade train flights --stop-on auc --time-limit 5m
      wade train flights --checkpoint flights.checkpoint --every 30s
      wade train flights --checkpoint flights.checkpoint --resume

    Ctrl-C ends the training early and keeps the best network so far; with
    --checkpoint, the same command with --resume continues it.
    """
    checkpoint = options.get("checkpoint")
    inputs: dict[str, Any] = {"data": data, **{name: options.get(name) for name in ("validation", "test", "schema")}}
    if checkpoint is not None:
        check_writable(checkpoint, "checkpoint", **inputs)
    if output is not None:
        check_writable(output, "output", **inputs, checkpoint=checkpoint)
    with nullcontext(output) if output is not None else reserved_model_path(data) as path:
        with views.progress.training(silent=quiet or json) as on_event:
            model = wade.learn(data, on_event=on_event, **options)
        model.save(path)
    if json:
        print_json({**model.report, "model": str(path)})
    elif not quiet:
        views.train.show(model, path, data, verbose)
    if model.report["interrupted"]:
        resume = "" if checkpoint is None else "; the same command with --resume continues the training"
        raise KeyboardInterrupt(f"interrupted; the best network so far is in {path}{resume}")
