"""The deck's own examples as formulas, each with the digits that the deck shows."""

from __future__ import annotations

import numpy as np

import wade
from wade.explanation import Trace
from wade.explanation.formulas import forward
from wade.explanation.formulas.symbols import LOSS, gradient, y
from wade.explanation.formulas.updates import update
from wade.explanation.notation.expressions import Apply, Constant, Equation, Product, Quantity, Sum, Symbol
from wade.explanation.steps.parameter_index import find
from wade.maths.losses import mean_loss as mean_of

PREDICTED, ACTUAL = [0.05, 0.02, 0.96, 0.35], [1, 0, 1, 1]


def perceptron() -> Trace:
    """Row 8: inputs 2, 3, −1, 5; weights 0.1, 0.5, 2.5, 0.2; bias 3.0."""
    return wade.explain(wade.Perceptron([0.1, 0.5, 2.5, 0.2], 3.0, "sigmoid"), [2, 3, -1, 5], 1, learning_rate=0.1)


def two_layers() -> Trace:
    """Row 17: one hidden neuron h₀ and one output o₀, so that there is one path."""
    network = wade.Network(2, hidden=(1,), activation="tanh", dtype="float64")
    network.theta = np.array([0.5, -0.25, 0.1, 1.5, -0.5])
    return wade.explain(network, [1.0, 2.0], 1.0)


def mean_loss(predicted: list[float], actual: list[int], name: str = "cross_entropy") -> Equation:
    """J over several rows, as the deck quantifies loss: the mean of each row's."""
    o = [Quantity(Symbol("o", index=(row,)), value) for row, value in enumerate(predicted)]
    if name == "cross_entropy":
        terms = [-Apply("ln", one if true else 1 - one) for one, true in zip(o, actual, strict=True)]
    else:
        terms = [(one - Quantity(y(row), float(actual[row]))) ** 2 for row, one in enumerate(o)]
    share = Constant(1) / len(o)
    return Equation(LOSS, (share * Sum(tuple(terms)),), mean_of(predicted, actual, name))


def examples() -> dict[str, tuple[Equation, int]]:
    """Each row of the deck with its formula and digits."""
    trace, deep = perceptron(), two_layers()
    chain = deep.chain("W1[0,0]")
    factors = tuple(Quantity(factor.name, factor.value) for factor in chain.paths[0].layer_factors)
    return {
        "row_08_perceptron": (forward.output(trace), 2),
        "row_13_cross_entropy": (mean_loss(PREDICTED, ACTUAL), 5),
        "row_13_squared_error": (mean_loss(PREDICTED, ACTUAL, "mean_squared_error"), 5),
        "row_16_descent": (update(trace, find(trace, "W1[2,0]"))[-1], 4),
        "row_17_chain": (Equation(gradient(chain.symbol), (Product(factors, " · "),), chain.gradient), 4),
    }
