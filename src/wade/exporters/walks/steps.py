"""The steps of a walk as lines of a program without wade: edits, optimizers, descents with the same settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from wade.exporters.literals import python
from wade.exporters.replay.layers import safe_names
from wade.exporters.walks.recorded import RecordedWalk, Segment, literal
from wade.maths.optimizers import Optimizer
from wade.network import Network
from wade.network.parameter_entry import parameter_entry

Kind: TypeAlias = tuple[str, float]
"""What networks of one walk compute differently by: their activations, and their dropout."""


def kind_of(network: Network) -> Kind:
    """The function of a program that a network needs."""
    return network.activation, network.dropout


def by_kind(networks: Iterable[Network]) -> dict[Kind, Network]:
    """One network of each kind, in their order."""
    found: dict[Kind, Network] = {}
    for network in networks:
        found.setdefault(kind_of(network), network)
    return found


def steps_lines(
    walk: RecordedWalk,
    segments: Sequence[Segment],
    names: Mapping[Kind, str],
    use: Callable[[Optimizer], str],
    penalties: Callable[[Segment], Mapping[str, object]],
) -> list[str]:
    """The lines that take the steps of `training`, with what was changed on the way.

    Parameters
    ----------
    walk, segments
    names : mapping
        The program's function for each kind of network.
    use : function of an optimizer
        The arguments with which the program takes it.
    penalties : function of a segment
        The arguments of `descend` that say penalties and clipping, as the program has them.
    """
    lines, optimizer = list[str](), ""
    for segment in segments:
        for edit in segment.edits:
            name, index = parameter_entry(walk.start, edit.parameter)
            lines.append(f"training.edit({python(safe_names(walk.start)[name])}, {index!r}, {edit.value!r})")
        settings = segment.settings
        if repr(settings.optimizer) != optimizer:
            optimizer = repr(settings.optimizer)
            lines.append(f"training.use({use(settings.optimizer)})")
        if segment.steps:
            lines += [
                "training.descend(",
                f"    {segment.steps},",
                f"    {names[kind_of(segment.network)]},",
                f"    batch_size={settings.batch_size},",
                f"    learning_rate={settings.learning_rate!r},",
                f"    schedule={literal(settings.schedule)},",
                f"    epochs={settings.epochs},",
                *(f"    {name}={value!r}," for name, value in penalties(segment).items()),
                ")",
            ]
    return lines
