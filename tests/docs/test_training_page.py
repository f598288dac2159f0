"""What the page about training shows is what the command says."""

from __future__ import annotations

import re
from pathlib import Path

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
