"""What a person reads at the end: how good the network is beside simpler answers, and everything needed to judge that.

Names come from strangers' tables: they are shown as plain text, never as markup, with nothing that a terminal obeys.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from wade.cli.pieces import counted, headline, labelled, show_next, terminal
from wade.model.metrics import Metrics
from wade.model.model import Model
from wade.training.figures import FIGURES as FIGURES_OF_EPOCHS

FIGURES = {
    "log_loss": "log-loss",
    "auc": "AUC",
    "accuracy": "accuracy",
    "rmse": "RMSE",
    "mae": "MAE",
    "r2": "R²",
}
NETWORK = "this network"
READING = {
    "classes": "Log-loss: lower is better; AUC and accuracy: higher.",
    "number": "RMSE and MAE: lower is better, in units of the target; R²: higher.",
}


def show_training(model: Model, path: Path, data: str) -> None:
    """The summary at the end of `wade train`."""
    console, report = terminal(), model.report
    console.print(
        headline(
            f"{report['data']}: {report['target']} from {counted(report['columns'], 'column')}, "
            f"{counted(report['rows'], 'row')}"
        )
    )
    console.print(labelled({"Split": report["split"]["why"], "Target": _target(model)}))
    answers = {_constant(model): report["baselines"]["base_rate"]}
    plain = report["baselines"]["no_hidden_layers"]
    if plain is not None and model.network.hidden:
        answers["no hidden layers"] = plain
    _show_metrics(console, counted(report["split"]["test"], "test row"), {**answers, NETWORK: report["test"]}, model)
    size = path.stat().st_size / 1000
    memory = {"Memory": report["memory"]["why"]} if report["memory"]["streamed"] else {}
    chosen = {"Chosen": _chosen(report["choices"])} if report["choices"] else {}
    notes = {"Note": "\n".join(report["notes"])} if report["notes"] else {}
    console.print(
        labelled(
            {
                "Network": _network(model),
                "Training": _training(report),
                **chosen,
                "Time": f"{report['seconds']:.1f} s in all, with the {report['engine']} engine",
                **memory,
                **notes,
                "Saved": f"{path} ({size:,.0f} kB)",
            }
        )
    )
    show_next(console, ["wade", "predict", str(path), data, "--output", f"{path.stem}-predictions.csv"])


def show_evaluation(model: Model, found: Mapping[str, Any], path: Path, data: str) -> None:
    """The summary of `wade evaluate`."""
    console = terminal()
    console.print(headline(f"{path} on {data}: {model.target.column}"))
    answers = {_constant(model): found["baselines"]["base_rate"], NETWORK: found["test"]}
    _show_metrics(console, counted(found["rows"], "row"), answers, model)
    if found["notes"]:
        console.print(labelled({"Note": "\n".join(found["notes"])}))


def _show_metrics(console: Console, rows: str, answers: Mapping[str, Metrics], model: Model) -> None:
    """One line for each way of answering, one column for each metric, its interval underneath."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(Text(f"on {rows}"), no_wrap=True)
    last = list(answers.values())[-1]
    names = [name for name in FIGURES if name in last]
    for name in names:
        table.add_column(Text(FIGURES[name]), justify="right", no_wrap=True)
    for label, metrics in answers.items():
        style = "bold" if label == NETWORK else ""
        table.add_row(Text(label, style=style), *(_figure(name, metrics, style) for name in names))
    console.print(table)
    kind = "number" if model.target.kind == "number" else "classes"
    console.print(Text(f"{READING[kind]} Below each: its 95 % interval.", style="dim"))
    for name, reason in last.get("undefined", {}).items():
        console.print(Text(f"No {FIGURES[name]}: {reason}."))
    console.print()


def _constant(model: Model) -> str:
    """What the simplest answer is called."""
    return "always the mean" if model.target.kind == "number" else "always the base rate"


def _figure(name: str, metrics: Metrics, style: str) -> Text:
    """A metric with its interval on the next line."""
    value, interval = metrics[name], metrics["intervals"][name]
    if value is None:
        return Text("–")
    bounds = "" if interval is None else f"\n{_number(name, interval[0])} to {_number(name, interval[1])}"
    return Text.assemble((_number(name, value), style), (bounds, "dim"))


def _number(name: str, value: float) -> str:
    """A figure with as many digits as its interval deserves."""
    if name == "accuracy":
        return f"{100 * value:.1f} %"
    if name in ("rmse", "mae"):
        return f"{value:,.0f}" if value >= 1000 else f"{value:#.4g}"
    return f"{value:.4f}".replace("-0.0000", "0.0000")


def _target(model: Model) -> str:
    """What is predicted, in words."""
    target, base_rate = model.target, model.report["base_rate"]
    if target.kind == "number":
        return f"a number; its mean is {target.mean:.6g}, its standard deviation {target.scale:.6g}"
    if target.kind == "two classes":
        first, second = target.classes
        return f"two classes, {first} and {second}; {100 * base_rate[0]:.1f} % of the training rows are {second}"
    return f"{len(target.classes)} classes"


def _network(model: Model) -> str:
    network, columns = model.network, len(model.schema.columns)
    widths = " → ".join(map(str, (*network.hidden, network.outputs)))
    bend = f", {network.activation}" if network.hidden else ""
    silent = f", dropout {network.dropout:g}" if network.hidden and network.dropout else ""
    shared = f", shared by {network.members} members" if network.members > 1 else ""
    return f"{counted(columns, 'column')} → {widths}{bend}{silent}{shared}: {network.n_parameters:,} parameters"


def _chosen(choices: Mapping[str, Mapping[str, Any]]) -> str:
    """A line for each setting that nobody had fixed, with the reason."""
    lines = []
    for name, choice in choices.items():
        value = choice["value"]
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        lines.append(f"{name.replace('_', ' ')} {shown}: {choice['why']}")
    return "\n".join(lines)


def _training(report: Mapping[str, Any]) -> str:
    """How long, which epoch was kept, why it stopped."""
    if not report["best_epoch"]:
        return f"it ended within the first epoch: {report['stopped_because']}"
    best, judge = report["history"][report["best_epoch"] - 1], report.get("judged_by", "loss")
    if judge == "loss":
        why = f"the lowest validation loss ({best['validation_loss']:.4f})"
    else:
        which = "highest" if FIGURES_OF_EPOCHS[judge].more_is_better else "lowest"
        why = f"the {which} validation {FIGURES[judge]} ({_number(judge, best['metric'])})"
    kept = f"epoch {report['best_epoch']} is kept, with {why}"
    return f"{counted(report['epochs'], 'epoch')}; {kept}; it stopped because {report['stopped_because']}"
