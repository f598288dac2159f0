"""What a person reads at the end: how good the network is beside simpler answers, and everything needed to judge that.

Names come from strangers' tables: they are shown as plain text, never as markup, with nothing that a terminal obeys.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from wade.cli.hits import forecast, show_hits
from wade.cli.pieces import counted, headline, labelled, show_next, terminal
from wade.metrics import METRICS
from wade.model.evaluation.scoring import Scores
from wade.model.model import Model

NETWORK = "this network"
MOST_ACROSS = 3


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
    answers = {constant(model.target.task): report["baselines"]["constant"]}
    plain = report["baselines"]["linear"]
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
                **_verdict(report["diagnosis"]),
                "Network": _network(model),
                "Training": _training(report),
                **_forecast(report),
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
    answers = {constant(model.target.task): found["baselines"]["constant"], NETWORK: found["test"]}
    _show_metrics(console, counted(found["rows"], "row"), answers, model)
    show_hits(console, found["confusion"], found["calibration"])
    if found["notes"]:
        console.print(labelled({"Note": "\n".join(found["notes"])}))


def _show_metrics(console: Console, rows: str, answers: Mapping[str, Scores], model: Model) -> None:
    """Ways of answering down and metrics across, or the other way round where there are many metrics."""
    last = list(answers.values())[-1]
    names = [name for name in last if name in METRICS]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(Text(f"on {rows}"), no_wrap=True)
    styles = {label: "bold" if label == NETWORK else "" for label in answers}
    if len(names) <= MOST_ACROSS:
        for name in names:
            table.add_column(Text(METRICS[name].label), justify="right", no_wrap=True)
        for label, metrics in answers.items():
            style = styles[label]
            table.add_row(Text(label, style=style), *(_figure(name, metrics, style) for name in names))
    else:
        for label, style in styles.items():
            table.add_column(Text(label, style=style), justify="right", no_wrap=True)
        for name in names:
            figures = (_figure(name, metrics, styles[label]) for label, metrics in answers.items())
            table.add_row(Text(METRICS[name].label), *figures)
    console.print(table)
    console.print(Text(f"{reading(names)} Below each: its 95 % interval.", style="dim"))
    for name, reason in last.get("undefined", {}).items():
        console.print(Text(f"No {METRICS[name].label}: {reason}."))
    console.print()


def reading(names: Collection[str]) -> str:
    """Which way is better, in words.

    Examples
    --------
    >>> reading(["log_loss", "auc", "accuracy"])
    'Log-loss: lower is better; AUC and accuracy: higher.'
    >>> reading(["rmse", "mae", "r2"])
    'RMSE and MAE: lower is better, in units of the target; R²: higher.'
    >>> reading(["mape", "mae"])
    'MAPE and MAE: lower is better (MAE in units of the target).'
    """
    said: list[str] = []
    for better in ("lower", "higher"):
        figures = [METRICS[name] for name in names if METRICS[name].direction == better]
        amounts = [figure.label for figure in figures if figure.unit == "target"]
        units = (
            ", in units of the target" if len(amounts) == len(figures) else f" ({_and(amounts)} in units of the target)"
        )
        if figures:
            labels = _and([figure.label for figure in figures])
            said.append(f"{labels}: {better}{'' if said else ' is better'}{units if amounts else ''}")
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _verdict(diagnosis: Mapping[str, Any]) -> dict[str, str]:
    """Bias or variance, why, and what to do next."""
    return {
        "Verdict": diagnosis["summary"],
        "Because": " ".join(diagnosis["reasons"]),
        **({"Try": "\n".join(diagnosis["next"])} if diagnosis["next"] else {}),
    }


def _forecast(report: Mapping[str, Any]) -> dict[str, str]:
    """Whether probabilities keep their word, and what the temperature did for that."""
    if report["calibration"] is None:
        return {}
    text, found = forecast(report["calibration"]), report["temperature"]
    if found is not None and found["applied"]:
        before, after = (found["log_loss"][when] for when in ("before", "after"))
        text += (
            f" They are those of a temperature of {found['temperature']:.3g}, which lowers the validation log-loss "
            f"from {before:.4f} to {after:.4f}."
        )
    elif found is not None:
        text += f" No temperature was applied: {found['why']}."
    return {"Forecast": text}


def constant(task: str) -> str:
    """What the simplest answer is called."""
    return "always the mean" if task == "regression" else "always the base rate"


def _figure(name: str, metrics: Scores, style: str) -> Text:
    """A metric with its interval on the next line."""
    value, interval = metrics[name], metrics["intervals"][name]
    if value is None:
        return Text("–")
    bounds = "" if interval is None else f"\n{number(name, interval[0])} to {number(name, interval[1])}"
    return Text.assemble((number(name, value), style), (bounds, "dim"))


def number(name: str, value: float) -> str:
    """A figure with as many digits as its interval deserves."""
    if METRICS[name].unit == "share":
        return f"{100 * value:.1f} %"
    if METRICS[name].unit.startswith("target"):
        return f"{value:,.0f}" if value >= 1000 else f"{value:#.4g}"
    return f"{value:.4f}".replace("-0.0000", "0.0000")


def _target(model: Model) -> str:
    """What is predicted, in words."""
    target, base_rate = model.target, model.report["base_rate"]
    if target.task == "regression":
        return f"a number; its mean is {target.mean:.6g}, its standard deviation {target.scale:.6g}"
    if target.task == "binary":
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
        return f"it ended within the first epoch: {report['stop_reason']}"
    best, judge = report["history"][report["best_epoch"] - 1], report.get("selected_by", "loss")
    if judge == "loss":
        why = f"the lowest validation loss ({best['validation_loss']:.4f})"
    else:
        which = "highest" if METRICS[judge].direction == "higher" else "lowest"
        why = f"the {which} validation {METRICS[judge].label} ({number(judge, best['metric'])})"
    kept = f"epoch {report['best_epoch']} is kept, with {why}"
    return f"{counted(report['epochs'], 'epoch')}; {kept}; it stopped because {report['stop_reason']}"
