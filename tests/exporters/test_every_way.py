"""One table of unkind values, asked in every way there is: all ways give one answer, or all refuse."""

from __future__ import annotations

import csv
import io
import json
import runpy
import subprocess
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from typer.testing import CliRunner

import wade
from tests.exporters.c.test_program import compiled
from tests.exporters.nasty import REFUSED, TARGETS, VALUES, Value, made_model, meant, rows
from wade.cli.app import app
from wade.engines import Task, choose_engine
from wade.errors import DataError
from wade.exporters import export
from wade.metrics.classification import class_probabilities
from wade.model.evaluation.outputs import network_outputs
from wade.tables import read_batches

# Keras reads PyTorch's tensors in a way that NumPy 2 warns of.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning:keras")

TASKS = tuple(TARGETS)
PROGRAMS = ("numpy", "pytorch", "keras", "sklearn")
# What wade answers is rounded to float32; programs compute in float64.
ROUNDING = {"rtol": 1e-6, "atol": 1e-7}

Rows = list[dict[str, Value]]


class Asked:
    """A model in every form, and what it answers to the rows' meaning."""

    def __init__(self, task: str, folder: Path) -> None:
        self.task, self.folder, self.model = task, folder, made_model(task)
        self.rows = rows()
        self.path = folder / "model.wade"
        self.model.save(self.path)
        self.program = cache(lambda to: runpy.run_path(str(export(self.model, to, folder / f"{to}.py")[0])))
        self.c = compiled(export(self.model, "c", folder / "model.c")[0])
        self.expected = self.answers(meant(self.rows))

    def answers(self, data: Any) -> np.ndarray:
        """A row of probabilities, or of the one number, for each row of the data."""
        return answers_of(self.model, data)

    def given(self) -> list[dict[str, Any]]:
        return [{name: value.given for name, value in row.items()} for row in self.rows]

    def texts(self) -> dict[str, list[str]]:
        return {name: [row[name].text for row in self.rows] for name in VALUES}

    def csv(self, name: str = "rows.csv", some: Rows | None = None) -> Path:
        path = self.folder / name
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([*VALUES, "another column"])
            writer.writerows([*(row[name].text for name in VALUES), "1"] for row in some or self.rows)
        return path


def answers_of(model: wade.Model, data: Any) -> np.ndarray:
    return model.predict(data)[:, None] if model.target.task == "regression" else model.predict_probability(data)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Asked]:
    return cache(lambda task: Asked(task, tmp_path_factory.mktemp(task)))


@pytest.fixture(params=TASKS)
def asked(request: pytest.FixtureRequest, made: Callable[[str], Asked]) -> Asked:
    return made(request.param)


@pytest.fixture
def binary(made: Callable[[str], Asked]) -> Asked:
    """Rows are read alike for every task: what takes long is asked of one."""
    return made("binary")


FRAMES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "pandas": lambda row: pd.DataFrame([row]),
    "polars": lambda row: pl.DataFrame([row], strict=False),
    "pyarrow": lambda row: pa.table({name: [value] for name, value in row.items()}),
}


def test_a_row_alone_is_answered_as_in_its_table(binary: Asked) -> None:
    differences(binary, np.concatenate([binary.answers(row) for row in binary.given()]), rtol=0, atol=0)


@pytest.mark.parametrize(("library", "first"), [*zip(FRAMES, range(3), strict=True)])
def test_a_frame_of_one_row_is_answered_as_in_its_table(binary: Asked, library: str, first: int) -> None:
    """Each library has a third of the rows."""
    numbers = range(first, len(binary.rows), len(FRAMES))
    answers = binary.expected.copy()
    for number in numbers:
        answers[number] = binary.answers(FRAMES[library](binary.given()[number]))[0]
    differences(binary, answers, rtol=0, atol=0)


