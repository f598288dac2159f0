"""The formulas of the forward pass as trees: a neuron's sum, its activation, the output and the loss.

Each has the numbers of a record. None is computed here: the value of an equation is what was recorded, and whether an
equals sign may stand before it is decided when it is rendered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from wade.explanation.formulas import symbols
from wade.explanation.notation.evaluation import truncated_sum
from wade.explanation.notation.expressions import (
    Apply,
    Constant,
    Equation,
    Expression,
    Label,
    Negative,
    Product,
    Quantity,
    Quotient,
    Sum,
    Summation,
    Symbol,
)
from wade.explanation.steps.record import Record
from wade.maths.activations import ACTIVATIONS
from wade.maths.layers import embedding
from wade.maths.piecewise import piecewise_linear

MOST_TERMS = 8
LOSS_TERMS: Final[dict[str, Callable[[Sum], Expression]]] = {
    "mean_squared_error": lambda difference: difference**2,
    "mean_absolute_error": lambda difference: Apply("abs", difference),
}
"""A loss that is the mean of a term for each output, as a function of predicted − observed. The cross-entropies have
formulas of their own; of any other loss the number alone is shown."""
MOST_IN_BRACKETS = 4  # a sum in brackets is not broken into lines


def output(record: Record, neuron: int = 0, most: int = MOST_TERMS) -> Equation:
    """The prediction of a network without hidden layers, such as a perceptron, in one line."""
    last = len(record.network.layers)
    activation = record.network.output
    total = neuron_sum(record, last, neuron, most=most).steps[0]
    value = None if record.forward is None else float(record.forward.A[-1][0, neuron])
    if activation == "identity" or not ACTIVATIONS[activation].is_elementwise:
        return Equation(Symbol("output"), (total,), value)
    z = Quantity(symbols.z(last, neuron), None if record.forward is None else float(record.forward.Z[-1][0, neuron]))
    return Equation(Symbol("output"), (Apply(activation, total), Apply(activation, z)), value)


def neuron_sum(
    record: Record, layer: int, neuron: int, member: int = 0, most: int = MOST_TERMS, followed: int | None = None
) -> Equation:
    """Z of one neuron: what it reads times its weights, its rows of tables, its bias; term `followed` is shown."""
    made = record.network.layers[layer - 1]
    terms = _terms(record, layer, neuron, member)
    bias = symbols.weight(record, made.bias, (member, neuron) if made.factors else (neuron,))
    value = None if record.forward is None else float(record.forward.Z[layer - 1][member, neuron])
    return Equation(symbols.z(layer, neuron), (Sum((*truncated_sum(terms, most, followed).terms, bias)),), value)


def neuron_activation(record: Record, layer: int, neuron: int, member: int = 0) -> Equation | None:
    """A of one neuron; nothing where it depends on the whole row and is not softmax."""
    activation = record.network.layers[layer - 1].activation
    z = symbols.z(layer, neuron)
    if not ACTIVATIONS[activation].is_elementwise:
        return _softmax_output(record, neuron, member) if activation == "softmax" else None
    Z = float(record.forward.Z[layer - 1][member, neuron]) if record.forward is not None else None
    A = float(record.forward.A[layer - 1][member, neuron]) if record.forward is not None else None
    argument: Expression = Quantity(z, Z)
    return Equation(
        symbols.a(record, layer, neuron), (argument if activation == "identity" else Apply(activation, argument),), A
    )


def layer_in_matrices(record: Record, layer: int) -> list[Equation]:
    """Z and A of a layer as equations of matrices."""
    made = record.network.layers[layer - 1]
    read, W, Z = read_in_matrices(record, layer), symbols.whole(made.weight), Symbol("Z", layer)
    rows, R = record.network.for_members(record.X), made.factors[0] if made.factors else ""

    def scaled(entry: Expression, column: int) -> Expression:
        """What one column adds, times the factors of each member."""
        return Product((Symbol(R[0], layer, index=(":", column)), entry)) if R else entry

    terms: list[Expression] = []
    if made.n_in:
        terms.append(Product((read, W), ""))
    for place, name in enumerate(made.embeddings):
        code = int(rows.codes[0, place])
        terms.append(scaled(Symbol("E", layer, name.partition(".")[2], (code,)), made.n_in + place))
    before = made.n_in + len(made.embeddings)
    terms += [scaled(symbols.whole(name), before + place) for place, name in enumerate(made.piecewise)]
    bias, equations = symbols.whole(made.bias), []
    if made.factors:
        U = Symbol("U", layer)
        equations.append(Equation(U, (Sum(tuple(terms)),), symbolic=True))
        terms = [Product((U, symbols.whole(made.factors[1])), "⊙")]
    equations.append(Equation(Z, (Sum((*terms, bias)),), symbolic=True))
    activation = made.activation
    A = Symbol("o") if symbols.is_last(record, layer) else Symbol("A", layer)
    if activation == "softmax":
        shares = Quotient(Apply("exp", Z), Summation("k", Apply("exp", Symbol("z", layer, index=("k",))), Z))
        equations.append(Equation(A, (shares,), symbolic=True))
    elif ACTIVATIONS[activation].is_elementwise:
        equations.append(Equation(A, (Z if activation == "identity" else Apply(activation, Z),), symbolic=True))
    return equations


def loss(record: Record, member: int = 0) -> Equation | None:
    """J of the row in numbers, for the losses that have a short formula; None for the others.

    Of several members, the loss of one: J is their mean.
    """
    if record.y is None:
        return None
    outputs = record.network.outputs
    if any(record.loss.constants) and record.loss.name.endswith("entropy"):
        return None
    name, J = _loss_of(record, member)
    o = [
        Quantity(
            Symbol("o", index=(k,)),
            float(record.forward.A[-1][member, k]) if record.forward is not None else None,
        )
        for k in range(outputs)
    ]
    if record.loss.name == "softmax_cross_entropy":
        return Equation(name, (Negative(Apply("ln", o[int(record.y[0])])),), J)
    if record.loss.name == "sigmoid_cross_entropy":
        terms = [_negative_log_likelihood(o[k], float(record.y[0, k]), k) for k in range(outputs)]
        return Equation(name, (_added(terms),), J)
    if record.loss.name not in LOSS_TERMS:
        return None
    total = _added([LOSS_TERMS[record.loss.name](_difference(record, o, k)) for k in range(outputs)])
    return Equation(name, (total if outputs == 1 else Product((Constant(1) / outputs, total)),), J)


def _loss_of(record: Record, member: int) -> tuple[Expression, float | None]:
    """What the loss of a member is called, and its value: J itself where there is one member."""
    if record.network.members == 1:
        return symbols.LOSS, record.J
    if record.forward is None or record.y is None:
        return Label(f"loss of member {member}"), None
    one = slice(member, member + 1)
    taken = record.loss.taken(record.forward.Z[-1][one], record.forward.A[-1][one])
    return Label(f"loss of member {member}"), float(record.loss.per_sample(taken, record.y)[0])


def read_in_matrices(record: Record, layer: int) -> Expression:
    """What a layer reads: X, or A of the layer below, as dropout left it, times the members' factors R."""
    factors = [Symbol("X") if layer == 1 else Symbol("A", layer - 1)]
    if layer > 1 and record.masks:
        factors.append(Symbol("M", layer - 1))
    factors += [symbols.whole(name) for name in record.network.layers[layer - 1].factors[:1]]
    return Product(tuple(factors), "⊙") if len(factors) > 1 else factors[0]


