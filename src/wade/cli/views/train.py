"""The summary of `wade train`: metrics beside both baselines, the verdict, the next command; more with --verbose."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wade.cli.given import as_argument, given_options
from wade.cli.views.calibration import calibration_error
from wade.cli.views.metrics import compared, number, show_metrics
from wade.cli.views.tables import counted, facts, headline, next_command, terminal
from wade.engines import IN_WORDS as ENGINES
from wade.metrics import METRICS
from wade.model.model import Model
from wade.settings.table import DialectOptions
from wade.tables import BUILT_IN

MOST_LINES = 3
CALLED = {"numbers": "encoding of numbers", "hidden": "hidden layers", "members": "ensemble members"}
"""Settings whose names say too little in a sentence."""


def show(model: Model, path: Path, data: str, verbose: bool) -> None:
    """The first screen of a training; with `verbose`, everything that the report holds for a person."""
    out, report, split = terminal(), model.report, model.report["split"]
    headline(
        out,
        f"{report['data']}{' (built-in table)' if data in BUILT_IN else ''}: predicting {report['target']} from "
        f"{counted(report['columns'], 'column')}, {_rows(report)} ({model.target.task})",
    )
    baselines, linear = report["baselines"], report.get("linear_baseline") or {}
    comparison = linear.get("comparison", {"summary": "", "next": []})
    rows, found = f"on {counted(split['test'], 'test row')}", compared(baselines, report["test"], model.target.task)
    show_metrics(out, rows, found, verbose, model.target.unit)
    out.print()
    diagnosis = report["diagnosis"]
    sizes = f"{split['train']:,} training, {split['validation']:,} validation and {split['test']:,} test rows"
    facts(
        out,
        {
            "Split": split["why"] if verbose else f"{split['how']}: {sizes}",
            "Target": _target(model) if verbose else "",
            "Verdict": "\n".join(filter(None, (comparison["summary"], diagnosis["summary"]))),
            "Reasons": " ".join(diagnosis["reasons"]) if verbose else "",
        },
    )
    most = None if verbose else MOST_LINES - bool(comparison["summary"])
    facts(out, {"Try": _next_steps([*comparison["next"], *diagnosis["next"]], report["target"], data)}, most=most)
    if verbose:
        details = {
            "Network": _network(model),
            "Training": _training(report),
            "Calibration": _calibration(report),
            "Choices": _choices(report["choices"]),
            "Baseline": f"linear, L2 penalty {linear['penalty']:g}: {linear['why']}" if linear else "",
            "Engine": f"{report['engine']} ({ENGINES[report['engine']]})",
            "Memory": report["memory"]["why"] if report["memory"]["streamed"] else "",
        }
        facts(out, details)
    facts(out, {"Warnings": "\n".join(report["notes"])}, most=None if verbose else MOST_LINES)
    facts(out, {"Saved": f"{path} ({path.stat().st_size / 1000:,.0f} kB, trained in {report['seconds']:.1f} s)"})
    words = [as_argument(data), *given_options(DialectOptions)]
    next_command(out, ["wade", "predict", str(path), *words, "-o", f"{path.stem}-predictions.csv"])
    if not verbose:
        facts(out, {"Details": "choices and reasons, calibration, all intervals: --verbose or --json"})


def _rows(report: Mapping[str, Any]) -> str:
    """How many rows, and of how many they are a sample.

    Examples
    --------
    >>> _rows({"rows": 30_000, "of_rows": 336_776}), _rows({"rows": 178, "of_rows": 178})
    ('a random sample of 30,000 of 336,776 rows', '178 rows')
    """
    rows, of_rows = report["rows"], report["of_rows"]
    return f"a random sample of {rows:,} of {of_rows:,} rows" if rows < of_rows else counted(rows, "row")


def _next_steps(steps: Sequence[str], target: str, data: str) -> str:
    """What to try, with the table named in its commands.

    Examples
    --------
    >>> _next_steps(["Try wade curves DATA --by rows."], "left", "my file.csv")
    "Try wade curves 'my file.csv' --target left --by rows."
    """
    table = shlex.join([data] if data in BUILT_IN else [data, "--target", target])
    return "\n".join(step.replace(" DATA", f" {table}", 1) for step in steps)


def _target(model: Model) -> str:
    """What is predicted, in words."""
    target, base_rate = model.target, model.report["base_rate"]
    if target.task == "regression":
        unit = f" {target.unit}" if target.unit else ""
        return f"mean {target.mean:.6g}{unit}, standard deviation {target.scale:.6g}{unit}"
    if target.task == "binary":
        first, second = target.classes
        return f"classes {first} and {second}; {100 * base_rate[0]:.1f} % of the training rows are {second}"
    return f"{len(target.classes)} classes"


def _network(model: Model) -> str:
    network, columns = model.network, len(model.schema.columns)
    widths = " → ".join(map(str, (*network.hidden, network.outputs)))
    activation = f", {network.activation}" if network.hidden else ""
    dropout = f", dropout {network.dropout:g}" if network.hidden and network.dropout else ""
    ensemble = f", {network.members} ensemble members" if network.members > 1 else ""
    return (
        f"{counted(columns, 'column')} → {widths}{activation}{dropout}{ensemble}; {network.n_parameters:,} parameters"
    )


def _training(report: Mapping[str, Any]) -> str:
    """How many epochs, which one was kept, why training stopped."""
    if not report["best_epoch"]:
        return f"stopped within the first epoch: {report['stop_reason']}"
    best, metric = report["history"][report["best_epoch"] - 1], report.get("selected_by", "loss")
    if metric == "loss":
        why = f"lowest validation loss, {best['validation_loss']:.4f}"
    else:
        which = "highest" if METRICS[metric].direction == "higher" else "lowest"
        why = f"{which} validation {METRICS[metric].label}, {number(metric, best['metric'])}"
    kept = f"best epoch {report['best_epoch']} ({why})"
    most = report["settings"]["epochs"]
    done = counted(report["epochs"], "epoch") if report["epochs"] == most else f"{report['epochs']} of {most} epochs"
    return f"{done}, {kept}; stopped because {report['stop_reason']}{_unfinished(report)}"


def _unfinished(report: Mapping[str, Any]) -> str:
    """That the schedule was planned for more epochs than there were, where it has an end.

    Examples
    --------
    >>> _unfinished({"settings": {"schedule": "one_cycle", "epochs": 60}, "epochs": 48})
    '. The schedule one_cycle is planned for all 60 epochs, so its last 12 were not run'
    >>> _unfinished({"settings": {"schedule": "constant", "epochs": 60}, "epochs": 48})
    ''
    """
    schedule, most, done = report["settings"]["schedule"], report["settings"]["epochs"], report["epochs"]
    if done == most or schedule in ("constant", "plateau"):
        return ""
    return f". The schedule {schedule} is planned for all {most} epochs, so its last {most - done} were not run"


def _calibration(report: Mapping[str, Any]) -> str:
    """The calibration error, and what temperature scaling changed."""
    if report["calibration"] is None:
        return ""
    text, scaling = calibration_error(report["calibration"]).removeprefix("Calibration "), report["temperature"]
    if scaling is None:
        return text
    if not scaling["applied"]:
        return f"{text} No temperature scaling: {scaling['why']}."
    before, after = (scaling["log_loss"][when] for when in ("before", "after"))
    return (
        f"{text} Temperature scaling, with a temperature of {scaling['temperature']:.3g}, lowers the validation "
        f"log-loss from {before:.4f} to {after:.4f}."
    )


def _choices(choices: Mapping[str, Mapping[str, Any]]) -> str:
    """A line for each setting that was chosen automatically, with the reason."""
    lines = []
    for name, choice in choices.items():
        value = choice["value"]
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        lines.append(f"{CALLED.get(name, name.replace('_', ' '))} {shown}: {choice['why']}")
    return "\n".join(lines)
