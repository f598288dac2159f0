"""What the numbers of a record are called, as leaves of formulas: x, W, z, a, δ, o and their kin."""

from __future__ import annotations

from wade.explanation.notation.expressions import ColumnName, Expression, Partial, Quantity, Symbol
from wade.explanation.steps.parameter_index import written
from wade.explanation.steps.record import Record
from wade.types import InputLayout

LOSS = Symbol("J")


def x(record: Record, place: int) -> Symbol:
    """An input, by its column's name in quotes, or by its place where columns have none of their own."""
    layout = record.network.inputs
    return Symbol("x", index=(place if not has_names(layout) else ColumnName(layout.numbers[place]),))


def is_last(record: Record, layer: int) -> bool:
    """Whether a layer, counted from 1, is the output."""
    return layer == len(record.network.layers)


def a(record: Record, layer: int, neuron: int) -> Symbol:
    """An activation; that of the last layer is the output, o."""
    return Symbol("o", index=(neuron,)) if is_last(record, layer) else Symbol("a", layer, index=(neuron,))


def z(layer: int, neuron: int) -> Symbol:
    """A pre-activation."""
    return Symbol("z", layer, index=(neuron,))


def delta(layer: int, neuron: int) -> Symbol:
    """∂J/∂z."""
    return Symbol("δ", layer, index=(neuron,))


def y(neuron: int) -> Symbol:
    """What should have come out."""
    return Symbol("y", index=(neuron,))


def parameter(name: str, index: tuple[int, ...]) -> Symbol:
    """An entry of a parameter: "E1.carrier", (3, 2)."""
    first, _, column = written(name).partition(".")
    return Symbol(first[0], int(first[1:]), column, index)


def whole(name: str, transposed: bool = False) -> Symbol:
    """A parameter as a matrix."""
    first, _, column = written(name).partition(".")
    return Symbol(first[0], int(first[1:]), column, transposed=transposed)


def weight(record: Record, name: str, index: tuple[int, ...]) -> Quantity:
    """An entry of a parameter, with its number before the step."""
    value = float(record.network.parameters[name][index])
    return Quantity(parameter(name, index), value, is_weight=True)


def read(record: Record, layer: int, place: int, member: int) -> Expression:
    """What a layer reads: an input, or an activation of the layer below, as dropout left it."""
    if layer == 1:
        return Quantity(x(record, place), float(record.X.numbers[0, place]))
    if record.forward is None:
        return Quantity(a(record, layer - 1, place), None)
    activation = Quantity(a(record, layer - 1, place), float(record.forward.A[layer - 2][member, place]))
    if not record.masks:
        return activation
    mask = Quantity(Symbol("m", layer - 1, index=(place,)), float(record.masks[layer - 2][member, place]))
    return activation * mask


def gradient(symbol: Symbol) -> Partial:
    """∂J by something."""
    return Partial(LOSS, symbol)


def has_names(layout: InputLayout) -> bool:
    """Whether its numbers are columns, and not those of plain rows."""
    return layout.numbers != InputLayout.of_count(layout.n_numbers).numbers