def _terms(record: Record, layer: int, neuron: int, member: int) -> list[Expression]:
    """What a neuron sums, but for its bias."""
    network, made = record.network, record.network.layers[layer - 1]

    def scaled(column: int) -> list[Expression]:
        """A member's two factors."""
        if not made.factors:
            return []
        R, S = made.factors
        return [symbols.weight(record, R, (member, column)), symbols.weight(record, S, (member, neuron))]

    terms: list[Expression] = [
        Product(
            (
                symbols.read(record, layer, place, member),
                *scaled(place),
                symbols.weight(record, made.weight, (place, neuron)),
            )
        )
        for place in range(made.n_in)
    ]
    codes, positions = record.X.codes, record.X.positions
    for place, name in enumerate(made.embeddings):
        code = int(codes[0, place])
        value = float(embedding(codes[:1, place], network.parameters[name])[0, neuron])
        entry = Quantity(symbols.parameter(name, (code, neuron)), value, is_weight=True)
        factors = scaled(made.n_in + place)
        terms.append(Product((*factors, entry)) if factors else entry)
    for place, name in enumerate(made.piecewise):
        walked = piecewise_linear(positions[:1, place], network.parameters[name])
        entry = Quantity(symbols.parameter(name, (neuron,)), float(walked[0, neuron]))
        factors = scaled(made.n_in + len(made.embeddings) + place)
        terms.append(Product((*factors, entry)) if factors else entry)
    return terms


def _softmax_output(record: Record, neuron: int, member: int) -> Equation:
    """An output of softmax."""
    layer, outputs = len(record.network.layers), record.network.outputs
    Z = None if record.forward is None else record.forward.Z[-1][member]
    powers = [Apply("exp", Quantity(symbols.z(layer, k), None if Z is None else float(Z[k]))) for k in range(outputs)]
    all_of_them = Sum(tuple(powers))
    bottom = Summation("k", Apply("exp", Symbol("z", layer, index=("k",))), all_of_them) if outputs > 3 else all_of_them
    value = None if record.forward is None else float(record.forward.A[-1][member, neuron])
    return Equation(symbols.a(record, layer, neuron), (Quotient(powers[neuron], bottom),), value)


def _negative_log_likelihood(o: Quantity, actual: float, k: int) -> Expression:
    """−ln of the probability that was given to what happened."""
    if actual == 1:
        return -Apply("ln", o)
    if actual == 0:
        return -Apply("ln", 1 - o)
    y = Quantity(symbols.y(k), actual)
    return -(y * Apply("ln", o) + (1 - y) * Apply("ln", 1 - o))


def _difference(record: Record, o: list[Quantity], k: int) -> Sum:
    assert record.y is not None
    actual = float(record.y[0] == k) if record.y.ndim == 1 else float(record.y[0, k])
    return o[k] - Quantity(symbols.y(k), actual)


def _added(terms: list[Expression]) -> Expression:
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))
