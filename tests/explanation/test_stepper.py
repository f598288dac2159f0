"""One phase at a time, and undone: what is not computed yet differs from 0, and every state is restored."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engines.recorded_step import take_step
from wade.engines import Task
from wade.errors import InvalidArgument
from wade.explanation import Stepper
from wade.maths.losses import choose_loss
from wade.maths.optimizers import OPTIMIZERS, choose_optimizer
from wade.maths.regularizers import Regularization
from wade.network import Network
from wade.types import Samples


def bits(network, state):
    return network.theta.tobytes(), {name: np.asarray(value).tobytes() for name, value in state.items()}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_back_through_any_number_of_steps_is_exact(name, dtype):
    network = Network(2, hidden=(5, 3), activation="tanh", dropout=0.3, dtype=dtype, seed=4)
    rule = Regularization(l1=0.01, l2=0.1, max_norm=0.5)
    stepper = Stepper(
        network, [0.3, -1.0], 1.0, optimizer=name, learning_rate=0.1, regularization=rule, dropout=True, seed=3
    )
    trail = []
    for _ in range(12):
        trail.append((bits(network, stepper.state), stepper.trace))
        stepper.advance()
    assert stepper.phases_done == 12
    assert network.theta.tobytes() != trail[0][1].network.theta.tobytes()
    forth = bits(network, stepper.state)
    while trail:
        stepper.back()
        kept, trace = trail.pop()
        assert bits(network, stepper.state) == kept
        assert stepper.trace is trace
    for _ in range(12):
        stepper.advance()
    assert bits(network, stepper.state) == forth


def test_three_phases_are_the_step_that_descent_takes():
    one, other = (Network(2, hidden=(4,), activation="tanh", dtype="float64", seed=2) for _ in range(2))
    optimizer = choose_optimizer("adam")
    stepper = Stepper(one, [0.5, 2.0], 1.0, optimizer=optimizer, learning_rate=0.05)
    state = optimizer.init(other.theta)
    X, y = other.as_inputs([[0.5, 2.0]]), np.array([[1.0]])
    for _ in range(3):
        for _ in range(3):
            stepper.advance()
        step = take_step(Task(other, choose_loss("cross_entropy", "sigmoid"), optimizer), state, Samples(X, y), 0.05)
        np.testing.assert_array_equal(stepper.trace.gradient, step.gradient)
    np.testing.assert_array_equal(one.theta, other.theta)


def test_what_is_not_computed_yet_is_not_0():
    stepper = Stepper(Network(2, hidden=(2,), dtype="float64", seed=1), [1.0, 0.0], 1.0)
    fields = ("forward", "J", "deltas", "gradient", "theta_after", "state_after", "J_after")
    missing = [{name for name in fields if getattr(stepper.trace, name) is None}]
    for _ in range(3):
        stepper.advance()
        missing.append({name for name in fields if getattr(stepper.trace, name) is None})
    after = {"theta_after", "state_after", "J_after"}
    assert missing == [set(fields), {"deltas", "gradient", *after}, after, set()]
    while stepper.phases_done:
        stepper.back()
    told = stepper.trace.text()
    assert "not computed yet" in told
    data = stepper.trace.to_dict()
    assert data["prediction"] is data["loss"]["value"] is data["layers"][0]["Z"] is None
    assert data["parameters"]["W1"]["gradient"] is data["parameters"]["W1"]["after"] is None


def test_another_row_can_be_next():
    network = Network(1, hidden=(), dtype="float64")
    network.theta[:] = 0
    stepper = Stepper(network, [2.0], 1.0, learning_rate=0.1)
    for _ in range(3):
        stepper.advance()
    assert stepper.forward([-2.0], 0.0).X.numbers.tolist() == [[-2.0]]
    assert stepper.trace.network.theta.tolist() == [0.1, 0.05]


def test_phases_out_of_order_are_refused():
    network = Network(1, hidden=(), dtype="float64", seed=1)
    stepper = Stepper(network, [2.0], 1.0)
    with pytest.raises(InvalidArgument, match=r"must be forward now.*Call `forward` first"):
        stepper.backward()
    with pytest.raises(InvalidArgument, match="needs a phase to undo"):
        stepper.back()
    for _ in range(3):
        stepper.advance()
    network.theta[0] += 1
    with pytest.raises(InvalidArgument, match="must not change between two phases"):
        stepper.back()
    assert stepper.phases_done == 3


def test_without_a_target_there_is_a_way_forward_and_none_back():
    stepper = Stepper(Network(1, hidden=(), dtype="float64", seed=1), [2.0])
    assert stepper.forward().J is None
    assert stepper.next_phase == ""
    with pytest.raises(InvalidArgument, match="Pass the target of the row"):
        stepper.backward()
    with pytest.raises(InvalidArgument, match="must be known to train on the row"):
        stepper.advance()


def test_settings_outside_their_range_are_refused():
    network = Network(2, hidden=(), dtype="float64", seed=1)
    with pytest.raises(InvalidArgument, match="`learning_rate` must be greater than 0"):
        Stepper(network, [1.0, 2.0], 1.0, learning_rate=0)
    with pytest.raises(InvalidArgument, match="`state` must hold step, first_moment"):
        Stepper(network, [1.0, 2.0], 1.0, optimizer="adam", state={"step": 0})
    with pytest.raises(InvalidArgument, match="`row` must be one row; received '2 rows'"):
        Stepper(network, [[1.0, 2.0], [3.0, 4.0]])
