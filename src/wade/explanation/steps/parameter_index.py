"""How a parameter is written: "W1[0,2]", "b2[0]", "E1.carrier[B6,2]", "W1[temperature,2]", 'E1."time hour"[3,0]'.

Indices count from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from wade.documents.escaping import one_word
from wade.errors import InvalidArgument, unknown_name
from wade.explanation.steps.record import Record
from wade.types import InputLayout

AMONG_BINS: Final = " among bins"
"""How the names of piecewise-linear numbers end in a layout; explanations leave it out."""
MOST_NAMES: Final = 20
"""That an error lists."""


@dataclass(frozen=True)
class ParameterIndex:
    """An entry of a parameter, and its position in θ."""

    name: str
    index: tuple[int, ...]
    at: int

    def __str__(self) -> str:
        return written(self.name, f"[{','.join(map(str, self.index))}]", as_word=True)


def written(name: str, index: str = "", as_word: bool = False) -> str:
    """A parameter's name and index as explanations show them; `as_word` with quotes where the column's name has blanks.

    Examples
    --------
    >>> written("P1.wind among bins"), written("E1.time hour", "[3,:]", as_word=True)
    ('P1.wind', 'E1."time hour"[3,:]')
    """
    first, dot, column = name.partition(".")
    column = column.removesuffix(AMONG_BINS) if first.startswith("P") else column
    return f"{first}{dot}{one_word(column) if as_word else column}{index}"


def written_entry(entry: str) -> str:
    """A parameter with its index, such as "E1.time hour[3,:]", as explanations show it.

    Examples
    --------
    >>> written_entry("E1.time hour[3,:]"), written_entry("P1.wind among bins"), written_entry("")
    ('E1."time hour"[3,:]', 'P1.wind', '')
    """
    name, bracket, index = entry.rpartition("[") if entry.endswith("]") else (entry, "", "")
    return written(name, bracket + index, as_word=True)


def find(record: Record, weight: str) -> ParameterIndex:
    """The entry that a text such as "W1[0,2]" names: a parameter, and an index for each of its axes.

    A row of W1 may be given by its column, and a row of an embedding by the value. InvalidArgument where there is none.
    """
    name, bracket, inner = weight.strip().rpartition("[")
    if not bracket or not inner.endswith("]"):
        raise InvalidArgument("weight", "must be a parameter and its entry", weight, 'Try "W1[0,2]".')
    name = _full_name(record, name)
    if name not in record.network.parameters:
        raise unknown_name("weight", name, [written(each, as_word=True) for each in record.network.parameters])
    shape = record.network.parameters[name].shape
    *rows, last = inner[:-1].rsplit(",", len(shape) - 1)
    if len(rows) + 1 != len(shape):
        raise InvalidArgument("weight", f"must have {len(shape)} indices for {name}", weight, _remedy(name, shape))
    index = []
    for axis, token in enumerate((*rows, last)):
        place = _number(record, name, axis, token.strip())
        if place is None or not 0 <= place < shape[axis]:
            named = _named(record, name) if axis == 0 else ""
            which = f"the {('first', 'second', 'third')[axis]} index" if len(shape) > 1 else "the index"
            expected = (
                f"must have, as {which} of {written(name, as_word=True)}, a number from 0 to {shape[axis] - 1}{named}"
            )
            raise InvalidArgument("weight", expected, weight, _remedy(name, shape))
        index.append(place)
    return parameter_index_of(record, name, tuple(index))


def parameter_index_of(record: Record, name: str, index: tuple[int, ...]) -> ParameterIndex:
    """The entry at these indices."""
    shape = record.network.parameters[name].shape
    return ParameterIndex(name, index, record.network.slices[name].start + int(np.ravel_multi_index(index, shape)))


def largest_gradient(record: Record) -> ParameterIndex:
    """The entry of W1 with the largest gradient; of the first parameter with one, where all of W1's are 0."""
    parameters, slices = record.network.parameters, record.network.slices
    names = sorted((name for name, values in parameters.items() if values.size), key=lambda name: name != "W1")
    name = next(
        (each for each in names if record.gradient is not None and record.gradient[slices[each]].any()), names[0]
    )
    part = slices[name]
    size = np.abs(record.gradient[part]) if record.gradient is not None else np.abs(record.network.theta[part])
    index = np.unravel_index(int(size.argmax()), parameters[name].shape)
    return parameter_index_of(record, name, tuple(int(one) for one in index))


def _full_name(record: Record, name: str) -> str:
    """The parameter that is written so: with or without quotes, and without the end that explanations leave out."""
    first, dot, column = name.partition(".")
    bare = f"{first}{dot}{_unquoted(column)}"
    names = (name, bare, bare + AMONG_BINS)
    return next((each for each in names if each in record.network.parameters), name)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _number(record: Record, name: str, axis: int, token: str) -> int | None:
    """An index, or the index of a column or value of this name, which may be in quotes."""
    token = (
        token if token in (*record.network.inputs.numbers, *record.category_names.get(name, ())) else _unquoted(token)
    )
    if token.isascii() and token.isdigit():
        return int(token)
    if axis == 0 and name == "W1" and token in record.network.inputs.numbers:
        return record.network.inputs.numbers.index(token)
    if axis == 0 and name.startswith("E1."):
        values = record.category_names.get(name, ())
        return values.index(token) + 1 if token in values else None
    return None


def _named(record: Record, name: str) -> str:
    """The names that may stand for the first index of a parameter, as an error lists them; "" where there are none."""
    what = {"W1": "the name of a column", "E1": "a value"}.get(name.partition(".")[0])
    layout = record.network.inputs
    plain = name != "W1" or layout.numbers == InputLayout.of_count(layout.n_numbers).numbers
    names = record.category_names.get(name, ()) if plain else layout.numbers
    if what is None or not names:
        return ""
    more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    return f", or {what} ({', '.join(map(repr, names[:MOST_NAMES]))}{more})"


def _remedy(name: str, shape: tuple[int, ...]) -> str:
    return f'The last one is "{name}[{",".join(str(size - 1) for size in shape)}]".'
