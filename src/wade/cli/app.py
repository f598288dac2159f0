"""The command `wade`, and `wade train` with its options; the other commands stand in `commands`.

Nothing heavy is imported here: `wade --help` shall answer at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wade import cli
from wade._version import __version__
from wade.cli.commands import data, decide, doctor, evaluate, export, predict, race
from wade.cli.experiments import curves, validate
from wade.cli.explaining import explain, importance, why
from wade.cli.options import (
    Activation,
    AsJson,
    BatchSize,
    Calibrate,
    Category,
    Checkpoint,
    Columns,
    Data,
    Decimal,
    Drop,
    Dropout,
    Encoding,
    Engine,
    Epochs,
    Every,
    Header,
    Hidden,
    LearningRate,
    Members,
    Missing,
    Numbers,
    OptimizerName,
    PatienceTime,
    Quiet,
    Resume,
    Role,
    SchemaToml,
    Seed,
    Separator,
    SomeRows,
    StopOn,
    Target,
    Threads,
    Time,
    TimeLimit,
    WeightDecay,
    Written,
    count_in,
    names_in,
    names_or_all,
    number_in,
    roles_in,
    widths_in,
)
from wade.cli.outcome import answer
from wade.settings import AUTO, DEFAULTS

app = typer.Typer(
    name="wade",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def main() -> None:
    """The command `wade`."""
    app(prog_name="wade")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wade {__version__}")
        raise typer.Exit


@app.callback()
def _wade(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Deep learning you can see to the bottom of: neural networks for your own tables.

    \b
    Will my flight be delayed? Train on 336,776 real flights, then ask:
      wade train flights
      wade predict flights.wade flights --output predictions.csv

    \b
    Your own table:
      wade data customers.csv --target left
      wade train customers.csv --target left
    """


@app.command()
@answer
def train(
    data: Data,
    target: Target = None,
    columns: Columns = None,
    drop: Drop = None,
    category: Category = None,
    role: Role = None,
    schema: SchemaToml = None,
    missing: Missing = None,
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    rows: SomeRows = None,
    split: Annotated[
        str, typer.Option(metavar="random|time", help="Test on rows drawn at random, or on the latest ones.")
    ] = "random",
    time: Time = None,
    noise: Annotated[
        float | None, typer.Option(metavar="NUMBER", help="How much a drawn table is blurred; --rows is then its size.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Keep rows with the same value in one part of the split.")
    ] = None,
    part: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The column that says train, validation or test.")
    ] = None,
    test_rows: Annotated[int | None, typer.Option(metavar="N", help="How many rows to test on.")] = None,
    numbers: Numbers = AUTO,
    validation: Annotated[
        str | None, typer.Option(metavar="FILE", help="Decide when to stop by the rows of this file.")
    ] = None,
    test: Annotated[str | None, typer.Option(metavar="FILE", help="Test on the rows of this file.")] = None,
    memory: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="Take no more memory than this, such as 1GB: a larger table is streamed from disk.",
            show_default="half of the machine's",
        ),
    ] = None,
    hidden: Hidden = AUTO,
    activation: Activation = DEFAULTS.activation,
    dropout: Dropout = AUTO,
    members: Members = AUTO,
    epochs: Epochs = AUTO,
    batch_size: BatchSize = AUTO,
    optimizer: OptimizerName = DEFAULTS.optimizer,
    learning_rate: LearningRate = AUTO,
    weight_decay: WeightDecay = AUTO,
    l1: Annotated[
        float,
        typer.Option(
            metavar="NUMBER",
            help="Add this times the sum of |weights| to the loss: weights that help little end near 0.",
            show_default="none",
        ),
    ] = DEFAULTS.l1,
    l2: Annotated[
        float,
        typer.Option(
            metavar="NUMBER",
            help="Add half of this times the sum of squared weights to the loss: all weights stay small.",
            show_default="none",
        ),
    ] = DEFAULTS.l2,
    clip_norm: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="Shorten a gradient that is longer than this.", show_default="no limit"),
    ] = DEFAULTS.clip_norm,
    schedule: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How the learning rate changes: one_cycle, cosine, constant, ...; plateau: it is cut to a tenth "
            "when half of --patience has passed without a better validation loss.",
        ),
    ] = DEFAULTS.schedule,
    patience: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Stop after N epochs without a better validation loss.",
            show_default="a fifth of the epochs, at least 5",
        ),
    ] = DEFAULTS.patience,
    seed: Seed = DEFAULTS.seed,
    stop_on: StopOn = DEFAULTS.stop_on,
    patience_time: PatienceTime = None,
    time_limit: TimeLimit = None,
    checkpoint: Checkpoint = None,
    every: Every = "30s",
    resume: Resume = False,
    engine: Engine = DEFAULTS.engine,
    threads: Threads = DEFAULTS.threads,
    calibrate: Calibrate = True,
    model: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to save.", show_default="DATA.wade, or DATA-2.wade, ... if taken"),
    ] = None,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Train a network on a table, test it honestly, and save it.

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
    --checkpoint, the same command and --resume goes on from there.
    """
    return cli.train.run(
        data,
        model,
        written=Written(separator, decimal, encoding, header),
        as_json=json,
        quiet=quiet,
        choices={
            "target": target,
            "columns": names_or_all(columns),
            "drop": names_in(drop),
            "categories": names_in(category),
            "roles": roles_in(role),
            "schema": schema,
            "missing": names_in(missing),
            "rows": rows,
            "split": split,
            "time": time,
            "noise": noise,
            "group": group,
            "part": part,
            "test_rows": test_rows,
            "numbers": numbers,
            "validation": validation,
            "test": test,
            "memory": memory,
            "hidden": widths_in(hidden),
            "activation": activation,
            "dropout": number_in("dropout", dropout),
            "members": count_in("members", members),
            "epochs": count_in("epochs", epochs),
            "batch_size": count_in("batch_size", batch_size),
            "optimizer": optimizer,
            "learning_rate": number_in("learning_rate", learning_rate),
            "weight_decay": number_in("weight_decay", weight_decay),
            "l1": l1,
            "l2": l2,
            "clip_norm": clip_norm,
            "schedule": schedule,
            "patience": patience,
            "seed": seed,
            "engine": engine,
            "threads": threads,
            "stop_on": stop_on,
            "patience_time": patience_time,
            "time_limit": time_limit,
            "checkpoint": checkpoint,
            "every": every,
            "resume": resume,
            "calibrate": calibrate,
        },
    )


for _command in (predict, evaluate, validate, curves, explain, why, importance, decide, export, race, data, doctor):
    app.command()(answer(_command))
