"""The options that several commands share, and how lists in a command line are read.

Nothing heavy is imported here: `wade --help` shall answer at once.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from wade.errors import InvalidArgument
from wade.metrics import metrics_of
from wade.settings import AUTO, Auto

# As `wade.tables.BUILT_IN` has them, which takes too long to import for a help text.
BUILT_IN_NAMES = (
    "flights, wine, digits, breast_cancer, iris, diabetes; or drawn: xor, circles, moons, spiral, blobs, plane, hills"
)
Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="A CSV, TSV, Parquet, Feather or JSON lines file, a folder or a quoted pattern of them, - for standard "
        f"input, or a built-in table: {BUILT_IN_NAMES}.",
    ),
]
ModelFile = Annotated[Path, typer.Argument(metavar="MODEL", help="A .wade file, as `wade train` writes it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary: only errors.")]
Target = Annotated[str | None, typer.Option("--target", metavar="COLUMN", help="The column to predict.")]
Columns = Annotated[str | None, typer.Option("--columns", metavar="A,B,...", help="Use these columns only.")]
Time = Annotated[str | None, typer.Option("--time", metavar="COLUMN", help="The column that orders the rows in time.")]
Drop = Annotated[str | None, typer.Option("--drop", metavar="A,B,...", help="Leave these columns out.")]
Category = Annotated[
    str | None,
    typer.Option("--category", metavar="A,B,...", help="Take these columns as categories, numbers or not."),
]
Role = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="COLUMN=ROLE",
        help="What a column is: number, category, date-time, boolean, text, identifier, constant, target. Repeat "
        "it for more columns.",
        show_default=False,
    ),
]
SchemaToml = Annotated[
    Path | None,
    typer.Option("--schema", metavar="FILE", help="Target and roles, as `wade data DATA --toml` writes them."),
]
Missing = Annotated[
    str | None,
    typer.Option("--missing", metavar="A,B,...", help="Texts that mean a missing value, such as -999."),
]

Separator = Annotated[
    str | None,
    typer.Option(
        "--separator", metavar="MARK", help='Between values of a text file: ";", tab, ...', show_default="found out"
    ),
]
Decimal = Annotated[
    str | None,
    typer.Option("--decimal", metavar="MARK", help='The decimal mark: "." or ",".', show_default="found out"),
]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help="Of a text file, such as windows-1252.", show_default="found out"),
]
Header = Annotated[
    bool | None,
    typer.Option("--header/--no-header", help="Whether the first line holds names.", show_default="found out"),
]
SomeRows = Annotated[int | None, typer.Option("--rows", metavar="N", help="Take N rows at random instead of all.")]
Hidden = Annotated[
    str, typer.Option("--hidden", metavar="A,B,...", help='Widths of the hidden layers; "none" for no hidden layer.')
]
BatchSize = Annotated[str, typer.Option("--batch-size", metavar="N", help="Rows per step.")]
Numbers = Annotated[
    str,
    typer.Option(
        "--numbers",
        metavar="auto|scaled|piecewise",
        help="Numbers on a scale, or by their position among bins as well.",
    ),
]
Dropout = Annotated[
    str,
    typer.Option("--dropout", metavar="NUMBER", help="The share of hidden neurons that is silent in a training step."),
]
Members = Annotated[
    str,
    typer.Option("--members", metavar="N", help="Train N networks that share their weights, and predict their mean."),
]
Epochs = Annotated[str, typer.Option("--epochs", metavar="N", help="Passes over the training rows, at most.")]
LearningRate = Annotated[
    str, typer.Option("--learning-rate", metavar="NUMBER", help="The length of a step; auto: a short race finds it.")
]
WeightDecay = Annotated[
    str, typer.Option("--weight-decay", metavar="NUMBER", help="How strongly weights are pulled towards 0.")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="The same seed, the same result.")]
Calibrate = Annotated[
    bool,
    typer.Option(
        "--calibrate/--no-calibrate", help="Set probabilities right by a temperature, where validation rows say so."
    ),
]
Activation = Annotated[str, typer.Option("--activation", metavar="NAME", help="Of the hidden layers.")]
OptimizerName = Annotated[
    str,
    typer.Option(
        "--optimizer",
        metavar="NAME",
        help="How to descend: sgd, momentum, nesterov, adagrad, rmsprop, adam or adamw.",
    ),
]
Engine = Annotated[
    str, typer.Option("--engine", metavar="auto|native|reference", help="What computes; `wade doctor` tells more.")
]
Threads = Annotated[int | None, typer.Option("--threads", metavar="N", help="How many threads.", show_default="all")]
METRIC_NAMES = f"{', '.join(metrics_of('classification'))}; of numbers {', '.join(metrics_of('regression'))}"
Metrics = Annotated[
    str | None,
    typer.Option(
        "--metrics", metavar="A,B,...", help=f"What to measure: {METRIC_NAMES}.", show_default="the first three"
    ),
]
SeedOfIntervals = Annotated[int, typer.Option("--seed", metavar="N", help="Of the draws behind the intervals.")]


StopOn = Annotated[
    str,
    typer.Option(
        "--stop-on",
        metavar="METRIC",
        help=f"Keep the epoch that is best by this on validation rows: loss, {METRIC_NAMES}.",
    ),
]
PatienceTime = Annotated[
    str | None,
    typer.Option(
        "--patience-time",
        metavar="TIME",
        help="Stop too after this long without a better epoch, such as 30s.",
        show_default="no limit",
    ),
]
TimeLimit = Annotated[
    str | None,
    typer.Option(
        "--time-limit",
        metavar="TIME",
        help="Train no longer than this, such as 5m; the schedule is fitted to it.",
        show_default="no limit",
    ),
]
Checkpoint = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint",
        metavar="FILE",
        help="Keep in this file, again and again, what is needed to go on with the training.",
        show_default="none",
    ),
]
Every = Annotated[str, typer.Option("--every", metavar="TIME", help="From one checkpoint to the next.")]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on from the checkpoint; begin anew where there is none yet."),
]


class Written(NamedTuple):
    """How a text file is written, as these options say it; None: find it out."""

    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    header: bool | None = None


def names_in(text: str | None) -> tuple[str, ...]:
    """The names in a comma-separated list; a name that holds a comma stands in double quotes."""
    if not text:
        return ()
    return tuple(name.strip() for name in next(csv.reader([text], skipinitialspace=True)))


def names_or_all(text: str | None) -> tuple[str, ...] | None:
    """The names in a list; None where there is no list, which means all."""
    return None if text is None else names_in(text)


def roles_in(settings: list[str] | None) -> dict[str, str]:
    """Column and role of each COLUMN=ROLE; a name may hold =, a role does not."""
    roles: dict[str, str] = {}
    for setting in settings or ():
        name, equals, role = setting.rpartition("=")
        if not equals or not name:
            raise InvalidArgument("roles", "must be COLUMN=ROLE", setting, "Try --role zip=category.")
        if name in roles:
            raise InvalidArgument("roles", f"must give {name!r} one role", setting, f"It has {roles[name]!r} already.")
        roles[name] = role
    return roles


def units_in(settings: list[str] | None) -> dict[str, str]:
    """Column and unit of each COLUMN=UNIT; a name may hold =, a unit does not.

    Examples
    --------
    >>> units_in(["temperature=°C"])
    {'temperature': '°C'}
    """
    units: dict[str, str] = {}
    for setting in settings or ():
        name, equals, unit = setting.rpartition("=")
        if not equals or not name:
            raise InvalidArgument("unit", "must be COLUMN=UNIT", setting, "Try --unit temperature=°C.")
        units[name] = unit
    return units


def widths_in(text: str) -> tuple[int, ...] | Auto:
    """The widths in a comma-separated list."""
    if text == AUTO:
        return AUTO
    if text.strip().lower() in ("", "none"):
        return ()
    try:
        return tuple(int(width) for width in text.split(","))
    except ValueError as error:
        raise InvalidArgument("hidden", "must hold whole numbers from 1 on", text, "Try --hidden 256,128.") from error


def count_in(name: str, text: str) -> int | Auto:
    """A whole number, or "auto"."""
    try:
        return AUTO if text == AUTO else int(text)
    except ValueError as error:
        raise InvalidArgument(name, "must be a whole number from 1 on, or auto", text) from error


def number_in(name: str, text: str) -> float | Auto:
    """A number, or "auto".

    Examples
    --------
    >>> number_in("dropout", "0.1"), number_in("dropout", "auto")
    (0.1, 'auto')
    """
    try:
        return AUTO if text == AUTO else float(text)
    except ValueError as error:
        raise InvalidArgument(name, "must be a number, or auto", text) from error


def span_in(text: str) -> tuple[float, float]:
    """The two ends of LOW..HIGH.

    Examples
    --------
    >>> span_in("1e-5..10")
    (1e-05, 10.0)
    """
    low, _, high = text.partition("..")
    try:
        return float(low), float(high)
    except ValueError as error:
        raise InvalidArgument("learning_rates", "must be LOW..HIGH", text, "Try 1e-5..10.") from error
