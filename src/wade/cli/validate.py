"""`wade validate`: k-fold cross-validation, each metric with its spread over the folds."""

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
from wade.cli.summary import NETWORK, constant, number, reading
from wade.cli.written import as_dialect
from wade.metrics import METRICS

ANSWERS = {"constant": "", "linear": "no hidden layers", "network": NETWORK}


def run(data: str, *, written: Written, as_json: bool, quiet: bool, choices: dict[str, Any]) -> int:
    """Validate on `data` with the choices of `wade.cross_validate`; a table for a person, or one JSON object."""
    dialect = as_dialect(written)
    with watching(silent=quiet or as_json) as on_event:
        found = wade.cross_validate(data, dialect=dialect, on_event=on_event, **choices)
    if as_json:
        typer.echo(json.dumps(found, allow_nan=False, ensure_ascii=False))
    elif not quiet:
        show(found)
    if found["interrupted"]:
        say(f"interrupted; {counted(len(found['folds']), 'fold')} of {choices['folds']} had ended")
        return INTERRUPTED
    return DONE


def show(found: Mapping[str, Any]) -> None:
    """Each metric of each way of answering: its mean over the folds, and between which ends it lay."""
    out, folds = terminal(), found["folds"]
    columns, rows = counted(found["columns"], "column"), counted(found["rows"], "row")
    out.print(headline(f"{found['data']}: {found['target']} from {columns}, {rows}"))
    out.print(labelled({"Folds": found["split"]["why"]}))
    out.print(_table(found))
    names = list(found["summary"]["network"])
    out.print(
        Text(f"{reading(names)} Mean over the folds ± deviation; below, the lowest and the highest.", style="dim")
    )
    out.print()
    facts = {}
    better = found["better_than_linear"]
    if better and found["settings"]["hidden"]:
        facts["Depth"] = "better than no hidden layers in " + ", ".join(
            f"{count} of {len(folds)} folds by {METRICS[name].label}" for name, count in better.items()
        )
    facts["Time"] = f"{found['seconds']:.1f} s in all, with the {found['engine']} engine"
    if found["notes"]:
        facts["Note"] = "\n".join(found["notes"])
    out.print(labelled(facts))


def _table(found: Mapping[str, Any]) -> Table:
    summary = found["summary"]
    answers = {name: called or constant(found["task"]) for name, called in ANSWERS.items() if name in summary}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(Text(counted(len(found["folds"]), "fold")), no_wrap=True)
    for name, called in answers.items():
        table.add_column(Text(called, style="bold" if name == "network" else ""), justify="right", no_wrap=True)
    for metric in summary["network"]:
        cells = (_cell(metric, summary[name][metric], "bold" if name == "network" else "") for name in answers)
        table.add_row(Text(METRICS[metric].label), *cells)
    return table


def _cell(metric: str, spread: Mapping[str, float | None], style: str) -> Text:
    mean, deviation, lowest, highest = (spread[name] for name in ("mean", "deviation", "lowest", "highest"))
    if mean is None or lowest is None or highest is None:
        return Text("–")
    about = "" if deviation is None else f" ± {number(metric, deviation)}"
    ends = f"\n{number(metric, lowest)} to {number(metric, highest)}"
    return Text.assemble((f"{number(metric, mean)}{about}", style), (ends, "dim"))
