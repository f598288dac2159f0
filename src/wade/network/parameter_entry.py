"""One entry of a parameter by its address: a name and an index for each axis, such as "W1[0,2]"."""

from __future__ import annotations

from wade.errors import InvalidArgument, unknown_name
from wade.network.network import Network


def parameter_entry(network: Network, address: str) -> tuple[str, tuple[int, ...]]:
    """The parameter's name, and the indices of the entry, which count from 0.

    Raises
    ------
    InvalidArgument
        The network has no such entry.

    Examples
    --------
    >>> parameter_entry(Network(2, hidden=(3,)), "W1[1,2]")
    ('W1', (1, 2))
    >>> parameter_entry(Network(2, hidden=(3,)), "W1[2,2]")
    Traceback (most recent call last):
    wade.errors.InvalidArgument: `parameter` must have 2 indices within the shape of W1; received 'W1[2,2]'. ...
    """
    name, _, index = address.rpartition("[")
    if name not in network.parameters:
        raise unknown_name("parameter", name or address, list(network.parameters))
    shape, places = network.parameters[name].shape, index.removesuffix("]").split(",")
    fits = len(places) == len(shape) and all(
        place.isascii() and place.isdigit() and int(place) < size for place, size in zip(places, shape, strict=True)
    )
    if not fits or not index.endswith("]"):
        last = ",".join(str(size - 1) for size in shape)
        expected = f"must have {len(shape)} indices within the shape of {name}"
        raise InvalidArgument("parameter", expected, address, f'The last one is "{name}[{last}]".')
    return name, tuple(map(int, places))
