"""The formulas of the backward pass: BP1 to BP4 in matrices, and δ of one neuron."""

from __future__ import annotations

from dataclasses import replace

from wade.explanation.formulas import symbols
from wade.explanation.formulas.forward import MOST_IN_BRACKETS, MOST_TERMS, read_in_matrices
from wade.explanation.notation.evaluation import truncated_sum
from wade.explanation.notation.expressions import (
    Apply,
    Constant,
    Equation,
    Expression,
    Label,
    Partial,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    Symbol,
)
from wade.explanation.steps.parameter_index import ParameterIndex
from wade.explanation.steps.record import Record
from wade.maths.activations import ACTIVATIONS


def back_propagation(record: Record, layer: int) -> list[tuple[str, Equation]]:
    """BP1 or BP2 of a layer, then BP3 and BP4, as equations of matrices."""
    made = record.network.layers[layer - 1]
    delta = Symbol("δ", layer)
    found = [_delta_in_matrices(record, layer)]
    found.append(("BP3", Equation(Partial(symbols.LOSS, symbols.whole(made.bias)), (delta,), symbolic=True)))
    if made.n_in:
        read = read_in_matrices(record, layer)
        scaled_delta: Expression = delta
        if made.factors:
            scaled_delta = Product((delta, symbols.whole(made.factors[1])), "⊙")
        turned = replace(read, transposed=True) if isinstance(read, Symbol) else Power(read, Label("⊤"))
        product = Product((turned, scaled_delta), "")
        found.append(("BP4", Equation(Partial(symbols.LOSS, symbols.whole(made.weight)), (product,), symbolic=True)))
    return found


def _delta_in_matrices(record: Record, layer: int) -> tuple[str, Equation]:
    made = record.network.layers[layer - 1]
    delta, z = Symbol("δ", layer), Symbol("Z", layer)
    slope: Expression | None = None if made.activation in ("identity", "softmax") else Apply(f"{made.activation}'", z)
    if symbols.is_last(record, layer):
        if record.loss.name.endswith("cross_entropy"):
            # Smoothed labels are t and not y.
            actual = Symbol("t" if any(record.loss.constants) else "y")
            return "BP1", Equation(delta, (_over_members(record, Symbol("o") - actual),), symbolic=True)
        by_output = Partial(symbols.LOSS, Symbol("o"))
        top = by_output if slope is None else Product((by_output, slope), "⊙")
        return "BP1", Equation(delta, (top,), symbolic=True)
    above = record.network.layers[layer]
    passed: Expression = Product((Symbol("δ", layer + 1), symbols.whole(above.weight, transposed=True)), "")
    if above.factors:
        R, S = above.factors
        inner = Product(
            (Product((Symbol("δ", layer + 1), symbols.whole(S)), "⊙"), symbols.whole(above.weight, True)), ""
        )
        passed = Product((inner, symbols.whole(R)), "⊙")
    factors = [passed, *([Symbol("M", layer)] if record.masks else []), *([slope] if slope is not None else [])]
    return "BP2", Equation(delta, (Product(tuple(factors), "⊙") if len(factors) > 1 else passed,), symbolic=True)


def delta(record: Record, layer: int, neuron: int, member: int = 0, most: int = MOST_TERMS) -> Equation:
    """δ of one neuron: predicted − observed in the output layer, back-propagated in the others."""
    value = None if record.deltas is None else float(record.deltas[layer - 1][member, neuron])
    name = symbols.delta(layer, neuron)
    made = record.network.layers[layer - 1]
    if symbols.is_last(record, layer):
        return Equation(name, (_top(record, neuron, member),), value)
    above = record.network.layers[layer]
    terms: list[Expression] = []
    for k in range(above.n_out):
        above_delta = None if record.deltas is None else float(record.deltas[layer][member, k])
        factors: list[Expression] = [
            Quantity(symbols.delta(layer + 1, k), above_delta),
            symbols.weight(record, above.weight, (neuron, k)),
        ]
        if above.factors:
            factors.append(symbols.weight(record, above.factors[1], (member, k)))
        terms.append(Product(tuple(factors)))
    outer: list[Expression] = [truncated_sum(terms, min(most, MOST_IN_BRACKETS))]
    if above.factors:
        outer.append(symbols.weight(record, above.factors[0], (member, neuron)))
    if record.masks:
        mask = float(record.masks[layer - 1][member, neuron])
        outer.append(Quantity(Symbol("m", layer, index=(neuron,)), mask))
    if made.activation != "identity":
        Z = None if record.forward is None else float(record.forward.Z[layer - 1][member, neuron])
        outer.append(Apply(f"{made.activation}'", Quantity(symbols.z(layer, neuron), Z)))
    return Equation(name, (Product(tuple(outer)) if len(outer) > 1 else outer[0],), value)


