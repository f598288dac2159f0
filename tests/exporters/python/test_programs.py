"""Exported Python programs run without wade and predict what the model predicts."""

from __future__ import annotations

import csv
import io
import runpy
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.exporters.models import answer_of, exactly, make_model
from wade.errors import InvalidArgument
from wade.exporters import export
from wade.model.preparation.sources import open_table
from wade.network.unshare_members import unshared_members

# Keras reads PyTorch's tensors in a way that NumPy 2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning:keras")

# What wade itself answers is rounded to float32, and 1 − p is as coarse as p is: 6e-8 near 1.
ROUNDING = {"rtol": 1e-6, "atol": 1e-7}

CASES = {
    "binary": {"hidden": (8, 4)},
    "many classes, piecewise": {"task": "multiclass", "piecewise": True, "hidden": (8,), "activation": "tanh"},
    "a number, no hidden layer": {"task": "regression", "hidden": ()},
    "a number, piecewise, no hidden layer": {"task": "regression", "piecewise": True, "hidden": ()},
}
OTHER_CASES = {
    "differing activations": {"hidden": (6, 5), "activation": "tanh,relu"},
    "members": {"members": 3, "hidden": (6, 4), "activation": "silu", "dropout": 0.5},
    "members, piecewise": {"task": "regression", "members": 2, "piecewise": True, "hidden": (5,), "activation": "gelu"},
    "members, many classes, no hidden layer": {"task": "multiclass", "members": 2, "hidden": ()},
    "marks of missing values": {"missing": ("5", "plain", "-999"), "hidden": (4,)},
}
ELEMENTWISE = ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus"]
BLOCKED = """
import sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}: raise ImportError(name + " must not be needed")
sys.meta_path.insert(0, Nothing())
import runpy, pickle
"""


def run(model: Any, to: str, folder: Path) -> dict[str, Any]:
    [path] = export(model, to, folder / "program.py")
    return runpy.run_path(str(path))


def said(program: dict[str, Any], rows: Any) -> np.ndarray:
    return program["predict_probability" if "predict_probability" in program else "predict"](rows)


@pytest.mark.parametrize("to", ["numpy", "pytorch", "keras", "sklearn"])
@pytest.mark.parametrize("case", CASES)
def test_a_program_predicts_what_the_model_predicts(table: pa.Table, tmp_path: Path, case: str, to: str) -> None:
    model = make_model(table, **CASES[case])
    program = run(model, to, tmp_path)
    rows = table.to_pylist()
    np.testing.assert_allclose(said(program, rows), answer_of(model, table), **ROUNDING)
    np.testing.assert_allclose(said(program, rows), exactly(model, table), rtol=1e-6 if to == "keras" else 1e-12)
    if model.target.task != "regression":
        assert program["predict"](rows).tolist() == model.predict(table).tolist()


SKLEARN_CASES = {
    "binary": {"members": 4, "hidden": (8, 4)},
    "two classes, piecewise": {"members": 3, "piecewise": True, "hidden": (6,), "activation": "sigmoid"},
    "many classes, piecewise": {
        "task": "multiclass",
        "members": 4,
        "piecewise": True,
        "hidden": (8,),
        "activation": "tanh",
    },
    "many classes, no hidden layer": {"task": "multiclass", "members": 2, "hidden": ()},
    "a number": {"task": "regression", "members": 4, "hidden": (5, 4), "activation": "identity"},
    "a number, piecewise, no codes": {
        "task": "regression",
        "members": 2,
        "piecewise": True,
        "hidden": (5,),
        "without": ("kind\\", "{flag}", "when\u202e", "day", "notes"),
    },
}


@pytest.mark.parametrize("case", SKLEARN_CASES)
def test_members_are_scikit_learn_s_perceptrons_and_their_mean(table: pa.Table, tmp_path: Path, case: str) -> None:
    model = make_model(table, **SKLEARN_CASES[case])
    program = run(model, "sklearn", tmp_path)
    rows = table.to_pylist()
    np.testing.assert_allclose(said(program, rows), answer_of(model, table), **ROUNDING)
    np.testing.assert_allclose(said(program, rows), exactly(model, table), rtol=1e-12)
    if model.target.task != "regression":
        assert program["predict"](rows).tolist() == model.predict(table).tolist()


