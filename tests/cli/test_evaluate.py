"""`wade evaluate`: chosen metrics, the confusion matrix, and calibration."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wade.cli.views.calibration import show_confusion_matrix
from wade.cli.views.tables import terminal
from wade.metrics import metrics_of
from wade.settings.table import METRIC_NAMES

QUICK = ("--epochs", "2", "--hidden", "4")
Wade = Callable[..., Any]


def test_the_figures_of_choice_stand_one_below_the_other(wade_: Wade, model: Path) -> None:
    result = wade_("evaluate", model, "classes.csv", "--metrics", "f1,brier,matthews,balanced_accuracy")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert all(len(line) <= 80 for line in lines)
    for label in ("F1", "Brier score", "Matthews correlation", "balanced accuracy"):
        assert any(line.startswith(label) for line in lines)
    assert "Lower is better for Brier score, higher for F1, Matthews correlation and balanced accuracy." in " ".join(
        result.stdout.split()
    )


def test_json_holds_the_figures_the_matrix_and_the_bins(wade_: Wade, model: Path) -> None:
    result = wade_("evaluate", model, "classes.csv", "--metrics", "average_precision", "--json")
    found = json.loads(result.stdout)
    assert set(found["test"]) == {"average_precision", "intervals"}
    assert found["confusion"]["classes"] == ["no", "yes"]
    assert sum(map(sum, found["confusion"]["matrix"])) == found["rows"] == 120
    assert sum(one["rows"] for one in found["calibration"]["bins"]) == 120
    assert {"expected_calibration_error", "by_chance"} < set(found["calibration"])


def test_the_matrix_and_the_bins_are_shown(wade_: Wade, folder: Path) -> None:
    wade_("train", "many.csv", "--target", "answer", "--quiet", *QUICK)
    short, long = (wade_("evaluate", "many.wade", "many.csv", *more).stdout for more in ((), ("--verbose",)))
    assert "actual \\ predicted  low  mid  top" in short
    assert "predicted  observed" in long
    assert "predicted  observed" not in short
    assert all("Calibration error (ECE) " in text for text in (short, long))


def test_numbers_have_neither(wade_: Wade, folder: Path) -> None:
    wade_("train", "numbers.csv", "--target", "answer", "--quiet", *QUICK)
    found = json.loads(wade_("evaluate", "numbers.wade", "numbers.csv", "--metrics", "mape,mae", "--json").stdout)
    assert (found["confusion"], found["calibration"]) == (None, None)
    assert "Lower is better for MAPE and MAE (MAE in units of the target)." in " ".join(
        wade_("evaluate", "numbers.wade", "numbers.csv", "--metrics", "mape,mae").stdout.split()
    )


def test_an_unknown_figure_is_named(wade_: Wade, model: Path) -> None:
    result = wade_("evaluate", model, "classes.csv", "--metrics", "auk")
    assert result.exit_code == 2
    assert "`--metrics` must be one of" in result.stderr
    assert "Did you mean 'auc'?" in result.stderr


def test_the_help_names_every_figure() -> None:
    classes, numbers = METRIC_NAMES.split("; for regression ")
    assert classes.split(", ") == list(metrics_of("classification"))
    assert numbers.split(", ") == list(metrics_of("regression"))


def test_a_matrix_that_does_not_fit_is_left_to_json(folder: Path, capsys: Any) -> None:
    names = [f"\x1b[31mclass number {k}" for k in range(12)]
    show_confusion_matrix(terminal(), {"classes": names, "matrix": [[0] * 12] * 12})
    assert capsys.readouterr().out == "Confusion matrix of 12 classes: see --json.\n"
    show_confusion_matrix(terminal(), {"classes": names[:2], "matrix": [[1, 2], [3, 4]]})
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "?[31mclass nu…" in said


def test_the_summary_of_a_training_says_what_ails_it_and_how_sure_it_is(wade_: Wade, folder: Path) -> None:
    said = " ".join(wade_("train", "classes.csv", "--target", "answer", "-v", *QUICK).stdout.split())
    for words in ("Verdict ", "Reasons ", "Calibration error (ECE) "):
        assert words in said
    report = json.loads(wade_("train", "classes.csv", "--target", "answer", "--json", *QUICK).stdout)
    assert report["diagnosis"]["verdict"] in ("bias", "variance", "both", "neither")
    assert report["temperature"]["rows"] == report["split"]["validation"]
    without = json.loads(wade_("train", "classes.csv", "--target", "answer", "--no-calibrate", "--json", *QUICK).stdout)
    assert without["temperature"] is None
