"""A few made tables and damaged files by every way in; `scripts/fuzz_tables.py` does as many as time allows."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import wade
from tests.tables import damaged_files, made_tables, ways_in

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz_tables.py"
TABLES, FILES = 4, 100


@pytest.mark.parametrize("seed", range(TABLES))
def test_a_made_table_answers_the_same_by_every_way_in(tmp_path: Path, seed: int) -> None:
    _, found = ways_in.broken_promises(made_tables.made_table(seed), seed, tmp_path)
    assert found == []


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> wade.Model:
    return damaged_files.trained(tmp_path_factory.mktemp("model"))


def test_damaged_files_are_refused_or_read(model: wade.Model, tmp_path: Path) -> None:
    outcomes = set()
    for seed in range(FILES):
        outcome, found = damaged_files.broken_promises(model, seed, tmp_path)
        assert found == [], seed
        outcomes.add(outcome)
    assert {"UnreadableTable", "read"} <= outcomes


def test_files_as_they_should_be_are_read(model: wade.Model, tmp_path: Path) -> None:
    for name, content in damaged_files.whole_files().items():
        (tmp_path / name).write_bytes(content)
        assert model.predict(tmp_path / name).shape == (damaged_files.ROWS,)


def fails() -> None:
    raise IndexError("out of range")


def warns() -> int:
    warnings.warn("beware", stacklevel=1)
    return 1


def refuses() -> None:
    raise wade.errors.ColumnError("x", "wrong")


def test_what_is_not_as_promised_is_found() -> None:
    found: list[str] = []
    assert ways_in.outcome(refuses, found, "a") == "ColumnError"
    assert found == []
    assert ways_in.outcome(fails, found, "b") == "raw"
    assert ways_in.outcome(warns, found, "c") == 1
    assert found == ["b: IndexError: out of range", "c: UserWarning: beware"]
    answers, others = np.array([[0.5], [0.25]]), np.array([[0.5], [0.75]])
    for expected, got in (
        (answers, others),
        (answers, answers[:1]),
        (answers, "ColumnError"),
        ("ColumnError", answers),
    ):
        found.clear()
        ways_in.compare(expected, got, "d", found)
        assert len(found) == 1
    ways_in.compare(answers, answers + 1e-9, "e", found)
    ways_in.compare("ColumnError", "UnreadableTable", "e", found)
    assert len(found) == 1


def test_the_script_prints_counts_and_no_findings() -> None:
    command = [sys.executable, SCRIPT, "--only", "files", "--seed", "5", "--count", "20", "--minutes", "1"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "files: UnreadableTable" in done.stdout
    assert "0  findings" in done.stdout
