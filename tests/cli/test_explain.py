"""`wade explain`: text, LaTeX, MathML, a page, JSON; move by move; and what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import wade
from wade.cli.app import app

Wade = Callable[..., Any]


def test_the_story_of_a_row_fits_the_terminal(wade_: Wade, model: Path) -> None:
    result = wade_("explain", model, "classes.csv", "--row", "17", "--unit", "size=cm")
    assert result.exit_code == 0
    said = result.stdout
    for part in (
        "Row 17 of classes.csv",
        " cm",
        "Forward pass",
        "Loss",
        "Backward pass",
        "Chain rule for W1",
        "Update",
    ):
        assert part in said
    assert all(len(line) <= 80 for line in said.splitlines())


def test_the_chain_of_a_weight_that_is_called_by_names(wade_: Wade, model: Path) -> None:
    said = wade_("explain", model, "classes.csv", "--weight", "E1.colour[red,2]").stdout
    assert "connects colour = red to neuron 2 of layer 1" in said


@pytest.mark.parametrize(
    ("name", "start"),
    [("text", "Prediction of answer"), ("latex", r"\section*"), ("mathml", "<math "), ("html", "<!doctype")],
)
def test_every_format_to_the_terminal_and_to_a_file(
    wade_: Wade, model: Path, folder: Path, name: str, start: str
) -> None:
    printed = wade_("explain", model, "classes.csv", "--format", name).stdout
    assert printed.startswith(start)
    result = wade_("explain", model, "classes.csv", "--format", name, "--output", "told")
    assert (folder / "told").read_text() == printed
    assert result.stdout == ""
    assert "row 1 of classes.csv is explained in told" in result.stderr
    assert wade_("explain", model, "classes.csv", "--output", "told", "--quiet").stderr == ""


def test_json_is_the_trace_and_plain_ascii(wade_: Wade, model: Path) -> None:
    said = wade_("explain", model, "classes.csv", "--row", "3", "--json").stdout
    assert said.isascii()
    assert json.loads(said) == wade.load(model).explain("classes.csv", row=3).to_dict()
    assert said == wade_("explain", model, "classes.csv", "--row", "3", "--format", "json").stdout


def test_step_by_step_forth_and_back(wade_: Wade, model: Path) -> None:
    keys = "\n\n\n\nb\nb\nb\nb\nb\nq\n"
    arguments = ["explain", str(model), "classes.csv", "--step", "--weight", "W1[0,2]"]
    result = CliRunner().invoke(app, arguments, input=keys, prog_name="wade")
    assert result.exit_code == 0
    moments = [part.split("\n")[0] for part in result.stdout.split("Step ")[1:]]
    assert moments == [
        "1, before the forward pass",
        "1, after forward",
        "1, after backward",
        "1, after the update",
        "2, after forward",
        "1, after the update",
        "1, after backward",
        "1, after forward",
        "1, before the forward pass",
    ]
    pictures = result.stdout.split("Step ")[1:]
    first, forward, backward, update = (picture.split("Enter:")[0] for picture in pictures[:4])
    assert [picture.count("not computed yet") for picture in (first, forward, backward, update)] == [12, 7, 4, 0]
    for there, again in ((0, 8), (1, 7), (2, 6), (3, 5)):
        assert pictures[there].split("Enter:")[0] == pictures[again].split("Enter:")[0]
    assert "needs a phase to undo" in result.stdout


def test_steps_end_with_their_input(wade_: Wade, model: Path) -> None:
    assert wade_("explain", model, "classes.csv", "--step").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--row", "0"], "`--row` must be a row of classes.csv, from 1 to 120; received 0."),
        (["--row", "121"], "`--row` must be a row of classes.csv, from 1 to 120; received 121."),
        (["--weight", "W9[0,0]"], "`--weight` must be one of 'E1.colour', 'W1', 'W2', 'b1', 'b2'; received 'W9'."),
        (["--format", "txt"], "`--format` must be one of 'html', 'json', 'latex', 'mathml', 'text'; received 'txt'."),
        (["--format", "html", "--step"], "`--step` works only with text on the terminal"),
        (["--digits", "0"], "`--digits` must be at least 1"),
        (["--unit", "cm"], "`--unit` must be COLUMN=UNIT; received 'cm'."),
        (["--target", "maybe"], "'maybe' is not one of the classes of the model"),
        (["--output", "no/where.html"], "must be in a folder that exists"),
    ],
)
def test_what_cannot_be_is_refused_by_name(wade_: Wade, model: Path, arguments: list[str], message: str) -> None:
    result = wade_("explain", model, "classes.csv", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_the_steps_follow_one_weight_and_say_what_is_shown(wade_: Wade, model: Path) -> None:
    result = CliRunner().invoke(
        app, ["explain", str(model), "classes.csv", "--step"], input="\n\n\nq\n", prog_name="wade"
    )
    said = " ".join(result.stdout.split())
    followed = re.search(r"Followed is the weight (\S+), the entry of W1 with the largest gradient", said)
    assert followed is not None
    assert len(set(re.findall(r"∂J/∂(\S+\])", result.stdout))) == 1
    assert f"∂J/∂{followed[1]}" in said
    assert "δ = ∂J/∂Z" in said.partition("Step 1")[0]
