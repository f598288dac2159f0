"""`wade predict`: one line of CSV for each row of a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, ModelFile, Quiet, takes
from wade.cli.output import print_document, print_json, print_message
from wade.cli.paths import check_writable, write_text
from wade.settings.table import DialectOptions


@takes(DialectOptions)
def predict(
    model: ModelFile,
    data: Annotated[str, typer.Argument(metavar="DATA", help="The rows to predict; a target column is ignored.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write a CSV file.", show_default="standard output"),
    ] = None,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Predict every row of a table, as CSV.

    \b
    Examples:
      wade predict flights.wade tomorrow.csv
      wade predict flights.wade tomorrow.csv -o predictions.csv
    """
    if output is not None:
        check_writable(output, "output", rows=True, model=model, data=data)
    loaded = wade.load(model)
    found = loaded.predict_checked(data, **options)
    columns = views.predict.predictions(found, loaded.target.classes)
    rows = len(columns["prediction"])
    if output is not None:
        write_text(output, views.predict.as_csv(columns))
    if json:
        result = {"output": str(output)} if output is not None else {"predictions": columns}
        unseen = [one.to_dict() for one in found.unseen]
        unit = {"unit": loaded.target.unit} if loaded.target.unit else {}
        print_json({"model": str(model), "rows": rows, **result, **unit, "unseen": unseen, "notes": list(found.notes)})
        return
    if output is None:
        print_document(views.predict.as_csv(columns))
    if quiet:
        return
    if loaded.target.unit:
        print_message(f"note: {loaded.target.column} is predicted in {loaded.target.unit}")
    for note in found.notes:
        print_message(f"note: {note}")
    if output is not None:
        print_message(f"{rows:,} predictions written to {output}")
