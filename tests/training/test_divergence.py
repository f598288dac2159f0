"""A loss that is no finite number: training says when, where and why, and keeps the last good parameters."""

from __future__ import annotations

import warnings
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from wade import Network, train
from wade.errors import Diverged
from wade.training import ChunkDone, EpochDone, descent

X = np.random.default_rng(0).normal(size=(64, 3))
Y = X @ np.asarray([1.0, -2.0, 0.5])
ENGINES = ("native", "reference")


def why(network: Network, X: np.ndarray = X, y: np.ndarray = Y, **changes: Any) -> str:
    settings: dict[str, Any] = {"loss": "mean_squared_error", "optimizer": "sgd", "batch_size": 8, "shuffle": False}
    with pytest.raises(Diverged) as caught:
        train(network, X, y, **{**settings, **changes})
    return str(caught.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_learning_rate_beyond_reason_is_named_with_one_that_works(engine: str) -> None:
    said = why(Network(3, hidden=(8,), output="identity"), learning_rate=1e15, engine=engine)
    assert said.startswith("Training diverged: the loss became ")
    assert "in epoch 1, at step " in said
    assert "layer" in said
    assert said.endswith("Likely cause: a learning rate of 1e+15, which is too high: leave it out, or try 0.001.")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("broken", "layer"), [("W1", 1), ("W2", 2), ("W3", 3)])
def test_the_layer_whose_sums_overflow_is_named(engine: str, broken: str, layer: int) -> None:
    network = Network(3, hidden=(8, 8), output="identity", activation="identity", seed=1)
    network.parameters[broken][:] = 3e38
    said = why(network, learning_rate=1e-3, engine=engine)
    assert (
        f"at step 1: the first number that was not finite was in the pre-activations Z{layer} of layer {layer}." in said
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_the_gradient_is_named_where_it_was_the_first(engine: str) -> None:
    """One row of 1e25: its loss, squared in double precision, is finite, and the gradient of W2 is not in float32."""
    network = Network(3, hidden=(8,), output="identity", activation="identity", seed=1)
    rows = X.copy()
    rows[9] *= 1e25
    said = why(network, rows, learning_rate=1e-3, engine=engine)
    assert "in epoch 1, at step " in said
    assert "layer" in said
    assert "Likely cause: an input as large as" in said
    assert "bring it to a scale of about 1 first" in said


def test_weights_are_named_where_the_update_was_the_first() -> None:
    network = Network(3, hidden=(), output="identity", seed=1)
    before = network.theta.copy()
    said = why(network, learning_rate=1e39, batch_size=64)
    np.testing.assert_array_equal(network.theta, before)
    assert (
        "the loss was lost with the last step of epoch 1: the first number that was not finite was in W1, layer 1,"
        in said
    )
    assert why(network, learning_rate=1e39, batch_size=32).startswith(
        "Training diverged: the loss became nan in epoch 1"
    )


def test_a_huge_target_is_named() -> None:
    network = Network(3, hidden=(8,), output="identity", seed=1)
    said = why(network, y=Y * 1e18, learning_rate=0.5)
    assert "Likely cause: a target as large as" in said
    assert "or a learning rate of 0.5, which is too high: try a tenth of it, 0.05" in said


@pytest.mark.parametrize("engine", ENGINES)
def test_the_step_is_the_first_whose_loss_is_lost_however_chunks_end(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = set()
    for seconds in (1e-9, 10.0):
        monkeypatch.setattr(descent, "SECONDS_PER_CHUNK", seconds)
        said.add(why(Network(3, hidden=(8,), output="identity", seed=2), learning_rate=30.0, engine=engine, epochs=30))
    assert len(said) == 1


def test_without_a_finished_epoch_the_parameters_before_the_chunk_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descent, "SECONDS_PER_CHUNK", 1e-9)
    network, seen = Network(3, hidden=(8,), output="identity", seed=2), []

    def remember(event: Any) -> None:
        if isinstance(event, ChunkDone):
            seen.append(network.theta.copy())

    why(network, learning_rate=1e15, on_event=remember)
    assert np.isfinite(network.theta).all()
    np.testing.assert_array_equal(network.theta, seen[-1])


def test_a_good_epoch_before_is_what_stays_and_the_reason_is_the_same_sentence() -> None:
    network, good = Network(3, hidden=(8,), output="identity", seed=2), {}

    def poison(event: Any) -> None:
        if isinstance(event, EpochDone) and event.epoch == 2:
            good["theta"] = network.theta.copy()
            network.parameters["W2"][:] = 3e38

    history = train(network, X, Y, loss="mean_squared_error", epochs=9, batch_size=8, on_event=poison)
    assert history.best_epoch == len(history.epochs) == 2
    assert (
        "the loss became inf in epoch 3, at step 17: the first number that was not finite was in the pre-activations Z2"
        in history.stop_reason
    )
    np.testing.assert_array_equal(network.theta, good["theta"])


def test_a_loss_lost_on_validation_rows_is_explained_too() -> None:
    network = Network(3, hidden=(8,), output="identity", activation="identity", seed=2)
    held_out = np.full((5, 3), 3e38, np.float32)
    said = why(network, learning_rate=1e-3, validation=(held_out, np.zeros(5)))
    assert (
        "in epoch 1, on the validation rows: the first number that was not finite was in the pre-activations Z1" in said
    )
    assert "an input as large as 3e+38" in said


@pytest.mark.parametrize("loss", ["cross_entropy", "mean_squared_error"])
@pytest.mark.parametrize("rate", [1e4, 1e12, 1e30])
def test_a_training_that_diverges_ends_with_a_message_and_no_numpy_warning(loss: str, rate: float) -> None:
    generator = np.random.default_rng(0)
    inputs, y = generator.normal(size=(40, 2)), generator.integers(0, 2, 40).astype(float)
    output = "sigmoid" if loss == "cross_entropy" else "identity"
    network = Network(2, (8, 8), activation="identity", output=output, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with suppress(Diverged):
            train(network, inputs, y, loss, "sgd", rate, epochs=8, batch_size=16, validation=(1e3 * inputs, y))
