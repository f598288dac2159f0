"""What every engine promises beyond single numbers: weights, chunks, repeatability, honesty about not-a-number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wade.engines import Engine, Task, choose_engine
from wade.errors import InvalidArgument
from wade.maths.losses import Loss, choose_loss
from wade.maths.optimizers import SGD, Adam, AdamW
from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Piecewise, Samples

from .conftest import ENGINES

ROWS = 23
CROSS_ENTROPY = choose_loss("cross_entropy", "sigmoid")


def small_problem(
    activation: str = "relu", dtype: str = "float64", everything: bool = False
) -> tuple[Network, Inputs, np.ndarray]:
    """Numbers and a category; with `everything`, a piecewise-linear number, members and dropout too."""
    draw = np.random.RandomState(2)
    layout = InputLayout(("a", "b"), (Category("c", 3),), (Piecewise("p", 4),) if everything else ())
    more: dict[str, Any] = {"members": 3, "dropout": 0.25} if everything else {}
    network = Network(layout, (7, 5), activation=activation, dtype=dtype, seed=3, **more)
    network.theta += draw.uniform(-0.1, 0.1, network.n_parameters).astype(dtype)
    numbers, codes = draw.uniform(-2, 2, (ROWS, 2)), draw.randint(0, 3, (ROWS, 1)).astype(np.int32)
    X = Inputs(numbers, codes, draw.uniform(0, 4, (ROWS, len(layout.bins))))
    return network, network.as_inputs(X), draw.randint(0, 2, (ROWS, 1)).astype(dtype)


plain_and_everything = pytest.mark.parametrize("everything", [False, True], ids=["plain", "everything"])


def descend(
    engine: Engine, problem: Any, rows: Any, batch_size: int, optimizer: Any = None, **options: Any
) -> np.ndarray:
    network, X, y = problem
    optimizer = optimizer or SGD()
    rows = np.asarray(rows, dtype=np.int64)
    rates = np.full(-(-len(rows) // batch_size), 0.1)
    state = options.pop("state", None) or optimizer.init(network.theta)
    task = Task(network, CROSS_ENTROPY, optimizer)
    samples = Samples(X, y, options.pop("weights", None))
    return engine.descend(task, state, samples, rows, batch_size, rates, **options)


@plain_and_everything
def test_a_weight_of_two_is_the_row_twice(engine: Engine, everything: bool) -> None:
    network, X, y = small_problem(everything=everything)
    twice = np.append(np.arange(ROWS), 4)
    weights = np.where(np.arange(ROWS) == 4, 2.0, 1.0)
    J, gradient = engine.loss_and_gradient(network, X, y, CROSS_ENTROPY, weights)
    J_twice, gradient_twice = engine.loss_and_gradient(network, X[twice], y[twice], CROSS_ENTROPY)
    np.testing.assert_allclose(J, J_twice, rtol=1e-12)
    np.testing.assert_allclose(gradient, gradient_twice, rtol=1e-10, atol=1e-14)


@plain_and_everything
def test_equal_weights_are_no_weights(engine: Engine, everything: bool) -> None:
    network, X, y = small_problem(everything=everything)
    J, gradient = engine.loss_and_gradient(network, X, y, CROSS_ENTROPY, np.full(ROWS, 0.3))
    J_plain, gradient_plain = engine.loss_and_gradient(network, X, y, CROSS_ENTROPY)
    np.testing.assert_allclose(J, J_plain, rtol=1e-12)
    np.testing.assert_allclose(gradient, gradient_plain, rtol=1e-10, atol=1e-14)


@plain_and_everything
@pytest.mark.parametrize("batch_size", [1, 4])
def test_a_batch_that_weighs_nothing_moves_nothing(engine: Engine, batch_size: int, everything: bool) -> None:
    problem = small_problem(everything=everything)
    before = problem[0].theta.copy()
    losses = descend(engine, problem, range(8), batch_size, weights=np.zeros(ROWS))
    assert (losses == 0).all()
    np.testing.assert_array_equal(problem[0].theta, before)


@plain_and_everything
@pytest.mark.parametrize("batch_size", [1, 4])
def test_weight_decay_leaves_biases_alone(engine: Engine, batch_size: int, everything: bool) -> None:
    """With a gradient of 0, decay alone moves θ: weights and tables to (1 − 0.1 · 0.5) of themselves, twice."""
    problem = small_problem(everything=everything)
    network = problem[0]
    before = network.theta.copy()
    descend(engine, problem, range(2 * batch_size), batch_size, SGD(weight_decay=0.5), weights=np.zeros(ROWS))
    np.testing.assert_allclose(network.theta[network.decays], before[network.decays] * 0.95**2, rtol=1e-12)
    np.testing.assert_array_equal(network.theta[~network.decays], before[~network.decays])


@pytest.mark.parametrize("batch_size", [1, 5])
@pytest.mark.parametrize("optimizer", [SGD(momentum=0.9), Adam(), AdamW()], ids=lambda one: one.name)
@plain_and_everything
def test_two_chunks_are_one_long_one(engine: Engine, optimizer: Any, batch_size: int, everything: bool) -> None:
    once, in_parts = small_problem(everything=everything), small_problem(everything=everything)
    whole = descend(engine, once, range(20), batch_size, optimizer)
    state = optimizer.init(in_parts[0].theta)
    parts = [descend(engine, in_parts, part, batch_size, optimizer, state=state) for part in (range(10), range(10, 20))]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    np.testing.assert_array_equal(in_parts[0].theta, once[0].theta)
    assert state["step"] == len(whole)


@pytest.mark.parametrize("batch_size", [1, 4])
@plain_and_everything
def test_rows_may_come_twice_or_not_at_all(engine: Engine, batch_size: int, everything: bool) -> None:
    rows = [3, 3, 0, 22, 3, 1]
    picked, copied = small_problem(everything=everything), small_problem(everything=everything)
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
        network = Network(20, (160, 160), seed=1)
        X = network.as_inputs(draw.uniform(-1, 1, (512, 20)))
        y = draw.randint(0, 2, (512, 1)).astype(np.float32)
        rows = np.arange(512 if batch_size > 1 else 64)
        descend(choose_engine(name, threads=threads), (network, X, y), rows, batch_size, Adam())
        ends.add(network.theta.tobytes())
    assert len(ends) == 1


def test_the_seed_says_who_is_silent(engine: Engine) -> None:
    """The same seed draws the same masks; another seed, or another step, draws anew."""
    ends = []
    for seed in (1, 1, 2, 1 + 2**32):
        problem = small_problem(everything=True)
        losses = descend(engine, problem, [0] * 6, 1, SGD(), seed=seed)
        ends.append((losses.tobytes(), problem[0].theta.tobytes()))
    assert ends[0] == ends[1]
    assert len(set(ends)) == 3
    problem = small_problem(everything=True)
    still = engine.descend(
        Task(problem[0], CROSS_ENTROPY, SGD()),
        {"step": 0},
        Samples(*problem[1:]),
        np.zeros(6, np.int64),
        1,
        np.zeros(6),
        seed=1,
    )  # θ never moves: only the masks differ
    assert len(set(still.tolist())) > 1


def test_nothing_is_silent_but_in_descent(engine: Engine) -> None:
    dropping, _, y = small_problem(everything=True)
    data = dropping.to_dict()
    whole = Network.from_dict({**data, "dropout": 0.0}, dropping.theta)
    X = small_problem(everything=True)[1]
    np.testing.assert_array_equal(engine.predict(dropping, X), engine.predict(whole, X))
    J, gradient = engine.loss_and_gradient(dropping, X, y, CROSS_ENTROPY)
    J_whole, gradient_whole = engine.loss_and_gradient(whole, X, y, CROSS_ENTROPY)
    assert J_whole == J
    np.testing.assert_array_equal(gradient, gradient_whole)


def test_a_prediction_is_the_mean_of_the_members(engine: Engine) -> None:
    network, X, _ = small_problem(everything=True)
    A = engine.forward(network, X).A[-1]
    np.testing.assert_allclose(engine.predict(network, X), A.reshape(ROWS, 3, 1).mean(axis=1), rtol=1e-12)
    alone = Network(network.inputs, (7, 5), dtype="float64")
    for name, values in alone.parameters.items():
        values[...] = network.parameters[name][1] if name.startswith("b") else network.parameters[name]
    for layer in network.layers:
        R, S = (network.parameters[name][1] for name in layer.factors)
        alone.parameters[layer.weight][...] *= R[: layer.n_in, None] * S
        for column, table in enumerate((*layer.embeddings, *layer.piecewise), start=layer.n_in):
            alone.parameters[table][...] *= R[column] * S
    np.testing.assert_allclose(A[1::3], engine.predict(alone, X), rtol=1e-10)


@plain_and_everything
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_predictor_says_what_the_network_says(engine: Engine, everything: bool, dtype: str) -> None:
    """Whatever other rows a row comes with, as long as it is θ as it was."""
    network, X, _ = small_problem(everything=everything)
    network = Network(network.inputs, network.hidden, members=network.members, dtype=dtype, seed=3)
    X = network.as_inputs(X)
    expected = engine.predict(network, X)
    predictor = engine.predictor(network)
    network.theta[:] = 0
    for rows in (slice(0, 1), slice(3, 7), slice(0, ROWS), slice(0, 0)):
        found = predictor(X[rows])
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected[rows], rtol=1e-6 if dtype == "float32" else 1e-14)
    np.testing.assert_allclose(predictor(X.astype("float64")), expected, rtol=1e-6)


def test_a_predictor_takes_what_the_network_takes(engine: Engine) -> None:
    network = Network(2, (5,), seed=1)
    predictor, rows = engine.predictor(network), np.asarray([[1, 2], [3, 4], [5, 6]], np.float32)
    expected = engine.predict(network, network.as_inputs(rows))
    for same in (rows, rows.tolist(), rows.astype(np.int64), np.asfortranarray(rows), np.repeat(rows, 2, axis=0)[::2]):
        np.testing.assert_allclose(predictor(same), expected, rtol=1e-6)
    for wrong in (rows[:, :1], rows[0], 1.0, [[1, 2], [3]], [["a", "b"]]):
        with pytest.raises(InvalidArgument, match="`X`"):
            predictor(wrong)


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
    for where in ("W1", "E1.c", "b2", "b3", "P1.p", "R1", "S2"):
        network, X, y = small_problem(activation, dtype, everything=where in ("P1.p", "R1", "S2"))
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
