"""The architecture of a network: how many layers of how many neurons, and the place of each parameter in θ.

θ holds, for each layer l from 1 on, the weights `Wl`, then (in layer 1) a table `E1.name` for each category and the
slopes `P1.name` of each piecewise-linear number, then (where there are members) their factors `Rl` and `Sl`, then the
biases `bl`. All of this is computed before a parameter is allocated, so that a network that is too large is refused
first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, Final

import numpy as np

from wade.errors import InvalidArgument, unknown_name
from wade.maths.activations import ACTIVATIONS, aliases
from wade.maths.random import halves
from wade.types import Category, InputLayout, Piecewise

MOST_PARAMETERS: Final = 2**31
DTYPES: Final = ("float32", "float64")
SETTINGS: Final = ("hidden", "outputs", "activation", "output", "dropout", "members", "dtype", "seed")


@dataclass(frozen=True)
class Layer:
    """One layer of neurons, by the names of its parameters.

    Parameters
    ----------
    weight, bias : str
        "W1" and "b1" for the first layer.
    embeddings : tuple of str
        "E1.carrier", …: a table for each category, in the first layer only.
    piecewise : tuple of str
        "P1.hour", …: the slopes of each piecewise-linear number, in the first layer only.
    factors : tuple of str
        ("R1", "S1"): what each member multiplies by, before W and after it; () where there is one member.
    activation : str
    n_in, n_out : int
        Numbers that each neuron sums (categories and piecewise-linear numbers not counted), and neurons.
    """

    weight: str
    bias: str
    embeddings: tuple[str, ...]
    piecewise: tuple[str, ...]
    factors: tuple[str, ...]
    activation: str
    n_in: int
    n_out: int

    @property
    def n_columns(self) -> int:
        """How many terms a neuron sums: numbers, a row of each table, a value of each piecewise-linear number."""
        return self.n_in + len(self.embeddings) + len(self.piecewise)


@dataclass(frozen=True)
class Architecture:
    """The shape of a network, as plain data.

    Parameters
    ----------
    inputs, hidden, outputs, activation, output, dropout, members, dtype, seed
        As in `Network`. A count for the inputs, a list for the widths and NumPy's own dtype are converted.

    Raises
    ------
    InvalidArgument
        Where a setting is outside its range, or the network would have more than 2³¹ parameters.

    Examples
    --------
    >>> Architecture(InputLayout.of_count(2), (3,), 1, "relu", "sigmoid", 0.0, 1, "float32", seed=0).shapes
    {'W1': (2, 3), 'b1': (3,), 'W2': (3, 1), 'b2': (1,)}
    """

    inputs: InputLayout
    hidden: tuple[int, ...]
    outputs: int
    activation: str
    output: str
    dropout: float
    members: int
    dtype: str
    seed: int

    def __post_init__(self) -> None:
        halves("seed", self.seed)  # raises where it is no seed
        checked = {
            "inputs": _checked_layout(self.inputs),
            "hidden": _checked_widths(self.hidden),
            "activation": _checked_activation(self.activation, len(_checked_widths(self.hidden))),
            "outputs": _checked_count("outputs", self.outputs),
            "dropout": _checked_rate(self.dropout),
            "members": _checked_count("members", self.members),
            "dtype": _checked_dtype(self.dtype),
            "seed": int(self.seed),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        _check_output(self.output, self.outputs)
        if self.n_parameters > MOST_PARAMETERS:
            expected = f"makes {self.n_parameters:,} parameters with `inputs`; at most 2**31 will do"
            raise InvalidArgument("hidden", expected, self.hidden, "Take fewer or narrower layers.")

    @cached_property
    def activations(self) -> tuple[str, ...]:
        """The activation of each hidden layer."""
        names = self.activation.split(",")
        return tuple(names * len(self.hidden) if len(names) == 1 else names)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, from the first hidden one to the output."""
        tables = tuple(f"E1.{category.name}" for category in self.inputs.categories)
        slopes = tuple(f"P1.{number.name}" for number in self.inputs.piecewise)
        widths = (self.inputs.n_numbers, *self.hidden, self.outputs)
        last = len(self.hidden) + 1
        return tuple(
            Layer(
                weight=f"W{index}",
                bias=f"b{index}",
                embeddings=tables if index == 1 else (),
                piecewise=slopes if index == 1 else (),
                factors=(f"R{index}", f"S{index}") if self.members > 1 else (),
                activation=self.output if index == last else self.activations[index - 1],
                n_in=widths[index - 1],
                n_out=widths[index],
            )
            for index in range(1, last + 1)
        )

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each parameter, in the order of θ."""
        return dict(self._named_shapes())

    def _named_shapes(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        for layer in self.layers:
            yield layer.weight, (layer.n_in, layer.n_out)
            for table, size in zip(layer.embeddings, self.inputs.sizes, strict=False):
                yield table, (size, layer.n_out)
            for slopes, bins in zip(layer.piecewise, self.inputs.bins, strict=False):
                yield slopes, (bins, layer.n_out)
            if layer.factors:
                yield from zip(
                    layer.factors, ((self.members, layer.n_columns), (self.members, layer.n_out)), strict=True
                )
            yield layer.bias, (self.members, layer.n_out) if layer.factors else (layer.n_out,)

    @cached_property
    def slices(self) -> dict[str, slice]:
        """The place of each parameter in θ."""
        places, start = {}, 0
        for name, shape in self.shapes.items():
            places[name] = slice(start, start + prod(shape))
            start += prod(shape)
        return places

    @cached_property
    def n_parameters(self) -> int:
        """How long θ is."""
        return sum(map(prod, self.shapes.values()))

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data, ready for JSON."""
        return {
            "inputs": {
                "numbers": list(self.inputs.numbers),
                "categories": [{"name": name, "size": size} for name, size in self.inputs.categories],
                "piecewise": [{"name": name, "bins": bins} for name, bins in self.inputs.piecewise],
            },
            **{name: getattr(self, name) for name in SETTINGS},
            "hidden": list(self.hidden),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Architecture:
        """The architecture that `to_dict` wrote, checked like any other."""
        try:
            settings = {name: data[name] for name in SETTINGS}
            categories = tuple(Category(one["name"], one["size"]) for one in data["inputs"]["categories"])
            piecewise = tuple(Piecewise(one["name"], one["bins"]) for one in data["inputs"]["piecewise"])
            inputs = InputLayout(tuple(data["inputs"]["numbers"]), categories, piecewise)
        except (KeyError, TypeError) as problem:
            raise InvalidArgument("data", f"must be what `to_dict` wrote ({problem!r})", data) from problem
        return cls(inputs, **settings)


def is_linear(hidden: Sequence[int], activation: str) -> bool:
    """Whether a network's outputs, before their activation, are linear in its encoded inputs.

    Encoded: a number as piecewise-linear bins has a slope in each of them.

    >>> is_linear((), "relu"), is_linear((8,), "identity"), is_linear((8, 8), "identity,relu")
    (True, True, False)
    """
    return not hidden or activation == "identity"


def of_each_layer(activation: str | Sequence[str]) -> list[str]:
    """The names in "tanh,relu", or in a sequence.

    >>> of_each_layer("tanh, relu"), of_each_layer("gelu")
    (['tanh', 'relu'], ['gelu'])
    """
    if isinstance(activation, str):
        return [name.strip() for name in activation.split(",")]
    if not isinstance(activation, Sequence) or not activation or not all(isinstance(name, str) for name in activation):
        raise unknown_name("activation", activation, list(ACTIVATIONS), aliases())
    return list(activation)


def _checked_layout(inputs: int | InputLayout) -> InputLayout:
    if not isinstance(inputs, InputLayout):
        return InputLayout.of_count(_checked_count("inputs", inputs))
    names = inputs.names
    if not names:
        raise InvalidArgument("inputs", "must have at least one column", inputs)
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise InvalidArgument("inputs", "must name each column once, with text", names)
    sizes = tuple(_checked_count(f"inputs: size of {name}", size) for name, size in inputs.categories)
    bins = tuple(_checked_count(f"inputs: bins of {name}", count) for name, count in inputs.piecewise)
    return InputLayout(
        tuple(inputs.numbers),
        tuple(Category(one.name, size) for one, size in zip(inputs.categories, sizes, strict=True)),
        tuple(Piecewise(one.name, count) for one, count in zip(inputs.piecewise, bins, strict=True)),
    )


def _checked_widths(hidden: Sequence[int]) -> tuple[int, ...]:
    if isinstance(hidden, str | bytes) or not isinstance(hidden, Iterable):
        raise InvalidArgument("hidden", "must be a row of widths", hidden, "Try hidden=(64, 64), or () for none.")
    return tuple(_checked_count("hidden", width) for width in hidden)


def _checked_count(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        expected = "must be made of whole numbers" if name == "hidden" else "must be a whole number"
        raise InvalidArgument(name, f"{expected} of at least 1", value, "The least is 1.")
    return int(value)


def _checked_rate(dropout: object) -> float:
    if isinstance(dropout, bool) or not isinstance(dropout, int | float | np.number) or not 0 <= dropout < 1:
        raise InvalidArgument("dropout", "must be at least 0 and less than 1", dropout, "Try 0.1, or 0 for none.")
    return float(dropout)


def _checked_dtype(dtype: Any) -> str:
    for known in DTYPES:
        if dtype is not None and np.dtype(known) == dtype:  # NumPy takes None for float64
            return known
    raise unknown_name("dtype", dtype, DTYPES)


def _checked_activation(activation: str | Sequence[str], layers: int) -> str:
    """One name where all layers have the same, else a name for each, with commas between them."""
    names, known = of_each_layer(activation), list(ACTIVATIONS)
    hidden_names = [name for name in known if ACTIVATIONS[name].is_elementwise]
    for name in names:
        if name in known and name not in hidden_names:
            raise InvalidArgument("activation", "must treat each neuron by itself", name, 'Try output="softmax".')
        if name not in hidden_names:
            raise unknown_name("activation", name, hidden_names, aliases())
    if (len(names) == 1 and isinstance(activation, str)) or (len(set(names)) == 1 and len(names) == layers):
        return names[0]
    if len(names) != layers:
        expected = f"must be one name, or one for each of {layers} hidden layers"
        raise InvalidArgument("activation", expected, activation, 'Try "relu".')
    return ",".join(names)


def _check_output(output: str, outputs: int) -> None:
    names = list(ACTIVATIONS)
    if output not in names:
        raise unknown_name("output", output, names, aliases())
    if output == "softmax" and outputs < 2:
        remedy = 'Two classes: outputs=2, or output="sigmoid" with one output.'
        raise InvalidArgument("outputs", "must be at least 2 for output='softmax'", outputs, remedy)
