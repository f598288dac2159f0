"""`wade predict`: one line of CSV for each row of a table."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import typer

import wade
from wade.cli.options import Written
from wade.cli.outcome import DONE, say
from wade.cli.paths import check_writable
from wade.cli.written import as_dialect
from wade.files.atomic import write_atomically


def run(model_path: Path, data: str, output: Path | None, *, written: Written, as_json: bool, quiet: bool) -> int:
    """Predict every row of `data`; CSV to standard output or to `output`, or one JSON object."""
    dialect = as_dialect(written)
    if output is not None:
        check_writable(output, "output")
    columns = predictions(wade.load(model_path), data, dialect)
    rows = len(columns["prediction"])
    if output is not None:
        write_atomically(output, as_csv(columns).encode())
    if as_json:
        what = {"output": str(output)} if output is not None else {"predictions": columns}
        typer.echo(json.dumps({"model": str(model_path), "rows": rows, **what}, allow_nan=False, ensure_ascii=False))
    elif output is None:
        sys.stdout.write(as_csv(columns))
    elif not quiet:
        say(f"{rows:,} predictions are in {output}")
    return DONE


def predictions(model: wade.Model, data: Any, dialect: wade.Dialect | None = None) -> dict[str, list[Any]]:
    """The columns of the answer.

    A number: `prediction`. Classes: `prediction`, the likeliest one, and `probability of <class>` for the second of two
    classes or for each of many.
    """
    if model.target.task == "regression":
        return {"prediction": model.predict(data, dialect).tolist()}
    shares = model.predict_probability(data, dialect)
    classes = model.target.classes
    answer: dict[str, list[Any]] = {"prediction": [classes[k] for k in shares.argmax(axis=1)]}
    for k in range(1 if len(classes) == 2 else 0, len(classes)):
        # The shortest digits that give the float32 back: more would be noise.
        answer[f"probability of {classes[k]}"] = [float(str(share)) for share in shares[:, k].astype(np.float32)]
    return answer


def as_csv(columns: dict[str, list[Any]]) -> str:
    """The columns as CSV, with a line of names.

    Examples
    --------
    >>> as_csv({"prediction": ["yes", "no"], "probability of yes": [0.75, 0.125]})
    'prediction,probability of yes\\nyes,0.75\\nno,0.125\\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()
