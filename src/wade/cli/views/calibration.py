"""The confusion matrix and the calibration of a classification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from wade.cli.output import printable
from wade.cli.views.tables import paragraph, shortened, table

LONGEST_NAME = 14


def show_confusion_matrix(out: Console, confusion: Mapping[str, Any]) -> None:
    """Predicted classes across, actual classes down; or where to find it, if it is too wide."""
    names = [shortened(printable(str(name)), LONGEST_NAME) for name in confusion["classes"]]
    rows = [
        [name, *(f"{count:,}" for count in counts)] for name, counts in zip(names, confusion["matrix"], strict=True)
    ]
    titles = ["actual \\ predicted", *names]
    if sum(2 + max(map(len, column)) for column in zip(titles, *rows, strict=True)) - 2 > out.width:
        paragraph(out, f"Confusion matrix of {len(names)} classes: see --json.", "dim")
    else:
        table(out, titles, rows)


def show_calibration(out: Console, calibration: Mapping[str, Any]) -> None:
    """One line for each bin of predicted probabilities."""
    rows = []
    for each in calibration["bins"]:
        span = f"{_percent(each['lowest'])} to {_percent(each['highest'])}"
        interval = f"{' to '.join(map(_percent, each['interval']))} %"
        shares = (f"{_percent(each[name])} %" for name in ("predicted", "observed"))
        rows.append([span, f"{each['rows']:,}", *shares, interval])
    table(out, ["probabilities (%)", "rows", "predicted", "observed", "95 % interval"], rows)
    paragraph(out, calibration_error(calibration), "dim")


def calibration_error(calibration: Mapping[str, Any]) -> str:
    """How far probabilities are from observed frequencies, in a sentence.

    Examples
    --------
    >>> error = {"value": 0.012, "interval": [0.008, 0.015]}
    >>> calibration_error({"expected_calibration_error": error, "by_chance": 0.004})
    'Calibration error (ECE) 1.2 % (0.8 to 1.5 %); about 0.4 % is expected by chance.'
    """
    error = calibration["expected_calibration_error"]
    bounds = error["interval"]
    interval = f" ({_percent(bounds[0])} to {_percent(bounds[1])} %)" if bounds else ""
    return (
        f"Calibration error (ECE) {_percent(error['value'])} %{interval}; "
        f"about {_percent(calibration['by_chance'])} % is expected by chance."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
