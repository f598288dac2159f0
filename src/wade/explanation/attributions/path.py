r"""The straight line from a base row to a row, and numerical integration along it.

A code cannot change continuously, but the vector that it looks up can: the path leads from the base's row of the
embedding to the row's, and from the piecewise-linear value of the base to that of the row. The first layer is linear in
all of this, so its sums are linear along the path:

.. math:: Z_1(\alpha) = Z_1(x') + \alpha\, (Z_1(x) - Z_1(x'))
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from wade.maths.activations import ACTIVATIONS
from wade.network import Network
from wade.network.network import ForwardPass
from wade.network.preactivation import FirstLayerInputs, first_layer_inputs
from wade.types import Floats, Inputs, Rows

POINTS: Final = 3
LOOKS: Final = 12
MAX_CUTS: Final = 5_000
SAME: Final = 1e-13
WHOLE: Final = np.asarray([0.0, 1.0])


class Cuts(NamedTuple):
    """0, 1 and between them the points where a hidden neuron passes a breakpoint, rising; and whether these are all."""

    nodes: Floats
    complete: bool


class StraightPath:
    """The straight line from a base row to a row, for one network.

    `change` is that of each number, (n_numbers,), and of the vector of each category and piecewise-linear number,
    (n_lookups, n_out), from base to row.
    """

    def __init__(self, network: Network, row: Inputs, base: Inputs) -> None:
        self.network, first = network, network.layers[0]
        ends = [network.as_inputs(rows) for rows in (base, row)]
        start, end = (first_layer_inputs(first, network.parameters, rows) for rows in ends)
        self.change = FirstLayerInputs(end.numbers[0] - start.numbers[0], end.looked_up[0] - start.looked_up[0])
        self._start, self._end = (network.forward(rows).Z[0] for rows in ends)

    def forward(self, alphas: Floats) -> ForwardPass:
        """The forward pass at these points; the members of a point one after another."""
        Z = self._start + alphas[:, None, None] * (self._end - self._start)
        return self.network.onward(Z.reshape(-1, Z.shape[-1]))

    def cuts(self, nodes: Floats = WHOLE) -> Cuts:
        """The points where the path has to be cut, besides these nodes.

        Layer by layer: between two cuts of the layers below, the sums of a ReLU network are linear, so the point where
        one reaches a breakpoint is known. Where they are nonlinear, it is searched for; a neuron that passes a
        breakpoint twice between two nodes is missed until there are more nodes.
        """
        network, straight = self.network, True
        for layer, activation in enumerate(ACTIVATIONS[name] for name in network.activations):
            looks = 0 if straight else LOOKS
            straight = straight and activation.piecewise_linear
            if not activation.breakpoints:
                continue
            Z, found = self._side_by_side(nodes, layer), [nodes]
            for breakpoint_ in activation.breakpoints:
                apart = Z - breakpoint_
                piece, neuron = np.nonzero(apart[:-1] * apart[1:] < 0)
                if sum(map(len, found)) + len(piece) > MAX_CUTS // network.members:
                    return Cuts(nodes, complete=False)
                ends = nodes[piece], nodes[piece + 1], apart[piece, neuron], apart[piece + 1, neuron]
                found.append(self._crossings(layer, neuron, breakpoint_, ends, looks))
            both = np.unique(np.concatenate(found))
            nodes = both[np.diff(both, prepend=-1.0) > SAME]
        return Cuts(nodes, complete=True)

    def _side_by_side(self, alphas: Floats, layer: int) -> Floats:
        """The sums of a layer at these points, of all members in one row."""
        Z = self.forward(alphas).Z[layer]
        return Z.reshape(len(alphas), self.network.members * Z.shape[1])

    def _crossings(self, layer: int, neuron: Rows, breakpoint_: float, ends: tuple[Floats, ...], looks: int) -> Floats:
        """Where these sums reach a breakpoint between two points of the path, by the Illinois method.

        `ends` are the two points, and the sums there, less the breakpoint.
        """
        low, high, Z_low, Z_high = ends
        before = np.zeros(len(neuron), np.int64)
        for _ in range(looks):
            at = low + (high - low) * Z_low / (Z_low - Z_high)
            Z = self._side_by_side(at, layer)[np.arange(len(at)), neuron] - breakpoint_
            from_low = Z * Z_low > 0
            # An end that stays for a second time counts half, so that it does not stay forever.
            Z_low = np.where(from_low, Z, np.where(before < 0, Z_low / 2, Z_low))
            Z_high = np.where(from_low, np.where(before > 0, Z_high / 2, Z_high), Z)
            low, high, before = np.where(from_low, at, low), np.where(from_low, high, at), np.where(from_low, 1, -1)
        return low + (high - low) * Z_low / (Z_low - Z_high)


def gauss_legendre(nodes: Floats, points: int = POINTS) -> tuple[Floats, Floats]:
    r"""The points and weights of a Gauss–Legendre rule on a path that is cut into pieces.

    .. math:: \int_{t_0}^{t_n} f(\alpha)\, d\alpha \approx \sum_k w_k f(\alpha_k)

    On each piece, between two of the rising nodes, the rule is exact for polynomials of degree 2·points − 1.

    References
    ----------
    M. Abramowitz, I. Stegun, *Handbook of Mathematical Functions*, 1964, equation 25.4.29.

    Examples
    --------
    >>> alphas, weights = gauss_legendre(np.asarray([0.0, 0.5, 1.0]))
    >>> float((weights * alphas**5).sum().round(12)), round(1 / 6, 12)
    (0.166666666667, 0.166666666667)
    """
    at, weight = np.polynomial.legendre.leggauss(points)
    middles, halves = (nodes[1:] + nodes[:-1]) / 2, (nodes[1:] - nodes[:-1]) / 2
    alphas, weights = middles[:, None] + halves[:, None] * at, halves[:, None] * weight
    return alphas.ravel(), weights.ravel()


def halved(nodes: Floats) -> Floats:
    """The same pieces, each cut in two."""
    return np.sort(np.concatenate([nodes, (nodes[1:] + nodes[:-1]) / 2]))
