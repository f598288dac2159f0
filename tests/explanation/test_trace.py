"""What is recorded is what the engines compute, and plain data, as the schema has it; the subject stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

import wade
from tests.explanation.networks import network_and_row, settings_of_networks
from wade.engines import choose_engine
from wade.engines.native import NativeEngine
from wade.errors import EngineUnavailable, InvalidArgument
from wade.explanation import Stepper
from wade.maths.losses import choose_loss
from wade.maths.optimizers import Adam
from wade.network import Network

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "trace.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@settings(max_examples=25, deadline=None)
@given(settings_of_networks())
def test_every_trace_is_as_the_schema_says(chosen):
    network, row, target = network_and_row(**chosen)
    dropout = chosen["dropout"] > 0
    for trace in (
        wade.explain(network, row, target, optimizer="adam", dropout=dropout),
        wade.explain(network, row),
        Stepper(network, row, target).trace,
    ):
        data = json.loads(json.dumps(trace.to_dict(), allow_nan=False))
        VALIDATOR.validate(data)
    assert trace.to_dict()["prediction"] is None


@pytest.mark.parametrize("bent", [{"version": 1}, {"loss": None}, {"prediction": "0.5"}, {"extra": 1}])
def test_the_schema_refuses_what_is_no_trace(bent):
    data = wade.explain(wade.Perceptron([1.0], 0.0), [1.0], 1).to_dict()
    assert VALIDATOR.is_valid(data)
    assert not VALIDATOR.is_valid({**data, **bent})


def test_numbers_that_are_none_are_told_apart_from_what_is_missing():
    data = wade.explain(wade.Perceptron([1.0], 0.0, "identity"), [np.inf]).to_dict()
    VALIDATOR.validate(json.loads(json.dumps(data, allow_nan=False)))
    assert data["prediction"] == ["Infinity"]
    assert data["loss"]["value"] is None


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("hidden", [(), (64,), (256, 256)])
def test_the_record_is_what_the_native_engine_computes(dtype, hidden):
    network = Network(64, hidden, dtype=dtype, seed=1)
    X = np.random.default_rng(2).normal(size=(1, 64))
    trace = wade.explain(network, X, 1)
    engine, rows = choose_engine("native"), network.as_inputs(X)
    y = np.ones((1, 1), dtype)
    J, gradient = engine.loss_and_gradient(network, rows, y, choose_loss("cross_entropy", "sigmoid"))
    bound = {"float32": 2e-6, "float64": 1e-13}[dtype]
    assert pytest.approx(J, rel=bound) == trace.J
    assert np.abs(trace.gradient - gradient).max() <= bound * np.abs(gradient).max()
    assert trace.native_check.agrees
    assert set(trace.native_check.differences) == {"prediction", "loss", "gradient"}
    apart = np.abs(trace.gradient - gradient).max() / np.abs(trace.gradient).max()
    assert trace.native_check.differences["gradient"] == pytest.approx(apart, rel=1e-6, abs=1e-12)


def test_a_native_engine_that_differs_is_told_on(monkeypatch):
    right = NativeEngine.loss_and_gradient
    monkeypatch.setattr(
        NativeEngine, "loss_and_gradient", lambda *a, **k: (right(*a, **k)[0] * 1.01, right(*a, **k)[1])
    )
    trace = wade.explain(Network(2, hidden=(3,), seed=1), [1.0, 2.0], 1)
    assert not trace.native_check.agrees
    assert "larger than rounding error" in " ".join(trace.text().split())


def test_without_the_native_engine_the_trace_says_so(monkeypatch):
    def refuse(self, *_):
        raise EngineUnavailable("the kernels are gone")

    monkeypatch.setattr(NativeEngine, "__init__", refuse)
    trace = wade.explain(Network(2, hidden=(3,), seed=1), [1.0, 2.0], 1)
    assert (trace.native_check.ran, trace.native_check.agrees) == (False, False)
    assert "The native engine (compiled C++) was not run: the kernels are gone" in trace.text()
    VALIDATOR.validate(trace.to_dict())


def test_the_subject_and_its_memory_stay_as_they_are():
    network = Network(2, hidden=(3,), dropout=0.5, seed=1)
    optimizer = Adam()
    state = optimizer.init(network.theta)
    before, memory = network.theta.tobytes(), {name: np.asarray(v).tobytes() for name, v in state.items()}
    trace = wade.explain(network, [1.0, 2.0], 1, optimizer=optimizer, state=state, dropout=True, learning_rate=0.1)
    assert trace.masks
    assert trace.theta_after.tobytes() != trace.network.theta.tobytes()
    assert network.theta.tobytes() == before
    assert {name: np.asarray(v).tobytes() for name, v in state.items()} == memory


def test_any_moment_of_training_can_be_explained():
    """The optimizer state of that moment goes in: the step is the one that training would take next."""
    network = Network(2, hidden=(3,), activation="tanh", dtype="float64", seed=1)
    stepper = Stepper(network, [1.0, 2.0], 1.0, optimizer="adam", learning_rate=0.1)
    for _ in range(6):
        stepper.advance()
    trace = wade.explain(network, [1.0, 2.0], 1.0, optimizer="adam", learning_rate=0.1, state=stepper.state)
    for _ in range(3):
        stepper.advance()
    np.testing.assert_array_equal(trace.theta_after, network.theta)
    assert trace.to_dict()["optimizer"]["step"] == {"before": 2, "after": 3}


def test_dropout_is_off_or_its_masks_are_shown():
    network = Network(3, hidden=(8,), dropout=0.5, dtype="float64", seed=1)
    off, on = (wade.explain(network, [1.0, 2.0, 3.0], 1, dropout=dropout, seed=4) for dropout in (False, True))
    assert off.masks == ()
    assert "Dropout is off" in off.text()
    assert off.to_dict()["layers"][0]["mask"] is None
    np.testing.assert_array_equal(on.masks[0], network.masks(1, 4, 0)[0])
    dropped = int((on.masks[0] == 0).sum())
    assert f"M is 0 for the {dropped} units dropped out in this step, and 2 for the others" in " ".join(
        on.text().split()
    )
    assert on.to_dict()["layers"][0]["mask"] == on.masks[0].tolist()
    assert on.native_check.agrees


def test_rows_that_are_none_are_refused():
    network = Network(2, hidden=(), seed=1)
    with pytest.raises(InvalidArgument, match=r"must have numbers of shape \(rows, 2\)"):
        wade.explain(network, [1.0, 2.0, 3.0])
    with pytest.raises(InvalidArgument, match="must be one row"):
        wade.explain(network, [[1.0, 2.0], [1.0, 2.0]])
