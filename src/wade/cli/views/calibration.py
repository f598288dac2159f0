"""The confusion matrix and the calibration of a classification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from wade.cli.output import printable
from wade.cli.views.tables import paragraph, shortened, table
from wade.reports.wording import calibration_error, percentage

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
        span = f"{percentage(each['lowest'])} to {percentage(each['highest'])}"
        interval = f"{' to '.join(map(percentage, each['interval']))} %"
        shares = (f"{percentage(each[name])} %" for name in ("predicted", "observed"))
        rows.append([span, f"{each['rows']:,}", *shares, interval])
    table(out, ["probabilities (%)", "rows", "predicted", "observed", "95 % interval"], rows)
    paragraph(out, calibration_error(calibration), "dim")
