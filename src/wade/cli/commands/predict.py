"""`wade predict`: a prediction for each row of a table, as CSV or in a file of another format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, ModelFile, Quiet, takes
from wade.cli.output import print_document, print_json, print_message
from wade.cli.paths import check_writable
from wade.files.atomic import write_atomically
from wade.settings.table import DialectOptions


@takes(DialectOptions)
def predict(
    model: ModelFile,
    data: Annotated[str, typer.Argument(metavar="DATA", help="The rows to predict; a target column is ignored.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write a file: .csv, .tsv, .jsonl, .parquet or .feather.",
            show_default="CSV on standard output",
        ),
    ] = None,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Predict every row of a table, as CSV or in the format of a file's ending.

    \b
    Examples:
      wade predict flights.wade tomorrow.csv
      wade predict flights.wade tomorrow.csv -o predictions.csv
      wade predict flights.wade tomorrow.parquet -o predictions.parquet
    """
    writer = None
    if output is not None:
        check_writable(output, "output", rows=True, model=model, data=data)
        writer = views.predict.writer_of(output)
    loaded = wade.load(model)
    found = loaded.predict_checked(data, **options)
    table = views.predict.predictions(found, loaded.target.classes)
    if output is not None and writer is not None:
        write_atomically(output, writer(table))
    if json:
        result = {"output": str(output)} if output is not None else {"predictions": table.to_pydict()}
        unseen = [one.to_dict() for one in found.unseen]
        unit = {"unit": loaded.target.unit} if loaded.target.unit else {}
        print_json(
            {
                "model": str(model),
                "rows": table.num_rows,
                **result,
                **unit,
                "unseen": unseen,
                "notes": list(found.notes),
            }
        )
        return
    if output is None:
        print_document(views.predict.as_csv(table))
    if quiet:
        return
    if loaded.target.unit:
        print_message(f"note: {loaded.target.column} is predicted in {loaded.target.unit}")
    for note in found.notes:
        print_message(f"note: {note}")
    if output is not None:
        print_message(f"{table.num_rows:,} predictions written to {output}")
