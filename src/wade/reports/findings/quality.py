"""Findings about how good the predictions are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wade.documents.wording import percent
from wade.network import is_linear
from wade.reports.evidence import Evidence
from wade.reports.findings.rule import Found, Rule
from wade.reports.wording import calibration_error, loss_in_words, loss_name

HARDLY: Final = 0.05
"""Of the constant baseline's loss."""
MISCALIBRATED: Final = 0.02
MOST_GROUPS: Final = 3


def gain_over_constant(evidence: Evidence) -> float | None:
    """The share of the constant baseline's error that the network takes away; None where these rows do not show it.

    Of log-loss; of the variance for numbers, where it is R².
    """
    test, constant = evidence.scores["test"], evidence.scores["baselines"]["constant"]
    if evidence.is_one_class:
        return None
    if evidence.model.target.task == "regression":
        found = test.get("r2")
        return None if found is None else float(found)
    if not test.get("log_loss") or not constant.get("log_loss"):
        return None
    return float(1 - test["log_loss"] / constant["log_loss"])


def no_better_than_linear(evidence: Evidence) -> Iterator[Found]:
    """Hidden layers do not help."""
    comparison = (evidence.report.get("linear_baseline") or {}).get("comparison")
    if comparison and comparison["better"] != "network" and evidence.model.network.hidden:
        diagnosis = evidence.report.get("diagnosis") or {}
        yield comparison["summary"], " ".join((diagnosis if diagnosis.get("cause") else comparison)["next"])


def hardly_predictive(evidence: Evidence) -> Iterator[Found]:
    """The columns say little about the target, as far as a network that is not linear can tell."""
    network = evidence.model.network
    if is_linear(network.hidden, network.activation):
        return
    gain = gain_over_constant(evidence)
    if gain is not None and gain < HARDLY and evidence.is_telling:
        less = "not below" if gain <= 0 else f"only {percent(gain)} below"
        error = "squared error" if evidence.model.target.task == "regression" else "log-loss"
        yield (
            f"These columns hardly predict {evidence.model.target.column!r}: the network's {error} is {less} that of "
            "the constant baseline.",
            "Add informative columns. More rows may help, or not: wade curves DATA --by rows shows it.",
        )


def miscalibrated(evidence: Evidence) -> Iterator[Found]:
    """Probabilities are not observed frequencies."""
    calibration = evidence.scores["calibration"]
    if not calibration:
        return
    error = calibration["expected_calibration_error"]
    low = error["interval"][0] if error["interval"] else 0.0
    if low > MISCALIBRATED and error["value"] > 2 * calibration["by_chance"]:
        yield (
            f"Probabilities are not calibrated on the {evidence.where}. {calibration_error(calibration)}",
            f"{_towards_calibration(evidence)} Do not derive thresholds from costs until then.",
        )


def _towards_calibration(evidence: Evidence) -> str:
    """What to do, by what was done in training."""
    scaling = evidence.report.get("temperature")
    if scaling is None:
        return "Train without --no-calibrate."
    done = "Temperature scaling was applied and did not suffice"
    if not scaling["applied"]:
        done = f"There was no temperature scaling: {scaling['why']}"
    new = "" if evidence.split is not None or evidence.table is None else ", such as these,"
    return f"{done}. Add rows{new} and train again: the scaling is fitted to validation rows, a part of all rows."


def worst_groups(evidence: Evidence) -> Iterator[Found]:
    """Groups of rows with a higher loss than all rows."""
    worse = [group for group in evidence.groups if group.is_worse]
    if worse:
        loss = loss_name(evidence.model.target.task, unit=True)
        texts = [f"{one.name} ({one.rows:,} rows, {loss_in_words(one.loss)})" for one in worse[:MOST_GROUPS]]
        more = f", and {len(worse) - MOST_GROUPS} more groups" if len(worse) > MOST_GROUPS else ""
        yield (
            f"The {loss} is {loss_in_words(worse[0].overall)} on all {evidence.where}, and higher beyond chance in: "
            f"{'; '.join(texts)}{more}.",
            "Some groups are harder to predict whatever the model is. Add rows of these groups, or columns that "
            "matter there, and do not promise the overall metrics for them.",
        )


QUALITY_RULES: Final[tuple[Rule, ...]] = (
    Rule("WADE301", "No better than linear", "note", no_better_than_linear),
    Rule("WADE302", "Hardly predictive", "warning", hardly_predictive),
    Rule("WADE303", "Miscalibrated", "warning", miscalibrated),
    Rule("WADE304", "Worst groups", "note", worst_groups, needs_data=True),
)
