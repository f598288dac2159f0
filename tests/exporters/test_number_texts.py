"""Exported programs read numbers with units as wade does, or are refused where they cannot."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pyarrow as pa
import pytest

import wade
from tests.exporters.c.test_program import ask, compiled
from wade.errors import InvalidArgument
from wade.exporters import export

QUICK: dict[str, Any] = {"hidden": (4,), "epochs": 5, "batch_size": 16, "learning_rate": 0.05, "threads": 1}
NUMBERS = np.random.default_rng(1).integers(100, 900_000, 200) / 100


@pytest.fixture(scope="module")
def model() -> wade.Model:
    data = {
        "price": [f"${value:,.2f}" for value in NUMBERS],
        "took": [f"{int(value) // 60}h {int(value) % 60}m" for value in NUMBERS],
        "share": [f"{value % 100:.1f} %" if at % 9 else None for at, value in enumerate(NUMBERS)],
        "y": NUMBERS * 2,
    }
    return wade.learn(pa.table(data), "y", numbers="piecewise", **QUICK)


ROWS = [
    {"price": "$1,234.50", "took": "1h 30m", "share": "12.5 %"},
    {"price": "USD 7.2k", "took": "90 min", "share": "7"},
    {"price": "(£5)".replace("£", "$"), "took": "1:30:00", "share": "99 per cent"},
    {"price": 950, "took": 45.0, "share": ""},
    {"price": "", "took": "PT2H", "share": None},
]


@pytest.mark.parametrize("to", ["numpy", "pytorch"])
def test_python(model: wade.Model, tmp_path: Path, to: str) -> None:
    [path] = export(model, to, tmp_path / "program.py")
    program = runpy.run_path(str(path))
    expected = [model.predict(row)[0] for row in ROWS]
    np.testing.assert_allclose(program["predict"](ROWS), expected, rtol=1e-6)
    assert program["COLUMNS"]["price"] == "a number, or text such as 1,234.56 $"
    with pytest.raises(ValueError, match=r"column 'price': expected a number, as in 1,234.56 \$, found '€5'"):
        program["predict"]([{**ROWS[0], "price": "€5"}])


def test_c_reads_plain_numbers_and_refuses_others(model: wade.Model, tmp_path: Path) -> None:
    [source] = export(model, "c", tmp_path / "model.c")
    program = compiled(source)
    done = ask(program, "price,took,share\n1234.5,90,12.5\n")
    assert float(done.stdout.split()[-1]) == pytest.approx(model.predict(ROWS[0])[0], rel=1e-6)
    assert ask(program, "price,took,share\n$5,90,12.5\n").returncode


def test_c_is_refused_where_a_plain_number_means_another(tmp_path: Path) -> None:
    data = {"price": [f"{value:.2f} €".replace(".", ",") for value in NUMBERS], "y": NUMBERS * 2}
    model = wade.learn(pa.table(data), "y", **QUICK)
    with pytest.raises(InvalidArgument, match=r"numpy or onnx: column 'price' holds numbers with a decimal comma"):
        export(model, "c", tmp_path / "model.c")
    [path] = export(model, "numpy", tmp_path / "program.py")
    rows = [{"price": "1.234"}, {"price": "1.234,5 €"}, {"price": 7.5}]
    np.testing.assert_allclose(
        runpy.run_path(str(path))["predict"](rows), [model.predict(row)[0] for row in rows], rtol=1e-6
    )


def test_onnx_takes_the_numbers(model: wade.Model, tmp_path: Path) -> None:
    [path] = export(model, "onnx", tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    given = {"price": 1234.5, "took": 90.0, "share": 12.5}
    [answer] = session.run(None, {name: np.array([[value]]) for name, value in given.items()})
    assert float(np.ravel(answer)[0]) == pytest.approx(model.predict(ROWS[0])[0], rel=1e-5)
