"""Every entry of every registry before every part of the package that reads it: it works, or is refused by name.

Then entries of no use but for this test: an activation, a loss, an optimizer and a schedule with a Python entry alone.
"""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner

import wade
from tests.exporters.models import answer_of, make_model, make_table
from wade.cli.app import app
from wade.engines import Task, choose_engine
from wade.errors import EngineUnavailable, InvalidArgument
from wade.explanation.formulas.updates import UPDATES
from wade.exporters.export_model import ENDINGS
from wade.maths.activations import ACTIVATIONS, Activation
from wade.maths.arrays import namespace
from wade.maths.initializers import he_normal
from wade.maths.losses import LOSSES, Loss, choose_loss
from wade.maths.optimizers import NAMED, OPTIMIZERS, choose_optimizer
from wade.maths.schedules import SCHEDULES, choose_schedule
from wade.metrics import METRICS
from wade.network import Network
from wade.training import train
from wade.types import Array

ROOT = Path(__file__).parents[1]
HIDDEN = [name for name, activation in ACTIVATIONS.items() if activation.is_elementwise]
ROW = [0.4, -1.3, 2.0]


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return make_table(120)


def renderings(trace: Any) -> dict[str, str]:
    """The trace in every form."""
    forms = {name: getattr(trace, name)() for name in ("text", "latex", "mathml", "html")}
    return {**forms, "to_dict": repr(trace.to_dict())}


def network(activation: str = "tanh", output: str = "identity", **others: Any) -> Network:
    return Network(3, (4, 3), 2, activation, output, dtype="float64", seed=3, **others)


def target_of(output: str) -> Any:
    return 1 if output == "softmax" else [0.0, 1.0]


# Every entry before every consumer.


@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize("name", HIDDEN)
def test_an_engine_runs_an_activation_or_refuses_it_by_name(name: str, engine: str) -> None:
    task, rows = Task(network(name)), network(name).as_inputs([ROW])
    if lacking := choose_engine(engine).lacks(task):
        with pytest.raises(EngineUnavailable, match=lacking):
            choose_engine(engine, None, task)
        assert name in lacking
        return
    runner = choose_engine(engine, None, task)
    np.testing.assert_allclose(runner.predict(network(name), rows), network(name)(rows), rtol=1e-12)


@pytest.mark.parametrize("to", ENDINGS)
@pytest.mark.parametrize("name", HIDDEN)
def test_an_exporter_writes_an_activation_or_refuses_it_by_name(
    name: str, to: str, table: pa.Table, tmp_path: Path
) -> None:
    model = make_model(table, without=("notes",), hidden=(3,), activation=name)
    if to in ("numpy", *ACTIVATIONS[name].exports):
        [path] = wade.export(model, to, tmp_path / "file")
        assert path.stat().st_size > 1000
        return
    with pytest.raises(InvalidArgument, match=f"for the activation {name}: "):
        wade.export(model, to, tmp_path / "file")


@pytest.mark.parametrize("name", HIDDEN)
def test_an_activation_is_explained_in_every_form(name: str) -> None:
    text, latex = ACTIVATIONS[name].written
    found = renderings(wade.explain(network(name), ROW, [0.0, 1.0], loss="mean_squared_error"))
    assert name == "identity" or (f"{text}(" in found["text"] and latex in found["latex"])
    assert all(len(one) > 1000 for one in found.values())


@pytest.mark.parametrize("output", ACTIVATIONS)
def test_an_activation_ends_a_network_and_is_explained(output: str) -> None:
    loss = "cross_entropy" if output == "softmax" else "mean_squared_error"
    trace = wade.explain(network(output=output), ROW, target_of(output), loss=loss)
    assert all(len(one) > 1000 for one in renderings(trace).values())
    assert trace.check().is_fine


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_trains_is_explained_and_its_gradient_is_right(name: str) -> None:
    loss = LOSSES[name]
    output = (loss.outputs or ("identity",))[0]
    for engine in ("reference", "native"):
        choose_engine(engine, None, Task(network(output=output), loss))
    trace = wade.explain(network(output=output), ROW, target_of(output), loss=loss)
    found = renderings(trace)
    assert f"'name': '{name}'" in found["to_dict"]
    assert all(len(one) > 1000 for one in found.values())
    assert trace.check().is_fine


@pytest.mark.parametrize("name", NAMED)
def test_an_optimizer_is_explained_in_every_form(name: str) -> None:
    optimizer = choose_optimizer(name)
    choose_engine("native", None, Task(network(), choose_loss("huber", "identity"), optimizer))
    found = renderings(wade.explain(network(), ROW, [0.0, 1.0], loss="mean_squared_error", optimizer=optimizer))
    assert f"'name': '{optimizer.name}'" in found["to_dict"]
    assert all(len(one) > 1000 for one in found.values())
    assert "must have a formula" not in found["text"]
    assert optimizer.usual_learning_rate > 0


