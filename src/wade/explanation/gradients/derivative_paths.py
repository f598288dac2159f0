"""The derivatives between a weight and the loss, and the largest of the paths through them."""

from __future__ import annotations

from itertools import pairwise
from math import prod

import numpy as np

from wade.errors import InvalidArgument
from wade.explanation.formulas import symbols
from wade.explanation.formulas.backward import output_gradient, predicted_less_observed
from wade.explanation.gradients.chain_rule import Chain, Factor, NeuronContribution, Path
from wade.explanation.notation.expressions import (
    Apply,
    Expression,
    Partial,
    Product,
    Quantity,
    Symbol,
)
from wade.explanation.steps.parameter_index import ParameterIndex
from wade.explanation.steps.record import Record
from wade.maths.activations import ACTIVATIONS
from wade.maths.reduction import shares
from wade.network.preactivation import preactivation_backward
from wade.types import Floats


def chain_of(record: Record, place: ParameterIndex, most: int = 5) -> Chain:
    """The chain rule for one weight, as in `Trace.chain`."""
    if record.gradient is None or record.deltas is None or record.forward is None:
        remedy = "Run `backward` first; a row without a target has no loss."
        raise InvalidArgument("weight", "needs a gradient, which is not computed yet", place.name, remedy)
    local = _LocalDerivatives(record, place)
    found = sorted(
        (one for member in local.members() for one in local.paths(member, most)),
        key=lambda one: -abs(one.value),
    )
    return Chain(place, float(record.gradient[place.at]), tuple(found[:most]), local.n_paths, local.layers())


