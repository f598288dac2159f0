"""`wade validate` and `wade curves`: many trainings, one table."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wade

QUICK = ("--epochs", "2", "--hidden", "4")
CHOICES: dict[str, Any] = {"epochs": 2, "hidden": (4,)}
Wade = Callable[..., Any]


def without_seconds(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: without_seconds(value) for name, value in found.items() if name != "seconds"}
    return list(map(without_seconds, found)) if isinstance(found, list) else found


def test_json_is_what_python_gives(wade_: Wade, folder: Path) -> None:
    validated = wade_("validate", "classes.csv", "--target", "answer", "--folds", "2", "--json", *QUICK)
    assert (validated.exit_code, validated.stderr) == (0, "")
    expected = wade.cross_validate("classes.csv", "answer", folds=2, **CHOICES)
    assert without_seconds(json.loads(validated.stdout)) == without_seconds(json.loads(json.dumps(expected)))
    drawn = wade_("curves", "numbers.csv", "--target", "answer", "--points", "2", "--by", "width", "--json", *QUICK)
    expected = wade.learning_curves("numbers.csv", "answer", by="width", points=2, **CHOICES)
    assert without_seconds(json.loads(drawn.stdout)) == without_seconds(json.loads(json.dumps(expected)))


@pytest.mark.parametrize("name", ["classes", "many", "numbers"])
def test_folds_for_a_person(wade_: Wade, folder: Path, name: str) -> None:
    result = wade_("validate", f"{name}.csv", "--target", "answer", "--folds", "3", *QUICK)
    said = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    assert "120 rows in 3 folds; each fold is the test set once." in said
    assert "this network" in said
    assert "Mean ± standard deviation over the folds." in said
    assert "better than the linear baseline" in said  # or no better
    assert "of 3 folds by" in said


def test_curves_for_a_person(wade_: Wade, folder: Path) -> None:
    result = wade_("curves", "classes.csv", "--target", "answer", "--points", "2", *QUICK)
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    assert "validation" in result.stdout
    assert "○" in result.stdout or "◉" in result.stdout
    said = " ".join(result.stdout.split())
    assert "Every training is evaluated on the same 24 validation rows." in said
    assert "Verdict The last step" in said


def test_quiet_is_quiet(wade_: Wade, folder: Path) -> None:
    for command, limit in (("validate", "--folds"), ("curves", "--points")):
        result = wade_(command, "classes.csv", "--target", "answer", limit, "2", "--quiet", *QUICK)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_bad_input_is_named_by_its_option(wade_: Wade, folder: Path) -> None:
    for arguments, named in (
        (("validate", "--folds", "1"), "`--folds` must be a whole number from 2 on"),
        (("validate", "--metrics", "rmse"), "`--metrics` must be one of"),
        (("validate", "--epochs", "0"), "`--epochs` must be a whole number"),
        (("curves", "--by", "depth"), "`--by` must be one of 'rows', 'width'"),
        (("curves", "--points", "1"), "`--points` must be a whole number from 2 on"),
    ):
        command, *options = arguments
        result = wade_(command, "classes.csv", "--target", "answer", *options)
        assert (result.exit_code, result.stdout) == (2, "")
        assert named in result.stderr


def test_ctrl_c_ends_it_with_130(wade_process: Any) -> None:
    process = wade_process("validate", "flights", "--rows", "100000", "--epochs", "400", "--json")
    with pytest.raises(Exception, match="timed out"):
        process.communicate(timeout=6)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
