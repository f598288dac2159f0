"""What the page about training shows is what the command says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from wade.cli.app import app

PAGE = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")


def test_the_explanation_of_a_lost_loss_is_the_commands_own() -> None:
    command, shown = re.search(r"```\n\$ wade (train wine .*?)\n(.*?)```", PAGE, flags=re.DOTALL).groups()
    result = CliRunner().invoke(app, command.split(), prog_name="wade")
    assert result.exit_code == 1
    assert result.stderr.split() == shown.split()


def test_every_option_that_the_page_names_is_one() -> None:
    options = set(re.findall(r"--[a-z][a-z-]+", PAGE))
    said = CliRunner().invoke(app, ["train", "--help"]).stdout
    assert {option for option in options if option not in said} == set()


def test_a_small_a_good_and_a_large_learning_rate_end_as_shown(capsys: pytest.CaptureFixture[str]) -> None:
    section = PAGE.partition("## A small, a good and a large learning rate")[2]
    program, shown = re.findall(r"```(?:python)?\n(.*?)```", section, flags=re.DOTALL)[:2]
    exec(compile(program, "training.md", "exec"), {})
    said = [[float(each) for each in re.findall(r"\d+\.\d+", line)] for line in capsys.readouterr().out.splitlines()]
    expected = [[float(each) for each in re.findall(r"\d+\.\d+", line)] for line in shown.splitlines()]
    assert said == pytest.approx(np.array(expected), rel=0.02)
    (_, start, small), (_, _, good), (_, _, large) = said
    assert good < 0.05 < 0.6 < small < start < large
