from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wade.errors import InvalidArgument
from wade.network import Network, Perceptron

DECK = [[2, 3, -1, 5]]


def test_the_decks_perceptron() -> None:
    """The sum is 2·0.1 + 3·0.5 − 1·2.5 + 5·0.2 + 3.0 = 3.2; σ(3.2) = 1 / (1 + e^−3.2) = 1 / 1.0407622 = 0.96."""
    perceptron = Perceptron([0.1, 0.5, 2.5, 0.2], 3.0, "sigmoid")
    assert isinstance(perceptron, Network)
    Zs, As = perceptron.forward(DECK)
    assert Zs[0].item() == pytest.approx(3.2, rel=1e-15)
    assert As[0].item() == pytest.approx(0.96, abs=0.005)
    assert perceptron(DECK).item() == pytest.approx(0.960834, abs=1e-6)


@pytest.mark.parametrize(
    ("activation", "expected"), [("identity", 3.2), ("relu", 3.2), ("tanh", 0.996682), ("sigmoid", 0.960834)]
)
def test_the_same_sum_bent_differently(activation: str, expected: float) -> None:
    assert Perceptron([0.1, 0.5, 2.5, 0.2], 3.0, activation)(DECK).item() == pytest.approx(expected, abs=1e-6)


def test_its_parameters_have_names() -> None:
    perceptron = Perceptron(np.asarray([1, 2]), 3)
    assert perceptron.parameters["W1"].tolist() == [[1], [2]]
    assert perceptron.parameters["b1"].tolist() == [3]
    assert perceptron.dtype == "float64"


@pytest.mark.parametrize("weights", [[], 1.0, [[1.0, 2.0]]])
def test_weights_are_a_row(weights: Any) -> None:
    with pytest.raises(InvalidArgument, match="row of at least one number"):
        Perceptron(weights, 0.0)


def test_unknown_activation() -> None:
    with pytest.raises(InvalidArgument, match="Did you mean 'tanh'"):
        Perceptron([1.0], 0.0, "tahn")