def as_json_lines(asked: Asked) -> Path:
    texts = asked.texts()
    path = asked.folder / "rows.jsonl"
    lines = [json.dumps(dict(zip(texts, row, strict=True))) for row in zip(*texts.values(), strict=True)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def as_parquet(asked: Asked, table: pa.Table, name: str) -> Path:
    parquet.write_table(table, asked.folder / name)
    return asked.folder / name


def streamed(asked: Asked) -> np.ndarray:
    """Encoded batch by batch, as a table that is larger than memory is."""
    model = asked.model
    batches = read_batches(asked.csv(), model.missing, model.schema.text_columns)
    encoded = [model.encoder.encode(pa.Table.from_batches([batch]), "rows") for batch in batches]
    engine = choose_engine(task=Task(model.network))
    together = np.concatenate([network_outputs(model.network, inputs, engine) for inputs in encoded])
    if model.target.task == "regression":
        return model.target.decode_number(together[:, 0])[:, None]
    return class_probabilities(together)


def from_lines(asked: Asked, text: str) -> np.ndarray:
    """The figures of the CSV that commands print."""
    titles, *lines = csv.reader(io.StringIO(text))
    classes = asked.model.target.classes
    shown = classes[1:] if len(classes) == 2 else classes
    assert titles == ["prediction", *(f"probability of {one}" for one in shown)]
    if not classes:
        return np.array(lines, float)
    figures = np.array([line[1:] for line in lines], float)
    shares = np.concatenate([1 - figures, figures], axis=1) if len(classes) == 2 else figures
    assert [line[0] for line in lines] == [classes[k] for k in asked.expected.argmax(axis=1)]
    return shares


def command_line(asked: Asked) -> np.ndarray:
    done = CliRunner().invoke(app, ["predict", str(asked.path), str(asked.csv())], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return from_lines(asked, done.stdout)


EXACT: dict[str, Callable[[Asked], np.ndarray]] = {
    "pandas, of text": lambda asked: asked.answers(pd.DataFrame(asked.texts())),
    "polars, of text": lambda asked: asked.answers(pl.DataFrame(asked.texts())),
    "pyarrow, of text": lambda asked: asked.answers(pa.table(asked.texts())),
    "pandas, of what it means": lambda asked: asked.answers(meant(asked.rows).to_pandas()),
    "polars, of what it means": lambda asked: asked.answers(pl.from_arrow(meant(asked.rows))),
    "CSV": lambda asked: asked.answers(asked.csv()),
    "Parquet, of text": lambda asked: asked.answers(as_parquet(asked, pa.table(asked.texts()), "texts.parquet")),
    "Parquet": lambda asked: asked.answers(as_parquet(asked, meant(asked.rows), "rows.parquet")),
    "JSON lines": lambda asked: asked.answers(as_json_lines(asked)),
    "a stream of batches": lambda asked: asked.answers(pa.table(asked.texts()).to_reader(max_chunksize=64)),
    "read batch by batch": streamed,
    "the command line": command_line,
}


@pytest.mark.parametrize("way", EXACT)
def test_every_way_into_wade_gives_one_answer(asked: Asked, way: str) -> None:
    # The command line writes float32's digits of probabilities, and nine digits of numbers.
    nine = {"rtol": 5e-9, "atol": 1.0000001e-7}
    differences(asked, EXACT[way](asked), **(nine if way == "the command line" else {"rtol": 0, "atol": 0}))


def differences(asked: Asked, answers: np.ndarray, **tolerance: float) -> None:
    """Answers are the expected ones; where one is not, its row is shown."""
    close = np.isclose(answers, asked.expected, **tolerance).all(axis=1)
    wrong = {number: asked.rows[number] for number in np.flatnonzero(~close)[:3].tolist()}
    assert not wrong, (answers[~close][:3], asked.expected[~close][:3])


def said(program: dict[str, Any], data: Any) -> np.ndarray:
    return program["predict_probability"](data) if "CLASSES" in program else program["predict"](data).reshape(-1, 1)


@pytest.mark.parametrize("to", PROGRAMS)
def test_exported_python_programs_give_that_answer(asked: Asked, to: str) -> None:
    program = asked.program(to)
    for data in (asked.given(), asked.texts(), pd.DataFrame(asked.given()), program["rows_of"](asked.csv())):
        differences(asked, said(program, data), **ROUNDING)


def test_the_numpy_program_prints_it(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    code, printed, complaint = run_main(asked.program("numpy"), asked.csv(), monkeypatch)
    assert (code, complaint) == (0, "")
    differences(asked, from_lines(asked, printed), **ROUNDING)


def run_main(program: dict[str, Any], path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, str, str]:
    """The command in this process, which is sooner: how it ends, and what it prints."""
    monkeypatch.setattr("sys.argv", ["program.py", str(path)])
    out, complaint, code = io.StringIO(), "", 0
    with redirect_stdout(out):
        try:
            program["main"]()
        except SystemExit as ended:
            code, complaint = 1, str(ended)
    return code, out.getvalue(), complaint


def run_c(program: Path, path: Path) -> subprocess.CompletedProcess[str]:
    with open(path, "rb") as file:
        done = subprocess.run([str(program)], stdin=file, capture_output=True)
    return subprocess.CompletedProcess("", done.returncode, done.stdout.decode(), done.stderr.decode())


def test_the_c_program_prints_it(asked: Asked) -> None:
    done = run_c(asked.c, asked.csv())
    assert (done.returncode, done.stderr) == (0, "")
    differences(asked, from_lines(asked, done.stdout), **ROUNDING)


def tensors(session: onnxruntime.InferenceSession, table: list[dict[str, Value]]) -> dict[str, np.ndarray]:
    """The columns as the graph takes them: categories as text without white space, the rest as what it means."""
    found, meanings = {}, meant(table)
    for one in session.get_inputs():
        values = meanings[one.name].to_pylist()
        if one.type == "tensor(double)":
            column = np.array([np.nan if value is None else value for value in values], np.float64)
        elif one.type == "tensor(string)":
            column = np.array(["" if value is None else value for value in values], object)
        elif one.name == "flag":
            column = np.array([-1 if value is None else int(value) for value in values], np.int64)
        else:
            forms = {"at": None, "day": "%d.%m.%Y"}
            times = pd.to_datetime(pd.Series(values), format=forms[one.name])
            column = times.to_numpy().astype("datetime64[s]").astype(np.int64)
        found[one.name] = column[:, None]
    return found


def test_the_onnx_graph_gives_the_answer_of_a_model_without_text(asked: Asked) -> None:
    model = made_model(asked.task, without=("note",))
    [path] = export(model, "onnx", asked.folder / "model.onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    prediction, *shares = session.run(None, tensors(session, asked.rows))
    expected = answers_of(model, meant(asked.rows))
    np.testing.assert_allclose(shares[0] if shares else prediction[:, None], expected, **ROUNDING)
    if shares:
        assert prediction.tolist() == model.predict(meant(asked.rows)).tolist()


BAD = [(column, given) for column, values in REFUSED.items() for given in values]


@pytest.mark.parametrize(("column", "given"), BAD)
def test_what_one_way_refuses_all_refuse(
    binary: Asked, monkeypatch: pytest.MonkeyPatch, column: str, given: Any
) -> None:
    good, program = binary.rows[1], binary.program("numpy")
    bad = {**good, column: Value(given, str(given), None)}
    row = {name: value.given for name, value in bad.items()}
    files = {binary.csv("second.csv", [good, bad]): 2, binary.csv("alone.csv", [bad]): 1}
    table = pa.table({name: [good[name].text, bad[name].text] for name in VALUES})
    for data in (row, *(frame(row) for frame in FRAMES.values()), table, *files):
        with pytest.raises(DataError) as error:
            binary.answers(data)
        assert column in str(error.value)
    with pytest.raises(ValueError, match=column):
        said(program, [row])
    for file, number in files.items():
        code, printed, complaint = run_main(program, file, monkeypatch)
        assert (code, printed) == (1, "")
        assert column in complaint
        done = run_c(binary.c, file)
        assert (done.returncode, done.stderr) == (1, f'row {number}, column "{column}": cannot be read: "{given}"\n')
