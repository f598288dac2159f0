"""Exported programs code a category as wade does: other spellings of one value, missing values, values never seen."""

from __future__ import annotations

import csv
import io
import runpy
from pathlib import Path

import numpy as np
import onnxruntime
import pyarrow as pa
import pytest

import wade
from tests.exporters.c.test_program import ask, compiled
from wade.exporters import export
from wade.network import Network
from wade.tables import Encoder, Target, infer_schema, read_table

COLUMNS = {
    "store": ["0205", "101", "422", None, "0.50"],
    "flag": ["TRUE", "FALSE", "TRUE", None, "TRUE"],
    "both": ["True", "unknown", "False", "12", "7"],
    "place": ["Caf\u00e9", "Bar", None, "Caf\u00e9", "Pub"],
    "code": ["01", "1", "001", "A", "A"],
    "wet": [True, False, True, False, True],
    "dry": [True, False, None, False, True],
    "region": ["NA", "EU", None, "NA", "OC"],
}
KEPT = {"region": "NA"}
REGIONS = ["NA", " NA ", "EU", "", "null", "AS", "OC"]
ROWS = [
    {"store": "205", "flag": "true", "both": "TRUE", "place": "Cafe\u0301", "code": "1.0", "wet": "1", "dry": "1"},
    {"store": "101.0", "flag": "False", "both": "12.0", "place": "Bar", "code": "01", "wet": "0", "dry": "0"},
    {"store": "0.5", "flag": "1", "both": "7", "place": "", "code": "001", "wet": "1", "dry": ""},
    {"store": "", "flag": "0.0", "both": "", "place": "Hotel", "code": "", "wet": "0", "dry": "0"},
    {"store": "999", "flag": "", "both": "false", "place": "Pub", "code": "0001", "wet": "0", "dry": "1"},
    {"store": "422", "flag": "perhaps", "both": "nobody", "place": "Bar", "code": "A", "wet": "1", "dry": ""},
    {"store": "205.0", "flag": "TRUE", "both": "unknown", "place": "bar", "code": "B", "wet": "1", "dry": "0"},
]


for row, region in zip(ROWS, REGIONS, strict=True):
    row["region"] = region


@pytest.fixture(scope="module")
def model() -> wade.Model:
    rows = pa.table({name: values * 4 for name, values in COLUMNS.items()} | {"y": ["no", "yes"] * 10})
    roles = dict.fromkeys([*COLUMNS][:5], "category") | {"wet": "boolean", "dry": "boolean"}
    table = read_table(rows, text=dict.fromkeys([*COLUMNS][:5], ()) | {"region": ("NA",)})
    schema = infer_schema(table, "table", "y", roles=roles, keep_text=KEPT)
    encoder = Encoder.fit(table, schema)
    network = Network(encoder.layout, outputs=1, output="sigmoid", hidden=(5,), seed=2)
    network.theta = network.theta + np.random.default_rng(1).normal(size=len(network.theta))
    return wade.Model(network, schema, encoder, Target.fit(table, schema), {"base_rate": [0.5]})


def expected(model: wade.Model) -> np.ndarray:
    shares = [model.predict_probability(row)[0, 1] for row in ROWS]
    together = {name: [row[name] for row in ROWS] for name in COLUMNS}
    np.testing.assert_array_equal(model.predict_probability(pa.table(together))[:, 1], shares)
    assert len(set(shares)) == len(ROWS)
    return np.array(shares)


def test_the_comparisons_are_those_that_the_rows_are_to_try(model: wade.Model) -> None:
    found = {encoding.column: encoding.steps().__next__() for encoding in model.encoder.encodings}
    assert [found[name].comparison for name in [*COLUMNS][:5]] == ["number", "boolean", "code", "code", "code"]
    assert [found[name].missing for name in COLUMNS] == [True, True, False, True, False, False, True, True]


@pytest.mark.parametrize("to", ["numpy", "pytorch"])
def test_python(model: wade.Model, tmp_path: Path, to: str) -> None:
    [path] = export(model, to, tmp_path / "program.py")
    shares = runpy.run_path(str(path))["predict_probability"](ROWS)[:, 1]
    np.testing.assert_allclose(shares, expected(model), rtol=1e-6, atol=1e-7)


def test_c(model: wade.Model, tmp_path: Path) -> None:
    [source] = export(model, "c", tmp_path / "model.c")
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS])
    writer.writeheader()
    writer.writerows(ROWS)
    done = ask(compiled(source), text.getvalue())
    assert (done.returncode, done.stderr) == (0, "")
    shares = [float(line.rpartition(",")[2]) for line in done.stdout.splitlines()[1:]]
    np.testing.assert_allclose(shares, expected(model), rtol=1e-6, atol=1e-7)


def test_onnx(model: wade.Model, tmp_path: Path) -> None:
    [path] = export(model, "onnx", tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [*[*COLUMNS][:5], "region"]
    texts = {name: np.array([[row[name].strip()] for row in ROWS], object) for name in names}
    flags = {name: np.array([[int(row[name] or -1)] for row in ROWS], np.int64) for name in ("wet", "dry")}
    shares = session.run(["probabilities"], texts | flags)[0][:, 1]
    np.testing.assert_allclose(shares, expected(model), rtol=1e-6, atol=1e-7)
