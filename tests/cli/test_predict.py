"""`wade predict` and `wade evaluate`: an answer for every row, and how good the answers are."""

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

import wade
from wade.tables.reading.readers import read_table

QUICK = ("--epochs", "2", "--hidden", "4", "--members", "1")
Wade = Callable[..., Any]


def test_predictions_are_csv_with_a_line_for_each_row(wade_: Wade, model: Path, folder: Path) -> None:
    result = wade_("predict", model, "classes.csv")
    assert result.exit_code == 0
    assert result.stderr == ""
    rows = list(csv.DictReader(result.stdout.splitlines()))
    loaded = wade.load(model)
    assert [row["prediction"] for row in rows] == loaded.predict("classes.csv").tolist()
    shares = loaded.predict_probability("classes.csv")[:, 1]
    assert [float(row["probability of yes"]) for row in rows] == pytest.approx(shares.tolist(), abs=1e-7)
    assert list(rows[0]) == ["prediction", "probability of yes"]


def test_many_classes_have_a_probability_each(wade_: Wade, folder: Path) -> None:
    wade_("train", "many.csv", "--target", "answer", "--quiet", *QUICK)
    rows = list(csv.DictReader(wade_("predict", "many.wade", "many.csv").stdout.splitlines()))
    assert list(rows[0]) == ["prediction", "probability of low", "probability of mid", "probability of top"]
    for row in rows:
        shares = {name.removeprefix("probability of "): float(row[name]) for name in list(row)[1:]}
        assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
        assert row["prediction"] == max(shares, key=lambda name: shares[name])


def test_numbers_are_in_the_targets_own_unit(wade_: Wade, folder: Path) -> None:
    wade_("train", "numbers.csv", "--target", "answer", "--quiet", *QUICK)
    rows = list(csv.DictReader(wade_("predict", "numbers.wade", "numbers.csv").stdout.splitlines()))
    assert len(rows) == 120
    assert all(40 < float(row["prediction"]) < 160 for row in rows)
    assert max(len(row["prediction"]) for row in rows) <= 10  # nine digits and the point
    predicted = wade.load("numbers.wade").predict("numbers.csv").tolist()
    assert [float(row["prediction"]) for row in rows] == pytest.approx(predicted, rel=1e-8)


def test_output_goes_to_a_file_and_replaces_what_was_there(wade_: Wade, model: Path, folder: Path) -> None:
    (folder / "out.csv").write_text("old")
    result = wade_("predict", model, "classes.csv", "--output", "out.csv")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "120 predictions written to out.csv" in result.stderr
    assert (folder / "out.csv").read_text() == wade_("predict", model, "classes.csv").stdout
    quiet = wade_("predict", model, "classes.csv", "--output", "out.csv", "--quiet")
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (0, "", "")


@pytest.mark.parametrize("table", ["classes", "many", "numbers"])
def test_the_format_of_predictions_is_that_of_the_files_ending(wade_: Wade, folder: Path, table: str) -> None:
    of = f"{table}.wade"
    wade_("train", f"{table}.csv", "--target", "answer", "--quiet", *QUICK)
    found = json.loads(wade_("predict", of, f"{table}.csv", "--json").stdout)["predictions"]
    endings = ["csv", "CSV", "tsv", "jsonl", "ndjson", "parquet", "pq", "feather", "arrow", "ipc"]
    for ending in [*endings, "csv.gz", "tsv.bz2", "jsonl.zst", "csv.lz4"]:
        name = f"out.{ending}"
        assert wade_("predict", of, f"{table}.csv", "-o", name, "-q").exit_code == 0, name
        assert read_table(name).to_pydict() == found, name
    types = [str(one) for one in pyarrow.parquet.read_schema("out.parquet").types]
    assert types == ["double" if table == "numbers" else "string", *["double"] * (len(found) - 1)]
    assert Path("out.csv").read_text() == wade_("predict", of, f"{table}.csv").stdout


@pytest.mark.parametrize("name", ["out.txt", "out.json", "out.xlsx", "out.parquet.gz", "out.gz", "out.csv.xz", "v1.2"])
def test_a_file_of_any_other_ending_is_refused(wade_: Wade, model: Path, folder: Path, name: str) -> None:
    result = wade_("predict", model, "classes.csv", "--output", name)
    assert (result.exit_code, Path(name).exists()) == (2, False)
    remedy = result.stderr.rsplit("Try ", 1)[1].strip().removesuffix(".")
    assert wade_("predict", model, "classes.csv", "--output", remedy, "-q").exit_code == 0


def test_a_target_in_the_file_changes_nothing(wade_: Wade, model: Path, folder: Path) -> None:
    lines = [line.rsplit(",", 1)[0] for line in (folder / "classes.csv").read_text().splitlines()]
    (folder / "new.csv").write_text("\n".join(lines))
    (folder / "odd.csv").write_text("\n".join(f"{line},{'answer' if n == 0 else n}" for n, line in enumerate(lines)))
    expected = wade_("predict", model, "classes.csv").stdout
    assert wade_("predict", model, "new.csv").stdout == expected
    assert wade_("predict", model, "odd.csv").stdout == expected


