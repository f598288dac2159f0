"""Findings about the data and its split."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wade.documents.wording import counted, percent
from wade.metrics import METRICS
from wade.model.kept_report import kept_split
from wade.reports.evidence import Evidence
from wade.reports.findings.rule import Found, Rule, named
from wade.tables.columns.command_options import option
from wade.tables.encoding.unseen import NOTABLE_SHARE

FEW_TEST_ROWS: Final = 100
ROWS_PER_COLUMN: Final = 10
RARE: Final = 0.05
NEARLY_PERFECT: Final = {"auc": 0.999, "accuracy": 0.999, "r2": 0.999}


def dates_split_at_random(evidence: Evidence) -> Iterator[Found]:
    """Dates are inputs, or order the rows, and the test rows are random ones."""
    schema = evidence.model.schema
    dates = [column.name for column in schema.columns if column.role == "date-time"]
    dates += [schema.time] if schema.time and schema.time not in dates else []
    if dates and kept_split(evidence.report).how == "random":
        order = "" if schema.time else f" {option('--time', dates[0])}"
        yield (
            f"The table has times ({named(dates)}), and the test rows were drawn at random: they lie between training "
            "rows in time. If the model is used on later rows, their metrics are optimistic.",
            f"Test on the latest rows: wade train DATA --split time{order}.",
        )


def leakage(evidence: Evidence) -> Iterator[Found]:
    """A column alone predicts the target."""
    for leak in evidence.leaks:
        remedy = f"If it is only known afterwards: wade train DATA {option('--drop', leak.column)}."
        yield f"{leak.column!r} alone predicts the target almost perfectly ({percent(leak.share)}).", remedy


def nearly_perfect(evidence: Evidence) -> Iterator[Found]:
    """A metric is so good that leakage is the usual reason."""
    scores = evidence.scores["test"]
    constant = evidence.scores["baselines"]["constant"]
    if not evidence.is_telling:
        return
    for name, most in NEARLY_PERFECT.items():
        if (scores.get(name) or 0) >= most and (constant.get(name) or 0) < most:
            label = METRICS[name].label
            yield (
                f"{label} is {scores[name]:.4f} on the {evidence.where}. Real tables are rarely that predictable: a "
                "column may hold the answer.",
                "See which column it relies on: wade importance MODEL DATA. Is each column known before the target is?",
            )
            return


def too_few_rows(evidence: Evidence) -> Iterator[Found]:
    """There are too few rows to evaluate, or to train on."""
    split, columns = kept_split(evidence.report), evidence.report["columns"]
    if 0 < split.test < FEW_TEST_ROWS:
        yield (
            f"{counted(split.test, 'test row')}: the intervals of the metrics are wide, and another split would "
            "give other values.",
            "Cross-validate, so that every row is a test row once: wade validate DATA.",
        )
    if split.train < ROWS_PER_COLUMN * columns:
        yield (
            f"{counted(split.train, 'training row')} for {counted(columns, 'column')}: fewer than "
            f"{ROWS_PER_COLUMN} rows per column.",
            "Add rows, or keep the columns that matter most: wade importance MODEL DATA shows them.",
        )


def class_imbalance(evidence: Evidence) -> Iterator[Found]:
    """A class is rare, so that accuracy says little."""
    model, rates = evidence.model, evidence.report["base_rate"]
    if model.target.task == "regression":
        return
    shares = [1 - rates[0], rates[0]] if model.target.task == "binary" else rates
    rarest = min(range(len(shares)), key=shares.__getitem__)
    if shares[rarest] < min(RARE, 0.5 / len(shares)):
        yield (
            f"Only {percent(shares[rarest])} of the training rows are {str(model.target.classes[rarest])!r}. Accuracy "
            f"says little here: always predicting the most frequent class is right in {percent(max(shares))}.",
            "Compare log-loss and average precision (--metrics log_loss,average_precision), and choose the threshold "
            "by the costs of mistakes: wade decide MODEL DATA --cost-false-alarm 1 --cost-miss 10.",
        )


def drift(evidence: Evidence) -> Iterator[Found]:
    """Columns have other values in test rows than in training rows."""
    drifted = [one for one in evidence.drifts if one.is_notable]
    if drifted:
        first = drifted[0]
        yield (
            f"The values of {named(one.column for one in drifted)} differ between training and test rows, most in "
            f"{first.column!r}: {percent(first.distance)} of its rows would have to have another value (by chance "
            f"{percent(first.by_chance)}).",
            "If this goes on in use, train again with new rows from time to time, and check them with this report: "
            "wade report MODEL DATA.",
        )


def unseen_categories(evidence: Evidence) -> Iterator[Found]:
    """Categories of the evaluated rows that training never saw."""
    if evidence.table is None:
        found = evidence.report.get("unseen", {}).get("test", [])
    else:
        found = [one.to_dict() for one in evidence.unseen]
    for column, unseen, values in ((one["column"], one["unseen"], one["values"]) for one in found):
        if unseen > NOTABLE_SHARE * values:
            yield (
                f"{unseen:,} of {values:,} values of {column!r} in the {evidence.where} were never seen in training, "
                "or are too rare there. The network treats them all alike.",
                f"If {column!r} only names rows, drop it: wade train DATA {option('--drop', column)}. Else add rows "
                "with these values.",
            )


def repeated_rows(evidence: Evidence) -> Iterator[Found]:
    """Test rows are training rows too."""
    split = kept_split(evidence.report)
    if 100 * split.repeated > split.test:
        yield (
            f"{split.repeated:,} of {split.test:,} test rows equal a training row in every column: the metrics "
            "are optimistic.",
            "Remove duplicates, or keep rows that belong together in one part: wade train DATA --group COLUMN.",
        )


DATA_RULES: Final[tuple[Rule, ...]] = (
    Rule("WADE101", "Times present, random split", "warning", dates_split_at_random),
    Rule("WADE102", "Leakage suspected", "warning", leakage, needs_data=True),
    Rule("WADE103", "Nearly perfect", "warning", nearly_perfect),
    Rule("WADE104", "Few rows", "note", too_few_rows),
    Rule("WADE105", "Class imbalance", "note", class_imbalance),
    Rule("WADE106", "Drift between training and test rows", "warning", drift, needs_data=True),
    Rule("WADE107", "Unseen categories", "warning", unseen_categories),
    Rule("WADE108", "Test rows repeat training rows", "warning", repeated_rows),
)
