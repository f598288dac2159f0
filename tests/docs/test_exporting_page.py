"""The program on the page about exports runs, and its claim holds; the commands that it shows exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.main import get_command

from wade.cli.app import app
from wade.exporters.export_model import ENDINGS

PAGE = (Path(__file__).parents[2] / "docs" / "exporting.md").read_text(encoding="utf-8")


def test_the_program_runs_and_says_what_the_model_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(compile(program, "exporting.md", "exec"), names)
    expected = np.concatenate([names["model"].predict_probability(row) for row in names["rows"]])
    np.testing.assert_allclose(names["late"]["predict_probability"](names["rows"]), expected, rtol=1e-6, atol=1e-7)


def test_the_page_shows_every_export_and_no_option_that_is_not_there() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)) == set(ENDINGS)
    known = {option for parameter in get_command(app).commands["export"].params for option in parameter.opts}  # type: ignore[attr-defined]
    shown = {
        word for line in PAGE.splitlines() if line.startswith("wade export") for word in line.split("#")[0].split()
    }
    assert {word for word in shown if word.startswith("--")} <= known
