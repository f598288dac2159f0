"""What an address such as "W1[0,2]" or "a1[3]" stands for in a network."""

from __future__ import annotations

import re
from typing import Final

from wade.errors import InvalidArgument
from wade.network import Network

NEURON: Final = re.compile(r"[az](\d{1,9})\[(\d{1,9})\]")


def first_parameter(network: Network) -> str:
    """The first entry that there is.

    Examples
    --------
    >>> first_parameter(Network(2, hidden=(3,)))
    'W1[0,0]'
    """
    name = next(name for name, values in network.parameters.items() if values.size)
    return f"{name}[{','.join('0' for _ in network.parameters[name].shape)}]"


def find_neuron(network: Network, neuron: str) -> tuple[int, int]:
    """The layer, from 1, and the place in it of a neuron such as "a1[3]"; InvalidArgument where there is none.

    Examples
    --------
    >>> find_neuron(Network(2, hidden=(3,)), "a1[2]")
    (1, 2)
    """
    found, layers = NEURON.fullmatch(neuron), network.layers
    if found and 1 <= int(found[1]) <= len(layers) and int(found[2]) < layers[int(found[1]) - 1].n_out:
        return int(found[1]), int(found[2])
    last = f'"a{len(layers)}[{layers[-1].n_out - 1}]"'
    raise InvalidArgument("neuron", "must be a neuron of the network", neuron, f"The last one is {last}.")
