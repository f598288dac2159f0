"""The reference engine against numbers by hand; test_gradients.py holds its gradients to slopes."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wade.engines import Task
from wade.engines.reference import ReferenceEngine
from wade.maths.losses import choose_loss
from wade.maths.optimizers import SGD, Adam
from wade.network import Network, Perceptron
from wade.types import Category, InputLayout, Inputs, Samples

ENGINE = ReferenceEngine()
CROSS_ENTROPY = choose_loss("cross_entropy", "sigmoid")


def problem(numbers: int, sizes: tuple[int, ...], outputs: int, rows: int, seed: int, **settings: Any) -> Any:
    draw = np.random.RandomState(seed)
    categories = tuple(Category(f"c{index}", size) for index, size in enumerate(sizes))
    layout = InputLayout(tuple(f"x{index}" for index in range(numbers)), categories)
    network = Network(layout, outputs=outputs, dtype="float64", **settings)
    network.theta = draw.uniform(-1, 1, network.n_parameters)
    codes = np.empty((rows, len(sizes)), np.int32)
    for column, size in enumerate(sizes):
        codes[:, column] = draw.randint(0, size, rows)
    X = network.as_inputs(Inputs(draw.uniform(-2, 2, (rows, numbers)), codes))
    return network, X, draw


def test_the_decks_loss() -> None:
    """The deck's four predictions as logits: −ln of 0.05, 0.98, 0.96, 0.35 is 4.106579 in all, 1.026645 in the mean."""
    predicted, y = np.asarray([0.05, 0.02, 0.96, 0.35]), np.asarray([[1.0], [0.0], [1.0], [1.0]])
    network = Perceptron([1.0], 0.0)
    X = network.as_inputs(np.log(predicted / (1 - predicted))[:, None])
    np.testing.assert_allclose(ENGINE.predict(network, X)[:, 0], predicted, rtol=1e-12)
    assert ENGINE.loss_and_gradient(network, X, y, CROSS_ENTROPY)[0] == pytest.approx(1.0266, abs=5e-5)
    squared = choose_loss("mean_squared_error", "sigmoid")
    assert ENGINE.loss_and_gradient(network, X, y, squared)[0] == pytest.approx(0.33175, rel=1e-12)
    assert int(((ENGINE.predict(network, X) > 0.5) != (y > 0.5)).sum()) == 2


def test_the_chain_by_hand() -> None:
    """The deck's ∂J/∂W₁ = ∂J/∂o · ∂o/∂h · ∂h/∂W₁ for x = 2, w₁ = 1, b₁ = −1 (relu), w₂ = 3, b₂ = 0, y = 1.

    z₁ = 2·1 − 1 = 1, h = 1, o = 3·1 = 3 (identity), J = (3 − 1)² = 4; ∂J/∂o = 2·(3 − 1) = 4;
    ∂J/∂w₂ = 4·h = 4, ∂J/∂b₂ = 4; ∂J/∂h = 4·3 = 12; ∂J/∂w₁ = 12·1·2 = 24, ∂J/∂b₁ = 12.
    """
    network = Network(1, (1,), output="identity", dtype="float64")
    network.theta[:] = [1, -1, 3, 0]
    loss = choose_loss("mean_squared_error", "identity")
    J, gradient = ENGINE.loss_and_gradient(network, network.as_inputs([[2.0]]), np.asarray([[1.0]]), loss)
    assert pytest.approx(4.0) == J
    np.testing.assert_allclose(gradient, [24, 12, 4, 4], rtol=1e-15)


def test_two_steps_by_hand() -> None:
    """Learn w x by gradient descent with η = 0.1: J = (w x − y)², ∂J/∂w = 2 (w x − y) x, ∂J/∂b = 2 (w x − y).

    Row (1, 2): w = b = 0, J = 4; w = 0 + 0.1·4 = 0.4, b = 0.4. Row (2, 1): error 0.8 + 0.4 − 1 = 0.2, J = 0.04;
    w = 0.4 − 0.1·2·0.2·2 = 0.32, b = 0.4 − 0.1·2·0.2 = 0.36.
    """
    network = Perceptron([0.0], 0.0, "identity")
    X, y = network.as_inputs([[2.0], [1.0]]), np.asarray([[1.0], [2.0]])
    loss, state, rows = choose_loss("mean_squared_error", "identity"), SGD().init(network.theta), np.asarray([1, 0])
    losses = ENGINE.descend(Task(network, loss, SGD()), state, Samples(X, y), rows, 1, np.full(2, 0.1))
    np.testing.assert_allclose(losses, [4, 0.04], rtol=1e-12)
    np.testing.assert_allclose(network.theta, [0.32, 0.36], rtol=1e-12)
    assert state == {"step": 2}


