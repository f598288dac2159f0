"""Every kind of layer × activation × loss × weights × penalty: the reference engine's gradient is a slope of J.

Networks are drawn at random, one for each combination of hidden activation and ending with each penalty: numbers,
categories and piecewise-linear numbers, from none to three of each; members; no hidden layer or some; one row or a few;
masks of dropout held still.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
import pytest

from wade.engines.reference import back_propagate, loss_and_delta
from wade.maths.activations import ACTIVATIONS
from wade.maths.losses import LOSSES, Loss, choose_loss, cross_entropy
from wade.maths.regularizers import Regularization
from wade.network import Network
from wade.types import Category, Floats, InputLayout, Inputs, Piecewise

HIDDEN = [name for name in ACTIVATIONS if name != "softmax"]
ENDINGS = [  # output, loss
    ("sigmoid", choose_loss("cross_entropy", "sigmoid")),
    ("sigmoid", cross_entropy("sigmoid", 0.2)),
    ("softmax", choose_loss("cross_entropy", "softmax")),
    ("softmax", cross_entropy("softmax", 0.3)),
    *(("identity", choose_loss(name, "identity")) for name in ("mean_squared_error", "huber", "quantile", "poisson")),
    *(("softplus", choose_loss(name, "softplus")) for name in ("mean_absolute_error", "huber")),
    *((name, choose_loss("mean_squared_error", name)) for name in ("softmax", "relu", "sigmoid", "selu", "gelu")),
]
PENALTIES = [Regularization(), Regularization(l1=0.3), Regularization(l2=0.7)]


class Problem(NamedTuple):
    """A network with everything that its J depends on."""

    network: Network
    X: Inputs
    y: np.ndarray
    loss: Loss
    weights: Floats | None
    masks: tuple[Floats, ...]
    penalty: Regularization

    def J(self) -> float:  # noqa: N802 - the textbook's letter
        passed = self.network.forward(self.X, self.masks)
        theta = self.network.theta[self.network.decays]
        penalty = self.penalty.l1 * abs(theta).sum() + self.penalty.l2 / 2 * (theta**2).sum()
        return loss_and_delta(self.network, passed, self.y, self.loss, self.weights)[0] + penalty

    def gradient(self) -> Floats:
        passed = self.network.forward(self.X, self.masks)
        _, delta = loss_and_delta(self.network, passed, self.y, self.loss, self.weights)
        gradient = back_propagate(self.network, self.X, passed, delta, self.masks).gradient
        return self.penalty.regularize(gradient, self.network.theta, self.network.decays)

    def slopes(self) -> Floats:
        theta, h, found = self.network.theta, 1e-6, np.empty_like(self.network.theta)
        for index, kept in enumerate(theta.tolist()):
            theta[index] = kept + h
            above = self.J()
            theta[index] = kept - h
            found[index] = (above - self.J()) / (2 * h)
            theta[index] = kept
        return found

    def is_at_a_kink(self) -> bool:
        """Whether a step of 1e-6 might cross a corner, where there is no slope to find."""
        Zs, As = self.network.forward(self.X, self.masks)
        corners = [*Zs, self.network.theta]
        if not self.loss.name.startswith("softmax"):
            distance = abs(As[-1] - self.network.for_members(self.y))
            corners += [distance, *(distance - delta for delta in self.loss.constants)]
        return any((abs(numbers) < 1e-4).any() for numbers in corners)


def drawn(draw: np.random.RandomState, activation: str, output: str, loss: Loss, penalty: Regularization) -> Problem:
    counts = draw.randint(0, 4, 3)
    counts[draw.randint(3)] += not counts.any()
    layout = InputLayout(
        tuple(f"x{index}" for index in range(counts[0])),
        tuple(Category(f"c{index}", int(draw.randint(1, 4))) for index in range(counts[1])),
        tuple(Piecewise(f"p{index}", int(draw.randint(1, 5))) for index in range(counts[2])),
    )
    hidden = tuple(draw.randint(1, 5, draw.choice([0, 1, 1, 2, 3])).tolist())
    outputs = int(draw.randint(2, 4) if output == "softmax" else draw.choice([1, 3]))
    members, dropout = int(draw.choice([1, 1, 2, 3])), float(draw.choice([0, 0.4]))
    network = Network(layout, hidden, outputs, activation, output, dropout, members, "float64")
    network.theta = draw.uniform(-1, 1, network.n_parameters)
    n = int(draw.choice([1, 2, 4]))
    X = Inputs(
        draw.uniform(-2, 2, (n, counts[0])),
        np.column_stack([np.zeros(n, int), *(draw.randint(0, size, n) for size in layout.sizes)])[:, 1:],
        draw.uniform(0, 1, (n, counts[2])) * layout.bins,
    )
    is_class = loss.name == "softmax_cross_entropy"
    y = draw.randint(0, outputs, n).astype(np.int32) if is_class else draw.uniform(0, 1, (n, outputs))
    weights = draw.uniform(0.2, 2, n) if draw.randint(2) else None
    masks = network.masks(n, seed=int(draw.randint(1000)), step=1)
    return Problem(network, network.as_inputs(X), y, loss, weights, masks, penalty)


def smooth(seed: int, *combination) -> Problem:
    draw = np.random.RandomState(seed)
    while (problem := drawn(draw, *combination)).is_at_a_kink():
        pass
    return problem


@pytest.mark.parametrize("activation", HIDDEN)
def test_every_gradient_is_a_slope(activation: str) -> None:
    first_seed = 1000 * HIDDEN.index(activation)
    for seed, ((output, loss), penalty) in enumerate(product(ENDINGS, PENALTIES), start=first_seed):
        problem = smooth(seed, activation, output, loss, penalty)
        rounding = 1e-9 * abs(problem.J())  # of J, divided by 2h
        np.testing.assert_allclose(
            problem.gradient(), problem.slopes(), rtol=1e-5, atol=1e-7 + rounding, err_msg=str(problem)
        )


def test_everything_is_combined() -> None:
    assert len(HIDDEN) * len(ENDINGS) * len(PENALTIES) >= 400
    assert {loss.name for _, loss in ENDINGS} == set(LOSSES)
    drawn = [smooth(seed, "tanh", *ENDINGS[0], PENALTIES[0]) for seed in range(60)]
    for layer in ("E1", "P1", "R1", "S1", "W2"):
        assert sum(any(name.startswith(layer) for name in problem.network.parameters) for problem in drawn) > 15
    assert sum(bool(problem.masks) and bool(problem.network.hidden) for problem in drawn) > 15
    assert {problem.weights is None for problem in drawn} == {True, False}
    assert {len(problem.X) for problem in drawn} == {1, 2, 4}
    assert 0 in {problem.network.inputs.n_numbers for problem in drawn}
