"""The commands that ask: of a model, of a table, of this machine. Each body is one call into the module of its name.

Nothing heavy is imported here: `wade --help` shall answer at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wade import cli
from wade.cli.options import (
    Activation,
    AsJson,
    BatchSize,
    Category,
    Columns,
    Data,
    Decimal,
    Drop,
    Dropout,
    Encoding,
    Engine,
    Header,
    Hidden,
    Members,
    Metrics,
    Missing,
    ModelFile,
    Numbers,
    OptimizerName,
    Quiet,
    Role,
    SchemaToml,
    SeedOfIntervals,
    Separator,
    SomeRows,
    Target,
    Threads,
    Time,
    Written,
    count_in,
    names_in,
    names_or_all,
    number_in,
    roles_in,
    span_in,
    widths_in,
)
from wade.settings import AUTO, DEFAULTS


def predict(
    model: ModelFile,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The rows to predict; a target column is ignored.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the predictions to this CSV file.", show_default=False)
    ] = None,
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Predict every row of a table, as CSV.

    \b
    Examples:
      wade predict flights.wade tomorrow.csv
      wade predict flights.wade tomorrow.csv --output predictions.csv
    """
    written = Written(separator, decimal, encoding, header)
    return cli.predict.run(model, file, output, written=written, as_json=json, quiet=quiet)


