r"""The contribution of each column to one prediction: integrated gradients along a path, and occlusion.

Both compare a row x with a base row x′ (`base_row`) and explain F(x) − F(x′), where F is the output of the network: the
log-odds of a class, or a number.

*Integrated gradients* integrate the gradient of F along the straight line from x′ to x (Sundararajan, Taly and Yan,
*Axiomatic Attribution for Deep Networks*, 2017, equation 1):

.. math:: c_i = (x_i - x'_i) \int_0^1 \frac{\partial F}{\partial x_i}\big(x' + \alpha (x - x')\big)\, d\alpha,
          \qquad \sum_i c_i = F(x) - F(x')

The second equation, completeness (their Proposition 1), shows how accurate the numerical integration is. The
contribution of a code or of a piecewise-linear number is the sum over the vector that it looks up (`path`).

Where the activation has breakpoints (ReLU and others), the path is cut at each. Between two cuts a ReLU network is
linear: one gradient is exact there, and only the step from Z to log-odds is integrated, by a Gauss–Legendre rule. Other
networks are evaluated at the points of the rule (their equation 3 takes one point per piece), and the pieces halved
until neither the sum nor any contribution changes.

*Occlusion* sets one column of x to its base value and leaves the others: c = F(x) − F(x without it). These differences
do not add up to F(x) − F(x′) where columns interact; the gap is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from wade.engines.reference import back_propagate_to_first_layer, input_gradient
from wade.explanation.attributions.columns import Span
from wade.explanation.attributions.outputs import ExplainedOutput, OutputValue, require_finite
from wade.explanation.attributions.path import StraightPath, gauss_legendre, halved
from wade.maths.activations import ACTIVATIONS
from wade.network import Network
from wade.network.unshare_members import unshared_members
from wade.types import Floats, Inputs

TOLERANCE: Final = 1e-6
"""The largest acceptable gap between the sum and F(x) − F(x′), in log-odds or standard deviations of the target."""
ENOUGH: Final = 1e-9
MOST_ROWS: Final = 20_000
MOST_ANSWERS: Final = 200_000


class Attribution(NamedTuple):
    """The contribution of each column to one prediction.

    `contributions` are to F (log-odds, or standard deviations of the target), `probability` to the probability (NaN in
    regression), each (n_columns,). `row` and `base` are the outputs for the row and the base. `error` is the largest
    change of a contribution by the last halving of the pieces (0 for occlusion), `points` the number of points of the
    path, or of rows, at which the network was evaluated.
    """

    contributions: Floats
    probability: Floats
    row: OutputValue
    base: OutputValue
    error: float
    points: int

    @property
    def gap(self) -> float:
        """Base plus contributions minus output: rounding; for occlusion the interaction of columns."""
        return float(self.base.F[0] + self.contributions.sum() - self.row.F[0])

    @property
    def probability_gap(self) -> float:
        """The same of probabilities."""
        return float(self.base.p[0] + self.probability.sum() - self.row.p[0])


def integrated_gradients(
    network: Network, row: Inputs, base: Inputs, spans: Sequence[Span], explained: ExplainedOutput
) -> Attribution:
    """The contribution of each column to one prediction by integrated gradients.

    Parameters
    ----------
    network : Network
        In float64.
    row, base : Inputs, one row each
    spans : sequence of Span
        Where each column stands among the inputs; contributions there are summed.
    explained : ExplainedOutput
        Defines F.

    Returns
    -------
    Attribution

    Examples
    --------
    A linear network: contributions are w ⊙ (x − x′).

    >>> from wade.explanation.attributions.columns import plain_spans
    >>> network = Network(2, hidden=(), output="identity", dtype="float64")
    >>> network.theta = [3.0, 4.0, 0.5]
    >>> row, base = network.as_inputs([[1.0, 1.0]]), network.as_inputs([[0.0, 2.0]])
    >>> found = integrated_gradients(network, row, base, plain_spans(network.inputs), ExplainedOutput("regression"))
    >>> found.contributions.round(9)
    array([ 3., -4.])
    """
    if all(ACTIVATIONS[name].piecewise_linear for name in network.activations):
        paths = [StraightPath(member, row, base) for member in unshared_members(network)]
        cuts = [path.cuts() for path in paths]
        if all(each.complete for each in cuts):
            return _in_straight_pieces(paths, [each.nodes for each in cuts], spans, explained)
    return _refined(StraightPath(network, row, base), spans, explained)


def _in_straight_pieces(
    paths: Sequence[StraightPath], nodes: Sequence[Floats], spans: Sequence[Span], explained: ExplainedOutput
) -> Attribution:
    """Exactly: between two breakpoints a member's Z is linear, so one gradient and the two ends determine it."""
    members, ends = len(paths), [path.forward(at).Z[-1] for path, at in zip(paths, nodes, strict=True)]
    middles = [path.forward((at[1:] + at[:-1]) / 2) for path, at in zip(paths, nodes, strict=True)]
    pieces, before = np.unique(np.concatenate(nodes)), np.full((2, len(spans)), np.inf)
    while True:
        # F is nonlinear in Z: it needs points of its own, without evaluating the network.
        alphas, weights = gauss_legendre(pieces)
        Z = np.stack([_between(alphas, at, end) for at, end in zip(nodes, ends, strict=True)], axis=1)
        Z = Z.reshape(-1, Z.shape[-1])
        deltas = explained.delta(Z, members).reshape(len(alphas), members, -1)
        found = np.zeros((2, len(spans)))
        for which, counts in enumerate((weights, weights * explained.value(Z, members).slope)):
            for member, (path, at, passed) in enumerate(zip(paths, nodes, middles, strict=True)):
                delta = np.add.reduceat(counts[:, None] * deltas[:, member], np.searchsorted(alphas, at[:-1]))
                found[which] += _by_column(
                    path, back_propagate_to_first_layer(path.network, passed, delta)[0][0], spans
                )
        error = _change(found, before, explained)
        if error <= ENOUGH or (np.isfinite(error) and len(pieces) * members > MOST_ANSWERS):
            break
        before, pieces = found, halved(pieces)
    both = np.stack([end[[0, -1]] for end in ends], axis=1).reshape(2 * members, -1)
    values = explained.value(both, members)
    n_points = sum(len(at) - 1 for at in nodes)
    return Attribution(found[0], found[1], values.of(1), values.of(0), error, n_points)


