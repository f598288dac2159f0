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
from typing import Final, NamedTuple

import numpy as np

from wade.maths.layers import dense, dense_backward, embedding, embedding_backward
from wade.maths.members import in_turn, in_turn_backward
from wade.maths.piecewise import piecewise_linear, piecewise_linear_backward
from wade.network.architecture import Layer
from wade.types import Array, Floats, Inputs

NO_ROWS: Final = Inputs(np.empty((0, 0)), np.empty((0, 0), np.int32))
"""What a layer above the first finds of the table: nothing."""


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


class Reads(NamedTuple):
    """What the first layer reads of rows, or the blame of it: Z₁ is linear in all of it.

    Parameters
    ----------
    numbers : array (n_rows, n_numbers)
    looked_up : array (n_rows, n_lookups, n_out)
        The vector that each category and then each number among bins finds in its table: E[code], P(position).
    """

    numbers: Floats
    looked_up: Floats


def reads(layer: Layer, parameters: Mapping[str, Floats], rows: Inputs) -> Reads:
    """What the first layer reads of these rows, before members turn their knobs."""
    found = [lookup.value for lookup in _lookups(layer, parameters, rows)]
    empty = np.empty((len(rows), 0, layer.n_out), rows.numbers.dtype)
    return Reads(rows.numbers, np.stack(found, axis=1) if found else empty)


def reads_backward(layer: Layer, parameters: Mapping[str, Floats], delta: Array) -> Reads:
    r"""The blame of what the first layer reads, for delta = ∂J/∂Z₁.

    .. math:: \frac{\partial J}{\partial X} = (\delta_1 \odot S) W_1^\top \odot R, \qquad
              \frac{\partial J}{\partial E_c[\text{code}_c]} = r_c\, (\delta_1 \odot S)

    and the same for P; without members R, S and r are 1.

    Parameters
    ----------
    layer, parameters
        As in `sums`.
    delta : array (n_rows, n_out)

    Returns
    -------
    Reads
        One row for each row of delta.
    """
    W, n_lookups = parameters[layer.weight], layer.n_columns - layer.n_in
    if not layer.factors:
        return Reads(delta @ W.T, np.repeat(delta[:, None, :], n_lookups, axis=1))
    R, S = (in_turn(parameters[name], len(delta)) for name in layer.factors)
    delta_U = delta * S
    return Reads((delta_U @ W.T) * R[:, : layer.n_in], R[:, layer.n_in :, None] * delta_U[:, None, :])


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
