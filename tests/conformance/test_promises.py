"""What every engine promises beyond single numbers: weights, stretches, repeatability, honesty about not-a-number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wade.engines import Engine, choose_engine
from wade.maths.losses import Loss, choose_loss
from wade.maths.optimizers import SGD, Adam, AdamW
from wade.network import Network
from wade.types import Category, InputLayout, Inputs

from .conftest import ENGINES

ROWS = 23
CROSS_ENTROPY = choose_loss("cross_entropy", "sigmoid")


def small_problem(activation: str = "relu", dtype: str = "float64") -> tuple[Network, Inputs, np.ndarray]:
    draw = np.random.RandomState(2)
    network = Network(InputLayout(("a", "b"), (Category("c", 3),)), (7, 5), activation=activation, dtype=dtype, seed=3)
    network.theta += draw.uniform(-0.1, 0.1, network.n_parameters).astype(dtype)
    X = Inputs(draw.uniform(-2, 2, (ROWS, 2)), draw.randint(0, 3, (ROWS, 1)).astype(np.int32))
    return network, network.as_inputs(X), draw.randint(0, 2, (ROWS, 1)).astype(dtype)


def descend(
    engine: Engine, problem: Any, rows: Any, batch_size: int, optimizer: Any = None, **options: Any
) -> np.ndarray:
    network, X, y = problem
    optimizer = optimizer or SGD()
    rows = np.asarray(rows, dtype=np.int64)
    rates = np.full(-(-len(rows) // batch_size), 0.1)
    state = options.pop("state", None) or optimizer.init(network.theta)
    return engine.descend(network, X, y, CROSS_ENTROPY, optimizer, state, rows, batch_size, rates, **options)


def test_a_weight_of_two_is_the_row_twice(engine: Engine) -> None:
    network, X, y = small_problem()
    twice = np.append(np.arange(ROWS), 4)
    weights = np.where(np.arange(ROWS) == 4, 2.0, 1.0)
    J, gradient = engine.loss_and_gradient(network, X, y, CROSS_ENTROPY, weights)
    J_twice, gradient_twice = engine.loss_and_gradient(network, X[twice], y[twice], CROSS_ENTROPY)
    np.testing.assert_allclose(J, J_twice, rtol=1e-12)
    np.testing.assert_allclose(gradient, gradient_twice, rtol=1e-10, atol=1e-14)


def test_equal_weights_are_no_weights(engine: Engine) -> None:
    network, X, y = small_problem()
    J, gradient = engine.loss_and_gradient(network, X, y, CROSS_ENTROPY, np.full(ROWS, 0.3))
    J_plain, gradient_plain = engine.loss_and_gradient(network, X, y, CROSS_ENTROPY)
    np.testing.assert_allclose(J, J_plain, rtol=1e-12)
    np.testing.assert_allclose(gradient, gradient_plain, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("batch_size", [1, 4])
def test_a_batch_that_weighs_nothing_moves_nothing(engine: Engine, batch_size: int) -> None:
    problem = small_problem()
    before = problem[0].theta.copy()
    losses = descend(engine, problem, range(8), batch_size, weights=np.zeros(ROWS))
    assert (losses == 0).all()
    np.testing.assert_array_equal(problem[0].theta, before)


@pytest.mark.parametrize("batch_size", [1, 4])
def test_weight_decay_leaves_biases_alone(engine: Engine, batch_size: int) -> None:
    """With a gradient of 0, decay alone moves θ: weights and tables to (1 − 0.1 · 0.5) of themselves, twice."""
    problem = small_problem()
    network = problem[0]
    before = network.theta.copy()
    descend(engine, problem, range(2 * batch_size), batch_size, SGD(weight_decay=0.5), weights=np.zeros(ROWS))
    np.testing.assert_allclose(network.theta[network.decays], before[network.decays] * 0.95**2, rtol=1e-12)
    np.testing.assert_array_equal(network.theta[~network.decays], before[~network.decays])


@pytest.mark.parametrize("batch_size", [1, 5])
@pytest.mark.parametrize("optimizer", [SGD(momentum=0.9), Adam(), AdamW()], ids=lambda one: one.name)
def test_two_stretches_are_one_long_one(engine: Engine, optimizer: Any, batch_size: int) -> None:
    once, in_parts = small_problem(), small_problem()
    whole = descend(engine, once, range(20), batch_size, optimizer)
    state = optimizer.init(in_parts[0].theta)
    parts = [descend(engine, in_parts, part, batch_size, optimizer, state=state) for part in (range(10), range(10, 20))]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    np.testing.assert_array_equal(in_parts[0].theta, once[0].theta)
    assert state["step"] == len(whole)


@pytest.mark.parametrize("batch_size", [1, 4])
def test_rows_may_come_twice_or_not_at_all(engine: Engine, batch_size: int) -> None:
    rows = [3, 3, 0, 22, 3, 1]
    picked, copied = small_problem(), small_problem()
    copied = (copied[0], copied[1][rows], copied[2][rows])
    losses = descend(engine, picked, rows, batch_size)
    np.testing.assert_allclose(losses, descend(engine, copied, range(6), batch_size), rtol=1e-12)
    np.testing.assert_allclose(picked[0].theta, copied[0].theta, rtol=1e-12)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("batch_size", [1, 256])
def test_threads_do_not_change_a_bit(name: str, batch_size: int) -> None:
    ends = set()
    for threads in (1, 2, 3, 1):
        draw = np.random.RandomState(0)
        network = Network(20, (96, 96), seed=1)
        X = network.as_inputs(draw.uniform(-1, 1, (512, 20)))
        y = draw.randint(0, 2, (512, 1)).astype(np.float32)
        rows = np.arange(512 if batch_size > 1 else 64)
        descend(choose_engine(name, threads=threads), (network, X, y), rows, batch_size, Adam())
        ends.add(network.theta.tobytes())
    assert len(ends) == 1


@pytest.mark.parametrize("size", [1e2, 1e4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sure_predictions_stay_finite(engine: Engine, size: float, dtype: str) -> None:
    """With z = ±size: right costs nothing, wrong costs `size`, and the gradient on z is 0 or ±1."""
    network = Network(1, hidden=(), dtype=dtype)
    network.theta[:] = [size, 0]
    X = network.as_inputs([[1.0], [-1.0], [1.0], [-1.0]])
    y = np.asarray([[1], [0], [0], [1]], dtype=dtype)
    J, gradient = engine.loss_and_gradient(network, X, y, CROSS_ENTROPY)
    assert pytest.approx(size / 2) == J
    assert pytest.approx(size / 2) == engine.loss(network, X, y, CROSS_ENTROPY)
    np.testing.assert_allclose(gradient, [0.5, 0.0], atol=1e-6)
    np.testing.assert_allclose(engine.predict(network, X)[:, 0], [1, 0, 1, 0], atol=1e-30)


@pytest.mark.parametrize("size", [1e2, 1e4])
def test_sure_classes_stay_finite(engine: Engine, size: float) -> None:
    network = Network(1, hidden=(), outputs=3, output="softmax", dtype="float64")
    network.theta[:] = [size, 0, -size, 0, 0, 0]
    X, y = network.as_inputs([[1.0], [1.0]]), np.asarray([0, 2], dtype=np.int32)
    J, gradient = engine.loss_and_gradient(network, X, y, choose_loss("cross_entropy", "softmax"))
    assert pytest.approx(size) == J  # (0 + 2·size) / 2
    np.testing.assert_allclose(gradient, [0.5, 0, -0.5] * 2, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "identity"])
def test_not_a_number_is_never_swallowed(engine: Engine, activation: str, dtype: str) -> None:
    for where in ("W1", "E1.c", "b2", "b3"):
        network, X, y = small_problem(activation, dtype)
        network.parameters[where][...] = np.nan
        assert np.isnan(engine.predict(network, X)).all()
        J, _ = engine.loss_and_gradient(network, X, y, CROSS_ENTROPY)
        assert np.isnan(J)
        assert np.isnan(engine.loss(network, X, y, CROSS_ENTROPY))
        assert np.isnan(descend(engine, (network, X, y), range(8), 4)).all()


@pytest.mark.parametrize("output", ["softmax", "identity"])
def test_not_a_number_is_not_swallowed_by_the_output(engine: Engine, output: str) -> None:
    network = Network(2, (3,), outputs=2, output=output)
    network.parameters["b2"][0] = np.nan
    loss: Loss = choose_loss("cross_entropy" if output == "softmax" else "mean_squared_error", output)
    y = np.zeros(1, np.int32) if output == "softmax" else np.zeros((1, 2), np.float32)
    J, _ = engine.loss_and_gradient(network, network.as_inputs([[1.0, 2.0]]), y, loss)
    assert np.isnan(J)


@pytest.mark.parametrize("what", ["y", "weights"])
def test_another_kind_of_number_is_read_right_or_refused(engine: Engine, what: str) -> None:
    """float64 targets or weights for a float32 network: never a wrong answer."""
    network, X, y = small_problem(dtype="float32")
    many = np.resize(np.arange(ROWS), 5000)
    X, y, weights = X[many], y[many], np.random.RandomState(1).uniform(0.5, 2, many.size).astype(np.float32)
    expected, _ = engine.loss_and_gradient(network, X, y, CROSS_ENTROPY, weights)
    y, weights = (y.astype(np.float64), weights) if what == "y" else (y, weights.astype(np.float64))
    try:
        J, _ = engine.loss_and_gradient(network, X, y, CROSS_ENTROPY, weights)
    except (TypeError, ValueError, RuntimeError):
        return
    assert pytest.approx(expected, rel=1e-6) == J
