"""A folder of one's own with small tables in it, and the command run inside this process or in one of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from wade.cli.app import app

QUICK = ("--epochs", "2", "--hidden", "4", "--members", "1")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with `classes.csv`, `many.csv` and `numbers.csv`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    generator = np.random.default_rng(5)
    size, colour = np.tanh(generator.normal(size=120)), generator.choice(["red", "green"], 120)
    targets = {
        "classes": np.where(size > 0, "yes", "no"),
        "many": np.array(["low", "mid", "top"])[np.digitize(size, [-0.5, 0.5])],
        "numbers": 100 + 10 * size,
    }
    for name, target in targets.items():
        lines = [f"{s},{c},{t}" for s, c, t in zip(size, colour, target, strict=True)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["size,colour,answer", *lines, ""]))
    return tmp_path


@pytest.fixture
def wade_(folder: Path) -> Callable[..., Any]:
    """`wade ARGUMENTS` in this process."""
    return lambda *arguments: CliRunner().invoke(app, list(map(str, arguments)), prog_name="wade")


@pytest.fixture
def wade_process(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """`wade ARGUMENTS` in a process of its own, started; it does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "wade", *arguments],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            preexec_fn=_heed_signals,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with process:
            process.kill()


def _heed_signals() -> None:
    """Whoever runs the tests in the background may have told their children to ignore these."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def model(wade_: Callable[..., Any], folder: Path) -> Path:
    """A trained `classes.wade`, named as a user in its folder names it."""
    assert wade_("train", "classes.csv", "--target", "answer", "--quiet", *QUICK).exit_code == 0
    return Path("classes.wade")
