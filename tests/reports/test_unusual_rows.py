"""Reports on rows that show little or nothing say so: no empty section, no number that is none, no verdict."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest

import wade

ROWS = 300
QUICK = {"hidden": (4,), "epochs": 2, "members": 1, "learning_rate": 0.02, "numbers": "scaled"}
RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=ROWS)
NUMBERS = {"x": X, "z": RANDOM.normal(size=ROWS)}
TARGETS = {
    "two classes": np.where(X + RANDOM.normal(size=ROWS) > 0, "yes", "no"),
    "a rare class": ["yes"] * 6 + ["no"] * (ROWS - 6),
    "three classes": RANDOM.choice(["a", "b", "c"], ROWS),
    "forty classes": [f"class {row % 40}" for row in range(ROWS)],
    "nearly constant": np.r_[np.ones(ROWS - 2), 2, 3],
    "many zeros": np.where(X > 1.5, 10 * X, 0.0),
    "a heavy tail": RANDOM.standard_cauchy(ROWS),
    "tiny numbers": 1e-12 * RANDOM.random(ROWS),
    "large negative numbers": -1e9 * RANDOM.random(ROWS) - 1e12,
    "prices": [f"{price:.2f} EUR" for price in RANDOM.gamma(2, 1e4, ROWS)],
}
TRAINED: dict[str, tuple[wade.Model, pa.Table]] = {}


def trained(target: str, **options) -> tuple[wade.Model, pa.Table]:
    if target not in TRAINED or options:
        table = pa.table({**NUMBERS, "y": TARGETS[target]})
        found = wade.learn(table, "y", **{**QUICK, **options}), table
        if options:
            return found
        TRAINED[target] = found
    return TRAINED[target]


def checked(document) -> str:
    """Its text up to the mathematics, after what every report holds."""
    assert all(section.blocks for section in document.sections)
    text = document.text(100).split("The mathematics of one row")[0]
    assert re.findall(r"\b(?:nan|inf|None)\b|0\.0{9}", text) == []
    assert document.html().startswith("<!doctype html>")
    return text


@pytest.mark.parametrize("target", TARGETS)
def test_every_kind_of_target_has_a_report(target):
    model, table = trained(target)
    checked(wade.report(model, table))
    checked(wade.report(model))


@pytest.mark.parametrize("rows", [1, 2, 9])
@pytest.mark.parametrize("target", ["two classes", "three classes", "prices"])
def test_very_few_rows_have_no_curves_and_no_intervals_of_decisions(target, rows):
    model, table = trained(target)
    document = wade.report(model, table.slice(7, rows))
    text = checked(document)
    assert f"{rows} row{'s are' if rows > 1 else ' is'} too few to tell" in text
    keys = {section.key for section in document.sections}
    assert not keys & {"calibration", "decisions"}
    assert not re.search("ROC curve|Residuals by|Half of the predictions|importance \\(permutation", text)


def test_a_test_part_of_one_row_is_one_row():
    model, table = trained("two classes", test_rows=1)
    text = checked(wade.report(model, table))
    assert "and 1 test row." in text
    assert "differ between training and test rows" not in text


def test_rows_of_one_class_do_not_show_how_well_classes_differ():
    model, table = trained("two classes")
    rows = table.filter(pa.array(np.asarray(TARGETS["two classes"]) == "yes"))
    text = checked(wade.report(model, rows))
    assert "have the same y: they do not show how well it is predicted." in text
    assert "No AUC: the rows are all of one class" in text.replace("\n", " ")
    assert "ROC curve" not in text
    assert "WADE302" not in text.split("checks ran")[0]


def test_rows_of_one_number_do_not_show_how_well_it_is_predicted():
    model, table = trained("prices")
    same = table.set_column(2, "y", pa.array(["20000.00 EUR"] * ROWS))
    assert "have the same y: they do not show how well it is predicted." in checked(wade.report(model, same))


def test_a_class_list_that_is_cut_says_of_which_classes_the_curves_are():
    model, table = trained("forty classes")
    text = checked(wade.report(model, table)).replace("\n", " ")
    assert "The other 28 classes are left out." in text
    assert "ROC curve of the 3 of these classes with the lowest AUC" in text


def test_the_curves_have_the_metrics_of_the_report():
    model, table = trained("two classes", metrics=["auc", "average_precision"])
    text = checked(wade.report(model, table))
    assert f"AUC {model.report['test']['auc']:.4f}." in text
    assert f"Average precision {model.report['test']['average_precision']:.4f}." in text


def test_the_curves_of_classes_list_what_each_gives_at_the_same_places():
    model, table = trained("three classes")
    blocks = next(one["blocks"] for one in wade.report(model, table).to_dict()["sections"] if one["key"] == "quality")
    roc, precision = (block["numbers"] for block in blocks if block["type"] == "chart")
    assert (len(roc["titles"]), len(roc["rows"]), len(precision["rows"])) == (4, 8, 10)
    for place in (1, 2, 3):
        recalls = [row[place]["value"] for row in roc["rows"]]
        assert recalls == sorted(recalls)
        assert all(0 < row[place]["value"] <= 1 for row in precision["rows"])