def test_each_member_in_scikit_learn_is_the_member_alone(table: pa.Table, tmp_path: Path) -> None:
    model = make_model(table, members=3, piecewise=True, hidden=(5,))
    program = run(model, "sklearn", tmp_path)
    block = program["wide"](table.to_pylist())
    perceptrons = program["PIPELINE"][-1].estimators_
    encoded = model.encoder.encode(open_table(table, ()).table, "table")
    for perceptron, alone in zip(perceptrons, unshared_members(model.network), strict=True):
        np.testing.assert_allclose(perceptron.predict_proba(block)[:, 1:], alone(encoded), **ROUNDING)
    said_by_each = [perceptron.predict_proba(block) for perceptron in perceptrons]
    assert np.ptp(said_by_each, axis=0).max() > 0.01


@pytest.mark.parametrize("to", ["numpy", "pytorch", "keras"])
@pytest.mark.parametrize("case", OTHER_CASES)
def test_members_and_marks_go_along(table: pa.Table, tmp_path: Path, case: str, to: str) -> None:
    model = make_model(table, **OTHER_CASES[case])
    answers = said(run(model, to, tmp_path), table.to_pylist())
    np.testing.assert_allclose(answers, answer_of(model, table), **ROUNDING)
    np.testing.assert_allclose(answers, exactly(model, table), rtol=1e-6 if to == "keras" else 1e-12)


@pytest.mark.parametrize("to", ["numpy", "pytorch", "keras"])
@pytest.mark.parametrize("activation", ELEMENTWISE)
def test_every_activation_is_the_textbook_s(table: pa.Table, tmp_path: Path, activation: str, to: str) -> None:
    model = make_model(table, without=("notes",), hidden=(6, 5), activation=activation)
    answers = said(run(model, to, tmp_path), table.to_pylist())
    np.testing.assert_allclose(answers, answer_of(model, table), **ROUNDING)
    np.testing.assert_allclose(answers, exactly(model, table), rtol=1e-6 if to == "keras" else 1e-8)


