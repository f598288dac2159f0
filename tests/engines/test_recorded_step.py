"""A step with nothing hidden: what it shows is what the engine computes, it can be checked, and it can be undone."""

import numpy as np
import pytest

from tests.engines.recorded_step import check_gradient, take_step
from wade.engines import ReferenceEngine, Task, choose_engine
from wade.errors import InvalidArgument
from wade.maths.losses import choose_loss
from wade.maths.optimizers import OPTIMIZERS, SGD, choose_optimizer
from wade.maths.regularizers import Regularization
from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Samples

LAYOUT = InputLayout(("a", "b"), (Category("c", 4),))
LOSS = choose_loss("cross_entropy", "sigmoid")


@pytest.fixture
def network() -> Network:
    return Network(LAYOUT, hidden=(5, 3), activation="tanh", dtype="float64", seed=2)


@pytest.fixture
def rows(network):
    random = np.random.default_rng(0)
    X = Inputs(random.standard_normal((6, 2)), random.integers(0, 4, (6, 1)).astype(np.int32))
    return network.as_inputs(X), random.integers(0, 2, (6, 1)).astype(float)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_recorded_step_is_the_step_that_every_engine_takes(network, rows, name):
    optimizer, other = choose_optimizer(name), Network(LAYOUT, (5, 3), activation="tanh", dtype="float64", seed=2)
    state, other_state = optimizer.init(network.theta), optimizer.init(other.theta)
    rule = Regularization(l1=0.01, l2=0.02, max_norm=0.05)
    for _ in range(3):
        step = take_step(Task(network, LOSS, optimizer, rule), state, Samples(*rows), 0.01)
        losses = choose_engine("native").descend(
            Task(other, LOSS, optimizer, rule), other_state, Samples(*rows), np.arange(6), 6, np.asarray([0.01])
        )
        assert step.loss == pytest.approx(losses[0], rel=1e-12)
    np.testing.assert_allclose(network.theta, other.theta, atol=1e-12)


def test_it_shows_every_number(network, rows):
    X, y = rows
    optimizer = choose_optimizer("sgd")
    before = network.theta.copy()
    passed = network.forward(X)
    J, gradient = ReferenceEngine().loss_and_gradient(network, X, y, LOSS)
    step = take_step(Task(network, LOSS, optimizer), optimizer.init(network.theta), Samples(X, y), 0.5)
    assert (step.loss, [delta.shape for delta in step.deltas]) == (J, [(6, 5), (6, 3), (6, 1)])
    for shown, expected in zip((*step.passed.Z, *step.passed.A), (*passed.Z, *passed.A), strict=True):
        np.testing.assert_array_equal(shown, expected)
    np.testing.assert_array_equal(step.gradient, gradient)
    np.testing.assert_allclose(step.deltas[2], (passed.A[2] - y) / 6)  # predicted − actual, shared among six rows
    np.testing.assert_allclose(step.deltas[0].sum(axis=0), gradient[network.slices["b1"]])  # BP3
    np.testing.assert_allclose(step.theta_after, before - 0.5 * gradient)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_steps_are_undone_bit_for_bit(network, rows, name):
    optimizer = choose_optimizer(name)
    state, trail, steps = optimizer.init(network.theta), [], []
    for _ in range(4):
        trail.append((network.theta.tobytes(), {key: np.asarray(value).tobytes() for key, value in state.items()}))
        steps.append(take_step(Task(network, LOSS, optimizer), state, Samples(*rows), 0.1))
    with pytest.raises(InvalidArgument, match="must be where this step left it"):
        steps[0].undo(network, state)
    while steps:
        steps.pop().undo(network, state)
        theta, memory = trail.pop()
        assert network.theta.tobytes() == theta
        assert {key: np.asarray(value).tobytes() for key, value in state.items()} == memory


def test_a_check_covers_the_parameters_it_was_asked_for_and_changes_nothing(network, rows):
    before = network.theta.tobytes()
    some = check_gradient(network, *rows, LOSS, parameters=["E1.c", "b2"])
    assert len(some.places) == 4 * 5 + 3
    everything = check_gradient(network, *rows, LOSS, weights=np.arange(6.0))
    assert len(everything.places) == network.n_parameters
    assert everything.relative_error.max() < 1e-6
    assert network.theta.tobytes() == before


def test_a_check_notices_a_wrong_gradient(network, rows, monkeypatch):
    right = ReferenceEngine.loss_and_gradient
    monkeypatch.setattr(ReferenceEngine, "loss_and_gradient", lambda *a, **k: (0.0, -right(*a, **k)[1]))
    assert check_gradient(network, *rows, LOSS, parameters=["W2"]).relative_error.max() > 0.99


def test_what_cannot_be_checked_is_refused(rows):
    with pytest.raises(InvalidArgument, match="must compute in float64"):
        check_gradient(Network(LAYOUT), *rows, LOSS)
    with pytest.raises(InvalidArgument, match=r"`parameters` must be among W1, E1\.c, b1"):
        check_gradient(Network(LAYOUT, dtype="float64"), *rows, LOSS, parameters=["W9"])


def test_a_step_with_dropout_is_the_one_that_descent_takes(rows):
    """The same masks for the same seed and step, recorded; taken back and taken again, the same numbers."""
    ends = []
    for path in ("descend", "take_step"):
        net = Network(LAYOUT, hidden=(5, 3), dropout=0.5, members=2, dtype="float64", seed=2)
        (X, y), descent = rows, SGD(momentum=0.9)
        state = descent.init(net.theta)
        if path == "descend":
            order = np.tile(np.arange(len(X)), 2)
            ReferenceEngine().descend(
                Task(net, LOSS, descent), state, Samples(X, y), order, len(X), np.full(2, 0.1), seed=7
            )
        else:
            take_step(Task(net, LOSS, descent), state, Samples(X, y), 0.1, seed=7)
            step = take_step(Task(net, LOSS, descent), state, Samples(X, y), 0.1, seed=7)
            assert [set(np.unique(mask)) for mask in step.masks] == [{0.0, 2.0}] * 2
            step.undo(net, state)
            take_step(Task(net, LOSS, descent), state, Samples(X, y), 0.1, seed=7)
        ends.append(net.theta)
    np.testing.assert_array_equal(*ends)
