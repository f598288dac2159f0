"""`wade train`: what it prints, what it saves, and where."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wade
from wade.tables.reading.size_estimate import Size

QUICK = ("--epochs", "2", "--hidden", "4")
Wade = Callable[..., Any]


@pytest.mark.parametrize(
    ("name", "metrics"),
    [
        ("classes", {"log_loss", "auc", "accuracy"}),
        ("many", {"log_loss", "auc", "accuracy"}),
        ("numbers", {"rmse", "mae", "r2"}),
    ],
)
def test_json_is_one_object_with_everything_in_it(wade_: Wade, folder: Path, name: str, metrics: set[str]) -> None:
    result = wade_("train", f"{name}.csv", "--target", "answer", "--json", *QUICK)
    assert result.exit_code == 0
    assert result.stderr == ""
    found = json.loads(result.stdout)
    for figures in (found["test"], *found["baselines"].values()):
        assert metrics | {"intervals"} == set(figures)
        known = {metric: bounds for metric, bounds in figures["intervals"].items() if bounds}
        assert all(low <= figures[metric] <= high for metric, (low, high) in known.items())
    assert set(found["baselines"]) == {"constant", "linear"}
    assert {"train", "validation", "test", "how", "why", "repeated"} == set(found["split"])
    assert found["split"]["train"] == 72
    assert found["epochs"] == 2
    assert found["seconds"] > 0
    assert found["model"] == f"{name}.wade"
    assert wade.load(folder / found["model"]).report["test"] == found["test"]


def test_the_summary_says_what_a_person_needs(wade_: Wade, folder: Path) -> None:
    result = wade_("train", "classes.csv", "--target", "answer", *QUICK)
    assert result.exit_code == 0
    assert result.stderr == ""
    said = " ".join(result.stdout.split())
    first = (
        "classes.csv: predicting answer from 2 columns, 120 rows (binary)",
        "on 24 test rows log-loss AUC accuracy",
        "constant baseline (class frequencies)",
        "linear baseline",
        "this network",
        "95 % interval",
        "Split random: 72 training, 24 validation and 24 test rows",
        "Verdict ",
        "Saved classes.wade",
        "Next wade report classes.wade classes.csv -o classes-report.html",
        "New rows wade predict classes.wade NEW.csv -o classes-predictions.csv",
        "--verbose",
    )
    assert [part for part in first if part not in said] == []
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    assert len(result.stdout.splitlines()) < 24
    result = wade_("train", "classes.csv", "--target", "answer", "--verbose", *QUICK)
    said = " ".join(result.stdout.split())
    details = (
        "At random, stratified by class: 72 training, 24 ",
        "Target classes no and yes;",
        "2 columns → 4 → 1, relu, dropout 0.1, 4 ensemble members; 84 parameters",
        "Choices encoding of numbers scaled: fewer than 100 rows are too few for piecewise-linear bins",
        "ensemble members 4: up to 10 steps are too few to train more networks that share their weights",
        "learning rate 0.003: the usual rate for adamw; training has too few steps (10) for a sweep",
        "stopped because all 2 epochs are done",
        "Saved classes-2.wade",
    )
    assert [part for part in details if part not in said] == []
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_members_and_dropout_reach_the_network_and_the_summary(wade_: Wade, folder: Path) -> None:
    """W1 1·4, E1 3·4, R1 and S1 2·(2 + 4), b1 2·4, W2 4, R2 and S2 2·(4 + 1), b2 2: 4 + 12 + 12 + 8 + 4 + 10 + 2."""
    result = wade_("train", "classes.csv", "--target", "answer", "-v", "--members", "2", "--dropout", "0.25", *QUICK)
    said = " ".join(result.stdout.split())
    assert "2 columns → 4 → 1, relu, dropout 0.25, 2 ensemble members; 52 parameters" in said
    model = wade.load(folder / "classes.wade")
    assert (model.network.members, model.network.dropout) == (2, 0.25)
    assert (model.report["settings"]["members"], model.report["settings"]["dropout"]) == (2, 0.25)
    assert wade_("evaluate", "classes.wade", "classes.csv").exit_code == 0


def test_what_is_fixed_is_not_said_to_be_chosen(wade_: Wade) -> None:
    fixed = ("--members", "1", "--dropout", "0", "--batch-size", "8", "--learning-rate", "0.01", "--weight-decay", "0")
    rest = ("--schedule", "constant", "--patience", "2", "--numbers", "scaled")
    given = wade_("train", "classes.csv", "--target", "answer", "--json", *QUICK, *fixed, *rest).stdout
    assert json.loads(given)["choices"] == {}
    said = wade_("train", "classes.csv", "--target", "answer", "-v", *QUICK, *fixed, *rest).stdout
    assert "Network" in said
    assert "Choices" not in said
    fixed = tuple("auto" if before == "--dropout" else word for before, word in zip(("", *fixed), fixed, strict=False))
    again = wade_("train", "classes.csv", "--target", "answer", "--json", *QUICK, *fixed).stdout
    assert set(json.loads(again)["choices"]) == {"numbers", "dropout", "schedule", "patience"}


def test_a_race_finds_the_learning_rate_where_there_are_steps_enough(wade_: Wade) -> None:
    many = ("--hidden", "none", "--epochs", "80", "--batch-size", "2", "--learning-rate", "auto")
    found = json.loads(wade_("train", "numbers.csv", "--target", "answer", "--json", *many).stdout)
    choice = found["choices"]["learning_rate"]
    assert found["settings"]["learning_rate"] == choice["value"]
    assert "in a sweep of 7 rates over" in choice["why"]


@pytest.mark.parametrize("option", ["--epochs", "--batch-size", "--members", "--learning-rate", "--dropout"])
def test_a_setting_that_is_no_number_is_named_by_its_option(wade_: Wade, option: str) -> None:
    result = wade_("train", "classes.csv", "--target", "answer", option, "many")
    assert result.exit_code == 2
    assert f"`{option}` must be a" in result.stderr
    assert "or auto" in result.stderr


def test_the_summary_of_a_number_speaks_of_its_mean(wade_: Wade) -> None:
    said = " ".join(wade_("train", "numbers.csv", "--target", "answer", "-v", *QUICK).stdout.split())
    for part in ("on 24 test rows RMSE MAE R²", "constant baseline (mean)", "Target mean ", "in units of the target"):
        assert part in said


@pytest.mark.parametrize("hidden", ["none", "8"])
def test_a_network_that_the_linear_baseline_beats_is_called_worse(wade_: Wade, hidden: str) -> None:
    said = wade_("train", "numbers.csv", "--target", "answer", "--hidden", hidden, "--epochs", "1", "-v").stdout
    assert "The linear baseline is better by squared error on the test rows." in " ".join(said.split())
    assert "too few epochs" in said
    assert "--hidden none" not in said  # the cause comes first, and no remedy is in force already
    assert ": the lowest loss on 5 folds of the training rows and the validation rows" in " ".join(said.split())


def test_the_next_command_runs_as_it_stands(wade_: Wade, folder: Path) -> None:
    (folder / "my flights.csv").write_bytes((folder / "classes.csv").read_bytes())
    result = wade_("train", "my flights.csv", "--target", "answer", *QUICK)
    for label, name, made in (
        ("Next", "report", "my flights-report.html"),
        ("New rows", "predict", "my flights-predictions.csv"),
    ):
        [line] = [line for line in result.stdout.splitlines() if line.startswith(label)]
        command = shlex.split(line.removeprefix(label).replace("NEW.csv", "classes.csv"))
        assert command[:2] == ["wade", name]
        assert wade_(*command[1:]).exit_code == 0
        assert (folder / made).exists()


def test_the_summary_is_never_wider_than_the_terminal_and_uses_a_wide_one(
    wade_: Wade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    lines = wade_("train", "many.csv", "--target", "answer", "--verbose", *QUICK).stdout.splitlines()
    assert 80 < max(map(len, lines)) <= 120


def test_quiet_prints_nothing(wade_: Wade, folder: Path) -> None:
    result = wade_("train", "classes.csv", "--target", "answer", "--quiet", *QUICK)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert (folder / "classes.wade").exists()


def test_a_name_that_is_taken_is_left_alone_unless_it_is_asked_for(wade_: Wade, folder: Path) -> None:
    arguments = ("train", "classes.csv", "--target", "answer", "--json", *QUICK)
    names = [json.loads(wade_(*arguments).stdout)["model"] for _ in range(3)]
    assert names == ["classes.wade", "classes-2.wade", "classes-3.wade"]
    before = (folder / "classes.wade").read_bytes()
    assert json.loads(wade_(*arguments, "--model", "classes.wade", "--seed", "1").stdout)["model"] == "classes.wade"
    assert (folder / "classes.wade").read_bytes() != before
    assert not (folder / "classes-4.wade").exists()


def test_the_model_of_a_table_elsewhere_is_saved_here(wade_: Wade, folder: Path) -> None:
    elsewhere = folder / "data" / "rows.v2.csv"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes((folder / "classes.csv").read_bytes())
    result = wade_("train", str(elsewhere), "--target", "answer", "--json", *QUICK)
    assert json.loads(result.stdout)["model"] == "rows.v2.wade"


def test_options_reach_the_training(wade_: Wade) -> None:
    result = wade_(
        *("train", "numbers.csv", "--target", "answer", "--json", "--columns", "size", "--rows", "100"),
        *("--hidden", "none", "--epochs", "3", "--batch-size", "8", "--optimizer", "sgd", "--learning-rate", "0.01"),
        *("--schedule", "constant", "--patience", "2", "--engine", "reference", "--seed", "9", "--test-rows", "10"),
        *("--l1", "0.01", "--l2", "0.02", "--clip-norm", "3"),
    )
    found = json.loads(result.stdout)
    assert (found["rows"], found["columns"], found["split"]["test"]) == (100, 1, 10)
    assert found["engine"] == "reference"
    expected = {
        **{"hidden": [], "epochs": 3, "batch_size": 8, "optimizer": "sgd", "learning_rate": 0.01},
        **{"schedule": "constant", "patience": 2, "engine": "reference", "seed": 9, "plateau": None},
        **{"l1": 0.01, "l2": 0.02, "clip_norm": 3.0, "weight_decay": 0.0},
    }
    assert expected.items() <= found["settings"].items()
    assert found["parameters"] == 2


def test_a_plateau_cuts_the_learning_rate_halfway_to_where_patience_stops(wade_: Wade) -> None:
    """Steps of 1e-30 change no loss: after the first epoch, two pass without a better one, and two more."""
    steps = ("--learning-rate", "1e-30", "--schedule", "plateau", "--patience", "4", "--epochs", "20", "--hidden", "4")
    found = json.loads(wade_("train", "classes.csv", "--target", "answer", "--json", *steps).stdout)
    assert [epoch["learning_rate"] for epoch in found["history"]] == pytest.approx([1e-30] * 3 + [1e-31] * 2, rel=1e-9)
    assert found["settings"]["schedule"] == "plateau"
    assert found["settings"]["plateau"] == {"factor": 0.1, "patience": 1, "threshold": 1e-4}
    assert "since epoch 1, 4 epochs ago" in found["stop_reason"]


def test_names_with_commas_stand_in_quotes(wade_: Wade, folder: Path) -> None:
    text = (folder / "classes.csv").read_text().replace("size,", '"size, in cm",')
    (folder / "classes.csv").write_text(text)
    result = wade_("train", "classes.csv", "--target", "answer", "--columns", '"size, in cm"', "--json", *QUICK)
    assert json.loads(result.stdout)["columns"] == 1


def test_numbers_become_categories_and_marks_become_missing(wade_: Wade, folder: Path) -> None:
    rows = "\n".join(f"{row % 3},{'-999' if row % 5 == 0 else row},{row % 2}" for row in range(60))
    (folder / "codes.csv").write_text(f"code,x,answer\n{rows}\n")
    result = wade_(
        *("train", "codes.csv", "--target", "answer", "--category", "code", "--missing", "-999", "--json"), *QUICK
    )
    assert result.exit_code == 0
    network = wade.load(folder / "codes.wade").network
    assert network.inputs.numbers == ("x", "x missing")
    assert network.inputs.categories[0].name == "code"


def test_the_deck_asks_about_temperature_and_wind(wade_: Wade) -> None:
    result = wade_("train", "flights", "--columns", "temperature,wind_speed", "--rows", "3000", "--json", *QUICK)
    found = json.loads(result.stdout)
    assert (found["columns"], found["target"], found["model"]) == (2, "delayed", "flights.wade")


def test_flights_split_by_time(wade_: Wade) -> None:
    found = json.loads(wade_("train", "flights", "--split", "time", "--rows", "3000", "--json", *QUICK).stdout)
    assert found["split"]["how"] == "time"


def test_names_from_a_table_are_neither_markup_nor_orders_to_the_terminal(wade_: Wade, folder: Path) -> None:
    text = (folder / "classes.csv").read_text()
    name = "[bold red]answer[/] \x1b]0;owned\x07"
    (folder / "classes.csv").write_text(text.replace("answer", name).replace("yes", "[link=x]yes[/link]\x1b[2J"))
    result = wade_("train", "classes.csv", "--target", name, "--verbose", *QUICK)
    assert result.exit_code == 0
    assert "[bold red]answer[/] ?]0;owned?" in result.stdout
    assert "[link=x]yes[/link]?[2J" in result.stdout
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout


def test_a_test_set_of_one_class_is_explained(wade_: Wade, folder: Path) -> None:
    rows = "\n".join(
        f"{row % 7},2024-01-{1 + row // 4:02},{'a' if row < 70 and row % 2 else 'b'}" for row in range(100)
    )
    (folder / "late.csv").write_text(f"x,day,answer\n{rows}\n")
    arguments = ("train", "late.csv", "--target", "answer", "--split", "time", *QUICK)
    assert json.loads(wade_(*arguments, "--json").stdout)["test"]["auc"] is None
    assert "No AUC: the rows are all of one class" in wade_(*arguments).stdout


def test_files_as_parts(wade_: Wade, folder: Path) -> None:
    lines = (folder / "classes.csv").read_text().splitlines()
    for name, rows in (("some", lines[1:81]), ("others", lines[81:])):
        (folder / f"{name}.csv").write_text("\n".join([lines[0], *rows, ""]))
    result = wade_("train", "some.csv", "--target", "answer", "--test", "others.csv", "--json", *QUICK)
    assert result.exit_code == 0, result.output
    split = json.loads(result.stdout)["split"]
    assert (split["train"], split["validation"], split["test"], split["how"]) == (72, 8, 40, "files")
    assert split["why"].startswith("By file, a tenth of the training rows drawn for validation: 72 training")


def test_a_streamed_table_is_said_in_the_summary(wade_: Wade, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wade.tables.reading.dataset.size_of", lambda part: Size(120, 10**9))
    result = wade_("train", "classes.csv", "--target", "answer", "--memory", "1GB", "-v", *QUICK)
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "Memory The table needs about 5.3 GB of memory, more than the limit of 1 GB: its encoded rows are" in said
    assert "At random, row by row:" in said


def test_memory_that_is_no_size_is_refused(wade_: Wade) -> None:
    result = wade_("train", "classes.csv", "--target", "answer", "--memory", "plenty")
    assert result.exit_code == 2
    assert result.stderr == "wade: `--memory` must be a size such as 1GB, 1.5GB or 800MB; received 'plenty'.\n"


def test_a_full_disk_is_a_failure_with_a_remedy(wade_: Wade, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wade.tables.reading.dataset.size_of", lambda part: Size(120, 10**9))
    monkeypatch.setattr("wade.tables.columns.disk.shutil.disk_usage", lambda folder: type("Usage", (), {"free": 100}))
    result = wade_("train", "classes.csv", "--target", "answer", "--memory", "1GB", *QUICK)
    assert result.exit_code == 1
    assert "the encoded rows cannot be kept here" in result.stderr
    assert "TMPDIR" in result.stderr
    assert not (folder / "classes.wade").exists()
