r"""Activations: the function g that a layer applies to its sums, A = g(Z), and the registry of them.

Without an activation, two layers would be one: X·W₁·W₂ = X·(W₁·W₂), a linear model again. There are three families,
each with a module of its own: `sigmoids` are flat at both ends, `rectifiers` at one, `gates` are smooth rectifiers.
Each activation stands there with its derivative g′ in terms of Z, and its entry. Going forward a layer computes
A = g(Z); going backward it receives ∂J/∂A and passes on, by the chain rule, ∂J/∂Z = ∂J/∂A ⊙ g′(Z). `softmax` is the
exception: each of its outputs depends on the whole row.

All of them are stable for |Z| up to 10⁴ and beyond: no exponential is ever taken of a positive number.

To add one, write an entry (see `entry.Activation`); every other part of the package reads it.
"""

from __future__ import annotations

from typing import Final

from wade.maths.activations import gates, rectifiers, sigmoids
from wade.maths.activations import softmax as row_wise
from wade.maths.activations.entry import Activation
from wade.maths.arrays import namespace
from wade.maths.initializers import glorot_uniform
from wade.maths.registry import Registry
from wade.types import Array

__all__ = ["ACTIVATIONS", "Activation", "aliases", "identity", "identity_derivative"]


def identity(Z: Array) -> Array:
    r"""The sums as they are: the output of a regression.

    .. math:: g(z) = z

    Examples
    --------
    >>> import numpy as np
    >>> identity(np.asarray([-2.0, 3.0]))
    array([-2.,  3.])
    """
    return Z


def identity_derivative(Z: Array) -> Array:
    r"""The derivative of the identity.

    .. math:: g'(z) = 1

    Examples
    --------
    >>> import numpy as np
    >>> identity_derivative(np.asarray([-2.0, 3.0]))
    array([1., 1.])
    """
    return namespace(Z).ones_like(Z)


ACTIVATIONS: Final = Registry(
    "activation",
    Activation(
        "identity",
        identity,
        identity_derivative,
        glorot_uniform,
        piecewise_linear=True,
        formula=("z", "1"),
        exports={"pytorch": "Z", "keras": "Z", "sklearn": "identity", "c": "z", "onnx": "Z"},
    ),
    *sigmoids.ENTRIES,
    *rectifiers.ENTRIES,
    *gates.ENTRIES,
    *row_wise.ENTRIES,
)


def aliases() -> dict[str, str]:
    """What others call activations, and their names here.

    Examples
    --------
    >>> aliases()["swish"]
    'silu'
    """
    return {alias: entry.name for entry in ACTIVATIONS.values() for alias in entry.aliases}
