"""The metrics of a model on new rows, with confusion matrix and calibration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wade.cli.views.calibration import show_calibration, show_confusion_matrix
from wade.cli.views.metrics import show_metrics
from wade.cli.views.tables import counted, facts, headline, paragraph, terminal
from wade.metrics.wording import compared
from wade.model.model import Model
from wade.reports.wording import calibration_error


def show(model: Model, found: Mapping[str, Any], title: str, verbose: bool) -> None:
    """Metrics beside the constant baseline; the confusion matrix; calibration in a line, or by bin with `verbose`."""
    out = terminal()
    headline(out, f"{title}: predicting {model.target.column}")
    rows = f"on {counted(found['rows'], 'row')}"
    show_metrics(out, rows, compared(found["baselines"], found["test"], model.target.task), verbose, model.target.unit)
    if found["confusion"] is not None:
        out.print()
        show_confusion_matrix(out, found["confusion"])
    if found["calibration"] is not None:
        out.print()
        if verbose:
            show_calibration(out, found["calibration"])
        else:
            paragraph(out, f"{calibration_error(found['calibration'])} By bin: --verbose.", "dim")
    diagnosis = model.report.get("diagnosis") or {}
    facts(
        out,
        {
            "Verdict": f"of training: {diagnosis['summary']}" if diagnosis.get("cause") else "",
            "Warnings": "\n".join(found["notes"]),
        },
    )
