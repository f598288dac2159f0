"""How a table is written, where the command line says it, and tables from elsewhere than one file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wade.cli.app import app
from wade.cli.paths import reserved_model_path

Wade = Callable[..., Any]
QUICK = ("--epochs", "2", "--hidden", "4")


def test_a_table_is_read_as_the_options_say(wade_: Wade, folder: Path) -> None:
    lines = (folder / "classes.csv").read_text().splitlines()[1:]
    (folder / "odd.txt").write_text("\n".join(lines).replace(",", "^").replace(".", ","), encoding="utf-16-be")
    how = ("--separator", "^", "--decimal", ",", "--encoding", "utf-16-be", "--no-header")
    result = wade_("train", "odd.txt", "--target", "column_3", *how, *QUICK, "--json")
    assert result.exit_code == 0, result.stderr
    straight = wade_("train", "classes.csv", "--target", "answer", *QUICK, "--json")
    assert json.loads(result.stdout)["test"] == json.loads(straight.stdout)["test"]
    for command in ("predict", "evaluate"):
        assert wade_(command, "odd.wade", "odd.txt", *how, "--json").exit_code == 0
        # The model remembers how its own table was written.
        assert wade_(command, "odd.wade", "odd.txt", "--separator", "^", "--json").exit_code == 0


@pytest.mark.parametrize(
    ("option", "value", "part"),
    [
        ("--separator", ";;", "`--separator` must be one character"),
        ("--decimal", "point", "`--decimal` must be '.' or ','"),
        ("--encoding", "latin-99", "`--encoding` must be the name of a text encoding"),
    ],
)
def test_a_way_of_writing_that_cannot_be_is_refused(
    wade_: Wade, model: Path, option: str, value: str, part: str
) -> None:
    for command in (("train", "classes.csv", "--target", "answer"), ("predict", model, "classes.csv")):
        result = wade_(*command, option, value)
        assert (result.exit_code, result.stdout) == (2, "")
        assert part in result.stderr


def test_a_tab_by_its_name(wade_: Wade, folder: Path, model: Path) -> None:
    (folder / "tabs.csv").write_text((folder / "classes.csv").read_text().replace(",", "\t"))
    expected = wade_("predict", model, "classes.csv").stdout
    for name in ("tab", "\\t", "\t"):
        assert wade_("predict", model, "tabs.csv", "--separator", name).stdout == expected


def test_a_pattern_and_a_folder(wade_: Wade, folder: Path, model: Path) -> None:
    (folder / "parts").mkdir()
    names, *lines = (folder / "classes.csv").read_text().splitlines(keepends=True)
    (folder / "parts" / "1.csv").write_text(names + "".join(lines[:50]))
    (folder / "parts" / "2.csv").write_text(names + "".join(lines[50:]))
    expected = wade_("predict", model, "classes.csv").stdout
    assert wade_("predict", model, "parts").stdout == expected
    assert wade_("predict", model, "parts/*.csv").stdout == expected
    assert wade_("train", "parts/*.csv", "--target", "answer", "--quiet", *QUICK).exit_code == 0
    assert (folder / "parts.wade").exists()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("-", "table"),
        ("*.csv", "table"),
        ("a/2013-*.csv.gz", "2013"),
        ("a/*.csv", "a"),
        ("a/", "a"),
        ("-x.csv", "-x"),
    ],
)
def test_models_are_named_after_what_a_pattern_leaves(folder: Path, data: str, name: str) -> None:
    with reserved_model_path(data) as path:
        assert path == Path(f"{name}.wade")


def test_standard_input(wade_: Wade, folder: Path, model: Path) -> None:
    content = (folder / "classes.csv").read_bytes()
    expected = wade_("predict", model, "classes.csv").stdout
    assert CliRunner().invoke(app, ["predict", str(model), "-"], input=content).stdout == expected
    said = CliRunner().invoke(app, ["predict", str(model), "-"], input=b"")
    assert said.exit_code == 2
    assert said.stderr.startswith("wade: standard input: the file is empty.")


def test_a_hostile_name_is_shown_without_its_power(wade_: Wade, folder: Path) -> None:
    (folder / "hostile.csv").write_text("a\x1b[2J,a\x1b[2J,answer\n1,2,x\n")
    result = wade_("train", "hostile.csv", "--target", "answer")
    assert result.exit_code == 2
    assert "\x1b" not in result.stderr
    assert r"share the name 'a\x1b[2J'" in result.stderr
