r"""The chain rule for one weight: the product of factors along each path from the weight to the loss, and their sum.

.. math:: \frac{\partial J}{\partial w} = \sum_{\text{paths}} \frac{\partial J}{\partial o} \cdot
          \frac{\partial o}{\partial z_L} \cdot \frac{\partial z_L}{\partial a_{L-1}} \cdots
          \frac{\partial z_l}{\partial w}

A path is one neuron of each layer above the weight. There may be too many paths to list, but their sum by layer is
known: neuron k of a layer contributes the sensitivity of z_k to the weight times delta_k.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from wade.explanation.formulas import symbols
from wade.explanation.notation.expressions import Expression, Partial, Symbol
from wade.explanation.notation.rendering import render_symbol
from wade.explanation.notation.rounding import format_number
from wade.explanation.steps.parameter_index import ParameterIndex


@dataclass(frozen=True)
class Factor:
    """One factor of a path: its symbol, its formula where there is one, its value."""

    name: Partial
    formula: Expression | None
    value: float

    def __repr__(self) -> str:
        return f"{render_symbol(self.name, 'text')} = {format_number(self.value)}"


@dataclass(frozen=True)
class Path:
    """One path from the weight to the loss.

    Parameters
    ----------
    member : int
    neurons : tuple of (layer, neuron)
        From the output down to the layer of the weight; layers count from 1.
    factors : tuple of Factor
        From the loss to the weight.
    """

    member: int
    neurons: tuple[tuple[int, int], ...]
    factors: tuple[Factor, ...]

    @property
    def value(self) -> float:
        """The product of the factors."""
        return prod(factor.value for factor in self.factors)

    @property
    def layer_factors(self) -> tuple[Factor, ...]:
        """The same with one factor per layer: ∂J/∂o · ∂o/∂a · ∂a/∂w."""
        first, *others = self.factors
        if len(others) % 2 == 0:
            pairs = [*zip(others[::2], others[1::2], strict=True)]
            start: tuple[Factor, ...] = (first,)
        else:
            # ∂J/∂z of a merged output and loss stands for two factors.
            pairs = [(first, others[0]), *zip(others[1::2], others[2::2], strict=True)]
            start = ()
        merged = (Factor(Partial(a.name.of, b.name.by), None, a.value * b.value) for a, b in pairs)
        return (*start, *merged)


@dataclass(frozen=True)
class NeuronContribution:
    """The sum over all paths through one neuron."""

    member: int
    neuron: int
    value: float


@dataclass(frozen=True)
class Chain:
    """∂J/∂w as a sum over paths.

    Parameters
    ----------
    place : ParameterIndex
        Which weight.
    gradient : float
        ∂J/∂w as it was recorded.
    paths : tuple of Path
        The largest ones first.
    n_paths : int
        The number of paths.
    layers : tuple of (layer, tuple of NeuronContribution)
        For each layer above the weight the contributions of its neurons, the largest first; each layer adds up to the
        gradient.
    """

    place: ParameterIndex
    gradient: float
    paths: tuple[Path, ...]
    n_paths: int
    layers: tuple[tuple[int, tuple[NeuronContribution, ...]], ...]

    def __repr__(self) -> str:
        """As short as a prompt can show it; `paths` holds the factors."""
        count = f"{self.n_paths:,} path{'s' if self.n_paths != 1 else ''}"
        gradient = render_symbol(symbols.gradient(self.symbol), "text")
        return f"Chain({gradient} = {format_number(self.gradient)}, over {count})"

    @property
    def symbol(self) -> Symbol:
        """The weight's symbol."""
        return symbols.parameter(self.place.name, self.place.index)

    @property
    def rest(self) -> float:
        """The sum of the paths that are not listed."""
        return self.gradient - sum(path.value for path in self.paths)
