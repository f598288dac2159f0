"""`wade curves`: training and validation error against the number of rows, or the network's size."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

import wade
from wade.cli.options import Written
from wade.cli.outcome import DONE, INTERRUPTED, say
from wade.cli.pieces import counted, headline, labelled, terminal
from wade.cli.progress import watching
from wade.cli.summary import constant, number
from wade.cli.written import as_dialect
from wade.metrics import METRICS

BAR = 16


def run(data: str, *, written: Written, as_json: bool, quiet: bool, choices: dict[str, Any]) -> int:
    """Curves of `data` with the choices of `wade.learning_curves`; a table for a person, or one JSON object."""
    dialect = as_dialect(written)
    with watching(silent=quiet or as_json) as on_event:
        found = wade.learning_curves(data, dialect=dialect, on_event=on_event, **choices)
    if as_json:
        typer.echo(json.dumps(found, allow_nan=False, ensure_ascii=False))
    elif not quiet:
        show(found)
    if found["interrupted"]:
        say(f"interrupted; {counted(len(found['points']), 'point')} had been measured")
        return INTERRUPTED
    return DONE


def show(found: Mapping[str, Any]) -> None:
    """One line for each training, both errors drawn as marks between 0 and the base rate's."""
    out, points = terminal(), found["points"]
    what = "the rows that teach" if found["by"] == "rows" else "the width of its layers"
    out.print(headline(f"{found['data']}: the error of {found['target']} against {what}"))
    rows = counted(found["split"]["validation"], "validation row")
    out.print(labelled({"Split": f"{found['split']['why']} All are judged on the same {rows}."}))
    out.print(_table(found))
    label = METRICS[found["error"]].label
    base = f"{constant(found['task'])} {number(found['error'], found['constant'])}"
    out.print(
        Text(
            f"{label[0].upper()}{label[1:]}: lower is better; below it, its 95 % interval. On a scale from 0 to {base} "
            "● is training, ○ validation.",
            style="dim",
        )
    )
    out.print()
    seconds = sum(point["seconds"] for point in points)
    facts = {"So": found["summary"], "Time": f"{seconds:.1f} s of training, with the {found['engine']} engine"}
    if found["notes"]:
        facts["Note"] = "\n".join(found["notes"])
    out.print(labelled(facts))


def marks(train: float, validation: float, most: float) -> str:
    """Both errors on one line between 0 and the most.

    Examples
    --------
    >>> marks(0.0, 0.5, 1.0), marks(0.3, 9.0, 1.0), marks(1.0, 1.0, 1.0)
    ('●·······○·······', '····●··········○', '···············◉')
    """
    places = [min(BAR - 1, max(0, round(error / most * (BAR - 1)))) if most > 0 else 0 for error in (train, validation)]
    line = ["·"] * BAR
    line[places[0]], line[places[1]] = "●", "○"
    if places[0] == places[1]:
        line[places[0]] = "◉"
    return "".join(line)


def _table(found: Mapping[str, Any]) -> Table:
    error, by_rows = found["error"], found["by"] == "rows"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("rows" if by_rows else "width", "training", "validation"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("")
    for point in found["points"]:
        size = f"{point['rows']:,}" if by_rows else ",".join(map(str, point["hidden"])) or "no hidden layer"
        figures = (_figure(error, point[part]) for part in ("train", "validation"))
        drawn = marks(point["train"]["value"], point["validation"]["value"], found["constant"])
        table.add_row(Text(size), *figures, Text(drawn))
    return table


def _figure(error: str, figure: Mapping[str, Any]) -> Text:
    low, high = figure["interval"]
    return Text.assemble(number(error, figure["value"]), (f"\n{number(error, low)} to {number(error, high)}", "dim"))