class _LocalDerivatives:
    """The derivative of each z by what its layer reads, and the paths through them."""

    def __init__(self, record: Record, place: ParameterIndex) -> None:
        self.record, self.place = record, place
        self.network = record.network
        assert record.forward is not None
        assert record.deltas is not None
        self.forward, self.deltas = record.forward, record.deltas
        self.layer = int(place.name.partition(".")[0][1:])
        self.last = len(self.network.layers)
        hidden = zip(self.network.layers[:-1], self.forward.Z[:-1], strict=True)
        self.slopes = [ACTIVATIONS[layer.activation].backward(Z, np.ones_like(Z)) for layer, Z in hidden]
        self.local = self._local()

    @property
    def n_paths(self) -> int:
        """The number of paths, over all members that the weight belongs to."""
        widths = prod(layer.n_out for layer in self.network.layers[self.layer :])
        return len(self.members()) * len(self._starts()) * widths

    def members(self) -> list[int]:
        """The members that the weight belongs to: all, or the one whose factor or bias it is."""
        k = self.network.members
        return [self.place.index[0]] if k > 1 and self.place.name[0] in "RSb" else list(range(k))

    def _starts(self) -> list[int]:
        """Neurons of the weight's own layer that it feeds."""
        n_out = self.network.layers[self.layer - 1].n_out
        return list(range(n_out)) if self.place.name[0] == "R" else [self.place.index[-1]]

    def _local(self) -> Floats:
        """∂z/∂w in the weight's own layer, (members, n_out): back-propagated from one neuron at a time."""
        layer, k = self.network.layers[self.layer - 1], self.network.members
        rows, read = self.network.for_members(self.record.X), self.record.read(self.layer - 1)
        local = np.zeros((k, layer.n_out))
        for member in self.members():
            for neuron in self._starts():
                one = np.zeros((k, layer.n_out))
                one[member, neuron] = 1
                _, gradients = preactivation_backward(layer, self.network.parameters, read, rows, one)
                local[member, neuron] = gradients[self.place.name][self.place.index]
        return local

    def transfer(self, layer: int, member: int) -> Floats:
        """∂z of a layer by the activations below, (n_in, n_out), with the dropout mask."""
        made = self.network.layers[layer - 1]
        W = self.network.parameters[made.weight]
        if made.factors:
            R, S = (self.network.parameters[name][member] for name in made.factors)
            W = R[: made.n_in, None] * W * S
        return W * self.record.masks[layer - 2][member][:, None] if self.record.masks else W

    def layers(self) -> tuple[tuple[int, tuple[NeuronContribution, ...]], ...]:
        """The contribution of each neuron of each layer above the weight."""
        found = []
        sensitivity = self.local
        for layer in range(self.layer, self.last + 1):
            if layer > self.layer:
                below = sensitivity * self.slopes[layer - 2]
                sensitivity = np.stack(
                    [below[member] @ self.transfer(layer, member) for member in range(self.network.members)]
                )
            through = sensitivity * self.deltas[layer - 1]
            order = np.argsort(-np.abs(through), axis=None, kind="stable")
            members, neurons = np.unravel_index(order, through.shape)
            found.append(
                (
                    layer,
                    tuple(
                        NeuronContribution(int(m), int(j), float(through[m, j]))
                        for m, j in zip(members, neurons, strict=True)
                        if layer > self.layer or (m in self.members() and j in self._starts())
                    ),
                )
            )
        return tuple(found)

    def paths(self, member: int, most: int) -> list[Path]:
        """The largest paths of one member: from the output down, each neuron keeps its largest paths to the loss."""
        best_paths: list[list[tuple[float, tuple[int, ...]]]] = [
            [(float(delta), (k,))] for k, delta in enumerate(self.deltas[-1][member])
        ]
        for layer in range(self.last, self.layer, -1):
            best_paths = _extended(
                best_paths, self.transfer(layer, member) * self.slopes[layer - 2][member][:, None], most
            )
        ends = [
            (value * self.local[member, neuron], neurons)
            for neuron in self._starts()
            for value, neurons in best_paths[neuron]
        ]
        ends.sort(key=lambda end: -abs(end[0]))
        return [self._path(member, neurons) for _, neurons in ends[:most]]

    def _path(self, member: int, from_output: tuple[int, ...]) -> Path:
        neurons = tuple(zip(range(self.last, self.layer - 1, -1), from_output, strict=True))
        factors = [*self._first(member, from_output[0])]
        for (layer, k), (below, j) in pairwise(neurons):
            activation, z = symbols.a(self.record, below, j), symbols.z(below, j)
            step = float(self.transfer(layer, member)[j, k])
            factors.append(
                Factor(Partial(symbols.z(layer, k), activation), self._transfer_formula(layer, member, j, k), step)
            )
            slope = float(self.slopes[below - 1][member, j])
            formula = _slope(
                self.network.layers[below - 1].activation, Quantity(z, float(self.forward.Z[below - 1][member, j]))
            )
            factors.append(Factor(Partial(activation, z), formula, slope))
        layer, j = neurons[-1]
        own = symbols.parameter(self.place.name, self.place.index)
        local = float(self.local[member, j])
        factors.append(Factor(Partial(symbols.z(layer, j), own), self._local_formula(member, j), local))
        return Path(member, neurons, tuple(factors))

    def _first(self, member: int, k: int) -> list[Factor]:
        """From the loss to z of the last layer: two factors, or one where output and loss cannot be separated."""
        record, output = self.record, self.network.output
        o, z = symbols.a(record, self.last, k), symbols.z(self.last, k)
        delta = float(self.deltas[-1][member, k])
        if output == "identity":
            return [
                Factor(symbols.gradient(o), output_gradient(record, k, member), delta),
                Factor(Partial(o, z), None, 1.0),
            ]
        Z = self.forward.Z[-1]
        slope = 0.0
        if ACTIVATIONS[output].is_elementwise:
            slope = float(ACTIVATIONS[output].backward(Z, np.ones_like(Z))[member, k])
        if record.loss.takes == "activation" and ACTIVATIONS[output].is_elementwise:
            assert record.y is not None
            weights = shares(np.ones(len(Z)))
            y = self.network.for_members(record.y)
            by_output = float((record.loss.gradient(self.forward.A[-1], y) * weights[:, None])[member, k])
        elif slope and abs(delta / slope) < 1e100:
            by_output = delta / slope
        else:
            return [Factor(symbols.gradient(z), self._merged(member, k), delta)]
        return [
            Factor(symbols.gradient(o), output_gradient(record, k, member), by_output),
            Factor(Partial(o, z), _slope(output, Quantity(z, float(Z[member, k]))), slope),
        ]

    def _merged(self, member: int, k: int) -> Expression | None:
        """∂J/∂z of a cross-entropy: predicted − actual."""
        if any(self.record.loss.constants) or not self.record.loss.name.endswith("cross_entropy"):
            return None
        difference = predicted_less_observed(self.record, k, member)
        return difference if self.network.members == 1 else difference / self.network.members

    def _transfer_formula(self, layer: int, member: int, j: int, k: int) -> Expression:
        """W, with the factors of a member and the dropout mask."""
        made = self.network.layers[layer - 1]
        factors: list[Expression] = [symbols.weight(self.record, made.weight, (j, k))]
        if made.factors:
            R, S = made.factors
            factors = [
                symbols.weight(self.record, R, (member, j)),
                *factors,
                symbols.weight(self.record, S, (member, k)),
            ]
        if self.record.masks:
            mask = float(self.record.masks[layer - 2][member, j])
            factors.insert(0, Quantity(Symbol("m", layer - 1, index=(j,)), mask))
        return factors[0] if len(factors) == 1 else Product(tuple(factors))

    def _local_formula(self, member: int, j: int) -> Expression | None:
        """What a weight of W is multiplied by."""
        made = self.network.layers[self.layer - 1]
        if self.place.name[0] != "W":
            return None
        read = symbols.read(self.record, self.layer, self.place.index[0], member)
        if not made.factors:
            return read
        R, S = made.factors
        return Product(
            (
                read,
                symbols.weight(self.record, R, (member, self.place.index[0])),
                symbols.weight(self.record, S, (member, j)),
            )
        )


def _slope(activation: str, z: Quantity) -> Expression | None:
    return None if activation == "identity" else Apply(f"{activation}'", z)


def _extended(
    best_paths: list[list[tuple[float, tuple[int, ...]]]], step: Floats, most: int
) -> list[list[tuple[float, tuple[int, ...]]]]:
    """The largest paths of each neuron below; `step` is ∂z above by ∂z below, (n_below, n_above)."""
    values = np.array([value for best in best_paths for value, _ in best])
    paths = [neurons for best in best_paths for _, neurons in best]
    above = np.repeat(np.arange(len(best_paths)), [len(best) for best in best_paths])
    products = step[:, above] * values
    kept = min(most, len(paths))
    best = np.argsort(-np.abs(products), axis=1, kind="stable")[:, :kept]
    return [[(float(products[neuron, at]), (*paths[at], neuron)) for at in row] for neuron, row in enumerate(best)]
