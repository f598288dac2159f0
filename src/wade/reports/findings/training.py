"""Findings about the training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from wade.documents.wording import percent
from wade.reports.evidence import Evidence
from wade.reports.findings.rule import Found, Rule

LARGE_UPDATE, SMALL_UPDATE = 0.1, 1e-6
MANY_DEAD: Final = 0.5
RISE: Final = 0.1
"""The validation loss ends higher than at its best by this share of it."""
FEWEST_EPOCHS: Final = 4
OF_VARIANCE: Final = 2
"""The steps of a diagnosis that are about variance, where there are both; they come last."""


def overfitting(evidence: Evidence) -> Iterator[Found]:
    """Much of the gain on training rows is lost on validation rows."""
    diagnosis = evidence.report.get("diagnosis") or {}
    if diagnosis.get("verdict") in ("variance", "both"):
        lost = [reason for reason in diagnosis["reasons"] if "overfitting" in reason]
        yield " ".join(lost) or diagnosis["summary"], " ".join(_steps(diagnosis)[1])


def underfitting(evidence: Evidence) -> Iterator[Found]:
    """The training loss can be lowered further."""
    diagnosis = evidence.report.get("diagnosis") or {}
    if diagnosis.get("verdict") in ("bias", "both"):
        left = [reason for reason in diagnosis["reasons"][1:] if "overfitting" not in reason]
        yield " ".join(["The training loss can be lowered further.", *left]), " ".join(_steps(diagnosis)[0])


def _steps(diagnosis: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What to do about bias, and about variance; both the same where one cause is known, or there is one verdict."""
    steps: list[str] = diagnosis["next"]
    if diagnosis["verdict"] != "both" or diagnosis.get("cause"):
        return steps, steps
    return steps[:-OF_VARIANCE], steps[-OF_VARIANCE:]


def learning_rate(evidence: Evidence) -> Iterator[Found]:
    """The diagnosis names it; or steps are too large or small for the weights, or the loss rises from the start."""
    report = evidence.report
    diagnosis = report.get("diagnosis") or {}
    if diagnosis.get("cause") == "learning_rate":
        yield diagnosis["summary"], " ".join(diagnosis["next"])
        return
    rate, history = report["settings"]["learning_rate"], report["history"]
    sweep = "See which rates converge: wade race DATA; then wade train DATA --learning-rate RATE."
    ratios = [one["update_ratio"] for one in history if one.get("update_ratio") is not None]
    if ratios and max(ratios[-2:]) > LARGE_UPDATE:
        yield (
            f"At the end of training a step still changes the weights by {percent(max(ratios[-2:]))} of their length "
            f"(about 0.1 % is usual): the learning rate {rate:g} is too large.",
            sweep,
        )
    elif len(history) >= FEWEST_EPOCHS and report["best_epoch"] == 1 and _rises(history):
        yield (
            f"The validation loss was lowest after the first of {len(history)} epochs and rose from there: the "
            f"learning rate {rate:g} may be too large.",
            sweep,
        )
    elif ratios and max(ratios) < SMALL_UPDATE:
        yield (
            f"No step changes the weights by more than {max(ratios):.1g} of their length: the learning rate "
            f"{rate:g} is too small.",
            sweep,
        )


def dead_units(evidence: Evidence) -> Iterator[Found]:
    """Most ReLUs give 0 for all rows."""
    shares = [one["dead_relus"] for one in evidence.report["history"] if one.get("dead_relus") is not None]
    if shares and shares[-1] > MANY_DEAD:
        yield (
            f"{percent(shares[-1])} of the ReLUs give 0 for all rows that were looked at: they no longer learn.",
            "Use a smaller learning rate, or another activation: wade train DATA --activation gelu.",
        )


def ended_early(evidence: Evidence) -> Iterator[Found]:
    """Ctrl-C or a time limit ended the training."""
    report = evidence.report
    if report.get("interrupted"):
        what = f"Training was interrupted after {report['epochs']} epochs."
        yield what, "Train again; with --checkpoint, the same command with --resume continues it."


def _rises(history: list[dict[str, Any]]) -> bool:
    losses = [one["validation_loss"] for one in history if one["validation_loss"] is not None]
    return len(losses) > 1 and losses[-1] - min(losses) > RISE * abs(min(losses))


TRAINING_RULES: Final[tuple[Rule, ...]] = (
    Rule("WADE201", "Overfitting", "warning", overfitting),
    Rule("WADE202", "Underfitting", "warning", underfitting),
    Rule("WADE203", "Learning rate", "warning", learning_rate),
    Rule("WADE204", "Dead ReLUs", "note", dead_units),
    Rule("WADE205", "Training interrupted", "note", ended_early),
)
