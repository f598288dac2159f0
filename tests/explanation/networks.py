"""Networks of every kind with a row each, for the tests of explanations."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from wade.network import Network
from wade.types import Category, InputLayout, Inputs, Piecewise

ACTIVATION_NODES = (
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "softplus",
    "tanh",
    "sigmoid",
    "identity",
)
LAYOUT = InputLayout(("a", "b"), (Category("c", 4),), (Piecewise("p", 3),))


@st.composite
def settings_of_networks(draw):
    """Up to four layers, with or without tables, members and dropout."""
    return {
        "inputs": draw(st.sampled_from((3, LAYOUT))),
        "hidden": tuple(draw(st.lists(st.integers(1, 4), max_size=3))),
        "activation": draw(st.sampled_from(ACTIVATION_NODES)),
        "answer": draw(st.sampled_from(("sigmoid", "softmax", "identity", "tanh"))),
        "members": draw(st.sampled_from((1, 1, 2))),
        "dropout": draw(st.sampled_from((0.0, 0.0, 0.4))),
        "seed": draw(st.integers(0, 1000)),
    }


def network_and_row(inputs, hidden, activation, answer, members, dropout, seed):
    """A network in float64 whose parameters are all away from 0, a row and a target."""
    outputs = 3 if answer == "softmax" else 1 + seed % 2
    network = Network(
        inputs, hidden, outputs, activation, answer, dropout=dropout, members=members, dtype="float64", seed=seed
    )
    random = np.random.default_rng(seed)
    network.theta = random.normal(0, 0.8, network.n_parameters)
    layout = network.inputs
    row = Inputs(
        random.normal(size=(1, layout.n_numbers)),
        random.integers(0, 4, (1, len(layout.categories))).astype(np.int32),
        random.uniform(0, 3, (1, len(layout.piecewise))),
    )
    target = int(seed % 3) if answer == "softmax" else random.integers(0, 2, outputs).astype(float)
    return network, row, target
