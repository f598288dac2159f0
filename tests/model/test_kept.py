"""Model files load for ever: those that earlier versions wrote still say what they said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from tests.model.promise import answers, keep_the_promise, samples_for

KEPT = Path(__file__).parent / "kept"
FILES = sorted(KEPT.glob("*/*.wade"))


def asked(path: Path) -> dict[str, Any]:
    """Rows, and what the model said of them when it was kept."""
    answers: dict[str, Any] = json.loads((path.parent / "predictions.json").read_text())[path.stem]
    return answers


def said_by(model: wade.Model, rows: Any) -> np.ndarray:
    return model.predict(rows) if model.target.task == "regression" else model.predict_probability(rows)


def test_files_of_every_kind_are_kept_and_small() -> None:
    assert {path.stem for path in FILES} >= {
        *("two-classes", "many-classes", "number"),
        *("every-role", "piecewise", "members", "no-hidden-layer", "written"),
    }
    assert sum(path.stat().st_size for path in KEPT.rglob("*") if path.is_file()) < 300_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_kept_file_predicts_what_it_did(path: Path) -> None:
    model, answers = wade.load(path), asked(path)
    expected = np.array(answers["said"])
    # Instruction sets differ in the last bits of float32.
    np.testing.assert_allclose(said_by(model, pa.Table.from_pylist(answers["rows"])), expected, rtol=1e-4, atol=1e-6)
    for row, one in zip(answers["rows"], expected, strict=True):
        np.testing.assert_allclose(said_by(model, row)[0], one, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_the_fuzzer_asks_of_a_file_is_answered_by_a_whole_one(path: Path) -> None:
    model = wade.load(path)
    assert answers(model, samples_for(model)) is not None
    keep_the_promise(path.read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_kept_file_can_be_saved_again(path: Path, tmp_path: Path) -> None:
    model, rows = wade.load(path), pa.Table.from_pylist(asked(path)["rows"])
    model.save(tmp_path / "again.wade")
    assert said_by(wade.load(tmp_path / "again.wade"), rows).tolist() == said_by(model, rows).tolist()
