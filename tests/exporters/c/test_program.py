"""The exported C program compiles without a warning and predicts what the model predicts."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from tests.exporters.models import answer_of, exactly, make_model
from wade.exporters import export

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
CASES = {
    "binary": {"hidden": (8, 4)},
    "differing activations": {"hidden": (6, 5), "activation": "tanh,relu"},
    "many classes, piecewise": {"task": "multiclass", "piecewise": True, "hidden": (8,), "activation": "tanh"},
    "a number, piecewise, no hidden layer": {"task": "regression", "piecewise": True, "hidden": ()},
    "members, piecewise": {"task": "regression", "members": 3, "piecewise": True, "hidden": (6,), "activation": "mish"},
    "members, many classes": {"task": "multiclass", "members": 2, "hidden": (5, 4), "dropout": 0.25},
    "marks of missing values": {"missing": ("5", "plain", "-999"), "hidden": (4,)},
}
ACTIVATIONS = ["identity", "sigmoid", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus"]


def compiled(source: Path, *more: str) -> Path:
    compiler = os.environ.get("CC") or next(filter(shutil.which, ("cc", "gcc", "clang")))
    program = source.with_suffix("")
    subprocess.run([compiler, *STRICT, *more, "-o", str(program), str(source), "-lm"], check=True)
    return program


def as_csv(table: pa.Table) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, table.column_names)
    writer.writeheader()
    writer.writerows(table.to_pylist())
    return text.getvalue()


def ask(program: Path, rows: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(program)], input=rows, capture_output=True, text=True, encoding="utf-8")


def predicted(model: wade.Model, table: pa.Table, folder: Path) -> tuple[list[str], list[str], np.ndarray]:
    """Titles, answers and figures, as the compiled program prints them."""
    [source] = export(model, "c", folder / "model.c")
    done = ask(compiled(source), as_csv(table))
    assert (done.returncode, done.stderr) == (0, "")
    titles, *lines = csv.reader(io.StringIO(done.stdout))
    figures = [line if model.target.task == "regression" else line[1:] for line in lines]
    return titles, [line[0] for line in lines], np.array(figures, float)


def shown(model: wade.Model, answers: np.ndarray) -> np.ndarray:
    """What the program prints of these answers."""
    if model.target.task == "regression":
        return answers[:, None]
    return answers[:, 1:] if model.target.task == "binary" else answers


@pytest.mark.parametrize("case", CASES)
def test_the_program_predicts_what_the_model_predicts(table: pa.Table, tmp_path: Path, case: str) -> None:
    model = make_model(table, **CASES[case])
    titles, answers, figures = predicted(model, table, tmp_path)
    np.testing.assert_allclose(figures, shown(model, answer_of(model, table)), rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(figures, shown(model, exactly(model, table)), rtol=6e-9)
    classes = model.target.classes
    assert titles == [
        "prediction",
        *(f"probability of {one}" for one in (classes[1:] if len(classes) == 2 else classes)),
    ]
    if classes:
        assert answers == [one.strip() for one in model.predict(table)]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_the_textbook_s(table: pa.Table, tmp_path: Path, activation: str) -> None:
    model = make_model(table, without=("notes",), hidden=(6, 5), activation=activation)
    _, _, figures = predicted(model, table, tmp_path)
    np.testing.assert_allclose(figures, shown(model, exactly(model, table)), rtol=6e-9)


def test_it_is_a_function_for_other_programs(table: pa.Table, tmp_path: Path) -> None:
    model = make_model(table, without=("notes", "day"), hidden=(4,))
    [source] = export(model, "c", tmp_path / "model.c")
    caller = """
#define MODEL_WITHOUT_MAIN
#include "model.c"
int main(void)
{
    struct row row = {NAN, 3, 2.5e8, "plain", 1, TIME_MISSING};
    double answer[ANSWERS];
    model_predict(&row, answer);
    printf("%.17g %.17g %d", answer[0], answer[1], strcmp(CLASSES[1], "yes */"));
    return 0;
}
"""
    (tmp_path / "caller.c").write_text(caller)
    assert "size" not in source.read_text().split("struct row {")[1].split("}")[0].replace('"size \\042x', "")
    done = ask(compiled(tmp_path / "caller.c"), "")
    *shares, same = done.stdout.split()
    row = {"count": 3, "wide": 2.5e8, "kind\\": "plain", "{flag}": True, "when\u202e": None, 'size "x"\n*/ ??/': None}
    np.testing.assert_allclose([list(map(float, shares))], model.predict_probability(row), rtol=1e-6, atol=1e-7)
    assert same == "0"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("count", "many"),
        ("count", "0x10"),
        ("count", "nan5"),
        ("{flag}", "perhaps"),
        ("day", "31.02.2013"),
        ("when\u202e", "soon"),
    ],
)
def test_what_cannot_be_read_is_named(table: pa.Table, tmp_path: Path, column: str, value: str) -> None:
    program = tmp_path.parent / "refusing"
    if not program.exists():
        [source] = export(make_model(table, hidden=(2,)), "c", tmp_path / "refusing.c")
        shutil.copy(compiled(source), program)
    rows = table.slice(0, 2).to_pylist()
    rows[1][column] = value
    done = ask(program, as_csv(pa.table({name: [str(row[name]) for row in rows] for name in table.column_names})))
    assert done.returncode == 1
    assert done.stderr == f'row 2, column "{column}": cannot be read: "{value}"\n'


def test_a_missing_column_is_named(table: pa.Table, tmp_path: Path) -> None:
    [source] = export(make_model(table, hidden=(2,)), "c", tmp_path / "model.c")
    done = ask(compiled(source), as_csv(table.drop_columns(["count"])))
    assert (done.returncode, done.stderr) == (1, 'the first line names no column "count"\n')


def test_memory_is_safe_on_hostile_csv(table: pa.Table, tmp_path: Path) -> None:
    [source] = export(make_model(table, hidden=(2,)), "c", tmp_path / "model.c")
    program = compiled(source, "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    good = as_csv(table.slice(0, 3))
    header = good[: good.index("\r\n")]
    for rows in (
        good,
        good[:-30],
        header + "\r\n" + '"' * 5001,
        good + "," * 40_000,
        good + "x" * 2_000_000,
        '"',
        "",
        "\xff\xfe,\r\n,",
    ):
        done = ask(program, rows)
        assert done.returncode in (0, 1), done.stderr
        assert "Sanitizer" not in done.stderr
        assert "runtime error" not in done.stderr


def test_calendars_agree_on_odd_days(tmp_path: Path) -> None:
    dates = (np.datetime64("1880-01-01") + np.arange(0, 250_000, 61)).astype("datetime64[s]") + np.timedelta64(
        3601, "s"
    )
    table = pa.table({"day": dates, "two": np.where(np.arange(len(dates)) % 2, "a", "b")})
    model = make_model(table, hidden=(3,))
    _, _, figures = predicted(model, table, tmp_path)
    np.testing.assert_allclose(figures, exactly(model, table)[:, 1:], rtol=6e-9)


def test_a_class_name_is_a_literal_in_the_text(table: pa.Table, tmp_path: Path) -> None:
    model: Any = make_model(table, hidden=(2,))
    [source] = export(model, "c", tmp_path / "model.c")
    text = source.read_text(encoding="ascii")
    assert "exit()" not in text.replace("\"''' + exit() + '''\"", "")
    assert "??/" not in text
    assert "\u202e" not in text