def test_there_is_a_formula_for_each_update() -> None:
    assert set(UPDATES) == set(OPTIMIZERS)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_trains(name: str) -> None:
    X, y = np.random.default_rng(0).normal(size=(32, 3)), np.zeros((32, 2))
    history = train(network(), X, y, "mean_squared_error", schedule=name, epochs=2)
    assert all(0 <= epoch.learning_rate <= 1e-3 for epoch in history.epochs)
    assert choose_schedule(name).name == name


@pytest.mark.parametrize(
    ("option", "names"), [("--activation", HIDDEN), ("--optimizer", NAMED), ("--schedule", SCHEDULES)]
)
def test_the_command_line_names_every_entry(option: str, names: Any) -> None:
    said = CliRunner().invoke(app, ["train", "xor", option, "nothing"])
    assert said.exit_code == 2
    text = " ".join((said.output + said.stderr).split())
    assert [name for name in names if repr(name) not in text] == []


def test_the_pages_name_every_entry() -> None:
    exporting = (ROOT / "docs" / "exporting.md").read_text(encoding="utf-8")
    for name, activation in ACTIVATIONS.items():
        [line] = [line for line in exporting.splitlines() if line.startswith(f"| {name} |")]
        cells = [cell.strip() == "yes" for cell in line.split("|")[2:-1]]
        targets = ("numpy", "pytorch", "keras", "sklearn", "c", "onnx")
        assert cells == [to == "numpy" or to in activation.exports for to in targets], name
    evaluation = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    assert [name for name in METRICS if name not in evaluation] == []


# Entries of no other use.


def relu6(Z: Array) -> Array:
    """ReLU, cut off at 6."""
    return namespace(Z).clip(Z, 0.0, 6.0)


def relu6_derivative(Z: Array) -> Array:
    """1 between 0 and 6, else 0."""
    xp = namespace(Z)
    slope: Array = xp.where((Z > 0) & (Z < 6), xp.ones_like(Z), xp.zeros_like(Z))
    return slope


def log_cosh(A: Array, y: Array) -> Array:
    """The logarithm of cosh, the mean over outputs."""
    xp = namespace(A, y)
    return xp.mean(xp.log(xp.cosh(A - y)), axis=1)


def log_cosh_gradient(A: Array, y: Array) -> Array:
    """The hyperbolic tangent, divided among the outputs."""
    slope: Array = namespace(A, y).tanh(A - y) / A.shape[1]
    return slope


