"""The sections on how good the predictions are, and on calibration."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from wade.documents.structure import Block, Cell, Chart, Facts, Number, Section, Series, Table, Text
from wade.documents.wording import counted, percent, shown
from wade.metrics import METRICS
from wade.metrics.wording import interval, value
from wade.model.evaluation.metrics_table import compare_metrics
from wade.model.kept_report import kept_split
from wade.network import is_linear
from wade.reports.evidence import FEWEST_IN_A_GROUP, Evidence
from wade.reports.findings.quality import HARDLY, gain_over_constant
from wade.reports.sections.ranking import ranking_blocks
from wade.reports.sections.residuals import residual_blocks
from wade.reports.wording import calibration_in_words, loss_in_words, loss_name

MOST_CLASSES: Final = 12
MOST_GROUPS: Final = 8


def quality_section(evidence: Evidence) -> Section:
    """Metrics with intervals beside the baselines, in plain words; where it is wrong; groups of rows."""
    blocks: list[Block] = [Text(verdict(evidence), emphasis=True), metrics_table(evidence)]
    if evidence.table is not None and evidence.split is None:
        blocks.append(_of_training(evidence))
    confusion = evidence.scores["confusion"]
    if confusion is not None:
        blocks.append(_confusion(confusion, evidence.where))
    blocks += [*ranking_blocks(evidence), *residual_blocks(evidence)]
    if evidence.table is not None:
        blocks += _groups(evidence)
    return Section("quality", "How good it is", tuple(blocks))


def verdict(evidence: Evidence) -> str:
    """The result in a sentence: what is gained over the constant and the linear baseline."""
    gain, target = gain_over_constant(evidence), evidence.model.target
    if not evidence.is_telling:
        are = "row is" if evidence.count == 1 else "rows are"
        return f"{evidence.count} {are} too few to tell how well these columns predict {target.column}."
    if gain is None:
        return f"All {evidence.where} have the same {target.column}: they do not show how well it is predicted."
    # What a linear network cannot do says nothing about the columns.
    network = evidence.model.network
    linear = is_linear(network.hidden, network.activation)
    subject, verb = ("This linear network", "predicts") if linear else ("These columns", "predict")
    if gain <= 0:
        does = "does" if linear else "do"
        text = f"{subject} {does} not predict {target.column}: no better than the constant baseline"
    else:
        kind = f"hardly {verb}" if gain < HARDLY else verb
        if target.task == "regression":
            effect = f"{'it' if linear else 'the network'} explains {percent(gain)} of the variance"
        else:
            whose = "its" if linear else "the network's"
            effect = f"{whose} log-loss is {percent(gain)} below that of the constant baseline"
        text = f"{subject} {kind} {target.column}: {effect}"
    comparison = (evidence.report.get("linear_baseline") or {}).get("comparison")
    compared = evidence.table is None or evidence.split is not None  # other rows have no linear baseline
    if not comparison or not compared or not evidence.model.network.hidden:
        return f"{text}."
    words = {
        "network": ", and it is better than the linear baseline" if gain > 0 else "",
        "level": ", but it is no better than the linear baseline" if gain > 0 else "",
        "linear": ", but the linear baseline is better" if gain > 0 else ", and the linear baseline is better",
    }
    return f"{text}{words[comparison['better']]}."


def in_plain_words(evidence: Evidence) -> str:
    """The same for a reader who knows no metrics: how often it is right, or how far off; empty where not measured."""
    test, constant = evidence.scores["test"], evidence.scores["baselines"]["constant"]
    name = "mae" if evidence.model.target.task == "regression" else "accuracy"
    if test.get(name) is None or constant.get(name) is None:
        return ""
    own, other = value(name, test), value(name, constant)
    where = evidence.where if evidence.count != 1 else evidence.where.replace("rows", "row", 1)
    rows = f"On the {evidence.count:,} {where}"
    if name == "accuracy":
        return f"{rows}, {own} of the predicted classes are right; always predicting the most frequent class, {other}."
    unit = f" {evidence.model.target.unit}" if evidence.model.target.unit else ""
    return (
        f"{rows}, predictions are off by {own}{unit} on average; always predicting the same number, by {other}{unit}."
    )


def metrics_table(evidence: Evidence) -> Table:
    """A row for each baseline and the network, a column for each metric."""
    scores, target = evidence.scores, evidence.model.target
    return compare_metrics(
        scores["baselines"], scores["test"], target.task, f"Metrics on the {evidence.where}", target.unit
    )


def _of_training(evidence: Evidence) -> Table:
    report = evidence.report
    rows = f"Metrics on the {kept_split(report).test:,} test rows of the training, for comparison"
    return compare_metrics(
        report["baselines"], report["test"], evidence.model.target.task, rows, evidence.model.target.unit
    )


def _confusion(confusion: dict[str, Any], where: str) -> Table:
    classes, matrix = [shown(str(one)) for one in confusion["classes"]], np.array(confusion["matrix"])
    if len(classes) <= MOST_CLASSES:
        square: tuple[tuple[Cell, ...], ...] = tuple(
            (name, *(Number(int(count), f"{count:,}") for count in counts))
            for name, counts in zip(classes, matrix, strict=True)
        )
        caption = f"Confusion matrix on the {where}: actual classes down, predicted classes across"
        return Table(caption, ("actual", *classes), square)
    wrong = matrix * (1 - np.eye(len(classes), dtype=int))
    first = np.argsort(-wrong, axis=None, kind="stable")[:MOST_CLASSES]
    pairs = [divmod(int(at), len(classes)) for at in first if wrong.flat[at]]
    rows = tuple((classes[a], classes[b], Number(int(wrong[a, b]), f"{wrong[a, b]:,}")) for a, b in pairs)
    note = f"Of {len(classes)} classes, the most frequent confusions; wade evaluate --json has the whole matrix."
    return Table(f"Most frequent mistakes on the {where}", ("actual", "predicted", "rows"), rows, note)


def _groups(evidence: Evidence) -> list[Block]:
    if not evidence.groups:
        return []
    loss = loss_name(evidence.model.target.task)
    beyond = [group for group in evidence.groups if group.is_beyond_chance]
    found = beyond[:MOST_GROUPS]
    if not found:
        return [Text(f"No group of {FEWEST_IN_A_GROUP} rows or more has a higher {loss} by more than chance makes.")]
    rows = tuple(
        (
            shown(group.column),
            "(missing)" if group.value is None else group.value,
            Number(group.rows, f"{group.rows:,}"),
            Number(group.loss, loss_in_words(group.loss)),
        )
        for group in found
    )
    note = f"All {evidence.where}: {loss_in_words(found[0].overall)}. "
    note += "Sorted by what a group adds to the sum of the losses."
    note += f" {counted(len(beyond) - len(found), 'more group')} left out." if len(beyond) > len(found) else ""
    titles = ("column", "value", "rows", "mean loss")
    loss = loss_name(evidence.model.target.task, unit=True)
    return [Table(f"Groups of rows with a higher {loss}, beyond chance", titles, rows, note)]


def calibration_section(evidence: Evidence) -> Section | None:
    """Predicted probabilities beside observed shares; None for numbers."""
    calibration = evidence.scores["calibration"]
    if not calibration or not evidence.is_measurable:
        return None
    bins = calibration["bins"]
    series = Series(
        "observed share",
        tuple(one["predicted"] for one in bins),
        tuple(one["observed"] for one in bins),
        tuple(one["interval"][0] for one in bins),
        tuple(one["interval"][1] for one in bins),
        style="points",
    )
    target = evidence.model.target
    of = f"{target.column} = {shown(str(target.classes[1]))}" if target.task == "binary" else "the predicted class"
    error = calibration["expected_calibration_error"]["value"]
    summary = f"Observed shares differ from predicted probabilities of {of} by {percent(error)} on average."
    rows = tuple(
        (
            f"{percent(one['lowest'])} to {percent(one['highest'])}",
            Number(one["rows"], f"{one['rows']:,}"),
            Number(one["predicted"], percent(one["predicted"])),
            Number(one["observed"], percent(one["observed"])),
        )
        for one in bins
    )
    titles = ("probabilities", "rows", "predicted", "observed")
    chart = Chart(
        f"Calibration on the {evidence.where}, with 95 % intervals", "predicted probability", "observed share",
        (series,), summary, diagonal=True, ranges=((0.0, 1.0), (0.0, 1.0)),
        numbers=Table(f"Probability of {of}, by bin", titles, rows),
    )  # fmt: skip
    text = "Calibration " + calibration_in_words({**evidence.report, "calibration": calibration})
    return Section("calibration", "Calibration", (Text(text), chart))


def baseline_facts(evidence: Evidence) -> Facts:
    """The result in short, for the beginning of the report."""
    names = [name for name in evidence.scores["test"] if name in METRICS]
    test = evidence.scores["test"]
    shown_metrics = ", ".join(
        f"{METRICS[name].label} {value(name, test)}" + (f" ({bounds})" if (bounds := interval(name, test)) else "")
        for name in names
        if test[name] is not None
    )
    return Facts((("Result", f"{shown_metrics}; 95 % intervals in brackets"),))
