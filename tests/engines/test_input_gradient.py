"""The gradient by what the first layer reads is a slope, for every layer × activation × loss, members included."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engines.test_gradients import ENDINGS, HIDDEN, PENALTIES, Problem, smooth
from wade.engines.reference import back_propagate_to_first_layer, input_gradient, loss_and_delta
from wade.maths.members import in_turn
from wade.network import Network
from wade.network.preactivation import FirstLayerInputs, first_layer_inputs
from wade.types import Floats

H = 1e-6


def first_sums(problem: Problem, read: FirstLayerInputs) -> Floats:
    """Z₁ of what was read, as the equation of `wade.network.preactivation` has it."""
    network, layer = problem.network, problem.network.layers[0]
    numbers, looked_up = network.for_members(read.numbers), network.for_members(read.looked_up)
    W, b = network.parameters[layer.weight], network.parameters[layer.bias]
    if not layer.factors:
        return numbers @ W + looked_up.sum(axis=1) + b
    R, S = (in_turn(network.parameters[name], len(numbers)) for name in layer.factors)
    U = (numbers * R[:, : layer.n_in]) @ W + (R[:, layer.n_in :, None] * looked_up).sum(axis=1)
    return U * S + in_turn(b, len(numbers))


def check(problem: Problem) -> None:
    network = problem.network
    read = first_layer_inputs(network.layers[0], network.parameters, problem.X)
    passed = network.forward(problem.X)
    np.testing.assert_allclose(first_sums(problem, read), passed.Z[0], rtol=1e-12, atol=1e-12)

    def J(*blocks: Floats) -> float:  # noqa: N802 - the textbook's letter
        onward = network.onward(first_sums(problem, FirstLayerInputs(*blocks)))
        return loss_and_delta(network, onward, problem.y, problem.loss, problem.weights)[0]

    _, delta = loss_and_delta(network, passed, problem.y, problem.loss, problem.weights)
    rounding = 1e-9 * abs(J(*read))
    for place, found in enumerate(input_gradient(network, back_propagate_to_first_layer(network, passed, delta)[0][0])):
        assert found.shape == read[place].shape
        slopes = np.empty_like(found)
        for index in np.ndindex(found.shape):
            above, below = ([block.copy() for block in read] for _ in range(2))
            above[place][index] += H
            below[place][index] -= H
            slopes[index] = (J(*above) - J(*below)) / (2 * H)
        np.testing.assert_allclose(found, slopes, rtol=1e-5, atol=1e-7 + rounding, err_msg=str(problem))


@pytest.mark.parametrize("activation", HIDDEN)
def test_every_input_gradient_is_a_slope(activation: str) -> None:
    for seed, (output, loss) in enumerate(ENDINGS, start=500 + 1000 * HIDDEN.index(activation)):
        problem = smooth(seed, activation, output, loss, PENALTIES[0])
        while any((abs(Z) < 1e-4).any() for Z in problem.network.forward(problem.X).Z):  # no mask, other corners
            problem = smooth(seed := seed + 10_000, activation, output, loss, PENALTIES[0])
        check(problem)


def test_a_straight_line_has_the_same_slope_everywhere() -> None:
    """Without an activation in between, ∂Z/∂x is the product of the matrices, worked by hand."""
    network = Network(2, hidden=(2,), activation="identity", output="identity", dtype="float64")
    network.theta = [1.0, 2.0, 3.0, 4.0, 0.5, 0.5, 10.0, 100.0, 7.0]  # W1, b1, W2, b2
    passed = network.forward([[5.0, -5.0], [0.0, 9.0]])
    found = input_gradient(network, back_propagate_to_first_layer(network, passed, np.ones((2, 1)))[0][0])
    np.testing.assert_allclose(found.numbers, [[210.0, 430.0]] * 2)
    assert found.looked_up.shape == (2, 0, 2)
