"""A model and its training, in words: what the report of `wade report` and the screen of `wade train` say alike."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from wade.documents.wording import counted, shown
from wade.metrics import METRICS
from wade.metrics.wording import number
from wade.model.evaluation.calibration import CORRECTION
from wade.model.model import Model
from wade.tables import BUILT_IN

CALLED: Final = {"numbers": "encoding of numbers", "hidden": "hidden layers", "members": "ensemble members"}
"""Settings whose names say too little in a sentence."""


def rows_in_words(report: Mapping[str, Any]) -> str:
    """How many rows, and of how many they are a sample.

    Examples
    --------
    >>> rows_in_words({"rows": 30_000, "of_rows": 336_776}), rows_in_words({"rows": 178, "of_rows": 178})
    ('a random sample of 30,000 of 336,776 rows', '178 rows')
    """
    rows = report["rows"]
    of_rows = report.get("of_rows", rows)  # models of earlier versions lack it
    return f"a random sample of {rows:,} of {of_rows:,} rows" if rows < of_rows else counted(rows, "row")


def task_in_words(task: str) -> str:
    """The kind of prediction.

    Examples
    --------
    >>> task_in_words("binary"), task_in_words("regression")
    ('binary classification', 'regression')
    """
    return task if task == "regression" else f"{task} classification"


def file_name(name: str) -> str:
    """A table's name for a reader elsewhere, who does not have its folder.

    Examples
    --------
    >>> file_name("/home/ann/telco.csv"), file_name("flights"), file_name("the pyarrow table")
    ('telco.csv', 'flights', 'the pyarrow table')
    """
    return PurePath(name).name or name


def loss_name(task: str, unit: bool = False) -> str:
    """What the loss of a task is called, with its unit where it is asked for and has one.

    Examples
    --------
    >>> loss_name("binary"), loss_name("regression"), loss_name("regression", unit=True)
    ('log-loss', 'squared error', "squared error (share of the target's variance)")
    """
    if task != "regression":
        return "log-loss"
    return "squared error (share of the target's variance)" if unit else "squared error"


def loss_in_words(loss: float) -> str:
    """A mean loss, with as many digits as log-losses have elsewhere.

    Examples
    --------
    >>> loss_in_words(0.582), loss_in_words(12345.6)
    ('0.5820', '12,345.6000')
    """
    return f"{loss:,.4f}"


def steps_to_try(report: Mapping[str, Any]) -> list[str]:
    """What to try after a training: where the cause is known, what removes it, whatever a linear model does.

    Examples
    --------
    >>> steps_to_try({"diagnosis": {"next": ["Add rows."]}, "linear_baseline": {"comparison": {"next": ["Validate."]}}})
    ['Validate.', 'Add rows.']
    """
    diagnosis, linear = report.get("diagnosis") or {}, report.get("linear_baseline") or {}
    own: list[str] = diagnosis.get("next", [])
    return own if diagnosis.get("cause") else [*linear.get("comparison", {}).get("next", []), *own]


def with_table(steps: Sequence[str], target: str, data: str) -> str:
    """What to try, with the table named in its commands.

    Examples
    --------
    >>> with_table(["Try wade curves DATA --by rows."], "left", "my file.csv")
    "Try wade curves 'my file.csv' --target left --by rows."
    """
    table = shlex.join([data] if data in BUILT_IN else [data, "--target", target])
    return "\n".join(step.replace(" DATA", f" {table}") for step in steps)


def meaning_of_target(report: Mapping[str, Any]) -> str:
    """What the target of a built-in table means, in brackets; nothing for other tables.

    Examples
    --------
    >>> meaning_of_target({"data": "flights", "target": "delayed"})
    ' (more than 15 minutes late, or cancelled)'
    """
    table = BUILT_IN.get(report["data"])
    return f" ({table.meaning})" if table and table.meaning and report["target"] == table.target else ""


def target_in_words(model: Model) -> str:
    """What is predicted, in words."""
    target, base_rate = model.target, model.report["base_rate"]
    if target.task == "regression":
        unit = f" {target.unit}" if target.unit else ""
        return f"mean {target.mean:.6g}{unit}, standard deviation {target.scale:.6g}{unit}"
    if target.task == "binary":
        first, second = (shown(str(one)) for one in target.classes)
        return f"classes {first} and {second}; {100 * base_rate[0]:.1f} % of the training rows are {second}"
    return f"{len(target.classes)} classes"


def network_in_words(model: Model) -> str:
    """Its layers, activation, dropout, ensemble members and parameters."""
    network, columns = model.network, len(model.schema.columns)
    widths = " → ".join(map(str, (*network.hidden, network.outputs)))
    activation = f", {network.activation.replace(',', ', ')}" if network.hidden else ""
    dropout = f", dropout {network.dropout:g}" if network.hidden and network.dropout else ""
    ensemble = f", {network.members} ensemble members" if network.members > 1 else ""
    return (
        f"{counted(columns, 'column')} → {widths}{activation}{dropout}{ensemble}; {network.n_parameters:,} parameters"
    )


def training_in_words(report: Mapping[str, Any]) -> str:
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


def calibration_in_words(report: Mapping[str, Any]) -> str:
    """The calibration error, and what temperature scaling changed."""
    if report["calibration"] is None:
        return ""
    text, scaling = calibration_error(report["calibration"]).removeprefix("Calibration "), report.get("temperature")
    if scaling is None:
        return text
    if not scaling["applied"]:
        return f"{text} No temperature scaling: {scaling['why']}."
    before, after = (scaling["log_loss"][when] for when in ("before", "after"))
    return (
        f"{text} Temperature scaling, with a temperature of {scaling['temperature']:.3g}, lowers the validation "
        f"log-loss from {before:.4f} to {after:.4f}."
    )


def choices_in_words(report: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The name, the value and the reason of each setting that was chosen automatically."""
    found = []
    for name, choice in report.get("choices", {}).items():
        value = choice["value"]
        shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        found.append((CALLED.get(name, name.replace("_", " ")), shown, choice["why"]))
    return found


