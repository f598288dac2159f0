"""The starting parameters: weights drawn for their layer's activation, biases 0, and rows of 0 for unseen categories.

He's weights for layers that end in a rectifier or a gate: these pass about half of the signal's energy, and He's make
up for that. LeCun's for SELU, which keeps the energy by itself and is made for them. Glorot's for the others: their
slope is flat far out (sigmoid, tanh, softmax) or 1 (identity), and the gradient counts as much as the signal; softplus
is with them because it is an output's activation, with little to pass on.

Each parameter draws from its own stream, so its numbers depend on the seed and its place in θ, not on what was drawn
before. A neuron of the first layer sums one number for each number column and one for each category, so its n_in is the
two counts together, with one for each piecewise-linear number. The slopes of such a number share the variance of one
weight: each is smaller by the root of their count, so that the sum over all bins varies as one weight does. Of
members' factors, those of the first layer are random signs, so that no two members stay alike; all others are 1.

Row 0 of each table, the one for rare and never seen values, starts at 0, and stays there where no training row has
such a value: a row with an unknown category is predicted from the rest of it.
"""

from __future__ import annotations

from itertools import count

import numpy as np

from wade.maths.activations import ACTIVATIONS
from wade.maths.random import WEIGHTS, uniform
from wade.network.architecture import Architecture
from wade.types import Floats


def initial_theta(architecture: Architecture) -> Floats:
    """All parameters before the first step.

    The draw is a function of the architecture's seed. It is made in float64 and rounded to the architecture's dtype, so
    that both dtypes start at the same place.

    Examples
    --------
    >>> from wade.types import InputLayout
    >>> perceptron = Architecture(InputLayout.of_count(2), (), 1, "relu", "sigmoid", 0.0, 1, "float64", seed=0)
    >>> theta = initial_theta(perceptron)
    >>> bool(abs(theta[:2]).max() <= (6 / 3) ** 0.5), float(theta[2])
    (True, 0.0)
    """
    theta = np.zeros(architecture.n_parameters, dtype=architecture.dtype)
    streams = count(WEIGHTS)
    for layer in architecture.layers:
        for name in (layer.weight, *layer.embeddings, *layer.piecewise):
            rows = architecture.shapes[name][0]
            draw, key = ACTIVATIONS[layer.activation].initializer, (architecture.seed, next(streams))
            drawn = draw(key, layer.n_columns, layer.n_out, rows)
            if name in layer.embeddings:
                drawn[0] = 0
            if name in layer.piecewise:
                drawn /= np.sqrt(rows)
            theta[architecture.slices[name]] = drawn.reshape(-1)
        for name in layer.factors:
            theta[architecture.slices[name]] = 1
    if architecture.members > 1:
        R1 = theta[architecture.slices["R1"]]
        R1[uniform(architecture.seed, next(streams), R1.shape) < 0.5] = -1
    return theta