def test_predictions_as_json(wade_: Wade, model: Path, folder: Path) -> None:
    found = json.loads(wade_("predict", model, "classes.csv", "--json").stdout)
    assert found["rows"] == 120
    assert set(found["predictions"]) == {"prediction", "probability of yes"}
    found = json.loads(wade_("predict", model, "classes.csv", "--json", "--output", "out.csv").stdout)
    assert found == {"model": str(model), "rows": 120, "output": "out.csv", "unseen": [], "notes": []}


def test_what_a_spreadsheet_needs_quoted_is_quoted(wade_: Wade, folder: Path) -> None:
    text = (folder / "classes.csv").read_text().replace(",yes", ',"yes, ""sir"""')
    (folder / "classes.csv").write_text(text)
    wade_("train", "classes.csv", "--target", "answer", "--quiet", *QUICK)
    rows = list(csv.DictReader(wade_("predict", "classes.wade", "classes.csv").stdout.splitlines()))
    assert {row["prediction"] for row in rows} <= {"no", 'yes, "sir"'}
    assert 'probability of yes, "sir"' in rows[0]


def test_output_to_a_reader_that_leaves_is_no_failure_to_report(wade_process: Any, model: Path) -> None:
    with wade_process("predict", str(model), "classes.csv") as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_evaluation_as_json_has_the_shape_of_training(wade_: Wade, model: Path) -> None:
    result = wade_("evaluate", model, "classes.csv", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert set(found["test"]) == {"log_loss", "auc", "accuracy", "intervals"}
    assert {"constant"} == set(found["baselines"])
    assert {"split", "engine", "epochs", "seconds", "model"} < set(found)
    assert found["rows"] == 120


def test_evaluation_for_a_person(wade_: Wade, model: Path) -> None:
    said = " ".join(wade_("evaluate", model, "classes.csv").stdout.split())
    assert "on 120 rows log-loss AUC accuracy" in said
    assert "this network" in said


def test_evaluation_on_training_rows_is_said_to_be_optimistic(wade_: Wade, model: Path, folder: Path) -> None:
    fresh = [f"{number / 43},red,yes" for number in range(40)]
    (folder / "fresh.csv").write_text("\n".join(["size,colour,answer", *fresh, ""]))
    known, fresh = wade_("evaluate", model, "classes.csv"), wade_("evaluate", model, "fresh.csv")
    said = " ".join(known.stdout.split())
    assert "72 of 120 rows equal a row that this model was trained on, so these results are optimistic" in said
    assert "optimistic" not in fresh.stdout
    assert json.loads(wade_("evaluate", model, "fresh.csv", "--json").stdout)["notes"] == []


def test_the_seed_of_an_evaluation_moves_its_intervals_only(wade_: Wade, model: Path) -> None:
    said = [json.loads(wade_("evaluate", model, "classes.csv", "--json", "--seed", seed).stdout) for seed in (0, 0, 1)]
    first, again, other = (answer["test"] for answer in said)
    assert first == again
    assert first["log_loss"] == other["log_loss"]
    assert first["intervals"] != other["intervals"]
    assert wade_("evaluate", model, "classes.csv", "--quiet").stdout == ""


def test_values_never_seen_are_noted_beside_the_predictions(wade_: Wade, folder: Path) -> None:
    rows = "".join(f"{plan},{x},{'yes' if plan == 'plus' else 'no'}\n" for plan in ("plus", "basic") for x in range(40))
    (folder / "plans.csv").write_text("plan,x,late\n" + rows)
    (folder / "new.csv").write_text("plan,x\nplus,1\ngold,2\n,3\n")
    wade_("train", "plans.csv", "--target", "late", "--epochs", "1", "--model", "plans.wade")
    found = "column 'plan': 1 of 2 values never seen in training, or too rare there: 'gold'"
    note = f"note: {found}; it counts as unknown."
    missing = (
        "note: Missing here, never in training: 'plan' in 1 row. What that means was not learned: numbers and dates "
        "count as their median, categories as unknown."
    )
    done = wade_("predict", "plans.wade", "new.csv")
    assert (len(done.stdout.splitlines()), done.stderr.replace("wade: ", "").strip()) == (4, f"{note}\n{missing}")
    assert wade_("predict", "plans.wade", "new.csv", "--quiet").stderr == ""
    assert note in wade_("predict", "plans.wade", "new.csv", "--output", "out.csv").stderr
    assert json.loads(wade_("predict", "plans.wade", "new.csv", "--json").stdout)["unseen"] == [
        {"column": "plan", "category": "plan", "unseen": 1, "values": 2, "examples": ["gold"]}
    ]


COSTS = ("--cost-false-alarm", "50", "--cost-miss", "400")


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (COSTS, {"cost_false_alarm": 50, "cost_miss": 400}),
        (("--threshold", "0.5"), {"threshold": 0.5}),
        ((*COSTS, "--threshold", "0.5"), {"cost_false_alarm": 50, "cost_miss": 400, "threshold": 0.5}),
        ((*COSTS, "--act-on", "no"), {"cost_false_alarm": 50, "cost_miss": 400, "act_on": "no"}),
        ((*COSTS, "--capacity", "7"), {"cost_false_alarm": 50, "cost_miss": 400, "capacity": 7}),
    ],
)
def test_a_decision_is_a_column_that_says_on_whom_to_act(
    wade_: Wade, model: Path, options: tuple[str, ...], asked: dict[str, Any]
) -> None:
    result = wade_("predict", model, "classes.csv", *options)
    rows = list(csv.DictReader(result.stdout.splitlines()))
    acts = [row["act"] == "True" for row in rows]
    loaded = wade.load(model)
    assert acts == loaded.act("classes.csv", **asked).tolist()
    # As many rows as the decision acts on where it is evaluated.
    evaluated = loaded.decide("classes.csv", **{"cost_false_alarm": 50, "cost_miss": 400, **asked})
    assert sum(acts) == evaluated["policies"]["decision"]["acts"]
    assert f"act on {sum(acts)} of 120 rows: where the probability of answer = " in result.stderr
    found = json.loads(wade_("predict", model, "classes.csv", *options, "--json").stdout)
    assert found["predictions"]["act"] == acts
    assert found["decision"]["threshold"] == evaluated["thresholds"]["decision"]


