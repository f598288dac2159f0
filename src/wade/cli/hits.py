"""Who is taken for whom, and whether probabilities keep their word, as tables in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from wade.cli.outcome import printable

LONGEST_NAME = 14


def show_hits(console: Console, confusion: Mapping[str, Any] | None, calibration: Mapping[str, Any] | None) -> None:
    """Both tables, as far as there are any and the first one fits."""
    if confusion is not None:
        _show_confusion(console, confusion)
    if calibration is not None:
        console.print(_reliability(calibration))
        console.print(Text(forecast(calibration), style="dim"))
        console.print()


def forecast(calibration: Mapping[str, Any]) -> str:
    """How far probabilities are from what happens, in a sentence.

    Examples
    --------
    >>> forecast({"expected_calibration_error": {"value": 0.012, "interval": [0.008, 0.015]}, "by_chance": 0.004})
    'Probabilities miss what happens by 1.2 % (0.8 to 1.5 %) on average; chance alone makes about 0.4 %.'
    """
    error = calibration["expected_calibration_error"]
    bounds = error["interval"]
    sure = f" ({100 * bounds[0]:.1f} to {100 * bounds[1]:.1f} %)" if bounds else ""
    return (
        f"Probabilities miss what happens by {100 * error['value']:.1f} %{sure} on average; chance alone makes about "
        f"{100 * calibration['by_chance']:.1f} %."
    )


def _show_confusion(console: Console, confusion: Mapping[str, Any]) -> None:
    names = [_short(name) for name in confusion["classes"]]
    counts = [[f"{count:,}" for count in row] for row in confusion["matrix"]]
    widths = [max(map(len, (name, *column))) for name, column in zip(names, zip(*counts, strict=True), strict=True)]
    if max(len("true class"), *map(len, names)) + sum(width + 2 for width in widths) > console.width:
        console.print(Text(f"Which of the {len(names)} classes is taken for which: see --json.\n", style="dim"))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("true class", no_wrap=True)
    for name in names:
        table.add_column(Text(name), justify="right", no_wrap=True)
    for k, (name, row) in enumerate(zip(names, counts, strict=True)):
        table.add_row(Text(name), *(Text(count, style="bold" if k == j else "") for j, count in enumerate(row)))
    console.print(table)
    console.print(Text("Across: the class that each is given.\n", style="dim"))


def _reliability(calibration: Mapping[str, Any]) -> Table:
    """One line for each bin of probabilities."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("probabilities", "rows", "foretold", "happened", "95 % interval"):
        table.add_column(Text(title), justify="right", no_wrap=True)
    for each in calibration["bins"]:
        low, high = each["interval"]
        span = f"{_percent(each['lowest'])} to {_percent(each['highest'])}"
        interval = f"{_percent(low)} to {_percent(high)}"
        foretold, happened = _percent(each["predicted"]), _percent(each["observed"])
        table.add_row(span, f"{each['rows']:,}", f"{foretold} %", f"{happened} %", f"{interval} %")
    return table


def _short(name: object) -> str:
    text = printable(str(name))
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
