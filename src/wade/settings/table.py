"""The options about a table: its columns, which rows are used and how they are split, and how a text file is written.

Each is defined once, by its annotation; the functions that use them have the defaults.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Annotated, Any, Final, TypedDict

from wade.metrics import metrics_of
from wade.settings.option import Option
from wade.settings.readers import AUTO, names, pairs, span

METRIC_NAMES: Final = f"{', '.join(metrics_of('classification'))}; for regression {', '.join(metrics_of('regression'))}"


class DialectOptions(TypedDict, total=False):
    """How a text file is written; what is left out is auto-detected."""

    separator: Annotated[str | None, Option('Delimiter of a text file: ";", tab, ...', "TEXT", shown="auto-detected")]
    decimal: Annotated[str | None, Option('Decimal separator: "." or ",".', "TEXT", shown="auto-detected")]
    encoding: Annotated[
        str | None, Option("Encoding of a text file, such as windows-1252.", "NAME", shown="auto-detected")
    ]
    header: Annotated[
        bool | None,
        Option(
            "Whether the first line holds column names.", read=bool, shown="auto-detected", flag="--header/--no-header"
        ),
    ]
    skip: Annotated[int | None, Option("Lines above the column names to skip.", "N", int, shown="auto-detected")]


class TargetOptions(TypedDict, total=False):
    """What is predicted."""

    target: Annotated[
        str | None, Option("Column to predict.", "COLUMN", more="None: a built-in table's own, or the schema's.")
    ]


class ColumnOptions(TypedDict, total=False):
    """Which columns are used, and what each of them is."""

    columns: Annotated[Collection[str] | None, Option("Use only these columns.", "A,B,...", names)]
    drop: Annotated[Collection[str], Option("Drop these columns.", "A,B,...", names)]
    categories: Annotated[
        Collection[str],
        Option("Treat these columns as categories, even where they hold numbers.", "A,B,...", names, flag="--category"),
    ]
    roles: Annotated[
        Mapping[str, str] | None,
        Option(
            "Role of a column: number, category, date-time, boolean, text, identifier, constant or target.",
            "COLUMN=ROLE",
            pairs("ROLE", "--role zip=category"),
            flag="--role",
            repeated=True,
            more='"date-time %d/%m/%Y" gives the format of dates.',
        ),
    ]
    schema: Annotated[
        str | PathLike[str] | None,
        Option(
            "Target and roles from a TOML file, as `wade data DATA --toml` writes it.",
            "FILE",
            Path,
            more="Other arguments take precedence.",
        ),
    ]
    missing: Annotated[Collection[str], Option("Values to treat as missing, such as -999.", "A,B,...", names)]
    keep_text: Annotated[
        Mapping[str, str] | None,
        Option(
            "Text to keep in a column, such as region=NA, where it usually means missing.",
            "COLUMN=TEXT",
            pairs("TEXT", "--keep-text region=NA"),
            repeated=True,
        ),
    ]
    time: Annotated[
        str | None,
        Option("Date-time column that orders the rows.", "COLUMN", more="None: the only date-time column."),
    ]


class InputOptions(TypedDict, total=False):
    """How numbers are encoded."""

    numbers: Annotated[
        str,
        Option(
            "Encoding of numbers: scaled, or piecewise-linear as well.",
            "auto|scaled|piecewise",
            default=AUTO,
            more='"piecewise" adds a number\'s position among up to 48 bins.',
        ),
    ]


class SampleOptions(TypedDict, total=False):
    """Which rows are used."""

    rows: Annotated[int | None, Option("Use a random sample of N rows.", "N", int, shown="all")]
    noise: Annotated[
        float | None,
        Option("Noise of a generated table; --rows is then its size.", "NUMBER", float),
    ]


class SplitOptions(TypedDict, total=False):
    """How rows are split."""

    split: Annotated[
        str,
        Option("Test on random rows, or on the latest ones.", "random|time", default="random"),
    ]
    group: Annotated[
        str | None,
        Option(
            "Keep rows with the same value in this column in one part of the split.",
            "COLUMN",
            more="The column is not an input.",
        ),
    ]


class PartOptions(TypedDict, total=False):
    """Which rows are training, validation and test rows, where the user decides."""

    part: Annotated[
        str | None,
        Option("Column that holds train, validation or test for each row.", "COLUMN", more="It is not an input."),
    ]
    test_rows: Annotated[
        int | None, Option("Number of test rows.", "N", int, more="None: a share that depends on the table's size.")
    ]
    validation: Annotated[
        Any, Option("File with the validation rows.", "FILE", more="None: a tenth of the rows is drawn.")
    ]
    test: Annotated[Any, Option("File with the test rows.", "FILE", more="None: the usual share of the rows.")]
    memory: Annotated[
        int | str | None,
        Option(
            "Use at most this much memory, such as 1GB; a larger table is streamed from disk.",
            "SIZE",
            shown="half of the machine's",
        ),
    ]


class CheckpointOptions(TypedDict, total=False):
    """Checkpoints of a training."""

    checkpoint: Annotated[
        str | PathLike[str] | None,
        Option("Save checkpoints to this file, so that training can be resumed.", "FILE", Path, shown="none"),
    ]
    every: Annotated[float | str, Option("Time between checkpoints.", "TIME", default="30s")]
    resume: Annotated[
        bool, Option("Resume from the checkpoint; start anew where there is none.", read=bool, default=False)
    ]


class CalibrationOptions(TypedDict, total=False):
    """What happens to a trained network's probabilities."""

    calibrate: Annotated[
        bool,
        Option(
            "Calibrate probabilities by temperature scaling, where it helps on the validation rows.",
            read=bool,
            flag="--calibrate/--no-calibrate",
            default=True,
        ),
    ]


class PlainOptions(TypedDict, total=False):
    """The algorithm without what the defaults add to it."""

    plain: Annotated[
        bool,
        Option(
            "Plain gradient descent: optimizer sgd unless another is given, one network, scaled numbers, no dropout or "
            "weight decay, constant learning rate.",
            read=bool,
            flag="--plain",
            default=False,
            more="(An optimizer is another than the default, adamw; other settings that are given stay.)",
        ),
    ]


class SweepOptions(TypedDict, total=False):
    """The learning rates of a sweep."""

    learning_rates: Annotated[
        Sequence[float], Option("Range of the learning rates.", "LOW..HIGH", span, default="1e-5..10")
    ]
    count: Annotated[
        int | None,
        Option(
            "Number of rates, evenly spaced on a logarithmic scale.",
            "N",
            int,
            shown="64, or 24 for each of several optimizers",
        ),
    ]
    steps: Annotated[
        int | None,
        Option("Training steps of each run.", "N", int, shown="50, or more where batches are small: 3,200 rows"),
    ]


class MetricOptions(TypedDict, total=False):
    """What is measured."""

    metrics: Annotated[
        Collection[str] | None,
        Option(f"Metrics: {METRIC_NAMES}.", "A,B,...", names, shown="the first three"),
    ]
