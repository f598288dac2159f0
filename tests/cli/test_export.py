"""`wade export`: a model as a file that runs without wade."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Wade = Callable[..., Any]


@pytest.mark.parametrize(
    ("to", "name"),
    [("numpy", "classes_numpy.py"), ("sklearn", "classes_sklearn.py"), ("c", "classes.c"), ("onnx", "classes.onnx")],
)
def test_it_says_where_the_program_is_and_how_to_run_it(wade_: Wade, model: Path, to: str, name: str) -> None:
    result = wade_("export", model, "--to", to)
    assert result.exit_code == 0, result.stderr
    assert f"to {name}, to run without wade" in result.stderr
    assert Path(name).stat().st_size > 1000
    assert ("Next" in result.stdout) == (to != "onnx")


def test_the_program_runs_as_a_command(wade_: Wade, model: Path, folder: Path) -> None:
    assert wade_("export", model, "--to", "numpy", "--output", "program.py", "--quiet").output == ""
    done = subprocess.run([sys.executable, "program.py", "classes.csv"], capture_output=True, text=True, check=True)
    titles, *lines = [line.split(",") for line in done.stdout.splitlines()]
    named, *expected = [line.split(",") for line in wade_("predict", model, "classes.csv").stdout.splitlines()]
    assert titles == named
    assert [line[0] for line in lines] == [line[0] for line in expected]
    assert [float(line[1]) for line in lines] == pytest.approx([float(line[1]) for line in expected], rel=1e-6)


def test_names_that_are_taken_stay(wade_: Wade, model: Path) -> None:
    for name in ("classes_numpy.py", "classes_numpy_2.py"):
        assert json.loads(wade_("export", model, "--to", "numpy", "--json").stdout)["files"] == [name]


def test_the_steps_of_the_training_run(wade_: Wade, model: Path) -> None:
    result = wade_("export", model, "--to", "numpy", "--training", "classes.csv")
    assert result.exit_code == 0, result.stderr
    assert "contains encoded rows of classes.csv" in result.stderr
    done = subprocess.run([sys.executable, "classes_training.py"], capture_output=True, text=True, check=True)
    title, *lines = done.stdout.splitlines()
    assert title.split() == ["step", "loss", "as", "recorded", "difference"]
    assert lines
    assert all(abs(float(line.split()[3])) < 1e-6 for line in lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "torch"), "Did you mean 'pytorch'?"),
        (("--to", "numpy", "--output", "nowhere/x.py"), "must be in a folder that exists"),
        (("--to", "numpy", "--training", "many.csv"), "must be the table that the model was trained on"),
        (("--to", "c", "--training", "classes.csv"), "`--to` must be 'numpy'"),
        ((), "--to"),
    ],
)
def test_bad_usage_is_told(wade_: Wade, model: Path, arguments: tuple[str, ...], said: str) -> None:
    result = wade_("export", model, *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize("table", ["classes", "numbers"])
def test_an_exported_program_says_how_it_is_used(wade_: Any, folder: Path, table: str) -> None:
    wade_("train", f"{table}.csv", "--target", "answer", "--quiet", "--epochs", "1", "--hidden", "2", "--members", "1")
    wade_("export", f"{table}.wade", "--to", "numpy", "-o", "program.py", "--quiet")
    for flag in ("-h", "--help"):
        found = subprocess.run([sys.executable, "program.py", flag], capture_output=True, text=True, check=True)
        assert found.stdout.startswith("usage: python program.py ROWS.csv")
        assert "It prints what `wade predict` prints" in found.stdout
    refused = subprocess.run([sys.executable, "program.py"], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--help says more" in refused.stderr
