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
from wade.settings.readers import names
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
    ids: Annotated[
        str,
        typer.Option(
            "--ids",
            metavar="A,B,...",
            help="Columns of DATA to write in front of the predictions, such as an ID.",
            show_default="none",
        ),
    ] = "",
    cost_false_alarm: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER", help="Decide: cost of acting on a row that did not need it.", show_default="no decision"
        ),
    ] = None,
    cost_miss: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER", help="Decide: cost of not acting on a row that needed it.", show_default="no decision"
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="NUMBER",
            help="Decide: act where the probability is at least this.",
            show_default="from the costs",
        ),
    ] = None,
    capacity: Annotated[
        int | None,
        typer.Option(metavar="N", help="Decide: act on at most N rows.", show_default="no limit"),
    ] = None,
    act_on: Annotated[
        str | None,
        typer.Option(metavar="CLASS", help="Decide: the class to act on.", show_default="the second of the two"),
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
      wade predict customers.wade new.csv --ids customer_id -o predictions.csv
      wade predict flights.wade tomorrow.parquet -o predictions.parquet
      wade predict flights.wade tomorrow.csv \\
        --cost-false-alarm 50 --cost-miss 400

    There is a line for each row, in their order; --ids names what they are.
    Given the costs of mistakes, or a threshold, the column "act" says on which
    rows to act; wade decide measures what that is worth on labeled rows.
    """
    writer = None
    if output is not None:
        check_writable(output, "output", rows=True, model=model, data=data)
        writer = views.predict.writer_of(output)
    from wade.model.evaluation import decisions  # not above: help is to load no NumPy

    loaded = wade.load(model)
    rule = None
    if any(given is not None for given in (cost_false_alarm, cost_miss, threshold, capacity, act_on)):
        code = decisions.class_to_act_on(loaded.target, act_on)
        rule = decisions.rule_of(cost_false_alarm, cost_miss, threshold, capacity)
    found = loaded.predict_checked(data, ids=names("ids", ids), **options)
    table = views.predict.with_ids(views.predict.predictions(found, loaded.target.classes), found.ids)
    if rule is not None and found.probabilities is not None:
        acts = decisions.rows_to_act_on(found.probabilities[:, code], rule)
        table = views.predict.with_decision(table, acts)
    if output is not None and writer is not None:
        write_atomically(output, writer(table))
    if json:
        result = {"output": str(output)} if output is not None else {"predictions": table.to_pydict()}
        unseen = [one.to_dict() for one in found.unseen]
        decision = {} if rule is None else {"decision": {**rule._asdict(), "act_on": loaded.target.classes[code]}}
        unit = {"unit": loaded.target.unit} if loaded.target.unit else {}
        print_json(
            {
                "model": str(model),
                "rows": table.num_rows,
                **result,
                **unit,
                **decision,
                "unseen": unseen,
                "notes": list(found.notes),
            }
        )
        return
    if output is None:
        print_document(views.predict.as_csv(table))
    if quiet:
        return
    if rule is not None:
        print_message(views.predict.decision_in_words(table, rule, loaded.target, code))
    if loaded.target.unit:
        print_message(f"note: {loaded.target.column} is predicted in {loaded.target.unit}")
    for note in found.notes:
        print_message(f"note: {note}")
    if output is not None:
        print_message(f"{table.num_rows:,} predictions written to {output}")
