"""`wade report` and `wade show`: a page, Markdown, JSON, the terminal; and what they refuse."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Wade = Callable[..., Any]


def test_a_report_is_written_and_its_size_said(wade_: Wade, model: Path) -> None:
    result = wade_("report", model, "classes.csv", "-o", "report.html")
    assert result.exit_code == 0
    assert result.stderr.startswith("wade: the report about classes.wade is in report.html (")
    page = Path("report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "wade train classes.csv --target answer --hidden 4 --members 1 --epochs 2" in page


def test_no_page_is_poured_into_a_terminal(model: Path) -> None:
    reading, terminal = pty.openpty()
    command = [sys.executable, "-m", "wade", "report", str(model)]
    ended = subprocess.run(command, stdout=terminal, stderr=subprocess.PIPE, text=True, timeout=120)
    os.close(terminal)
    os.close(reading)
    assert ended.returncode == 2
    assert "Try -o classes-report.html. For the terminal: wade show classes.wade." in ended.stderr


@pytest.mark.parametrize(
    ("form", "start"), [("md", "# Prediction of answer"), ("html", "<!doctype html>"), ("json", "{")]
)
def test_every_format_to_standard_output(wade_: Wade, model: Path, form: str, start: str) -> None:
    assert wade_("report", model, "--format", form).stdout.startswith(start)


@pytest.mark.parametrize(
    ("command", "name", "start"),
    [
        ("report", "r.md", "# Prediction of answer"),
        ("report", "r.JSON", "{"),
        ("report", "r.html", "<!doctype html>"),
        ("report", "r", "<!doctype html>"),
        ("explain", "e.html", "<!doctype html>"),
        ("explain", "e.json", "{"),
        ("explain", "e.tex", "\\section*{Prediction of answer"),
        ("explain", "e.txt", "Prediction of answer"),
    ],
)
def test_the_name_of_a_file_says_its_format(wade_: Wade, model: Path, command: str, name: str, start: str) -> None:
    assert wade_(command, model, "classes.csv", "-o", name).exit_code == 0
    assert Path(name).read_text(encoding="utf-8").lstrip().startswith(start)


def test_json_has_the_same_sections_as_the_terminal(wade_: Wade, model: Path) -> None:
    found = json.loads(wade_("report", model, "classes.csv", "--json").stdout)
    shown = wade_("show", model, "classes.csv").stdout
    assert found["model"] == "classes.wade"
    for section in found["sections"]:
        assert f"\n{section['title']}\n─" in shown
    assert all(len(line) <= 80 for line in shown.splitlines() if not line.startswith("  wade "))


def test_suggested_commands_name_model_and_table(wade_: Wade, model: Path) -> None:
    shown = " ".join(wade_("show", model, "classes.csv").stdout.split())
    assert "wade decide classes.wade OTHER.csv --cost-false-alarm 50 --cost-miss 400" in shown
    assert " DATA" not in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "pdf"], "`--format` must be one of 'html', 'json', 'md'; received 'pdf'."),
        (["no.csv"], "no.csv: "),
        (["-o", "no/where.html"], "must be in a folder that exists"),
    ],
)
def test_what_cannot_be_reported_is_refused(wade_: Wade, model: Path, arguments: list[str], message: str) -> None:
    result = wade_("report", model, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
