"""The sections on the network and on how it learned."""

from __future__ import annotations

from typing import Any

from wade.documents.structure import Block, Chart, Facts, Section, Series, Table, Text
from wade.documents.wording import compact, percent
from wade.metrics import METRICS
from wade.reports.evidence import Evidence
from wade.reports.findings.rule import in_full
from wade.reports.wording import choices_in_words, loss_name, network_in_words, steps_to_try, training_in_words
from wade.training.diagnostics import STEPS_APART
from wade.training.history import losses_chart


def network_section(evidence: Evidence) -> Section:
    """Its layers, and every setting that was chosen automatically, with the reason."""
    model, settings = evidence.model, evidence.report["settings"]
    steps = f"{settings['optimizer']}, learning rate {settings['learning_rate']:g}, schedule {settings['schedule']}"
    batches = f"batches of {settings['batch_size']:,} rows, weight decay {settings['weight_decay']:g}"
    facts = (("Network", network_in_words(model)), ("Training", f"{steps}, {batches}"))
    rows = tuple(choices_in_words(evidence.report))
    table = Table("Settings that were chosen automatically", ("setting", "value", "why"), rows)
    return Section("network", "The network", (Facts(facts), *([table] if rows else [])))


def learning_section(evidence: Evidence) -> Section:
    """Losses by epoch, which epoch was kept, and the verdict on bias and variance."""
    model, report = evidence.model, evidence.report
    history, diagnosis = report["history"], report.get("diagnosis")
    blocks: list[Block] = [Text(f"{training_in_words(report)[0].upper()}{training_in_words(report)[1:]}.")]
    if diagnosis:
        blocks += [Text(diagnosis["summary"], emphasis=True), Text(" ".join(diagnosis["reasons"]))]
        blocks.append(Facts((("Try", " ".join(in_full(step, evidence) for step in steps_to_try(report))),)))
    if len(history) > 1:
        blocks.append(losses_chart(history, report["best_epoch"], loss_name(model.target.task, unit=True)))
        if report.get("selected_by", "loss") != "loss":
            blocks.append(_selected(report))
    last = next((one for one in reversed(history) if one.get("gradient_norm") is not None), None)
    if last is not None:
        facts = [("Length of the gradient", compact(last["gradient_norm"]))]
        ratios = [one["update_ratio"] for one in history if one.get("update_ratio") is not None]
        if ratios:
            most = f"at most {percent(max(ratios))} of their length in a step; about 0.1 % is usual"
            facts.append(("Update / weights", most))
        if last.get("dead_relus") is not None:
            facts.append(("Dead ReLUs", f"{percent(last['dead_relus'])} give 0 for all rows that were looked at"))
        blocks.append(Facts((("After epoch", _when(last["epoch"], history[-1]["epoch"])), *facts)))
    return Section("learning", "How it learned", tuple(blocks))


def _when(epoch: int, last: int) -> str:
    """After which epoch diagnostics were computed, and why not after the last one.

    Examples
    --------
    >>> _when(40, 40), _when(39, 40)
    ('40', '39 of 40: these take time, and are computed once in 32 steps at most')
    """
    why = f" of {last}: these take time, and are computed once in {STEPS_APART} steps at most"
    return f"{epoch}" + (why if epoch < last else "")


def _selected(report: dict[str, Any]) -> Chart:
    metric = METRICS[report["selected_by"]]
    points = [one for one in report["history"] if one["metric"] is not None]
    y = tuple(one["metric"] for one in points)
    series = Series(f"validation {metric.label}", tuple(float(one["epoch"]) for one in points), y)
    path = f"The validation {metric.label} goes from {compact(y[0])} to {compact(y[-1])}." if y else ""
    return Chart(f"Validation {metric.label} by epoch", "epoch", metric.label, (series,), path)
