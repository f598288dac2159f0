r"""How much each input contributes to one answer: integrated gradients along a path, and occlusion.

Both compare a row x with a base row x′ (`base_row`), and explain F(x) − F(x′), where F is what the network answers: the
log-odds of a class, or a number.

*Integrated gradients* walk from x′ to x in a straight line, add up how steep F is in each input on the way, and
multiply by how far the input went (Sundararajan, Taly and Yan, *Axiomatic Attribution for Deep Networks*, 2017,
equation 1):

.. math:: c_i = (x_i - x'_i) \int_0^1 \frac{\partial F}{\partial x_i}\big(x' + \alpha (x - x')\big)\, d\alpha,
          \qquad \sum_i c_i = F(x) - F(x')

The second equation, completeness (their Proposition 1), holds for every network whose F bends as ours do, so the sum
tells how good the arithmetic was. A code cannot move in a straight line, but the vector that it looks up can: the path
leads from the base's row of the category's table to that of x, and from what the base finds among the bins of a number
to what x finds. The contribution of a code is the sum over the numbers of its vector. Since the first layer is linear
in all of this, the path is a straight line in its sums too, Z₁(α) = Z₁(x′) + α (Z₁(x) − Z₁(x′)).

The integral is a Gauss–Legendre rule on pieces of the path (their equation 3 takes one point per piece). Where neurons
have a corner (ReLU and its kin), the path is cut where a neuron passes it: between two cuts ReLU networks are straight
lines, on which the rule is exact. Pieces are halved until neither the sum nor any contribution moves any more.

*Occlusion* asks the network again with one column of x at its base, the others as they are: c = F(x) − F(x without it).
Such differences do not add up to F(x) − F(x′) where columns act together; what is missing is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from wade.engines.glass_box import input_gradient
from wade.engines.reference import back_to_first_sums
from wade.explain.answers import Answer, Asked
from wade.explain.columns import Span
from wade.network import Network
from wade.network.network import ForwardPass
from wade.network.sums import Reads, reads
from wade.types import Floats, Inputs, Rows

POINTS: Final = 3
TOLERANCE: Final = 1e-6
"""How far a sum may be from what it explains, in log-odds or in standard deviations of the target."""
ENOUGH: Final = 1e-9
MOST_ROWS: Final = 20_000
CORNERED: Final = ("relu", "leaky_relu", "elu", "selu")
STRAIGHT: Final = ("relu", "leaky_relu")
LOOKS: Final = 12


class Attribution(NamedTuple):
    """What each column contributes to one answer.

    Parameters
    ----------
    contributions : array (n_columns,)
        To F: log-odds, or standard deviations of the target.
    probability : array (n_columns,)
        The same to the probability; NaN where the target is a number.
    row, base : Answer, one long
        F and the probability of the row and of the base.
    error : float
        By how much the last halving of the pieces moved a contribution at most; 0 for occlusion.
    points : int
        How many points of the path, or how many rows, were asked.
    """

    contributions: Floats
    probability: Floats
    row: Answer
    base: Answer
    error: float
    points: int

    @property
    def gap(self) -> float:
        """Base plus contributions less output: rounding, or of occlusion what columns do together."""
        return float(self.base.F[0] + self.contributions.sum() - self.row.F[0])

    @property
    def probability_gap(self) -> float:
        """The same of probabilities."""
        return float(self.base.p[0] + self.probability.sum() - self.row.p[0])


def gauss_legendre(nodes: Floats, points: int = POINTS) -> tuple[Floats, Floats]:
    r"""Where to ask on a path that is cut into pieces, and how much each answer counts.

    .. math:: \int_{t_0}^{t_n} f(\alpha)\, d\alpha \approx \sum_k w_k f(\alpha_k)

    On each piece the rule is exact for polynomials of degree 2·points − 1.

    Parameters
    ----------
    nodes : array (n_pieces + 1,)
        Where the pieces begin and end, rising.
    points : int, ≥ 1
        On each piece.

    Returns
    -------
    alphas, weights : arrays (n_pieces · points,)

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


def integrated_gradients(
    network: Network, row: Inputs, base: Inputs, spans: Sequence[Span], asked: Asked
) -> Attribution:
    """The contribution of each column to one answer by integrated gradients; see the module.

    Parameters
    ----------
    network : Network
        In float64.
    row, base : Inputs, one row each
    spans : sequence of Span
        Where each column stands among the inputs; what it contributes there is summed.
    asked : Asked
        What F is.

    Returns
    -------
    Attribution

    Examples
    --------
    A network without a bend: contributions are w ⊙ (x − x′).

    >>> from wade.explain.columns import plain_spans
    >>> network = Network(2, hidden=(), output="identity", dtype="float64")
    >>> network.theta = [3.0, 4.0, 0.5]
    >>> row, base = network.as_inputs([[1.0, 1.0]]), network.as_inputs([[0.0, 2.0]])
    >>> integrated_gradients(network, row, base, plain_spans(network.inputs), Asked("number")).contributions.round(9)
    array([ 3., -4.])
    """
    path = _Path(network, row, base)
    ends = asked.answer(path.passed(np.asarray([0.0, 1.0])), network.members)
    nodes, before = path.corners(), np.full(2 * len(spans), np.inf)
    while True:
        alphas, weights = gauss_legendre(nodes)
        found, shares = path.contributions(alphas, weights, spans, asked)
        both = np.concatenate([found, shares])
        error = float(np.nanmax(abs(both - before)))  # of a number there are no probabilities
        attribution = Attribution(found, shares, ends.of(1), ends.of(0), error, len(alphas))
        settled = np.nanmax([error, abs(attribution.gap), abs(attribution.probability_gap)]) <= ENOUGH
        if settled or (np.isfinite(error) and 2 * len(alphas) * network.members > MOST_ROWS):
            return attribution
        before, nodes = both, np.sort(np.concatenate([nodes, (nodes[1:] + nodes[:-1]) / 2]))


