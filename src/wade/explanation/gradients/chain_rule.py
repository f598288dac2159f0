r"""The chain rule for one weight: every factor with its number, along every path from the weight to the loss.

.. math:: \frac{\partial J}{\partial w} = \sum_{\text{paths}} \frac{\partial J}{\partial o} \cdot
          \frac{\partial o}{\partial z_L} \cdot \frac{\partial z_L}{\partial a_{L-1}} \cdots
          \frac{\partial z_l}{\partial w}

A path is one neuron of each layer above the weight. A deep network has more paths than anyone can list, but their sum
is known layer by layer: what passes through neuron k of a layer is the sensitivity of z_k to the weight times delta_k.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from wade.explanation.formulas import symbols
from wade.explanation.notation.expressions import Expression, Partial, Symbol
from wade.explanation.steps.parameter_index import ParameterIndex


@dataclass(frozen=True)
class Factor:
    """One factor of a path: ∂ of what by what, the formula where there is more to say than the number, the number."""

    name: Partial
    formula: Expression | None
    value: float


@dataclass(frozen=True)
class Path:
    """One way from the weight to the loss.

    Parameters
    ----------
    member : int
    neurons : tuple of (layer, neuron)
        From the output down to the layer of the weight; layers count from 1.
    factors : tuple of Factor
        In the deck's order, from the loss to the weight.
    """

    member: int
    neurons: tuple[tuple[int, int], ...]
    factors: tuple[Factor, ...]

    @property
    def value(self) -> float:
        """The factors, multiplied out."""
        return prod(factor.value for factor in self.factors)

    @property
    def layer_factors(self) -> tuple[Factor, ...]:
        """The same with one factor for each layer: ∂J/∂o · ∂o/∂a · ∂a/∂w."""
        first, *others = self.factors
        if len(others) % 2 == 0:
            pairs = [*zip(others[::2], others[1::2], strict=True)]
            start: tuple[Factor, ...] = (first,)
        else:
            # Where the output cannot be parted from its loss, ∂J/∂z stands for two factors.
            pairs = [(first, others[0]), *zip(others[1::2], others[2::2], strict=True)]
            start = ()
        merged = (Factor(Partial(a.name.of, b.name.by), None, a.value * b.value) for a, b in pairs)
        return (*start, *merged)


@dataclass(frozen=True)
class NeuronContribution:
    """What passes through one neuron, over all paths that lead through it."""

    member: int
    neuron: int
    value: float


@dataclass(frozen=True)
class Chain:
    """∂J/∂w, taken apart.

    Parameters
    ----------
    place : ParameterIndex
        Which weight.
    gradient : float
        ∂J/∂w as it was recorded.
    paths : tuple of Path
        The largest ones first.
    n_paths : int
        How many there are in all.
    layers : tuple of (layer, tuple of Through)
        For each layer on the way, what passes through each of its neurons, the largest first; each layer's sum is the
        gradient.
    """

    place: ParameterIndex
    gradient: float
    paths: tuple[Path, ...]
    n_paths: int
    layers: tuple[tuple[int, tuple[NeuronContribution, ...]], ...]

    @property
    def symbol(self) -> Symbol:
        """The weight's symbol."""
        return symbols.parameter(self.place.name, self.place.index)

    @property
    def rest(self) -> float:
        """What the paths that are not listed come to."""
        return self.gradient - sum(path.value for path in self.paths)