def _between(alphas: Floats, nodes: Floats, Z: Floats) -> Floats:
    """Z of the last layer at these points, for a network that is linear between the nodes."""
    return np.column_stack([np.interp(alphas, nodes, column) for column in Z.T])


def _refined(path: StraightPath, spans: Sequence[Span], explained: ExplainedOutput) -> Attribution:
    """By the rule on ever finer pieces, until neither the sums nor any contribution changes."""
    network = path.network
    ends = explained.value(path.forward(np.asarray([0.0, 1.0])).Z[-1], network.members)
    nodes, before = path.cuts().nodes, np.full((2, len(spans)), np.inf)
    while True:
        alphas, weights = gauss_legendre(nodes)
        passed = path.forward(alphas)
        deltas, _ = back_propagate_to_first_layer(network, passed, explained.delta(passed.Z[-1], network.members))
        by_point = deltas[0].reshape(len(alphas), -1)
        slope = explained.value(passed.Z[-1], network.members).slope
        # x − x′ is constant, and the input gradient linear in delta: the integral of delta is enough.
        integrals = [(counts @ by_point).reshape(network.members, -1) for counts in (weights, weights * slope)]
        found = np.stack([_by_column(path, integral, spans) for integral in integrals])
        error = _change(found, before, explained)
        attribution = Attribution(found[0], found[1], ends.of(1), ends.of(0), error, len(alphas))
        settled = np.nanmax([error, abs(attribution.gap), abs(attribution.probability_gap)]) <= ENOUGH
        if settled or (np.isfinite(error) and 2 * len(alphas) * network.members > MOST_ROWS):
            return attribution
        before, nodes = found, path.cuts(halved(nodes)).nodes


def _by_column(path: StraightPath, delta: Floats, spans: Sequence[Span]) -> Floats:
    """The change of each input times the integral of its gradient, summed over the inputs of a column.

    `delta` holds integrals of ∂F/∂Z₁ over pieces of the path, a row for each piece, or for each member.
    """
    network = path.network
    slopes = input_gradient(network, delta if network.members > 1 else delta.sum(axis=0, keepdims=True))
    numbers = path.change.numbers * slopes.numbers[0]
    inputs = np.concatenate([numbers, (path.change.looked_up * slopes.looked_up[0]).sum(axis=1)])
    return np.asarray([inputs[span.among(network.inputs)].sum() for span in spans])


def _change(found: Floats, before: Floats, explained: ExplainedOutput) -> float:
    """By how much a refinement changed a contribution; Diverged where one overflows. Numbers have no probabilities."""
    known = 1 if explained.task == "regression" else 2
    return float(abs(require_finite(found[:known]) - before[:known]).max())


def occlusion(
    network: Network, row: Inputs, base: Inputs, spans: Sequence[Span], explained: ExplainedOutput
) -> Attribution:
    """The contribution of each column by occlusion: what F loses when this column alone is at its base value.

    Parameters as in `integrated_gradients`.

    References
    ----------
    M. Zeiler, R. Fergus, *Visualizing and Understanding Convolutional Networks*, 2014, section 4.2.

    Examples
    --------
    >>> from wade.explanation.attributions.columns import plain_spans
    >>> network = Network(2, hidden=(), output="identity", dtype="float64")
    >>> network.theta = [3.0, 4.0, 0.5]
    >>> row, base = network.as_inputs([[1.0, 1.0]]), network.as_inputs([[0.0, 2.0]])
    >>> occlusion(network, row, base, plain_spans(network.inputs), ExplainedOutput("regression")).contributions
    array([ 3., -4.])
    """
    whole = len(spans)
    rows = row[np.zeros(whole + 2, np.int64)]
    for at, span in enumerate(spans):
        span.copy(base, 0, rows, at)
    Span.everything(network.inputs).copy(base, 0, rows, whole + 1)
    values = explained.value(network.forward(rows).Z[-1], network.members)
    F, p = values.F, values.p
    lost, likelier = F[whole] - F[:whole], p[whole] - p[:whole]
    return Attribution(lost, likelier, values.of(whole), values.of(whole + 1), 0.0, len(rows))