@dataclass(frozen=True)
class SignDescent:
    """Steps of one length, against the sign of the gradient."""

    name: ClassVar[str] = "sign_descent"
    is_adaptive: ClassVar[bool] = True
    usual_learning_rate: ClassVar[float] = 0.001
    effective_formula: ClassVar[str] = "η"
    weight_decay: float = 0.0

    def init(self, theta: Array) -> dict[str, Any]:
        """The state before the first step."""
        return {"step": 0}

    def update(
        self, theta: Array, gradient: Array, state: Any, learning_rate: float, decays: Array | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """One step."""
        return theta - learning_rate * namespace(theta).sign(gradient), {"step": state["step"] + 1}

    def effective_learning_rate(self, state: Any, learning_rate: float) -> float:
        """The learning rate."""
        return learning_rate


@dataclass(frozen=True)
class Halved:
    """Half of the learning rate in the second half."""

    name: ClassVar[str] = "halved"

    def __call__(self, progress: Any) -> Any:
        """The factor."""
        return np.where(np.asarray(progress) < 0.5, 1.0, 0.5)


@pytest.fixture
def added() -> Iterator[None]:
    """The four entries, for one test."""
    added_ = (
        (ACTIVATIONS, Activation("relu6", relu6, relu6_derivative, he_normal, (0.0, 6.0), piecewise_linear=True)),
        (LOSSES, Loss("log_cosh", "activation", log_cosh, log_cosh_gradient)),
        (OPTIMIZERS, SignDescent),
        (SCHEDULES, Halved),
    )
    for registry, entry in added_:
        registry.add(entry)  # type: ignore[arg-type]
    yield
    for registry, entry in added_:
        del registry[entry.name]


def wide(activation: str = "relu6") -> Network:
    """A network of which some sums lie below 0, some above 6."""
    made = network(activation)
    made.theta = made.theta * 6
    return made


@pytest.mark.usefixtures("added")
def test_new_entries_train_in_the_reference_engine_and_the_native_one_names_what_it_lacks() -> None:
    X = np.random.default_rng(1).normal(size=(64, 3))
    y, start = X[:, :2] * 2, network("relu6")
    taken: dict[str, Any] = {"loss": "log_cosh", "optimizer": "sign_descent", "schedule": "halved", "epochs": 30}
    history = train(start, X, y, learning_rate=0.01, **taken)
    assert history.engine == "reference"
    assert history.epochs[-1].loss < 0.7 * history.epochs[0].loss
    assert history.epochs[-1].learning_rate == 0.005
    assert history.epochs[0].dead_relus is not None
    for taken, lacking in (
        ({}, "the activation 'relu6'"),
        ({"activation": "relu", "loss": "log_cosh"}, "the loss 'log_cosh'"),
        ({"activation": "relu", "optimizer": "sign_descent"}, "'sign_descent'"),
    ):
        other = network(taken.pop("activation", "relu6"))
        with pytest.raises(EngineUnavailable, match=lacking):
            train(other, X, y, engine="native", **{"loss": "mean_squared_error", **taken})


@pytest.mark.usefixtures("added")
def test_new_entries_are_explained_in_every_form_and_checked() -> None:
    trace = wade.explain(wide(), ROW, [0.0, 1.0], loss="log_cosh", optimizer="sign_descent", learning_rate=0.1)
    found = renderings(trace)
    assert all(name in found["text"] for name in ("relu6(", "log cosh", "UPDATES['sign_descent']"))
    assert r"\operatorname{relu6}" in found["latex"]
    assert all("relu6" in found[form] for form in ("mathml", "html", "to_dict"))
    assert trace.check().is_fine
    assert {entry.result for entry in trace.check().entries} <= {"correct", "too small to check", "at a kink"}


@pytest.mark.usefixtures("added")
def test_a_path_is_cut_where_a_new_activation_has_its_breakpoints() -> None:
    from wade.explanation.attributions.columns import plain_spans
    from wade.explanation.attributions.integrated_gradients import integrated_gradients
    from wade.explanation.attributions.outputs import ExplainedOutput

    made = Network(3, (4, 3), 1, "relu6", "identity", dtype="float64", seed=3)
    made.theta = made.theta * 6
    row, base = made.as_inputs([ROW]), made.as_inputs([[-3.0, 2.0, 1.0]])
    found = integrated_gradients(made, row, base, plain_spans(made.inputs), ExplainedOutput("regression"))
    np.testing.assert_allclose(found.contributions.sum(), (made(row) - made(base)).item(), rtol=1e-12)


@pytest.mark.usefixtures("added")
@pytest.mark.parametrize("to", ENDINGS)
def test_a_new_activation_is_exported_or_the_missing_line_is_named(to: str, table: pa.Table, tmp_path: Path) -> None:
    model = make_model(table, without=("notes",), hidden=(3,), activation="relu6")
    if to == "numpy":
        [path] = wade.export(model, to, tmp_path / "file.py")
        answers = runpy.run_path(str(path))["predict_probability"](table.to_pylist())
        np.testing.assert_allclose(answers, answer_of(model, table), rtol=1e-6, atol=1e-7)
        return
    with pytest.raises(InvalidArgument, match=f"must not be '{to}' for the activation relu6: ") as refused:
        wade.export(model, to, tmp_path / "file.py")
    assert to == "sklearn" or f"add exports['{to}'] to the entry of relu6" in str(refused.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("added")
def test_the_steps_of_a_run_with_new_entries_are_exported(table: pa.Table, tmp_path: Path) -> None:
    taken: dict[str, Any] = {"activation": "relu6", "optimizer": "sign_descent", "schedule": "halved"}
    drop = ["two", "many", "notes"]
    model = wade.learn(table, "amount", drop=drop, hidden=(4,), epochs=3, learning_rate=0.01, **taken)
    assert model.report["engine"] == "reference"
    files = wade.export(model, "numpy", tmp_path / "steps.py", training=table)
    program = runpy.run_path(str(files[-1]))
    np.testing.assert_allclose(program["descend"](), program["LOSSES"], rtol=1e-5)


@pytest.mark.usefixtures("added")
def test_a_name_that_is_taken_is_refused() -> None:
    for registry in (ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES):
        entry: Any = next(iter(registry.values()))
        with pytest.raises(InvalidArgument, match=f"must not be that of another {registry.kind}"):
            registry.add(entry)


def test_an_entry_that_is_incomplete_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="must be given, or else row_backward"):
        Activation("half", relu6, None, he_normal)
    with pytest.raises(InvalidArgument, match="must be an identifier"):
        Activation("re lu", relu6, relu6_derivative, he_normal)
    with pytest.raises(InvalidArgument, match=r"received \['cobol'\]"):
        Activation("relu6", relu6, relu6_derivative, he_normal, exports={"cobol": "Z"})
