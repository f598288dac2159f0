"""Tables beside their peers, in one run: a text file read and encoded, a table prepared, a single row answered.

usage: python -m benchmarks.reading [--repeats 9] [--json]

The table is the flights, written as CSV without quotation marks and with two decimals. pyarrow's reader is told
nothing, which is its fastest; wade finds out the dialect, tidies, and encodes for a network that is trained already.
scikit-learn is told the columns' roles and gets the frame that suits it better, text as objects or as categories; wade
is told the roles too, and gets its own kind of table. Contestants take turns; times and figures are medians over the
repeats. A single row is asked for 200 times in a turn, of which the least counts: it is over before others interrupt.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

import wade
from wade.tables import BUILT_IN, Encoder, infer_schema, read_table

from .table import SECONDS, SHARE, TIMES_AS_FAST, Reading, Row, head, line, tally
from .turns import Contestant, Turn, fastest, ratio, seconds, take_turns

OURS = "wade"
CLOCK = "the clock"
ROWS_ASKED = 200
SHORT_TRAINING = {"rows": 5_000, "epochs": 1}


class Work(NamedTuple):
    """What is done, beside whom, and what should come of it."""

    about: str
    reading: Reading
    target: float | None
    contestants: Mapping[str, Contestant]


def timed(job: Callable[[], Any], times: int = 1) -> Contestant:
    """The seconds of one call; of several calls, the least."""

    def turn() -> Turn:
        spent = []
        for _ in range(times):
            began = perf_counter()
            job()
            spent.append(perf_counter() - began)
        return Turn(min(spent))

    return turn


def write_csv(flights: pa.Table, path: Path) -> None:
    """As people write tables: no quotation marks where none are needed, times to the minute, two decimals."""
    columns = []
    for column in flights.columns:
        if pa.types.is_timestamp(column.type):
            column = pc.strftime(column, "%Y-%m-%d %H:%M")
        elif pa.types.is_floating(column.type):
            column = pc.round(column, 2)
        columns.append(column)
    table = pa.table(columns, names=flights.column_names)
    with open(path, "wb") as file:
        file.write((",".join(table.column_names) + "\n").encode())
        csv.write_csv(table, file, csv.WriteOptions(include_header=False, quoting_style="none"))


def reading(path: Path) -> list[Work]:
    """A text file on its way to a network."""
    table = read_table(path)
    encoder = Encoder.fit(table, infer_schema(table, path.name, "delayed"))
    theirs = timed(lambda: csv.read_csv(path))
    return [
        Work("flights.csv: read", SHARE, None, {OURS: timed(lambda: read_table(path)), "pyarrow.csv": theirs}),
        Work(
            "flights.csv: read and encoded",
            SHARE,
            0.6,
            {OURS: timed(lambda: encoder.encode(read_table(path), path.name)), "pyarrow.csv": theirs},
        ),
    ]


def preparing(flights: pa.Table) -> Work:
    """Scales and codes learned from a table in memory, and the table in them."""
    table = flights.drop_columns(["scheduled_departure"])
    schema = infer_schema(table, "flights", "delayed")
    names: dict[str, list[str]] = {
        role: [c.name for c in schema.columns if c.role == role] for role in ("number", "category")
    }
    frame = table.to_pandas()[names["number"] + names["category"]]
    as_text = frame.astype(dict.fromkeys(names["category"], object))
    return Work(
        "flights in memory: 13 columns, fitted and encoded",
        TIMES_AS_FAST,
        5.0,
        {
            OURS: timed(lambda: Encoder.fit(table, schema).encode(table, "flights")),
            "scikit-learn, ColumnTransformer": fastest(
                [timed(lambda X=X: column_transformer(names).fit_transform(X)) for X in (frame, as_text)]
            ),
        },
    )


def column_transformer(names: Mapping[str, Sequence[str]]) -> Any:
    """Medians for missing numbers, which are standardised; the most frequent for missing categories, one-hot."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    categories = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    return ColumnTransformer([("n", numbers, names["number"]), ("c", categories, names["category"])])


def answering(flights: pa.Table) -> list[Work]:
    """A single row on its way to an answer."""
    model = wade.learn("flights", **SHORT_TRAINING)
    row = flights.slice(1_000, 1)
    asked = {"a mapping": row.to_pylist()[0], "a pyarrow table": row, "a pandas frame": row.to_pandas()}
    return [
        Work(
            f"one flight predicted, as {how}",
            SECONDS,
            1e-4,
            {OURS: timed(lambda one=one: model.predict(one), ROWS_ASKED)},
        )
        for how, one in asked.items()
    ]


def measured(work: Work, repeats: int) -> Row:
    """What the rounds say."""
    rounds = take_turns(work.contestants, repeats)
    rival = next((name for name in work.contestants if name != OURS), None)
    ours = seconds(rounds, OURS)
    if rival is None:
        return Row(work.about, CLOCK, work.reading, work.target, ours, None, ours)
    figure = ratio(rounds, rival, OURS, work.reading.figure)
    return Row(work.about, rival, work.reading, work.target, ours, seconds(rounds, rival), figure)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=9, help="rounds that count")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    flights = BUILT_IN["flights"].read()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flights.csv"
        write_csv(flights, path)
        works = [*reading(path), preparing(flights), *answering(flights)]
        for work in works:
            rows.append(measured(work, options.repeats))
            if not options.json:
                print(line(rows[-1].cells()) if len(rows) > 1 else f"{head()}\n{line(rows[-1].cells())}", flush=True)
    print(json.dumps([row.to_dict() for row in rows]) if options.json else f"\n{tally(rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