def calibration_error(calibration: Mapping[str, Any]) -> str:
    """How far probabilities are from observed frequencies, which number to quote, and how it is computed.

    Examples
    --------
    >>> error = {"value": 0.012, "corrected": 0.009, "interval": [0.005, 0.012]}
    >>> found = {"bins": [{}] * 10, "expected_calibration_error": error, "by_chance": 0.004}
    >>> calibration_error(found)[:99]
    'Calibration error (ECE) 0.9 % (95 % interval 0.5 to 1.2 %), corrected for chance: the one to quote.'
    >>> calibration_error(found)[100:139]
    'Without the correction it is 1.2 %: the'
    """
    error, bins = calibration["expected_calibration_error"], len(calibration["bins"])
    what = f"the mean difference of predicted and observed shares in {bins} bins of equally many rows"
    if bins < 2:
        what = "the difference of the predicted and the observed share"
    value, chance = percentage(error["value"]), percentage(calibration["by_chance"])
    of_chance = f"Perfect probabilities would show about {chance} % on this number of rows, by chance."
    # Models of earlier versions lack the corrected error, and its interval.
    if error.get("corrected") is None:
        return f"Calibration error (ECE) {value} %: {what}. {of_chance}"
    low, high = map(percentage, error["interval"])
    return (
        f"Calibration error (ECE) {percentage(error['corrected'])} % (95 % interval {low} to {high} %), corrected for "
        f"chance: the one to quote. Without the correction it is {value} %: {what}. {of_chance} {CORRECTION}"
    )


def percentage(share: float) -> str:
    """A share in per cent, without its sign.

    Examples
    --------
    >>> percentage(0.1234)
    '12.3'
    """
    return f"{100 * share:.1f}"
