r"""The pre-activation Z of one layer and its gradients, put together from the layers of `wade.maths`.

.. math:: U = X W + \sum_c E_c[\text{code}_c] + \sum_p P_p(\text{position}_p), \qquad Z = U + b

The first layer takes numbers, codes and positions in bins; the layers above take the activations of the layer below.
Where members share the weights, each has a factor of its own for every input column, R (r_c and r_p for codes and
positions), and for every output, S; B are its biases:

.. math:: U = (X \odot R) W + \sum_c r_c\, E_c[\text{code}_c] + \sum_p r_p\, P_p(\text{position}_p), \qquad
          Z = U \odot S + B
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, NamedTuple

import numpy as np

from wade.maths.layers import dense, dense_backward, embedding, embedding_backward
from wade.maths.members import in_turn, in_turn_backward
from wade.maths.piecewise import piecewise_linear, piecewise_linear_backward
from wade.network.architecture import Layer
from wade.types import Array, Floats, Inputs

NO_ROWS: Final = Inputs(np.empty((0, 0)), np.empty((0, 0), np.int32))
"""No codes and no positions, for the layers above the first."""


def preactivation(layer: Layer, parameters: Mapping[str, Floats], X: Floats, rows: Inputs) -> Floats:
    """Z of a layer.

    X (n_rows, n_in) is what the layer takes, with one row for each sample and member; `rows` holds the codes and the
    positions of the first layer.
    """
    W, b = parameters[layer.weight], parameters[layer.bias]
    if layer.factors:
        S = parameters[layer.factors[1]]
        return _shared_product(layer, parameters, X, rows) * in_turn(S, len(X)) + in_turn(b, len(X))
    Z = dense(X, W, b)
    for table in _tables(layer, parameters, rows):
        Z = Z + table.value
    return Z


def preactivation_backward(
    layer: Layer, parameters: Mapping[str, Floats], X: Floats, rows: Inputs, delta: Array
) -> tuple[Array, dict[str, Array]]:
    """∂J/∂X and ∂J/∂ each of the layer's parameters, for delta = ∂J/∂Z.

    X and `rows` as in `preactivation`. The gradients go by the names of the parameters and have their shapes.
    """
    if layer.factors:
        return _shared_preactivation_backward(layer, parameters, X, rows, delta)
    grad_X, grad_W, grad_b = dense_backward(X, parameters[layer.weight], delta)
    tables = {table.name: table.backward(delta) for table in _tables(layer, parameters, rows)}
    return grad_X, {layer.weight: grad_W, layer.bias: grad_b, **tables}


class FirstLayerInputs(NamedTuple):
    """The inputs of the first layer, or their gradient: Z₁ is linear in all of them.

    Parameters
    ----------
    numbers : array (n_rows, n_numbers)
    looked_up : array (n_rows, n_tables, n_out)
        The vector of each category and then of each piecewise-linear number: E[code], P(position).
    """

    numbers: Floats
    looked_up: Floats


def first_layer_inputs(layer: Layer, parameters: Mapping[str, Floats], rows: Inputs) -> FirstLayerInputs:
    """The inputs of the first layer for these rows, before the factors of members."""
    found = [table.value for table in _tables(layer, parameters, rows)]
    empty = np.empty((len(rows), 0, layer.n_out), rows.numbers.dtype)
    return FirstLayerInputs(rows.numbers, np.stack(found, axis=1) if found else empty)


def first_layer_inputs_backward(layer: Layer, parameters: Mapping[str, Floats], delta: Array) -> FirstLayerInputs:
    r"""The gradient of the inputs of the first layer, for delta = ∂J/∂Z₁.

    .. math:: \frac{\partial J}{\partial X} = (\delta_1 \odot S) W_1^\top \odot R, \qquad
              \frac{\partial J}{\partial E_c[\text{code}_c]} = r_c\, (\delta_1 \odot S)

    and the same for P; without members R, S and r are 1.
    """
    W, n_tables = parameters[layer.weight], layer.n_columns - layer.n_in
    if not layer.factors:
        return FirstLayerInputs(delta @ W.T, np.repeat(delta[:, None, :], n_tables, axis=1))
    R, S = (in_turn(parameters[name], len(delta)) for name in layer.factors)
    delta_U = delta * S
    return FirstLayerInputs((delta_U @ W.T) * R[:, : layer.n_in], R[:, layer.n_in :, None] * delta_U[:, None, :])


def _shared_product(layer: Layer, parameters: Mapping[str, Floats], X: Floats, rows: Inputs) -> Floats:
    """U of members, each of which has a factor of its own for every column."""
    R = in_turn(parameters[layer.factors[0]], len(X))
    U = (X * R[:, : layer.n_in]) @ parameters[layer.weight]
    for column, table in enumerate(_tables(layer, parameters, rows), start=layer.n_in):
        U = U + R[:, [column]] * table.value
    return U


def _shared_preactivation_backward(
    layer: Layer, parameters: Mapping[str, Floats], X: Floats, rows: Inputs, delta: Array
) -> tuple[Array, dict[str, Array]]:
    (name_R, name_S), n_in = layer.factors, layer.n_in
    members = len(parameters[name_R])
    R, S = in_turn(parameters[name_R], len(X)), in_turn(parameters[name_S], len(X))
    grad_S = in_turn_backward(delta * _shared_product(layer, parameters, X, rows), members)
    grad_b = in_turn_backward(delta, members)
    delta_U = delta * S
    grad_scaled, grad_W, _ = dense_backward(X * R[:, :n_in], parameters[layer.weight], delta_U)
    grad_R_columns, tables = [grad_scaled * X], {}
    for column, table in enumerate(_tables(layer, parameters, rows), start=n_in):
        tables[table.name] = table.backward(R[:, [column]] * delta_U)
        grad_R_columns.append((delta_U * table.value).sum(axis=1, keepdims=True))
    grad_R = in_turn_backward(np.concatenate(grad_R_columns, axis=1), members)
    return grad_scaled * R[:, :n_in], {
        layer.weight: grad_W, layer.bias: grad_b, name_R: grad_R, name_S: grad_S, **tables
    }  # fmt: skip


class _Table(NamedTuple):
    """What one category or piecewise-linear number adds to Z, and the gradient of its parameters."""

    name: str
    value: Floats
    backward: Callable[[Array], Array]


def _tables(layer: Layer, parameters: Mapping[str, Floats], rows: Inputs) -> list[_Table]:
    """One for each category and piecewise-linear number of the first layer; none above it."""
    found = []
    for name, codes in zip(layer.embeddings, rows.codes.T, strict=False):
        E = parameters[name]
        found.append(_Table(name, embedding(codes, E), partial(embedding_backward, codes, size=len(E))))
    for name, positions in zip(layer.piecewise, rows.positions.T, strict=False):
        P = parameters[name]
        back = partial(piecewise_linear_backward, positions, bins=len(P))
        found.append(_Table(name, piecewise_linear(positions, P), back))
    return found
