r"""What the neurons of one layer sum, and the blame of everything in the sum: the textbook's layers put together.

.. math:: U = X W + \sum_c E_c[\text{code}_c] + \sum_p P_p(\text{position}_p), \qquad Z = U + b

The first layer reads a table: numbers, codes and positions among bins. The layers above read numbers alone, the
activations of the layer below. Where members share the weights, each has a factor of its own for every column that it
reads, R (r_c and r_p for codes and positions), and for every sum that comes of it, S; B are its biases:

.. math:: U = (X \odot R) W + \sum_c r_c\, E_c[\text{code}_c] + \sum_p r_p\, P_p(\text{position}_p), \qquad
          Z = U \odot S + B
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from wade.maths.layers import dense, dense_backward, embedding, embedding_backward
from wade.maths.members import in_turn, in_turn_backward
from wade.maths.piecewise import piecewise_linear, piecewise_linear_backward
from wade.network.architecture import Layer
from wade.types import Array, Floats, Inputs


def sums(layer: Layer, parameters: Mapping[str, Floats], X: Floats, rows: Inputs) -> Floats:
    """Z of a layer.

    Parameters
    ----------
    layer : Layer
    parameters : mapping from name to array
        Views of θ.
    X : array (n_rows, n_in)
        The numbers that the layer reads. Where there are members, each has a row for every sample.
    rows : Inputs, n_rows long
        Where the first layer finds codes and positions.

    Returns
    -------
    array (n_rows, n_out)
    """
    W, b = parameters[layer.weight], parameters[layer.bias]
    if layer.factors:
        S = parameters[layer.factors[1]]
        return _shared_sums(layer, parameters, X, rows) * in_turn(S, len(X)) + in_turn(b, len(X))
    Z = dense(X, W, b)
    for lookup in _lookups(layer, parameters, rows):
        Z = Z + lookup.value
    return Z


def sums_backward(
    layer: Layer, parameters: Mapping[str, Floats], X: Floats, rows: Inputs, delta: Array
) -> tuple[Array, dict[str, Array]]:
    """The blame of what the layer read and of each of its parameters, for delta = ∂J/∂Z.

    Parameters
    ----------
    layer, parameters, X, rows
        As in `sums`.
    delta : array (n_rows, n_out)

    Returns
    -------
    grad_X : array (n_rows, n_in)
    gradients : dict from the name of each of the layer's parameters to an array of its shape
    """
    if layer.factors:
        return _shared_sums_backward(layer, parameters, X, rows, delta)
    grad_X, grad_W, grad_b = dense_backward(X, parameters[layer.weight], delta)
    tables = {lookup.name: lookup.backward(delta) for lookup in _lookups(layer, parameters, rows)}
    return grad_X, {layer.weight: grad_W, layer.bias: grad_b, **tables}


def _shared_sums(layer: Layer, parameters: Mapping[str, Floats], X: Floats, rows: Inputs) -> Floats:
    """U of members, each of whom hears every column with a factor of its own."""
    R = in_turn(parameters[layer.factors[0]], len(X))
    U = (X * R[:, : layer.n_in]) @ parameters[layer.weight]
    for column, lookup in enumerate(_lookups(layer, parameters, rows), start=layer.n_in):
        U = U + R[:, [column]] * lookup.value
    return U


def _shared_sums_backward(
    layer: Layer, parameters: Mapping[str, Floats], X: Floats, rows: Inputs, delta: Array
) -> tuple[Array, dict[str, Array]]:
    (name_R, name_S), n_in = layer.factors, layer.n_in
    members = len(parameters[name_R])
    R, S = in_turn(parameters[name_R], len(X)), in_turn(parameters[name_S], len(X))
    grad_S = in_turn_backward(delta * _shared_sums(layer, parameters, X, rows), members)
    grad_b = in_turn_backward(delta, members)
    delta_U = delta * S
    grad_heard, grad_W, _ = dense_backward(X * R[:, :n_in], parameters[layer.weight], delta_U)
    blame_R, tables = [grad_heard * X], {}
    for column, lookup in enumerate(_lookups(layer, parameters, rows), start=n_in):
        tables[lookup.name] = lookup.backward(R[:, [column]] * delta_U)
        blame_R.append((delta_U * lookup.value).sum(axis=1, keepdims=True))
    grad_R = in_turn_backward(np.concatenate(blame_R, axis=1), members)
    return grad_heard * R[:, :n_in], {
        layer.weight: grad_W, layer.bias: grad_b, name_R: grad_R, name_S: grad_S, **tables
    }  # fmt: skip


class _Lookup(NamedTuple):
    """What one category or one piecewise number adds to the sums, and the way back to its parameters."""

    name: str
    value: Floats
    backward: Callable[[Array], Array]


def _lookups(layer: Layer, parameters: Mapping[str, Floats], rows: Inputs) -> list[_Lookup]:
    """Those of the first layer; none above it."""
    found = []
    for name, codes in zip(layer.embeddings, rows.codes.T, strict=False):
        E = parameters[name]
        found.append(_Lookup(name, embedding(codes, E), partial(embedding_backward, codes, size=len(E))))
    for name, positions in zip(layer.piecewise, rows.positions.T, strict=False):
        P = parameters[name]
        back = partial(piecewise_linear_backward, positions, bins=len(P))
        found.append(_Lookup(name, piecewise_linear(positions, P), back))
    return found