def evaluate(
    model: ModelFile,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Rows with the target, unseen in training.")],
    metrics: Metrics = None,
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    seed: SeedOfIntervals = DEFAULTS.seed,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Measure a model on rows whose answers are known.

    \b
    Examples:
      wade evaluate flights.wade next_month.csv
      wade evaluate flights.wade next_month.csv --metrics auc,f1,brier
    """
    return cli.evaluate.run(
        model,
        file,
        metrics=names_or_all(metrics),
        written=Written(separator, decimal, encoding, header),
        seed=seed,
        as_json=json,
        quiet=quiet,
    )


def decide(
    model: ModelFile,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Rows with the target, unseen in training.")],
    cost_false_alarm: Annotated[
        float, typer.Option(metavar="NUMBER", help="What it costs to act on a row that needed nothing.")
    ],
    cost_miss: Annotated[
        float, typer.Option(metavar="NUMBER", help="What it costs to leave a row alone that needed something.")
    ],
    currency: Annotated[
        str, typer.Option(metavar="NAME", help="What the costs are counted in, such as EUR.", show_default="none")
    ] = "",
    act_on: Annotated[
        str | None,
        typer.Option(metavar="CLASS", help="The class that needs acting on.", show_default="the second of the two"),
    ] = None,
    capacity: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Act on N of these rows at most, the highest probabilities.", show_default="no limit"
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", help="Act from this probability on.", show_default="follows from the costs"),
    ] = None,
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    seed: SeedOfIntervals = DEFAULTS.seed,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Say when to act, given what mistakes cost, and what that is worth.

    \b
    Examples:
      wade decide flights.wade next_month.csv \\
        --cost-false-alarm 50 --cost-miss 400 --currency EUR
      wade decide flights.wade yesterday.csv --capacity 200 \\
        --cost-false-alarm 50 --cost-miss 400

    For a calibrated probability the best threshold is false alarm / (false alarm
    + miss). What the decision is worth is measured on the rows of FILE, beside
    always and never acting, with 95 % intervals.
    """
    written = Written(separator, decimal, encoding, header)
    costing = cli.decide.Costing(cost_false_alarm, cost_miss, act_on, capacity, threshold)
    return cli.decide.run(
        model, file, costing, currency=currency, written=written, seed=seed, as_json=json, quiet=quiet
    )


def export(
    model: ModelFile,
    to: Annotated[str, typer.Option(metavar="NAME", help="numpy, pytorch, keras, sklearn, onnx or c.")],
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write.", show_default="MODEL_numpy.py, MODEL.onnx, ..."),
    ] = None,
    training: Annotated[
        str | None,
        typer.Option(
            metavar="DATA", help="Write the first 100 steps of the training run instead; DATA taught the model."
        ),
    ] = None,
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Write a model as a program or file that runs without wade.

    \b
    Examples:
      wade export flights.wade --to numpy
      wade export flights.wade --to onnx --output flights.onnx
      wade export flights.wade --to c
      wade export flights.wade --to numpy --training flights

    It reads raw rows, and predicts what the model predicts. Programs are text to
    be read: scales, codes, layers, and every weight exactly.
    """
    written = Written(separator, decimal, encoding, header)
    return cli.export.run(model, to, output, training, written=written, as_json=json, quiet=quiet)


def race(
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
    numbers: Numbers = AUTO,
    learning_rates: Annotated[
        str, typer.Option(metavar="LOW..HIGH", help="The smallest and the largest rate.")
    ] = "1e-5..10",
    count: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="How many rates, each the same times its neighbour.",
            show_default="64, or 24 for each of several methods",
        ),
    ] = None,
    methods: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Race these methods, such as sgd,momentum,adam,adamw, and compare."),
    ] = None,
    schedules: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Race these schedules, such as constant,cosine,one_cycle, and compare."),
    ] = None,
    steps: Annotated[int, typer.Option(metavar="N", help="How many batches each of them learns from.")] = 50,
    hidden: Hidden = AUTO,
    activation: Activation = DEFAULTS.activation,
    dropout: Dropout = AUTO,
    members: Members = AUTO,
    batch_size: BatchSize = AUTO,
    optimizer: OptimizerName = DEFAULTS.optimizer,
    every: Annotated[bool, typer.Option("--all", help="Show every rate, not some of each kind.")] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the start and the order of rows.")] = DEFAULTS.seed,
    engine: Engine = DEFAULTS.engine,
    threads: Threads = DEFAULTS.threads,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Race many learning rates at once: too small, converges, oscillates, diverges.

    \b
    Examples:
      wade race flights
      wade race flights --optimizer sgd --learning-rates 1e-4..100
      wade race flights --methods sgd,momentum,adam,adamw
      wade race flights --optimizer sgd --schedules constant,cosine
      wade race flights --hidden 32 --steps 400
      wade race moons --hidden 8 --members 1 --dropout 0 --numbers scaled
      wade race customers.csv --target left --json

    All rates start from the same parameters and see the same batches; each
    verdict comes with its numbers. Nothing is written.
    """
    return cli.race.run(
        data,
        written=Written(separator, decimal, encoding, header),
        show_all=every,
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
            "numbers": numbers,
            "learning_rates": span_in(learning_rates),
            "count": count,
            "methods": names_in(methods),
            "schedules": names_in(schedules),
            "steps": steps,
            "hidden": widths_in(hidden),
            "activation": activation,
            "dropout": number_in("dropout", dropout),
            "members": count_in("members", members),
            "batch_size": count_in("batch_size", batch_size),
            "optimizer": optimizer,
            "seed": seed,
            "engine": engine,
            "threads": threads,
        },
    )


def data(
    file: Data,
    target: Target = None,
    columns: Columns = None,
    drop: Drop = None,
    category: Category = None,
    role: Role = None,
    time: Time = None,
    schema: SchemaToml = None,
    missing: Missing = None,
    separator: Separator = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    header: Header = None,
    toml: Annotated[
        bool, typer.Option("--toml", help="Print the roles as TOML, to edit and give back with --schema.")
    ] = False,
    json: AsJson = False,
) -> int:
    """Say what each column of a table is, why, and what to look at twice.

    \b
    Examples:
      wade data customers.csv
      wade data customers.csv --target left --role zip=category
      wade data customers.csv --target left --toml > customers.toml
      wade train customers.csv --schema customers.toml

    Nothing is learned and nothing is written.
    """
    return cli.data.run(
        file,
        written=Written(separator, decimal, encoding, header),
        as_json=json,
        as_toml=toml,
        choices={
            "target": target,
            "columns": names_or_all(columns),
            "drop": names_in(drop),
            "categories": names_in(category),
            "roles": roles_in(role),
            "time": time,
            "schema": schema,
            "missing": names_in(missing),
        },
    )


def doctor(json: AsJson = False) -> int:
    """Say what wade runs on: versions, processor, threads, engines."""
    return cli.doctor.run(as_json=json)