def gradient_of_weight(record: Record, place: ParameterIndex) -> Equation | None:
    """BP3 or BP4 for one entry: what it reads times δ of its neuron; None for several members, and for P."""
    letter, layer, neuron = place.name[0], int(place.name.partition(".")[0][1:]), place.index[-1]
    if record.network.members > 1 or letter not in "WbE":
        return None
    value = None if record.gradient is None else float(record.gradient[place.at])
    known = None if record.deltas is None else float(record.deltas[layer - 1][0, neuron])
    delta: Expression = Quantity(symbols.delta(layer, neuron), known)
    if letter == "W":
        delta = Product((symbols.read(record, layer, place.index[0], 0), delta))
    elif letter == "E":
        names = [f"E1.{one.name}" for one in record.network.inputs.categories]
        if int(record.X.codes[0, names.index(place.name)]) != place.index[0]:
            return None  # the row does not read it
    return Equation(symbols.gradient(symbols.parameter(place.name, place.index)), (delta,), value)


def output_gradient(record: Record, neuron: int, member: int) -> Expression | None:
    """The formula of ∂J/∂o of one output, for cross-entropy of a sigmoid and squared error."""
    if any(record.loss.constants):
        return None
    members, difference = record.network.members, predicted_less_observed(record, neuron, member)
    # The mean over members divides by their number.
    if record.loss.name == "sigmoid_cross_entropy":
        o = _predicted(record, neuron, member)
        return Quotient(difference, Product((*([Constant(members)] if members > 1 else []), o, 1 - o)))
    if record.loss.name == "mean_squared_error":
        among = record.network.outputs * members
        return (Constant(2) if among == 1 else Constant(2) / among) * difference
    return None


def predicted_less_observed(record: Record, neuron: int, member: int) -> Sum:
    """O − y of one output; a class is 1 where it is the observed one, else 0."""
    assert record.y is not None
    actual = float(record.y[0] == neuron) if record.y.ndim == 1 else float(record.y[0, neuron])
    return _predicted(record, neuron, member) - Quantity(symbols.y(neuron), actual)


def _predicted(record: Record, neuron: int, member: int) -> Quantity:
    o = None if record.forward is None else float(record.forward.A[-1][member, neuron])
    return Quantity(symbols.a(record, len(record.network.layers), neuron), o)


def _top(record: Record, neuron: int, member: int) -> Expression:
    """The formula of δ in the output layer, for cross-entropy and squared error; for other losses its symbol."""
    z = symbols.z(len(record.network.layers), neuron)
    if record.y is not None and not any(record.loss.constants):
        if record.loss.name.endswith("cross_entropy"):
            return _over_members(record, predicted_less_observed(record, neuron, member))
        by_output, output = output_gradient(record, neuron, member), record.network.output
        if by_output is not None and output == "identity":
            return by_output
        if by_output is not None and ACTIVATIONS[output].is_elementwise:
            Z = None if record.forward is None else float(record.forward.Z[-1][member, neuron])
            return Product((by_output, Apply(f"{output}'", Quantity(z, Z))))
    known = None if record.deltas is None else float(record.deltas[-1][member, neuron])
    return Quantity(symbols.gradient(z), known)


def _over_members(record: Record, delta: Expression) -> Expression:
    """The mean over members divides by their number."""
    k = record.network.members
    return delta if k == 1 else delta / k
