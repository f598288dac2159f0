"""Every finding is triggered by what it is about, and by nothing else; the page in docs lists them all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from wade.model.model import Model
from wade.reports.evidence import Evidence, gather
from wade.reports.findings.registry import RULES, find
from wade.tables import Column

PAGE = Path(__file__).parent.parent.parent / "docs" / "findings.md"
Change = Callable[[Evidence], Evidence]


@pytest.fixture(scope="module")
def calm(model: Model, table: pa.Table) -> Evidence:
    """Evidence in which nothing is to be found."""
    evidence = gather(model, table)
    assert evidence.split is not None
    history = [
        {**one, "update_ratio": 1e-3, "dead_relus": 0.1, "validation_loss": 0.5 - 0.01 * place}
        for place, one in enumerate(model.report["history"])
    ]
    scores = {"log_loss": 0.45, "auc": 0.8, "accuracy": 0.8, "intervals": {}}
    report = {
        "data": "customers.csv",
        "from_file": True,
        "split": {**model.report["split"], "how": "time", "repeated": 0},
        "diagnosis": {**model.report["diagnosis"], "verdict": "neither"},
        "linear_baseline": {"comparison": {"better": "network", "summary": "", "next": []}},
        "history": history,
        "test": scores,
        "baselines": {"constant": {**scores, "log_loss": 0.69, "auc": 0.5, "accuracy": 0.5}, "linear": None},
        "calibration": {
            "bins": [],
            "expected_calibration_error": {"value": 0.03, "interval": [0.0, 0.05]},
            "by_chance": 0.03,
        },
    }
    return with_report(evidence, **report)


def with_report(evidence: Evidence, **changes: Any) -> Evidence:
    return replace(evidence, model=replace(evidence.model, report={**evidence.report, **changes}))


def with_column(
    evidence: Evidence, name: str, change: Callable[[np.ndarray], Any], rows: Any = slice(None)
) -> Evidence:
    table = evidence.table
    values = np.array(table[name].to_pylist(), dtype=object)
    values[rows] = change(values[rows])
    column = pa.array(values.tolist(), type=table.schema.field(name).type)
    return replace(evidence, table=table.set_column(table.column_names.index(name), name, column))


def part(name: str, **changes: Any) -> Change:
    """A change of a part of the report."""
    return lambda evidence: with_report(evidence, **{name: {**evidence.report[name], **changes}})


def last_epochs(**changes: Any) -> Change:
    return lambda evidence: with_report(evidence, history=[{**one, **changes} for one in evidence.report["history"]])


def rising(evidence: Evidence) -> Evidence:
    losses = [0.4, 0.5, 0.6, 0.7]
    history = [{**evidence.report["history"][0], "validation_loss": loss} for loss in losses]
    return with_report(evidence, history=history, best_epoch=1)


def leaking(evidence: Evidence) -> Evidence:
    answers = np.array(evidence.table["left"].to_pylist()) == "yes"
    return with_column(evidence, "x", lambda _: answers.astype(float))


def wrong_in_one_group(evidence: Evidence) -> Evidence:
    plan = np.array(evidence.table["plan"].to_pylist()) == "pro"
    flipped = {"yes": "no", "no": "yes"}
    sharp = replace(evidence, model=replace(evidence.model, network=sharpened(evidence.model)), split=None)
    return with_column(sharp, "left", lambda values: [flipped[one] for one in values], plan)


def sharpened(model: Model) -> Any:
    network = type(model.network).from_dict(model.network.to_dict(), model.network.theta.copy())
    network.parameters["W2"][...] *= 4
    return network


STEPS = ["Train longer.", "Widen the network.", "Add columns.", "Add rows.", "Or regularize."]
BOTH = [
    part("diagnosis", verdict="both", cause=None, next=STEPS),
    part("diagnosis", verdict="both", cause="columns", next=["Add informative columns."]),
]
TRIGGERS: dict[str, list[Change]] = {
    "WADE101": [part("split", how="random")],
    "WADE102": [leaking],
    "WADE103": [part("test", auc=0.9995), part("test", accuracy=1.0)],
    "WADE104": [part("split", test=40), part("split", train=20)],
    "WADE105": [lambda evidence: with_report(evidence, base_rate=[0.02])],
    "WADE106": [lambda evidence: with_column(evidence, "x", lambda values: values + 1.0, evidence.split.test)],
    "WADE107": [
        lambda evidence: with_column(evidence, "plan", lambda values: ["new"] * len(values), evidence.split.test[:20]),
        lambda evidence: with_report(
            replace(evidence, table=None, split=None),
            unseen={"test": [{"column": "plan", "unseen": 12, "values": 120}]},
        ),
    ],
    "WADE108": [part("split", repeated=30)],
    "WADE201": [part("diagnosis", verdict="variance", next=STEPS[3:]), *BOTH],
    "WADE202": [part("diagnosis", verdict="bias", next=STEPS[:3]), *BOTH],
    "WADE203": [
        part("diagnosis", cause="learning_rate", next=["Compare rates: wade race DATA."]),
        last_epochs(update_ratio=0.4),
        last_epochs(update_ratio=1e-8),
        rising,
    ],
    "WADE204": [last_epochs(dead_relus=0.7)],
    "WADE205": [lambda evidence: with_report(evidence, interrupted=True)],
    "WADE301": [
        lambda evidence: with_report(
            evidence, linear_baseline={"comparison": {"better": "level", "summary": "No clear difference.", "next": []}}
        )
    ],
    "WADE302": [part("test", log_loss=0.685), part("test", log_loss=0.75)],
    "WADE303": [part("calibration", expected_calibration_error={"value": 0.2, "interval": [0.15, 0.25]})],
    "WADE304": [wrong_in_one_group],
}


def codes(evidence: Evidence) -> set[str]:
    return {one.code for one in find(evidence).found}


def test_nothing_is_found_where_nothing_is_wrong(calm):
    assert codes(calm) == set()


@pytest.mark.parametrize(("code", "change"), [(code, one) for code, changes in TRIGGERS.items() for one in changes])
def test_a_finding_is_triggered_by_what_it_is_about(calm, code, change):
    found = [one for one in find(change(calm)).found if one.code == code]
    assert len(found) == 1
    assert found[0].title == RULES[code].title
    assert found[0].what.endswith((".", "%"))
    assert found[0].remedy.endswith((".", "?")) or code == "WADE301"  # its steps are those of the comparison
    assert " DATA" not in found[0].remedy


def test_each_of_two_verdicts_has_its_own_steps(calm):
    remedies = {one.code: one.remedy for one in find(BOTH[0](calm)).found}
    assert remedies["WADE201"] == "Add rows. Or regularize."
    assert remedies["WADE202"] == "Train longer. Widen the network. Add columns."


@pytest.mark.parametrize(
    ("scaling", "remedy"),
    [
        (None, "Train without --no-calibrate. Do not derive"),
        ({"applied": False, "why": "only 9 rows"}, "There was no temperature scaling: only 9 rows. Add rows and train"),
        ({"applied": True, "why": ""}, "Temperature scaling was applied and did not suffice. Add rows and train again"),
    ],
)
def test_what_calibrates_depends_on_what_was_done(calm, scaling, remedy):
    evidence = with_report(TRIGGERS["WADE303"][0](calm), temperature=scaling)
    (one,) = [one for one in find(evidence).found if one.code == "WADE303"]
    assert one.remedy.startswith(remedy)


@pytest.mark.parametrize(
    ("log_loss", "words"),
    [(0.685, "the network's log-loss is only 0.7 % below"), (0.75, "the network's log-loss is not below that")],
)
def test_how_little_columns_predict_is_a_sentence(calm, log_loss, words):
    (one,) = [one for one in find(part("test", log_loss=log_loss)(calm)).found if one.code == "WADE302"]
    assert words in one.what


def test_the_column_that_orders_the_rows_is_named_where_there_are_several(calm):
    column = Column("due", "date-time", "dates")
    schema = replace(calm.model.schema, columns=(*calm.model.schema.columns, column))
    several = replace(calm, model=replace(calm.model, schema=replace(schema, time=None)))
    several = replace(several, table=None, split=None)
    for evidence, remedy in ((calm, "--split time."), (several, "--split time --time signed.")):
        found = find(with_report(evidence, split={**evidence.report["split"], "how": "random"})).found
        assert [one.remedy.endswith(remedy) for one in found if one.code == "WADE101"] == [True]


def test_every_rule_has_a_trigger():
    assert set(TRIGGERS) == set(RULES)


def test_the_page_lists_every_rule():
    rows = re.findall(r"^\| (WADE\d+) \| (.*?) \|", PAGE.read_text(encoding="utf-8"), re.M)
    listed = dict(rows)
    tables = {code: f"{rule.title} (*table*)" if rule.needs_data else rule.title for code, rule in RULES.items()}
    assert listed == tables


def test_without_a_table_the_rules_that_need_it_are_named(calm):
    found = find(replace(calm, table=None, split=None))
    assert found.unchecked == ("WADE102", "WADE106", "WADE304")
    assert "Not checked, because that takes the table (DATA): WADE102, WADE106, WADE304." in found.checks_in_words()


def test_remedies_name_the_table_and_quote_columns(calm):
    evidence = with_report(leaking(calm), data="my table.csv")
    remedy = next(one.remedy for one in find(evidence).found if one.code == "WADE102")
    assert "wade train 'my table.csv' --target left --drop x" in remedy
