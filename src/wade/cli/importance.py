"""`wade importance`: which columns a model relies on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import floor, log10
from pathlib import Path
from typing import Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

import wade
from wade.cli.bars import bar
from wade.cli.columns import escaped
from wade.cli.options import Written
from wade.cli.outcome import DONE
from wade.cli.pieces import counted, headline, labelled, show_next, terminal
from wade.cli.progress import counting
from wade.cli.written import as_dialect
from wade.metrics import METRICS

BAR_WIDTH = 16


def run(
    model_path: Path,
    data: str,
    *,
    rows: int,
    repeats: int,
    written: Written,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> int:
    """Shuffle each column of `data`; bars for a person, or one JSON object."""
    model = wade.load(model_path)
    with counting(quiet or as_json, "shuffling") as watcher:
        found = wade.importance(
            model, data, rows=rows, repeats=repeats, seed=seed, dialect=as_dialect(written), watcher=watcher
        )
    if as_json:
        typer.echo(json.dumps({**found, "model": str(model_path), "data": data}, allow_nan=False, ensure_ascii=False))
    elif not quiet:
        show(found, f"{model_path} on {data}: what it relies on to predict {found['target']}")
        show_next(terminal(), ["wade", "why", str(model_path), data, "--row", "1"])
    return DONE


def show(found: Mapping[str, Any], title: str) -> None:
    """One bar for each column, the most important first."""
    out, figure, places = terminal(), METRICS[found["metric"]].label, decimals(found)
    out.print(headline(title))
    drawn = f"{found['rows']:,} drawn at random of {counted(found['of_rows'], 'row')}"
    rows = counted(found["rows"], "row") if found["rows"] == found["of_rows"] else drawn
    out.print(
        labelled(
            {
                "Rows": f"{rows}; each column shuffled {counted(found['repeats'], 'time')}",
                figure: f"{found['value']:,.{places}f}; a shuffled column adds:",
            }
        )
    )
    out.print(_table(found, places))
    for note in found["notes"]:
        out.print(labelled({"Note": escaped(note)}))
    out.print(labelled({"Time": f"{found['seconds']:.1f} s, with the {found['engine']} engine"}))


def _table(found: Mapping[str, Any], places: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("column", overflow="fold", max_width=24)
    table.add_column(METRICS[found["metric"]].label, justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    largest = max(each["importance"] for each in found["columns"])
    for each in found["columns"]:
        low, high = (added(bound, places) for bound in each["interval"])
        table.add_row(
            Text(escaped(", ".join(each["columns"]))),
            Text(added(each["importance"], places)),
            Text(f"{low} to {high}", style="dim"),
            Text(bar(each["importance"], largest, BAR_WIDTH)),
        )
    return table


def decimals(found: Mapping[str, Any]) -> int:
    """How many decimals show three digits of a figure in the user's unit; a log-loss has four.

    Examples
    --------
    >>> decimals({"metric": "rmse", "value": 51.2}), decimals({"metric": "log_loss", "value": 0.4})
    (1, 4)
    """
    if found["metric"] == "log_loss" or not found["value"]:
        return 4
    return max(0, 2 - floor(log10(found["value"])))


def added(value: float, places: int) -> str:
    """A figure with its sign.

    Examples
    --------
    >>> added(0.01234, 4), added(-0.00001, 4), added(1234.5, 0)
    ('+0.0123', '0.0000', '+1,234')
    """
    text = f"{value:+,.{places}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text[1:]
