"""Ctrl-C: during training the best network so far is kept; elsewhere nothing is left behind."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest

import wade
from wade.tables import BUILT_IN

Start = Callable[..., Any]
PATIENCE = 60  # seconds
ENDLESS = ("--epochs", "100000", "--patience", "100000", "--learning-rate", "0.00001")


def read_until(pattern: str, terminal: int) -> str:
    """What a terminal shows up to the moment at which it shows this."""
    shown, deadline = "", time.monotonic() + PATIENCE
    while not re.search(pattern, shown):
        ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
        assert ready, f"{pattern!r} did not appear in {PATIENCE} s; the terminal showed {shown[-2000:]!r}"
        shown += os.read(terminal, 4096).decode(errors="replace")
    return shown


@pytest.fixture
def terminal() -> Any:
    """The two ends of a terminal."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)


def test_ctrl_c_in_training_saves_the_best_so_far_and_exits_with_130(
    wade_process: Start, folder: Path, terminal: tuple[int, int]
) -> None:
    ours, theirs = terminal
    process = wade_process("train", "flights", "--rows", "20000", "--verbose", *ENDLESS, stderr=theirs)
    os.close(theirs)
    shown = read_until(r"epoch (?!1/)\d+/100000.*loss 0\.\d{4} · validation 0\.\d{4} · [\d,.]+[kM]? rows/s", ours)
    process.send_signal(signal.SIGINT)
    shown += read_until(r"wade: .*", ours)
    said = process.stdout.read()
    assert process.wait(PATIENCE) == 130
    assert "wade: interrupted; the best network so far is in flights.wade" in shown
    assert "Saved" in said
    assert "it was interrupted" in said
    report = wade.load(folder / "flights.wade").report
    assert report["interrupted"] is True
    assert report["best_epoch"] >= 1


def test_there_is_no_progress_where_nobody_would_see_it(wade_process: Start) -> None:
    with wade_process("train", "classes.csv", "--target", "answer", "--epochs", "2", "--json") as process:
        said, shown = process.communicate()
    assert process.returncode == 0
    assert shown == ""
    json.loads(said)


@pytest.mark.parametrize("stage", ["reading", "evaluating"])
def test_ctrl_c_elsewhere_leaves_nothing_behind(
    wade_: Callable[..., Any], folder: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    place = {"reading": "wade.model.learn.prepare", "evaluating": "wade.model.learn.score"}[stage]
    monkeypatch.setattr(place, interrupt)
    before = sorted(os.listdir(folder))
    result = wade_("train", "classes.csv", "--target", "answer", "--epochs", "2")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "wade: interrupted\n")
    assert sorted(os.listdir(folder)) == before


@pytest.mark.parametrize("stage", ["pass 1/2", "pass 2/2"])
def test_ctrl_c_in_a_pass_over_a_large_table_leaves_nothing_behind(
    wade_process: Start, folder: Path, terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    ours, theirs = terminal
    scratch = folder / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    flights = BUILT_IN["flights"].read()
    with parquet.ParquetWriter(folder / "large.parquet", flights.schema) as writer:
        for _ in range(3):
            writer.write_table(flights)
    before = sorted(os.listdir(folder))
    process = wade_process("train", "large.parquet", "--target", "delayed", "--memory", "600MB", stderr=theirs)
    os.close(theirs)
    shown = read_until(rf"{stage}.*(profiling|encoding) · [\d,.]+[kM]? rows/s", ours)
    process.send_signal(signal.SIGINT)
    shown += read_until(r"wade: .*", ours)
    assert process.wait(PATIENCE) == 130
    assert "wade: interrupted" in shown
    assert sorted(os.listdir(folder)) == before
    assert list(scratch.iterdir()) == []


def test_ctrl_c_ends_importance_with_130(wade_process: Start, model: Path, terminal: tuple[int, int]) -> None:
    ours, theirs = terminal
    process = wade_process("importance", model.name, "classes.csv", "--repeats", "100000", stderr=theirs)
    os.close(theirs)
    read_until("shuffling", ours)
    process.send_signal(signal.SIGINT)
    read_until("wade: interrupted", ours)
    assert (process.wait(PATIENCE), process.stdout.read()) == (130, "")