def test_the_numpy_program_needs_numpy_and_nothing_else(table: pa.Table, tmp_path: Path) -> None:
    model = make_model(table, hidden=(5,))
    [path] = export(model, "numpy", tmp_path / "program.py")
    with open(tmp_path / "rows.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, table.column_names)
        writer.writeheader()
        writer.writerows(table.to_pylist())
    blocked = {"wade", "pyarrow", "sklearn", "scipy", "pandas", "torch"}
    program = (
        BLOCKED.format(blocked=blocked)
        + f"sys.argv = ['program', 'rows.csv']\nrunpy.run_path({str(path)!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    titles, *answers = csv.reader(io.StringIO(done.stdout))
    assert titles == ["prediction", f"probability of {model.target.classes[1]}"]
    assert [answer for answer, *_ in answers] == model.predict(table).tolist()
    shares = np.array([float(share) for _, share in answers])
    np.testing.assert_allclose(shares, model.predict_probability(table)[:, 1], **ROUNDING)


@pytest.mark.parametrize("to", ["numpy", "sklearn"])
def test_rows_may_be_dicts_columns_or_frames(table: pa.Table, tmp_path: Path, to: str) -> None:
    model = make_model(table, hidden=(4,))
    program = run(model, to, tmp_path)
    expected = answer_of(model, table)
    columns = {name: table[name].to_pylist() for name in table.column_names}
    arrays = {**columns, "when\u202e": table["when\u202e"].to_numpy(), "count": table["count"].to_numpy()}
    for rows in (
        table.to_pylist(),
        columns,
        arrays,
        table.to_pandas(),
        pl.from_arrow(table),
        pd.DataFrame(columns),
        table,
    ):
        np.testing.assert_allclose(said(program, rows), expected, **ROUNDING)
    assert said(program, [table.to_pylist()[3]]).shape == (1, 2)


def test_texts_are_read_as_wade_reads_them(table: pa.Table, tmp_path: Path) -> None:
    model = make_model(table, hidden=(4,))
    program = run(model, "numpy", tmp_path)
    rows = [
        {
            **table.to_pylist()[0],
            'size "x"\n*/ ??/': " 4.5 ",
            "count": "3",
            "{flag}": "TRUE",
            "when\u202e": "2013-02-10 18:00",
        },
        {
            **table.to_pylist()[1],
            'size "x"\n*/ ??/': "NA",
            "count": "+3.5e0",
            "{flag}": 1,
            "when\u202e": date(2013, 2, 10),
        },
        {**table.to_pylist()[2], "kind\\": " plain ", "{flag}": 0.0, "when\u202e": datetime(1969, 3, 1, 5, 6, 7)},
        {
            **table.to_pylist()[3],
            "kind\\": "never seen",
            "notes": "",
            "{flag}": None,
            "when\u202e": "1904-02-29T23:59:59.5",
        },
    ]
    for row in rows:
        np.testing.assert_allclose(said(program, [row]), answer_of(model, row), **ROUNDING)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("count", "many"),
        ("count", "1_000"),
        ("count", float("inf")),
        ("{flag}", "perhaps"),
        ("when\u202e", "soon"),
        ("day", "2013-02-01"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(table: pa.Table, tmp_path: Path, column: str, value: Any) -> None:
    program = run(make_model(table, hidden=(2,)), "numpy", tmp_path)
    with pytest.raises(ValueError, match="expected") as error:
        program["predict"]([{**table.to_pylist()[0], column: value}])
    assert repr(column) in str(error.value)
    assert repr(value) in str(error.value)


def test_no_rows_give_no_answers(table: pa.Table, tmp_path: Path) -> None:
    program = run(make_model(table, hidden=(2,), piecewise=True), "numpy", tmp_path)
    assert said(program, {name: [] for name in table.column_names}).shape == (0, 2)


@pytest.mark.parametrize(("to", "members"), [("numpy", 1), ("pytorch", 1), ("sklearn", 2)])
def test_many_weights_lie_beside_the_program(table: pa.Table, tmp_path: Path, to: str, members: int) -> None:
    model = make_model(table, hidden=(600, 400), members=members, without=("notes",))
    files = export(model, to, tmp_path / "wide model.py")
    assert [path.name for path in files] == ["wide model.npz", "wide model.py"]
    program = runpy.run_path(str(files[1]))
    np.testing.assert_allclose(said(program, table.to_pylist()), exactly(model, table), rtol=1e-10)
    assert all(
        np.array_equal(program[name], values)
        for name, values in zip(
            ("W2", "b3"), (model.network.parameters["W2"], model.network.parameters["b3"]), strict=True
        )
    )


def test_weights_in_the_text_are_exact(table: pa.Table, tmp_path: Path) -> None:
    model = make_model(table, hidden=(7, 3), members=2, piecewise=True)
    program = run(model, "numpy", tmp_path)
    for name in ("W1", "b1", "R1", "S1", "W2", "b2", "W3", "R3"):
        assert np.array_equal(program[name], model.network.parameters[name])


@pytest.mark.parametrize("members", [1, 2])
def test_scikit_learn_is_refused_activations_that_it_does_not_have(
    table: pa.Table, tmp_path: Path, members: int
) -> None:
    with pytest.raises(
        InvalidArgument, match=r"activation gelu: scikit-learn's perceptron does not have it.*Export to numpy"
    ):
        export(make_model(table, hidden=(4,), activation="gelu", members=members), "sklearn", tmp_path / "program.py")
    assert not list(tmp_path.iterdir())


def test_scikit_learn_is_refused_layers_that_differ_in_their_activation(table: pa.Table, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="hidden layers differ in activation"):
        export(make_model(table, hidden=(4, 3), activation="tanh,relu"), "sklearn", tmp_path / "program.py")
    assert not list(tmp_path.iterdir())


def test_an_unknown_export_is_refused_with_the_nearest_name(table: pa.Table, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="Did you mean 'pytorch'"):
        export(make_model(table, hidden=(2,)), "torch", tmp_path / "program.py")


def test_the_modules_of_pytorch_and_keras_can_be_trained_further(table: pa.Table, tmp_path: Path) -> None:
    model = make_model(table, hidden=(3,), members=2)
    torch_module = run(model, "pytorch", tmp_path)["NETWORK"]
    assert sum(parameter.numel() for parameter in torch_module.parameters()) == model.network.n_parameters
    assert all(parameter.requires_grad for parameter in torch_module.parameters())
    keras_model = run(model, "keras", tmp_path)["NETWORK"]
    assert sum(np.prod(weight.shape) for weight in keras_model.trainable_weights) == model.network.n_parameters
