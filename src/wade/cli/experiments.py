"""The commands that train many times to learn something: `wade validate` and `wade curves`.

Nothing heavy is imported here: `wade --help` shall answer at once.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from wade import cli
from wade.cli.options import (
    Activation,
    AsJson,
    BatchSize,
    Calibrate,
    Category,
    Columns,
    Data,
    Decimal,
    Drop,
    Dropout,
    Encoding,
    Engine,
    Epochs,
    Header,
    Hidden,
    LearningRate,
    Members,
    Metrics,
    Missing,
    Numbers,
    OptimizerName,
    Quiet,
    Role,
    SchemaToml,
    Seed,
    Separator,
    SomeRows,
    Target,
    Threads,
    Time,
    WeightDecay,
    Written,
    count_in,
    names_in,
    names_or_all,
    number_in,
    roles_in,
    widths_in,
)
from wade.settings import AUTO, DEFAULTS

SplitOption = Annotated[
    str, typer.Option("--split", metavar="random|time", help="At random, or taught by earlier rows only.")
]
Group = Annotated[
    str | None, typer.Option("--group", metavar="COLUMN", help="Keep rows with the same value in one part.")
]


def validate(
    data: Data,
    target: Target = None,
    folds: Annotated[int, typer.Option(metavar="K", help="How many times to train and judge.")] = 5,
    metrics: Metrics = None,
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
    split: SplitOption = "random",
    time: Time = None,
    group: Group = None,
    numbers: Numbers = AUTO,
    hidden: Hidden = AUTO,
    activation: Activation = DEFAULTS.activation,
    dropout: Dropout = AUTO,
    members: Members = AUTO,
    epochs: Epochs = AUTO,
    batch_size: BatchSize = AUTO,
    optimizer: OptimizerName = DEFAULTS.optimizer,
    learning_rate: LearningRate = AUTO,
    weight_decay: WeightDecay = AUTO,
    calibrate: Calibrate = True,
    seed: Seed = DEFAULTS.seed,
    engine: Engine = DEFAULTS.engine,
    threads: Threads = DEFAULTS.threads,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Train K times, each time judged on another part of the table.

    \b
    Examples:
      wade validate wine
      wade validate customers.csv --target left --folds 10
      wade validate visits.csv --target ill --group patient
      wade validate flights --rows 50000 --split time --metrics log_loss,brier

    Every row judges once, and everything is learned anew in each fold, from its
    training rows alone. By time each test comes after all rows that taught it.
    """
    return cli.validate.run(
        data,
        written=Written(separator, decimal, encoding, header),
        as_json=json,
        quiet=quiet,
        choices={
            "target": target,
            "folds": folds,
            "metrics": names_or_all(metrics),
            **_table(columns, drop, category, role, schema, missing, rows, split, time, group),
            "numbers": numbers,
            "hidden": widths_in(hidden),
            "activation": activation,
            "dropout": number_in("dropout", dropout),
            "members": count_in("members", members),
            "epochs": count_in("epochs", epochs),
            "batch_size": count_in("batch_size", batch_size),
            "optimizer": optimizer,
            "learning_rate": number_in("learning_rate", learning_rate),
            "weight_decay": number_in("weight_decay", weight_decay),
            "calibrate": calibrate,
            "seed": seed,
            "engine": engine,
            "threads": threads,
        },
    )


def curves(
    data: Data,
    target: Target = None,
    by: Annotated[str, typer.Option(metavar="rows|width", help="What grows from training to training.")] = "rows",
    points: Annotated[int, typer.Option(metavar="N", help="How many trainings, each of twice the one before.")] = 6,
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
    split: SplitOption = "random",
    time: Time = None,
    group: Group = None,
    numbers: Numbers = AUTO,
    hidden: Hidden = AUTO,
    activation: Activation = DEFAULTS.activation,
    dropout: Dropout = AUTO,
    members: Members = AUTO,
    epochs: Epochs = AUTO,
    batch_size: BatchSize = AUTO,
    optimizer: OptimizerName = DEFAULTS.optimizer,
    learning_rate: LearningRate = AUTO,
    weight_decay: WeightDecay = AUTO,
    calibrate: Calibrate = True,
    seed: Seed = DEFAULTS.seed,
    engine: Engine = DEFAULTS.engine,
    threads: Threads = DEFAULTS.threads,
    quiet: Quiet = False,
    json: AsJson = False,
) -> int:
    """Show training and validation error against rows, or against width.

    \b
    Examples:
      wade curves diabetes
      wade curves diabetes --by width
      wade curves customers.csv --target left --points 8 --json

    Where the two errors are apart, more rows help, or a network that is held
    back. Where they have met and stay high, the inputs do not tell more, or the
    network is too narrow: --by width says which.
    """
    return cli.curves.run(
        data,
        written=Written(separator, decimal, encoding, header),
        as_json=json,
        quiet=quiet,
        choices={
            "target": target,
            "by": by,
            "points": points,
            **_table(columns, drop, category, role, schema, missing, rows, split, time, group),
            "numbers": numbers,
            "hidden": widths_in(hidden),
            "activation": activation,
            "dropout": number_in("dropout", dropout),
            "members": count_in("members", members),
            "epochs": count_in("epochs", epochs),
            "batch_size": count_in("batch_size", batch_size),
            "optimizer": optimizer,
            "learning_rate": number_in("learning_rate", learning_rate),
            "weight_decay": number_in("weight_decay", weight_decay),
            "calibrate": calibrate,
            "seed": seed,
            "engine": engine,
            "threads": threads,
        },
    )


def _table(
    columns: str | None,
    drop: str | None,
    category: str | None,
    role: list[str] | None,
    schema: Any,
    missing: str | None,
    rows: int | None,
    split: str,
    time: str | None,
    group: str | None,
) -> dict[str, Any]:
    """What is said about the table, as `wade.cross_validate` and `wade.learning_curves` take it."""
    return {
        "columns": names_or_all(columns),
        "drop": names_in(drop),
        "categories": names_in(category),
        "roles": roles_in(role),
        "schema": schema,
        "missing": names_in(missing),
        "rows": rows,
        "split": split,
        "time": time,
        "group": group,
    }