def test_each_step_has_its_own_learning_rate() -> None:
    network = Perceptron([0.0], 0.0, "identity")
    X, y, loss = network.as_inputs([[0.0]]), np.asarray([[1.0]]), choose_loss("mean_squared_error", "identity")
    ENGINE.descend(
        Task(network, loss, SGD()), {"step": 0}, Samples(X, y), np.zeros(3, np.int64), 1, np.asarray([0.5, 0.0, 0.25])
    )
    np.testing.assert_allclose(network.theta, [0, 1])  # 0 + 0.5·2 = 1, then there is no error left
    ENGINE.descend(
        Task(network, loss, SGD()), {"step": 0}, Samples(X, y * 3), np.zeros(2, np.int64), 1, np.asarray([0.0, 0.25])
    )
    np.testing.assert_allclose(network.theta, [0, 2])  # 1 + 0, then 1 + 0.25·4 = 2


@given(st.integers(1, 6), st.integers(0, 1000))
def test_the_gradient_of_a_batch_is_the_mean_of_single_gradients(rows: int, seed: int) -> None:
    network, X, draw = problem(2, (3,), 2, rows, seed, hidden=(3,), activation="tanh")
    y = draw.uniform(0, 1, (rows, 2))
    J, gradient = ENGINE.loss_and_gradient(network, X, y, CROSS_ENTROPY)
    singles = [ENGINE.loss_and_gradient(network, X[[row]], y[[row]], CROSS_ENTROPY) for row in range(rows)]
    assert pytest.approx(np.mean([single for single, _ in singles])) == J
    np.testing.assert_allclose(gradient, np.mean([single for _, single in singles], axis=0), rtol=1e-9, atol=1e-12)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=5).filter(any), st.integers(0, 1000))
def test_a_whole_weight_is_that_number_of_copies(counts: list[int], seed: int) -> None:
    network, X, draw = problem(2, (3,), 1, len(counts), seed, hidden=(3,), activation="tanh")
    y = draw.randint(0, 2, (len(counts), 1)).astype(float)
    copies = np.repeat(np.arange(len(counts)), counts)
    J, gradient = ENGINE.loss_and_gradient(network, X, y, CROSS_ENTROPY, np.asarray(counts, dtype=float))
    J_copies, gradient_copies = ENGINE.loss_and_gradient(network, X[copies], y[copies], CROSS_ENTROPY)
    assert pytest.approx(J_copies) == J
    np.testing.assert_allclose(gradient, gradient_copies, rtol=1e-9, atol=1e-12)


@given(st.floats(0.001, 1000), st.integers(0, 1000))
def test_only_the_proportion_of_weights_counts(scale: float, seed: int) -> None:
    network, X, draw = problem(2, (), 1, 4, seed, hidden=(3,))
    y, weights = draw.randint(0, 2, (4, 1)).astype(float), draw.uniform(0.1, 1, 4)
    J, gradient = ENGINE.loss_and_gradient(network, X, y, CROSS_ENTROPY, weights)
    J_scaled, gradient_scaled = ENGINE.loss_and_gradient(network, X, y, CROSS_ENTROPY, weights * scale)
    assert pytest.approx(J_scaled) == J
    np.testing.assert_allclose(gradient, gradient_scaled, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("batch_size", "rows"), list(product([1, 2, 5, 6, 9], [1, 6])))
def test_a_step_for_each_batch(batch_size: int, rows: int) -> None:
    network, X, _ = problem(2, (), 1, 6, seed=0, hidden=(3,))
    steps = -(-rows // batch_size)
    state = Adam().init(network.theta)
    task, samples = Task(network, CROSS_ENTROPY, Adam()), Samples(X, np.zeros((6, 1)))
    losses = ENGINE.descend(task, state, samples, np.arange(rows), batch_size, np.full(steps, 0.01))
    assert losses.shape == (steps,)
    assert state["step"] == steps
    with pytest.raises(ValueError, match="zip"):
        ENGINE.descend(task, state, samples, np.arange(rows), batch_size, np.full(steps + 1, 0.01))


def test_it_learns_the_exclusive_or() -> None:
    """What no single layer can: four points, two hidden layers of activations, and every answer right."""
    network = Network(2, (8,), activation="tanh", dtype="float64", seed=1)
    X, y = network.as_inputs([[0, 0], [0, 1], [1, 0], [1, 1]]), np.asarray([[0.0], [1.0], [1.0], [0.0]])
    adam = Adam()
    rows = np.tile(np.arange(4), 300)
    losses = ENGINE.descend(
        Task(network, CROSS_ENTROPY, adam), adam.init(network.theta), Samples(X, y), rows, 4, np.full(300, 0.1)
    )
    assert losses[0] > 0.5
    assert losses[-1] < 0.01
    assert ((ENGINE.predict(network, X) > 0.5) == (y > 0.5)).all()
