"""`--quiet` means the same in every command: no screen, no note, no progress; files, documents and JSON are written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import QUICK
from wade.cli.app import COMMANDS

MODEL, TABLE = "m.wade", "classes.csv"
TARGET = ("--target", "answer")
COMMAND_LINES: dict[str, list[tuple[tuple[str, ...], bool]]] = {
    # Arguments, and whether they ask for a document on standard output.
    "train": [((TABLE, *TARGET, *QUICK, "-o", "t.wade"), False)],
    "predict": [((MODEL, TABLE), True), ((MODEL, TABLE, "-o", "p.csv"), False)],
    "evaluate": [((MODEL, TABLE), False)],
    "validate": [((TABLE, *TARGET, *QUICK, "--folds", "2"), False)],
    "curves": [((TABLE, *TARGET, *QUICK, "--points", "2"), False)],
    "explain": [((MODEL, TABLE), True), ((MODEL, TABLE, "-o", "e.txt"), False)],
    "why": [((MODEL, TABLE), False)],
    "importance": [((MODEL, TABLE, "--repeats", "1"), False)],
    "decide": [((MODEL, TABLE, "--cost-false-alarm", "1", "--cost-miss", "2"), False)],
    "export": [((MODEL, "--to", "numpy", "-o", "x.py"), False)],
    "report": [((MODEL, "--format", "md"), True), ((MODEL, "-o", "r.html"), False)],
    "show": [((MODEL,), False)],
    "race": [((TABLE, *TARGET, "--hidden", "4", "--members", "1", "--count", "3", "--steps", "5"), False)],
    "data": [((TABLE, *TARGET), False), ((TABLE, *TARGET, "--toml"), True)],
    "doctor": [((), False)],
}
ELSEWHERE = {"draw", "studio"}  # they take other packages, and have their own tests


@pytest.fixture
def with_model(wade_: Callable[..., Any]) -> Callable[..., Any]:
    """`wade ARGUMENTS` in a folder with a model."""
    assert wade_("train", TABLE, *TARGET, *QUICK, "-q", "-o", MODEL).exit_code == 0
    return wade_


def test_every_command_is_in_the_table() -> None:
    assert {command.__name__ for command in COMMANDS} - ELSEWHERE == {*COMMAND_LINES}


@pytest.mark.parametrize(
    ("command", "arguments", "is_document"),
    [(command, *line) for command, lines in COMMAND_LINES.items() for line in lines],
)
def test_quiet_leaves_documents_alone_and_silences_the_rest(
    command: str, arguments: tuple[str, ...], is_document: bool, with_model: Callable[..., Any], folder: Path
) -> None:
    quiet = with_model(command, *arguments, "-q")
    assert (quiet.exit_code, quiet.stderr) == (0, "")
    assert bool(quiet.stdout) is is_document
    if is_document:
        assert quiet.stdout == with_model(command, *arguments).stdout


@pytest.mark.parametrize("command", ["evaluate", "data", "race", "predict"])
def test_errors_are_still_shown(command: str, wade_: Callable[..., Any]) -> None:
    failed = wade_(command, "none.wade", "none.csv", "-q")
    assert failed.exit_code == 2
    assert failed.stderr