def occlusion(network: Network, row: Inputs, base: Inputs, spans: Sequence[Span], asked: Asked) -> Attribution:
    """The contribution of each column by occlusion: what F loses when the column alone goes to its base.

    Parameters
    ----------
    network, row, base, spans, asked
        As in `integrated_gradients`.

    Returns
    -------
    Attribution

    References
    ----------
    M. Zeiler, R. Fergus, *Visualizing and Understanding Convolutional Networks*, 2014, section 4.2.

    Examples
    --------
    >>> from wade.explain.columns import plain_spans
    >>> network = Network(2, hidden=(), output="identity", dtype="float64")
    >>> network.theta = [3.0, 4.0, 0.5]
    >>> row, base = network.as_inputs([[1.0, 1.0]]), network.as_inputs([[0.0, 2.0]])
    >>> occlusion(network, row, base, plain_spans(network.inputs), Asked("number")).contributions
    array([ 3., -4.])
    """
    whole = len(spans)
    rows = row[np.zeros(whole + 2, np.int64)]
    for at, span in enumerate(spans):
        span.copy(base, 0, rows, at)
    Span.everything(network.inputs).copy(base, 0, rows, whole + 1)
    answers = asked.answer(network.forward(rows), network.members)
    F, p = answers.F, answers.p
    lost, likelier = F[whole] - F[:whole], p[whole] - p[:whole]
    return Attribution(lost, likelier, answers.of(whole), answers.of(whole + 1), 0.0, len(rows))


class _Path:
    """The straight line from a base row to a row."""

    def __init__(self, network: Network, row: Inputs, base: Inputs) -> None:
        self.network, first = network, network.layers[0]
        ends = [network.as_inputs(rows) for rows in (base, row)]
        start, end = (reads(first, network.parameters, rows) for rows in ends)
        self.way = Reads(end.numbers[0] - start.numbers[0], end.looked_up[0] - start.looked_up[0])
        self._start, self._end = (network.forward(rows).Z[0] for rows in ends)

    def passed(self, alphas: Floats) -> ForwardPass:
        """What every layer computes at these points; the members of a point one after another."""
        Z = self._start + alphas[:, None, None] * (self._end - self._start)
        return self.network.onward(Z.reshape(-1, Z.shape[-1]))

    def _side_by_side(self, alphas: Floats, layer: int) -> Floats:
        """A layer's sums at these points, those of all members in one row."""
        Z = self.passed(alphas).Z[layer]
        return Z.reshape(len(alphas), self.network.members * Z.shape[1])

    def corners(self) -> Floats:
        """0, 1, and between them wherever a hidden neuron passes its corner.

        Layer by layer: between two corners of the layers below, the sums of a ReLU network go in a straight line, and
        so the place where one of them is 0 is known. Where they bend, it is looked for.
        """
        network, nodes = self.network, np.asarray([0.0, 1.0])
        if network.activation not in CORNERED:
            return nodes
        for layer in range(len(network.hidden)):
            Z = self._side_by_side(nodes, layer)
            piece, neuron = np.nonzero(Z[:-1] * Z[1:] < 0)
            looks = 0 if network.activation in STRAIGHT or layer == 0 else LOOKS
            found = self._crossings(
                layer, neuron, nodes[piece], nodes[piece + 1], Z[piece, neuron], Z[piece + 1, neuron], looks
            )
            more = np.unique(np.concatenate([nodes, found.round(15)]))
            if len(more) * POINTS * network.members > MOST_ROWS // 4:
                return nodes
            nodes = more
        return nodes

    def _crossings(
        self, layer: int, neuron: Rows, low: Floats, high: Floats, Z_low: Floats, Z_high: Floats, looks: int
    ) -> Floats:
        """Where these sums are 0 between two points of the path: a line through both, and again (Illinois' rule)."""
        before = np.zeros(len(neuron), np.int64)
        for _ in range(looks):
            at = low + (high - low) * Z_low / (Z_low - Z_high)
            Z = self._side_by_side(at, layer)[np.arange(len(at)), neuron]
            from_low = Z * Z_low > 0
            # An end that stays for a second time counts half, or it would stay for ever.
            Z_low = np.where(from_low, Z, np.where(before < 0, Z_low / 2, Z_low))
            Z_high = np.where(from_low, np.where(before > 0, Z_high / 2, Z_high), Z)
            low, high, before = np.where(from_low, at, low), np.where(from_low, high, at), np.where(from_low, 1, -1)
        return low + (high - low) * Z_low / (Z_low - Z_high)

    def contributions(
        self, alphas: Floats, weights: Floats, spans: Sequence[Span], asked: Asked
    ) -> tuple[Floats, Floats]:
        """Those of each column to F, and to the probability p, whose slope is p (1 − p) times that of F."""
        network, passed = self.network, self.passed(alphas)
        deltas, _ = back_to_first_sums(network, passed, asked.delta(passed, network.members))
        by_point = deltas[0].reshape(len(alphas), -1)

        def by_column(weights: Floats) -> Floats:
            # The way is the same at every point, and the input gradient linear in delta: the mean delta will do.
            mean = (weights @ by_point).reshape(network.members, -1)
            slopes = input_gradient(network, mean)
            numbers = self.way.numbers * slopes.numbers[0]
            looked_up = (self.way.looked_up * slopes.looked_up[0]).sum(axis=1)
            inputs = np.concatenate([numbers, looked_up])
            return np.asarray([inputs[span.among(network.inputs)].sum() for span in spans])

        return by_column(weights), by_column(weights * asked.answer(passed, network.members).slope)
