"""The summary of `wade train`: metrics beside both baselines, the verdict, the next command; more with --verbose."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wade.cli.given import as_argument, given_options, one_option
from wade.cli.views.metrics import show_metrics
from wade.cli.views.tables import counted, facts, headline, next_command, terminal
from wade.engines import IN_WORDS as ENGINES
from wade.metrics.wording import compared
from wade.model.model import Model
from wade.reports.wording import (
    calibration_in_words,
    choices_in_words,
    meaning_of_target,
    network_in_words,
    rows_in_words,
    steps_to_try,
    target_in_words,
    training_in_words,
    with_table,
)
from wade.settings.table import DialectOptions
from wade.tables import BUILT_IN
from wade.tables.columns.command_options import listed

MOST_LINES = 3


def show(model: Model, path: Path, data: str, verbose: bool) -> None:
    """The first screen of a training; with `verbose`, everything that the report holds for a person."""
    out, report, split = terminal(), model.report, model.report["split"]
    headline(
        out,
        f"{report['data']}{' (built-in table)' if data in BUILT_IN else ''}: predicting {report['target']}"
        f"{meaning_of_target(report)} from "
        f"{counted(report['columns'], 'column')}, {rows_in_words(report)} ({model.target.task})",
    )
    baselines, linear = report["baselines"], report.get("linear_baseline") or {}
    comparison = linear.get("comparison", {"summary": ""})
    rows, found = f"on {counted(split['test'], 'test row')}", compared(baselines, report["test"], model.target.task)
    show_metrics(out, rows, found, verbose, model.target.unit)
    out.print()
    diagnosis, whole = report["diagnosis"], shlex.join(["wade", "show", str(path)])
    sizes = f"{split['train']:,} training, {split['validation']:,} validation and {split['test']:,} test rows"
    facts(
        out,
        {
            "Split": split["why"] if verbose else f"{split['how']}: {sizes}",
            "Target": target_in_words(model) if verbose else "",
            "Verdict": "\n".join(filter(None, (comparison["summary"], diagnosis["summary"]))),
            "Reasons": " ".join(diagnosis["reasons"]) if verbose else "",
        },
    )
    most = None if verbose else MOST_LINES - bool(comparison["summary"])
    facts(out, {"Try": with_table(steps_to_try(report), report["target"], data)}, most, whole)
    if verbose:
        details = {
            "Network": network_in_words(model),
            "Training": training_in_words(report),
            "Calibration": calibration_in_words(report),
            "Choices": _choices(report),
            "Baseline": f"linear in the encoded inputs, L2 penalty {linear['penalty']:g}: {linear['why']}"
            if linear
            else "",
            "Engine": f"{report['engine']} ({ENGINES[report['engine']]})",
            "Memory": report["memory"]["why"] if report["memory"]["streamed"] else "",
        }
        facts(out, details)
    facts(out, {"Warnings": "\n".join(report["notes"])}, None if verbose else MOST_LINES, whole)
    facts(out, {"Saved": f"{path} ({path.stat().st_size / 1000:,.0f} kB, trained in {report['seconds']:.1f} s)"})
    options = given_options(DialectOptions)
    next_command(out, ["wade", "report", str(path), as_argument(data), *options, "-o", f"{path.stem}-report.html"])
    # An ID, where the table has one, says whose the predictions are.
    ids = [column.name for column in model.schema.left_out if column.role == "identifier"]
    beside = one_option("--ids", listed(ids[0])) if ids else []
    new = ["wade", "predict", str(path), "NEW.csv", *beside, *options, "-o", f"{path.stem}-predictions.csv"]
    next_command(out, new, "New rows")
    if not verbose:
        facts(out, {"Details": "choices and reasons, calibration, all intervals: --verbose or --json"})


def _choices(report: Mapping[str, Any]) -> str:
    """A line for each setting that was chosen automatically, with the reason."""
    return "\n".join(f"{name} {value}: {why}" for name, value, why in choices_in_words(report))
