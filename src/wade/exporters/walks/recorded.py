"""What a program needs to take the steps of a `Walk` again, and the text of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Final, NamedTuple

import numpy as np

from wade.documents.escaping import for_text
from wade.exporters.literals import python, python_numbers
from wade.maths.losses import Loss
from wade.maths.regularizers import Regularization
from wade.network import Network
from wade.training.walk import Change, Edit, WalkSettings
from wade.training.walk.settings import OF_NETWORK
from wade.types import Array, Samples

MOST_NUMBERS: Final = 6_000
"""That a program holds itself; of more, the rows lie in a file beside it."""


@dataclass(frozen=True, eq=False)
class RecordedWalk:
    """A walk from its start.

    Parameters
    ----------
    name : str
        What it is a training on, for a program's first line.
    start : Network
        Before the first step.
    settings : WalkSettings
        Of the first step.
    loss : Loss
    seed : int
        Of the shuffles.
    samples : Samples
    entries : sequence of Change and Edit
    steps : int
    initial_scale : float
        By which the weights that the seed draws are multiplied.
    is_drawn : bool
        Whether the parameters before the first step are those that the seed draws; else they lie beside the program.
    """

    name: str
    start: Network
    settings: WalkSettings
    loss: Loss
    seed: int
    samples: Samples
    entries: Sequence[Change | Edit]
    steps: int
    initial_scale: float = 1.0
    is_drawn: bool = True

    @property
    def loss_name(self) -> str:
        """As `choose_loss` takes it."""
        return "cross_entropy" if self.loss.name.endswith("_cross_entropy") else self.loss.name

    @property
    def needs_a_file(self) -> bool:
        """Whether rows or parameters lie in a file beside the program."""
        X, y, _ = self.samples
        return not self.is_drawn or sum(block.size for block in (X.numbers, X.codes, X.positions, y)) > MOST_NUMBERS

    def segments(self) -> Iterator[Segment]:
        """Steps with the same settings, and the edits before them; one for each change, even where no step follows."""
        settings, network, at, edits = self.settings, self.start, 0, list[Edit]()
        for entry in self.entries:
            if isinstance(entry, Change) or entry.at > at:
                yield Segment(entry.at - at, settings, network, tuple(edits))
                at, edits = entry.at, []
            if isinstance(entry, Edit):
                edits.append(entry)
            else:
                of_network = {name: value for name, value in entry.settings.items() if name in OF_NETWORK}
                settings = settings.changed(
                    **{name: value for name, value in entry.settings.items() if name not in OF_NETWORK}
                )
                if of_network:
                    network = Network.from_dict(network.to_dict() | of_network, network.theta)
        yield Segment(self.steps - at, settings, network, tuple(edits))


class Segment(NamedTuple):
    """Some steps with the same settings; edits come before them."""

    steps: int
    settings: WalkSettings
    network: Network
    edits: tuple[Edit, ...]

    @property
    def regularization(self) -> Regularization:
        """The penalties, and the limit to the gradient's norm."""
        return self.settings.regularization


def classes_of(constants: object) -> dict[type, None]:
    """The class of an optimizer or a schedule, and those of the schedules that it holds.

    Examples
    --------
    >>> from wade.maths.schedules import WarmUp
    >>> [one.__name__ for one in classes_of(WarmUp())]
    ['Cosine', 'WarmUp']
    """
    held = [getattr(constants, one.name) for one in fields(constants)] if is_dataclass(constants) else []
    found = {inner: None for one in held if is_dataclass(one) for inner in classes_of(one)}
    return {**found, type(constants): None}


class Written(NamedTuple):
    """A program: its text, the addresses that each line computes, and what lies beside it."""

    text: str
    lines: dict[int, list[str]]
    beside: dict[str, Array]


def data_beside(walk: RecordedWalk) -> dict[str, Array]:
    """What lies in the .npz file beside a program; nothing where the program holds its rows itself."""
    if not walk.needs_a_file:
        return {}
    X, y, _ = walk.samples
    found = {"numbers": X.numbers, "codes": X.codes, "positions": X.positions, "y": y}
    return found if walk.is_drawn else {**found, "theta": walk.start.theta}


def rows_lines(walk: RecordedWalk, load: str) -> list[str]:
    """The lines of a program that give its rows: `numbers`, `codes`, `positions` and `y`."""
    X, y, _ = walk.samples
    if walk.needs_a_file:
        names = ["numbers", "codes", "positions", "y", *([] if walk.is_drawn else ["theta"])]
        return [f"with {load} as data:", *(f'    {name} = data["{name}"]' for name in names)]
    blocks = {"numbers": X.numbers, "codes": X.codes, "positions": X.positions, "y": y}
    return [line for name, block in blocks.items() for line in _array_lines(name, block)]


def _array_lines(name: str, values: Array) -> list[str]:
    shape = ", ".join(map(str, values.shape)) + ("," if values.ndim == 1 else "")
    if not values.size:
        return [f"{name} = np.empty(({shape}), np.{values.dtype})"]
    text = python_numbers(values) if values.dtype.kind == "f" else _whole_numbers(values)
    return [f"{name} = np.array([", *text.split("\n"), f"], np.{values.dtype}).reshape({shape})"]


def _whole_numbers(values: Array) -> str:
    numbers = list(map(str, values.ravel().tolist()))
    return "\n".join(f"    {', '.join(numbers[at : at + 32])}," for at in range(0, len(numbers), 32)).rstrip(",")


def addresses_of(text: str, layer: int) -> list[str]:
    """What a line of a gradient function computes, by the studio's addresses; `layer` is that of its `delta`.

    Examples
    --------
    >>> addresses_of('Z1 = dense(A0, theta["W1"], theta["b1"])', 1)
    ['Z1', 'z1', 'W1', 'b1']
    >>> addresses_of('back, grad["W2"], grad["b2"] = dense_backward(A1, theta["W2"], delta)', 2)
    ['∂J/∂W2', '∂J/∂b2']
    """
    left, _, right = text.partition(" = ")
    found = [f"∂J/∂{name}" for name in re.findall(r'grad\["([^"]+)"\]', left)]
    if made := re.match(r"\s*([ZA])(\d+)\b", left):
        found += [f"{made[1]}{made[2]}", f"{made[1].lower()}{made[2]}"]
        found += re.findall(r'theta\["([^"]+)"\]', right)
    if left.strip() == "delta":
        found.append(f"delta{layer}")
    if left.strip() == "J":
        found.append("J")
    return found


def literal(value: object) -> str:
    """A setting as Python writes it; an optimizer or a schedule by its constants."""
    return python(value) if isinstance(value, str | int | float | bool | np.generic) else repr(value)


def quoted(name: str) -> str:
    """A name within a docstring."""
    return for_text(name).replace("\\", "\\\\").replace('"', "'")
