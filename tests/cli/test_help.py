"""Help, version, and the doctor."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from typer.main import get_command
from typer.testing import CliRunner

import wade
from wade.cli.app import app
from wade.engines.native import NativeEngine
from wade.errors import EngineUnavailable

Wade = Callable[..., Any]


COMMANDS = (
    "train",
    "predict",
    "evaluate",
    "validate",
    "curves",
    "explain",
    "why",
    "importance",
    "decide",
    "draw",
    "studio",
    "export",
    "race",
    "data",
    "doctor",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_that_fits_80_columns(wade_: Wade, command: str) -> None:
    result = wade_(command, "--help")
    assert result.exit_code == 0
    assert f"Usage: wade {command}" in result.stdout
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_of_a_help_breaks_inside_a_word(command: str, width: int) -> None:
    """Joined by blanks, the lines hold every text unchanged: "--per-class" is never "--per- class"."""
    found = get_command(app).commands[command]
    result = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": str(width)})
    said = " ".join(result.output.split())
    texts = [found.help.partition("\b")[0], *(each.help for each in found.params)]
    assert len(texts) > 1
    assert [text for text in texts if " ".join(text.split()) not in said] == []
    assert result.output.endswith("Show this message and exit.\n")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_a_default_is_in_one_pair_of_brackets(wade_: Wade, command: str) -> None:
    said = wade_(*command.split(), "--help").stdout
    assert "default: (" not in said
    assert ")]" not in said


def test_every_command_is_listed_with_its_whole_first_sentence(wade_: Wade) -> None:
    said = " ".join(wade_("--help").stdout.split()) + " "
    assert "..." not in said.replace("[ARGS]...", "")
    for name, command in get_command(app).commands.items():
        assert f" {name} {' '.join(command.help.partition(chr(10) * 2)[0].split())} " in said


def test_the_usage_of_a_command_names_its_arguments(wade_: Wade) -> None:
    assert wade_("predict", "--help").stdout.startswith("Usage: wade predict [OPTIONS] MODEL DATA\n")
    assert wade_("doctor", "--help").stdout.startswith("Usage: wade doctor [OPTIONS]\n")
    assert wade_("predict", "m.wade").stderr.startswith("Usage: wade predict [OPTIONS] MODEL DATA\n")


def test_help_names_the_commands_and_shows_a_line_to_start_with(wade_: Wade) -> None:
    said = wade_("--help").stdout
    assert "wade train flights" in said
    assert all(command in said for command in COMMANDS)


def test_the_help_of_train_shows_the_defaults(wade_: Wade) -> None:
    said = " ".join(wade_("train", "--help").stdout.split())
    for default in ("[default: random]", "[default: auto]", "[default: relu]", "[default: adamw]", "DATA-2.wade"):
        assert default in said


def test_the_help_of_train_says_what_keeps_weights_and_steps_small(wade_: Wade) -> None:
    said = " ".join(wade_("train", "--help").stdout.split())
    for sentence in (
        "--l1 NUMBER L1 penalty: add this times the sum of |weights| to the loss",
        "--l2 NUMBER L2 penalty: add half of this times the sum of squared weights to the loss",
        "--clip-norm NUMBER Clip the gradient of a batch to this norm. [default: no limit]",
        "--dropout NUMBER Share of each hidden layer's units that is dropped out in a training step. [default: auto]",
        "--members N Ensemble members: train N networks that share their weights, and average their predictions.",
        "plateau: cut the rate to a tenth after half of --patience without a better validation loss.",
    ):
        assert sentence in said


def test_version(wade_: Wade) -> None:
    assert wade_("--version").stdout == f"wade {wade.__version__}\n"


def test_the_doctor_says_what_runs(wade_: Wade) -> None:
    found = json.loads(wade_("doctor", "--json").stdout)
    assert found["wade"] == wade.__version__
    assert found["packages"]["numpy"] == np.__version__
    assert all(found["packages"].values())
    assert found["engine"] in ("native", "reference")
    if found["native"]["loads"]:
        assert found["native"]["instruction_set"] in found["native"]["instruction_sets"]
        assert found["native"]["threads"] >= 1
    said = " ".join(wade_("doctor").stdout.split())
    assert f"wade {wade.__version__}" in said
    assert f"numpy {np.__version__}" in said


def test_the_doctor_says_why_the_native_engine_cannot_load(wade_: Wade, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: NativeEngine, *_: object) -> None:
        raise EngineUnavailable("the kernels are gone")

    monkeypatch.setattr(NativeEngine, "__init__", refuse)
    assert json.loads(wade_("doctor", "--json").stdout)["native"] == {"loads": False, "why": "the kernels are gone"}
    said = " ".join(wade_("doctor").stdout.split())
    assert "not available: the kernels are gone" in said
    assert "engine --engine auto uses reference" in said
