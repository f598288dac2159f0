"""The exported ONNX graph takes raw columns and predicts what the model predicts, in ONNX Runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pyarrow as pa
import pytest

import wade
from tests.exporters.models import answer_of, exactly, make_model, make_table
from wade.errors import InvalidArgument
from wade.exporters import export
from wade.model.preparation.sources import open_table
from wade.tables.columns.times import as_times

CASES: dict[str, dict[str, Any]] = {
    "binary": {"hidden": (8, 4)},
    "differing activations": {"hidden": (6, 5), "activation": "tanh,relu"},
    "many classes, piecewise": {"task": "multiclass", "piecewise": True, "hidden": (8,), "activation": "tanh"},
    "a number, piecewise, no hidden layer": {"task": "regression", "piecewise": True, "hidden": ()},
    "members, piecewise": {"task": "regression", "members": 3, "piecewise": True, "hidden": (6,), "activation": "mish"},
    "members, many classes": {"task": "multiclass", "members": 2, "hidden": (5, 4), "dropout": 0.25},
    "marks of missing values": {"missing": ("5", "-999"), "hidden": (4,)},
}
ACTIVATIONS = ["identity", "sigmoid", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus"]
WITHOUT = ("notes",)


def session_of(model: wade.Model, folder: Path) -> onnxruntime.InferenceSession:
    [path] = export(model, "onnx", folder / "model.onnx")
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def fed(session: onnxruntime.InferenceSession, table: pa.Table) -> dict[str, np.ndarray]:
    """The raw columns as tensors, (rows, 1)."""
    tidy = open_table(table).table
    tensors = {}
    for one in session.get_inputs():
        values = table[one.name].to_pylist()
        if one.type == "tensor(double)":
            column = np.array([np.nan if value is None else value for value in values], np.float64)
        elif one.type == "tensor(string)":
            column = np.array(["" if value is None else value for value in values], object)
        elif isinstance(values[0], bool):
            column = np.array([-1 if value is None else int(value) for value in values], np.int64)
        else:
            form = "%d.%m.%Y" if isinstance(values[0], str) else "ISO 8601"
            column = as_times(tidy[one.name], form, one.name).astype(np.int64)
        tensors[one.name] = column[:, None]
    return tensors


@pytest.mark.parametrize("case", CASES)
def test_the_graph_predicts_what_the_model_predicts(table: pa.Table, tmp_path: Path, case: str) -> None:
    model = make_model(table, without=WITHOUT, **CASES[case])
    session = session_of(model, tmp_path)
    prediction, *shares = session.run(None, fed(session, table))
    figures = shares[0] if shares else prediction
    np.testing.assert_allclose(figures, answer_of(model, table), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(figures, exactly(model, table), rtol=1e-10)
    assert [one.name for one in session.get_outputs()] == (
        ["prediction", "probabilities"] if shares else ["prediction"]
    )
    if shares:
        assert prediction.tolist() == model.predict(table).tolist()


def test_ten_thousand_rows(tmp_path: Path) -> None:
    table = make_table(10_000)
    model = make_model(table, without=WITHOUT, hidden=(16, 8), piecewise=True)
    session = session_of(model, tmp_path)
    prediction, shares = session.run(None, fed(session, table))
    assert shares.shape == (10_000, 2)
    np.testing.assert_allclose(shares, model.predict_probability(table), rtol=1e-6, atol=1e-7)
    assert prediction.tolist() == model.predict(table).tolist()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_the_textbook_s(table: pa.Table, tmp_path: Path, activation: str) -> None:
    model = make_model(table, without=WITHOUT, hidden=(6, 5), activation=activation)
    session = session_of(model, tmp_path)
    _, shares = session.run(None, fed(session, table))
    # Runtimes have the error function in float32 only.
    np.testing.assert_allclose(shares, exactly(model, table), rtol=1e-6 if activation == "gelu" else 1e-10)


def test_the_checker_passes_it_and_old_operators_serve(table: pa.Table, tmp_path: Path) -> None:
    [path] = export(make_model(table, without=WITHOUT, hidden=(4,)), "onnx", tmp_path / "model.onnx")
    proto = onnx.load(path)
    onnx.checker.check_model(proto, full_check=True)
    assert {one.domain: one.version for one in proto.opset_import} == {"": 11, "ai.onnx.ml": 2}
    assert (proto.producer_name, proto.producer_version) == ("wade", wade.__version__)
    kinds = {one.name: one.type.tensor_type.elem_type for one in proto.graph.input}
    assert kinds["count"] == onnx.TensorProto.DOUBLE
    assert kinds["kind\\"] == onnx.TensorProto.STRING
    assert kinds["when\u202e"] == kinds["{flag}"] == onnx.TensorProto.INT64


def test_whole_number_classes_stay_numbers(tmp_path: Path) -> None:
    model = wade.learn("flights", columns=["temperature", "carrier"], rows=2000, epochs=1, hidden=(4,))
    session = session_of(model, tmp_path)
    rows = {"temperature": np.array([[-2.0], [np.nan]]), "carrier": np.array([["B6"], ["never seen"]], object)}
    prediction, shares = session.run(None, rows)
    table = pa.table({"temperature": [-2.0, None], "carrier": ["B6", None]})
    assert prediction.dtype == np.int64
    np.testing.assert_allclose(shares, model.predict_probability(table), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("classes", "dtype"),
    [((True, False), np.bool_), ((0.5, 1.5), np.float64), ((-1, 1), np.int64), (("01", "1"), object)],
)
def test_classes_come_out_as_they_are_in_the_table(tmp_path: Path, classes: tuple[Any, Any], dtype: type) -> None:
    x = np.linspace(-1, 1, 60)
    table = pa.table({"x": x, "two": [classes[int(value > 0)] for value in x]})
    roles = {} if dtype is np.bool_ else {"two": "category"}
    model = wade.learn(table, "two", roles=roles, epochs=1, hidden=(2,), threads=1)
    prediction, _ = session_of(model, tmp_path).run(None, {"x": x[:, None]})
    assert prediction.dtype == dtype
    assert prediction.tolist() == model.predict(table).tolist()


def test_columns_may_have_the_names_of_outputs(tmp_path: Path) -> None:
    x = np.linspace(-1, 1, 60)
    table = pa.table({"prediction": x, "#1": x**2, "two": np.where(x > 0, "a", "b")})
    model = make_model(table, hidden=(3,), without=WITHOUT)
    session = session_of(model, tmp_path)
    _, shares = session.run(None, fed(session, table))
    np.testing.assert_allclose(shares, exactly(model, table), rtol=1e-10)


def test_calendars_agree_on_odd_days(tmp_path: Path) -> None:
    dates = (np.datetime64("1880-01-01") + np.arange(0, 250_000, 61)).astype("datetime64[s]") + np.timedelta64(
        3601, "s"
    )
    table = pa.table({"day": dates, "two": np.where(np.arange(len(dates)) % 2, "a", "b")})
    model = make_model(table, without=WITHOUT, hidden=(3,))
    session = session_of(model, tmp_path)
    _, shares = session.run(None, fed(session, table))
    np.testing.assert_allclose(shares, exactly(model, table), rtol=1e-10)


def test_text_is_refused_by_name(table: pa.Table, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match=r"text \('notes'\).*--drop"):
        export(make_model(table, hidden=(2,)), "onnx", tmp_path / "model.onnx")


def test_a_missing_package_is_named(table: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InvalidArgument, match="pip install onnx"):
        export(make_model(table, without=WITHOUT, hidden=(2,)), "onnx", tmp_path / "model.onnx")
