"""How a single parameter is written: "W1[0,2]", "b2[0]", "E1.carrier[B6,2]", "W1[temperature,2]"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wade.errors import InvalidArgument, unknown_name
from wade.explanation.steps.record import Record


@dataclass(frozen=True)
class ParameterIndex:
    """An entry of a parameter, and its position in θ."""

    name: str
    index: tuple[int, ...]
    at: int

    def __str__(self) -> str:
        return f"{self.name}[{','.join(map(str, self.index))}]"


def find(record: Record, weight: str) -> ParameterIndex:
    """The entry that a text such as "W1[0,2]" names: a parameter, and an index for each of its axes.

    A row of W1 may be given by its column, and a row of an embedding by the value. InvalidArgument where there is none.
    """
    name, bracket, inner = weight.strip().rpartition("[")
    if not bracket or not inner.endswith("]"):
        raise InvalidArgument("weight", "must be a parameter and its entry", weight, 'Try "W1[0,2]".')
    if name not in record.network.parameters:
        raise unknown_name("weight", name, record.network.parameters)
    shape = record.network.parameters[name].shape
    *rows, last = inner[:-1].rsplit(",", len(shape) - 1)
    if len(rows) + 1 != len(shape):
        raise InvalidArgument("weight", f"must have {len(shape)} indices for {name}", weight, _remedy(name, shape))
    index = []
    for axis, token in enumerate((*rows, last)):
        place = _number(record, name, axis, token.strip())
        if place is None or not 0 <= place < shape[axis]:
            expected = f"must have an index from 0 to {shape[axis] - 1} in place {axis + 1} for {name}"
            raise InvalidArgument("weight", expected, weight, _remedy(name, shape))
        index.append(place)
    return parameter_index_of(record, name, tuple(index))


def parameter_index_of(record: Record, name: str, index: tuple[int, ...]) -> ParameterIndex:
    """The entry at these indices."""
    shape = record.network.parameters[name].shape
    return ParameterIndex(name, index, record.network.slices[name].start + int(np.ravel_multi_index(index, shape)))


def largest_gradient(record: Record) -> ParameterIndex:
    """The entry of W1 with the largest gradient; of the first parameter where the network reads no numbers."""
    parameters = record.network.parameters
    name = "W1" if parameters["W1"].size else next(name for name, values in parameters.items() if values.size)
    part = record.network.slices[name]
    size = np.abs(record.gradient[part]) if record.gradient is not None else np.abs(record.network.theta[part])
    index = np.unravel_index(int(size.argmax()), parameters[name].shape)
    return parameter_index_of(record, name, tuple(int(one) for one in index))


def _number(record: Record, name: str, axis: int, token: str) -> int | None:
    """An index, or the index of a column or value of this name."""
    if token.isascii() and token.isdigit():
        return int(token)
    if axis == 0 and name == "W1" and token in record.network.inputs.numbers:
        return record.network.inputs.numbers.index(token)
    if axis == 0 and name.startswith("E1."):
        values = record.category_names.get(name, ())
        return values.index(token) + 1 if token in values else None
    return None


def _remedy(name: str, shape: tuple[int, ...]) -> str:
    return f'The last one is "{name}[{",".join(str(size - 1) for size in shape)}]".'
