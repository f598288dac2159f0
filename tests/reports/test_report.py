"""A report: its sections in order, its formats, the rows it is about, and names that are harmless in it."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.cli.app import app
from wade.errors import DataError, InvalidArgument
from wade.model.recovered_split import open_as_in_training, recovered_split
from wade.reports.evidence import gather
from wade.reports.sections.reproduction import training_command
from wade.reports.wording import steps_to_try

SECTIONS = (
    *("table", "split", "network", "learning", "quality", "findings"),
    *("calibration", "decisions", "reasons", "row", "reproduction"),
)
OF_THE_MODEL = {"decisions", "reasons", "row"}
HOSTILE = "<script>alert(1)</script>|`*_\u202e\x1b[31m"


@pytest.fixture(scope="module")
def document(model, table):
    return wade.report(model, table)


def test_it_tells_everything_in_order(document, model):
    assert tuple(section.key for section in document.sections) == SECTIONS
    without = [section.key for section in wade.report(model).sections]
    assert without == [key for key in SECTIONS if key not in OF_THE_MODEL]


def test_its_metrics_are_those_of_the_training(document, model):
    metrics = next(block for block in section(document, "quality") if block["type"] == "table")
    column = metrics["titles"].index("this network")
    found = {row[0]: row[column]["value"] for row in metrics["rows"]}
    assert found == {"log-loss": model.report["test"]["log_loss"], "AUC": model.report["test"]["auc"],
                     "accuracy": model.report["test"]["accuracy"]}  # fmt: skip


def section(document, key: str) -> list[dict]:
    return next(one["blocks"] for one in document.to_dict()["sections"] if one["key"] == key)


def test_table_and_chart_of_decisions_have_one_unit(document):
    table, chart = (block for block in section(document, "decisions") if block["type"] in ("table", "chart"))
    charted = {round(row[0]["value"], 6): row[-1]["value"] for row in chart["numbers"]["rows"]}
    for row, threshold in zip(table["rows"], (0.5, 0.25), strict=False):
        assert row[1]["value"] == threshold
        assert row[table["titles"].index("saved per row")]["value"] == pytest.approx(charted[threshold], abs=1e-9)


def test_what_the_first_screen_cuts_is_in_the_report(document, model):
    steps = [step.partition(":")[0] for step in steps_to_try(model.report)]
    assert steps
    assert all(said in json.dumps(section(document, "learning"), ensure_ascii=False) for said in steps)
    assert model.report["notes"]
    assert {*model.report["notes"]} <= {block.get("text") for block in section(document, "table")}


@pytest.mark.parametrize("how", ["random", "time", "group"])
def test_the_test_rows_of_the_training_are_found_again(table, how):
    options = {"group": "plan"} if how == "group" else {"split": how}
    model = wade.learn(table, "left", hidden=(), epochs=1, time="signed", learning_rate=0.01, **options)
    evidence = gather(model, table)
    assert len(evidence.split.test) == model.report["split"]["test"]
    assert evidence.losses.mean() == pytest.approx(model.report["test"]["log_loss"], rel=1e-6)


def test_a_sample_of_rows_is_drawn_again(table):
    model = wade.learn(table, "left", hidden=(), epochs=1, rows=200, learning_rate=0.01)
    evidence = gather(model, table)
    assert evidence.table.num_rows == 200
    assert evidence.losses.mean() == pytest.approx(model.report["test"]["log_loss"], rel=1e-6)


def test_rows_of_another_table_are_all_evaluated(model, table):
    other = table.set_column(1, "x", pa.array(np.linspace(-2, 2, table.num_rows)))
    assert recovered_split(model, *open_as_in_training(model, other)[:2]) is None
    evidence = gather(model, other)
    assert len(evidence.rows) == table.num_rows
    blocks = section(wade.report(model, other), "quality")
    captions = [block["caption"] for block in blocks if block["type"] == "table"]
    assert captions[:2] == [
        "Metrics on the rows of the pyarrow table", "Metrics on the 120 test rows of the training, for comparison",
    ]  # fmt: skip


def test_training_rows_among_others_are_told(model, table):
    notes = gather(model, table.slice(0, 300)).notes
    assert any("equal a row that this model was trained on" in note for note in notes)


def test_every_format_has_every_section(document):
    assert json.loads(json.dumps(document.to_dict(), allow_nan=False))["task"] == "binary"
    page, text, markdown = document.html(), document.text(), document.markdown()
    for one in document.sections:
        assert f'<section id="{one.key}"' in page
        assert f"\n{one.title}\n─" in text
        assert f"\n## {one.title}\n" in markdown
    assert all("WADE101" in written for written in (page, text, markdown))
    assert max(len(line) for line in text.splitlines() if "wade.learn" not in line) <= 80


@pytest.mark.parametrize("task", ["many classes", "number"])
def test_other_tasks_have_what_they_can_have(task):
    x = np.linspace(0, 1, 120)
    target = [f"class {int(15 * value)}" for value in x] if task == "many classes" else 3 * x
    table = pa.table({"x": x, "target": target})
    model = wade.learn(table, "target", hidden=(3,), epochs=1, members=1, learning_rate=0.01)
    keys = {one.key for one in wade.report(model, table).sections}
    assert keys == {*SECTIONS} - {"decisions"} - ({"calibration"} if task == "number" else set())


def test_hostile_names_are_harmless():
    table = pa.table({HOSTILE: [0.0, 1.0] * 30, "b": [HOSTILE, "x"] * 30, "late": [f"{HOSTILE}1", "no"] * 30})
    model = wade.learn(table, "late", hidden=(2,), epochs=1, members=1, learning_rate=0.01)
    document = wade.report(model, table)
    written = document.html(), document.text(), document.markdown()
    for text in written:
        assert {one for one in text if not one.isprintable()} <= {"\n", "\xa0"}
    assert "<script" not in written[0]
    assert "<script" not in written[2].replace("```", "").split("## The mathematics")[0].replace("\\<", "")


def test_the_command_makes_the_same_model(table, tmp_path, monkeypatch):
    from pyarrow.csv import write_csv
    from typer.testing import CliRunner

    monkeypatch.chdir(tmp_path)
    write_csv(table, "my table.csv")
    options = {"hidden": (), "epochs": 1, "drop": ["plan"], "roles": {"x": "number"}, "calibrate": False, "seed": 3}
    model = wade.learn("my table.csv", "left", learning_rate=0.01, **options)
    command = training_command(model.report)
    assert command.startswith("wade train 'my table.csv' --target left")
    done = CliRunner().invoke(app, [*shlex.split(command)[1:], "-o", "again.wade", "-q"])
    assert done.exit_code == 0, done.output
    np.testing.assert_array_equal(wade.load("again.wade").network.theta, model.network.theta)


def test_what_is_no_model_or_has_no_target_is_refused(model, table):
    with pytest.raises(InvalidArgument, match="must be a Model"):
        wade.report(table)
    with pytest.raises(DataError, match="left"):
        wade.report(model, table.drop_columns(["left"]))


def test_long_tables_are_cut_and_say_so(monkeypatch, model):
    monkeypatch.setattr("wade.reports.sections.data.MOST_COLUMNS", 2)
    listed = section(wade.report(model), "table")[2]
    assert len(listed["rows"]) == 2
    assert listed["note"].startswith("1 more column left out: ")


KEPT = sorted((Path(__file__).parent.parent / "model" / "kept").glob("*/*.wade"))


def test_models_of_earlier_versions_are_reported_as_far_as_they_go():
    assert len(KEPT) > 5
    for path in KEPT:
        document = wade.report(wade.load(path))
        assert document.html().startswith("<!doctype html>"), path
        assert "earlier version, which did not record the command" in document.text(), path


def test_a_model_without_the_report_of_its_training_is_refused(model):
    bare = replace(model, report={name: model.report[name] for name in ("base_rate", "data", "rows", "split")})
    with pytest.raises(InvalidArgument, match=r"must keep the report of its training; received 'one without .*history"):
        wade.report(bare)
    assert "Metrics" not in bare._repr_html_()


def test_chance_alone_is_no_drift():
    random = np.random.default_rng(0)
    columns = {f"c{place}": random.integers(0, 2 + place, 200) for place in range(40)}
    table = pa.table({**columns, "late": random.choice(["no", "yes"], 200)})
    model = wade.learn(table, "late", hidden=(), epochs=1, learning_rate=0.01, categories=list(columns)[:20])
    assert [one.column for one in gather(model, table).drifts if one.is_notable] == []


def test_the_beginning_is_in_plain_words(document, model):
    own, constant = (f"{100 * scores['accuracy']:.1f} %" for scores in (model.report["test"], constant_of(model)))
    plain = document.summary[1].text
    assert plain == (
        f"On the 120 test rows, {own} of the predicted classes are right; always predicting the most frequent class, "
        f"{constant}."
    )
    facts = dict(document.summary[2].items)
    assert facts["Model"] == "MODEL: binary classification, 360 training rows of 600 rows"


def constant_of(model) -> dict:
    return model.report["baselines"]["constant"]


def test_its_row_has_the_number_that_it_has_in_the_table(table):
    """Rows without a target count, and so do those that a sample left out."""
    targets = [None if row % 3 == 0 else value for row, value in enumerate(table["left"].to_pylist())]
    holed = table.set_column(3, "left", pa.array(targets))
    for options in ({}, {"rows": 200}):
        model = wade.learn(holed, "left", hidden=(), epochs=1, learning_rate=0.01, **options)
        evidence = gather(model, holed)
        for row in (0, len(evidence.rows) - 1):
            found = holed.slice(evidence.number(row) - 1, 1).to_pylist()
            assert found == evidence.evaluated.slice(row, 1).to_pylist()


def test_a_folder_is_named_only_where_the_command_needs_it(table, tmp_path):
    from pyarrow.csv import write_csv

    path = tmp_path / "people.csv"
    write_csv(table, path)
    model = wade.learn(path, "left", hidden=(), epochs=1, learning_rate=0.01)
    document = wade.report(model, path)
    assert document.title == "Prediction of left from people.csv"
    named = [one.key for one in document.sections if str(tmp_path) in str(one)]
    assert set(named) <= {"findings", "decisions", "reproduction"}


def test_importances_have_the_same_decimals(document):
    tables = [block for block in section(document, "reasons") if block["type"] == "table"]
    for one in tables:
        column = 1 if "importance" in one["caption"] else 2
        places = {len(row[column]["text"].partition(".")[2]) for row in one["rows"]}
        assert len(places) == 1, one["caption"]
    opening = document.text().split("The mathematics of one row")[1].split("The row and its")[0]
    assert "row 1 of" not in opening.casefold()


def test_a_few_rows_give_no_verdict(model, table):
    document = wade.report(model, table.slice(0, 1))
    assert document.summary[0].text == "1 row is too few to tell how well these columns predict left."
    assert document.summary[1].text.startswith("On the 1 row of the pyarrow table, ")
    codes = {one["code"] for one in section(document, "findings")[0]["found"]}
    assert not codes & {"WADE103", "WADE302"}


@pytest.mark.parametrize("field", ["update_ratio", "dead_relus", "gradient_norm"])
def test_epochs_without_a_diagnostic_are_reported(model, field):
    history = [{key: value for key, value in one.items() if key != field} for one in model.report["history"]]
    assert "best epoch" in wade.report(replace(model, report={**model.report, "history": history})).text()