def test_rows_without_a_target_can_be_decided_on(wade_: Wade, model: Path, folder: Path) -> None:
    lines = (folder / "classes.csv").read_text().splitlines()
    (folder / "new.csv").write_text("\n".join([*(line.rpartition(",")[0] for line in lines), ""]))
    shown = wade_("decide", model, "classes.csv", *COSTS).stdout
    (line,) = [line for line in shown.splitlines() if line.startswith("New rows")]
    command = shlex.split(line.removeprefix("New rows"))[1:]
    result = wade_(*["new.csv" if word == "NEW.csv" else word for word in command])
    assert result.exit_code == 0
    assert result.stdout == wade_("predict", model, "classes.csv", *COSTS).stdout


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--cost-miss", "400"), "`--cost-false-alarm` is needed"),
        (("--capacity", "3"), "`--cost-false-alarm` is needed"),
        (("--threshold", "1.5"), "must be a probability from 0 to 1"),
        ((*COSTS, "--capacity", "0"), "must be a whole number from 1 on"),
        ((*COSTS, "--act-on", "maybe"), "act"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(wade_: Wade, model: Path, options: tuple[str, ...], named: str) -> None:
    result = wade_("predict", model, "classes.csv", *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr


def test_a_number_is_no_class_to_act_on(wade_: Wade, folder: Path) -> None:
    wade_("train", "numbers.csv", "--target", "answer", "--quiet", *QUICK)
    result = wade_("predict", "numbers.wade", "numbers.csv", *COSTS)
    assert result.exit_code == 2
    assert "a decision needs a target of two classes" in result.stderr


def test_ids_stand_in_front_of_the_predictions_as_they_are_in_the_table(wade_: Wade, model: Path, folder: Path) -> None:
    (folder / "new.csv").write_text("key,day,size,colour\n007,2024-01-05,1.5,red\n010,2024-02-05,0.5,green\n")
    plain = list(csv.DictReader(wade_("predict", model, "new.csv").stdout.splitlines()))
    found = wade_("predict", model, "new.csv", "--ids", "key,colour,day")
    rows = list(csv.DictReader(found.stdout.splitlines()))
    assert [(row["key"], row["colour"], row["day"]) for row in rows] == [
        ("007", "red", "2024-01-05"),
        ("010", "green", "2024-02-05"),
    ]
    assert list(rows[0]) == ["key", "colour", "day", *plain[0]]
    assert [row["prediction"] for row in rows] == [row["prediction"] for row in plain]
    as_json = json.loads(wade_("predict", model, "new.csv", "--ids", "key", "--json").stdout)
    assert as_json["predictions"]["key"] == ["007", "010"]
    for name in ("out.parquet", "out.jsonl"):
        assert wade_("predict", model, "new.csv", "--ids", "key,day", "-o", name).exit_code == 0
        assert read_table(name)["key"].to_pylist() == ["007", "010"]


@pytest.mark.parametrize(
    ("ids", "complaint"),
    [
        ("kye", "there is no column 'kye' (to stand beside the predictions). Did you mean 'key'?"),
        ("prediction", "`--ids` must name columns that are not named like those of the result; received 'prediction'"),
        ("key,key", "`--ids` must name columns that are not named like those of the result; received 'key'"),
    ],
)
def test_ids_that_cannot_stand_there_are_refused(
    wade_: Wade, model: Path, folder: Path, ids: str, complaint: str
) -> None:
    (folder / "new.csv").write_text("key,prediction,size,colour\n007,1,1.5,red\n")
    found = wade_("predict", model, "new.csv", "--ids", ids)
    assert (found.exit_code, found.stdout) == (2, "")
    assert complaint in found.stderr
