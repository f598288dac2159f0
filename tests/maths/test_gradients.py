"""Every activation under every loss: the chapters' backward functions, chained, against centred differences.

The chain is a network of two layers, written out with the textbook's functions alone, the L1 and L2 terms left to their
own chapter. Shapes are drawn at random, a different one for each combination, no rows and no inputs included.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from wade.maths.activations import ACTIVATIONS
from wade.maths.layers import dense, dense_backward
from wade.maths.losses import LOSSES, Loss, choose_loss, cross_entropy, huber, quantile
from wade.maths.reduction import mean_over_samples, shares

HIDDEN = [name for name in ACTIVATIONS if name != "softmax"]
ENDS = [
    ("sigmoid", "cross_entropy"),
    ("sigmoid", cross_entropy("sigmoid", 0.2)),
    ("softmax", "cross_entropy"),
    ("softmax", cross_entropy("softmax", 0.3)),
    ("identity", "poisson"),
    *product([*HIDDEN, "softmax"], ["mean_squared_error"]),
    *product(
        ("identity", "softplus", "softmax"), ["mean_absolute_error", "huber", huber(0.3), "quantile", quantile(0.9)]
    ),
]
COMBINATIONS = [
    (hidden, output, loss, outputs, weighted)
    for hidden, (output, loss) in product(HIDDEN, ENDS)
    for outputs, weighted in product((1, 3), (False, True))
    if not (output == "softmax" and outputs == 1)
]


class Chain:
    """X → dense → activation → dense → output → loss → mean."""

    def __init__(self, draw: np.random.RandomState, hidden: str, output: str, loss: Loss, outputs: int, weighted: bool):
        n_in, width = draw.choice([0, 1, 2, 3]), draw.choice([1, 2, 3])
        n = draw.choice([0, 1, 2, 4]) if weighted else draw.choice([1, 2, 4])
        self.hidden, self.output, self.loss = ACTIVATIONS[hidden], ACTIVATIONS[output], loss
        self.X = draw.uniform(-2, 2, (n, n_in))
        self.parameters = [
            draw.uniform(-1.5, 1.5, shape) for shape in ((n_in, width), (width,), (width, outputs), (outputs,))
        ]
        self.y = draw.randint(0, outputs, n) if loss.name.startswith("softmax") else draw.uniform(0, 1, (n, outputs))
        self.weights = draw.uniform(0.2, 3, n) if weighted else None

    def forward(self) -> tuple[np.ndarray, ...]:
        W1, b1, W2, b2 = self.parameters
        Z1 = dense(self.X, W1, b1)
        A1 = self.hidden.forward(Z1)
        Z2 = dense(A1, W2, b2)
        return Z1, A1, Z2, self.output.forward(Z2)

    def mean_loss(self) -> float:
        *_, Z2, A2 = self.forward()
        return float(mean_over_samples(self.loss.per_sample(self.loss.taken(Z2, A2), self.y), self.weights))

    def gradients(self) -> list[np.ndarray]:
        Z1, A1, Z2, A2 = self.forward()
        weights = np.ones(len(Z2)) if self.weights is None else self.weights
        delta = self.loss.gradient(self.loss.taken(Z2, A2), self.y) * shares(weights)[:, None]
        if self.loss.takes == "activation":
            delta = self.output.backward(Z2, delta)
        grad_A1, grad_W2, grad_b2 = dense_backward(A1, self.parameters[2], delta)
        _, grad_W1, grad_b1 = dense_backward(self.X, self.parameters[0], self.hidden.backward(Z1, grad_A1))
        return [grad_W1, grad_b1, grad_W2, grad_b2]

    def is_at_a_kink(self) -> bool:
        """Whether a step of 1e-6 might cross a corner, where there is no slope to find."""
        Z1, _, Z2, A2 = self.forward()
        corners = [Z1, Z2]
        if not self.loss.name.startswith("softmax"):
            distance = abs(A2 - self.y)
            corners += [distance, *(distance - delta for delta in self.loss.constants)]
        return any((abs(numbers) < 1e-4).any() for numbers in corners)

    def slopes(self) -> list[np.ndarray]:
        h, found = 1e-6, [np.empty_like(block) for block in self.parameters]
        for block, slopes in zip(self.parameters, found, strict=True):
            for index in np.ndindex(block.shape):
                kept = block[index]
                block[index] = kept + h
                above = self.mean_loss()
                block[index] = kept - h
                slopes[index] = (above - self.mean_loss()) / (2 * h)
                block[index] = kept
        return found


def smooth_chain(seed: int, *combination) -> Chain:
    draw = np.random.RandomState(seed)
    while (chain := Chain(draw, *combination)).is_at_a_kink():
        pass
    return chain


@pytest.mark.parametrize("hidden", HIDDEN)
def test_every_gradient_is_a_slope(hidden: str) -> None:
    for seed, (name, output, chosen, outputs, weighted) in enumerate(COMBINATIONS):
        if name == hidden:
            chain = smooth_chain(seed, hidden, output, choose_loss(chosen, output), outputs, weighted)
            said = f"{hidden}, {output}, {chosen}, {chain.X.shape}, {outputs} outputs, weighted: {weighted}"
            for ours, slope in zip(chain.gradients(), chain.slopes(), strict=True):
                rounding = 1e-9 * abs(chain.mean_loss())  # of J, divided by 2h
                np.testing.assert_allclose(ours, slope, rtol=1e-5, atol=1e-7 + rounding, err_msg=said)


def test_everything_is_combined() -> None:
    assert len(COMBINATIONS) >= 1000
    assert {choose_loss(loss, output).name for _, output, loss, *_ in COMBINATIONS} == set(LOSSES)
    assert {name for name, *_ in COMBINATIONS} | {output for _, output, *_ in COMBINATIONS} == set(ACTIVATIONS)


@pytest.mark.parametrize("combination", COMBINATIONS[::61], ids=lambda value: str(getattr(value, "name", value)))
def test_the_batch_gradient_is_the_weighted_mean_of_single_ones(combination: tuple) -> None:
    hidden, output, chosen, outputs, _ = combination
    chain = smooth_chain(5, hidden, output, choose_loss(chosen, output), outputs, True)
    X, y, weights = chain.X, chain.y, chain.weights
    whole, singles = chain.gradients(), []
    for row in range(len(X)):
        chain.X, chain.y, chain.weights = X[row : row + 1], y[row : row + 1], None
        singles.append(chain.gradients())
    for block, gradient in enumerate(whole):
        mean = sum(w * single[block] for w, single in zip(weights / weights.sum(), singles, strict=True))
        np.testing.assert_allclose(gradient, mean, rtol=1e-12, atol=1e-14)
