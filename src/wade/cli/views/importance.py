"""Feature importance: one bar for each column."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log10
from typing import Any

from wade.cli.given import as_argument, given_options
from wade.cli.output import escaped
from wade.cli.views.tables import bar, counted, facts, folded, headline, next_command, paragraph, table, terminal
from wade.metrics import METRICS
from wade.settings.table import DialectOptions

BAR_WIDTH = 16
NAME_WIDTH = 24


def show(found: Mapping[str, Any], model: str, data: str) -> None:
    """The most important column first, then how it was measured."""
    out, label, places = terminal(), METRICS[found["metric"]].label, decimals(found)
    headline(out, f"{model} on {data}: feature importance (permutation) for {found['target']}")
    largest = max(each["importance"] for each in found["columns"])
    rows = []
    for each in found["columns"]:
        low, high = (added(bound, places) for bound in each["interval"])
        name = folded(escaped(", ".join(each["columns"])), NAME_WIDTH)
        drawn = bar(each["importance"], largest, BAR_WIDTH)
        rows.append([name, added(each["importance"], places), f"{low} to {high}", drawn])
    table(out, ["column", f"rise in {label}", "95 % interval", ""], rows, left=(0, 3))
    text = f"{label} is {found['value']:,.{places}f}. Each line shows by how much it rises when the column is shuffled."
    unclear = sum(each["interval"][0] <= 0 for each in found["columns"])
    if unclear:
        which = "No importance" if unclear == len(rows) else f"{unclear} of {counted(len(rows), 'importance')}"
        verb = "is" if unclear in (1, len(rows)) else "are"
        text += f" {which} {verb}{'' if unclear == len(rows) else ' not'} distinguishable from 0."
    paragraph(out, text, "dim")
    out.print()
    sample = counted(found["rows"], "row")
    if found["rows"] != found["of_rows"]:
        sample = f"{found['rows']:,} drawn at random of {counted(found['of_rows'], 'row')}"
    facts(
        out,
        {
            "Rows": f"{sample}; {counted(found['repeats'], 'shuffle')} per column",
            "Warnings": "\n".join(map(escaped, found["notes"])),
            "Time": f"{found['seconds']:.1f} s, {found['engine']} engine",
        },
    )
    next_command(out, ["wade", "why", model, as_argument(data), "--row", "1", *given_options(DialectOptions)])


def decimals(found: Mapping[str, Any]) -> int:
    """How many decimals show three digits of a metric in the target's unit; a log-loss has four.

    Examples
    --------
    >>> decimals({"metric": "rmse", "value": 51.2}), decimals({"metric": "log_loss", "value": 0.4})
    (1, 4)
    """
    if found["metric"] == "log_loss" or not found["value"]:
        return 4
    return max(0, 2 - floor(log10(found["value"])))


def added(value: float, places: int) -> str:
    """A difference with its sign.

    Examples
    --------
    >>> added(0.01234, 4), added(-0.00001, 4), added(1234.5, 0)
    ('+0.0123', '0.0000', '+1,234')
    """
    text = f"{value:+,.{places}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text[1:]
