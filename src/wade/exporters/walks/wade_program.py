"""A `Walk` as a program with wade: the same network, rows, steps, changes and edits, and so the same bits."""

from __future__ import annotations

from dataclasses import fields

from wade._version import __version__
from wade.exporters.literals import python
from wade.exporters.python.program import loaded
from wade.exporters.walks.recorded import RecordedWalk, Written, classes_of, data_beside, literal, quoted, rows_lines
from wade.maths.optimizers import Optimizer
from wade.training.walk import Edit, WalkSettings
from wade.types import InputLayout


def write_with_wade(walk: RecordedWalk, beside: str = "") -> Written:
    """The program, and what lies in the file beside it."""
    lines, addresses = list[str](), dict[int, list[str]]()

    def add(*texts: str, of: list[str] | None = None) -> None:
        for text in texts:
            lines.append(text)
            if of:
                addresses[len(lines)] = of

    parameters = list(walk.start.parameters)
    optimizers = {type(one).__name__ for one in _optimizers(walk)}
    add(
        f'"""Trains the network of the studio on {quoted(walk.name)}, step by step, to the same parameters.',
        "",
        f"Written by wade {__version__}. It needs wade, and gives the same bits on this machine.",
        '"""',
        "",
        *(["import os", ""] if walk.needs_a_file else []),
        "import numpy as np",
        "",
        "import wade",
        f"from wade.maths.optimizers import {', '.join(sorted(optimizers))}",
        *_schedule_imports(walk),
        f"from wade.types import {', '.join(_types(walk.start.inputs))}",
        "",
        "",
        "def trained(X, y):",
        '    """The training on these rows, step by step, with what was changed on the way."""',
    )
    add(*(f"    {line}" for line in _network_lines(walk)), of=parameters)
    add(
        "    walk = wade.Walk(",
        "        network,",
        "        X,",
        "        y,",
        f"        loss={literal(walk.loss_name)},",
    )
    add(*(f"        {one.name}={literal(getattr(walk.settings, one.name))}," for one in fields(WalkSettings)))
    add(f"        seed={walk.seed},", "        threads=1,", "    )")
    at = 0
    for entry in walk.entries:
        if entry.at > at:
            add(f"    walk.step({entry.at - at})", of=parameters)
            at = entry.at
        if isinstance(entry, Edit):
            add(f"    walk.edit({python(entry.parameter)}, {entry.value!r})", of=[entry.parameter])
        else:
            settings = ", ".join(f"{name}={literal(value)}" for name, value in entry.settings.items())
            add(f"    walk.change({settings})")
    if walk.steps > at:
        add(f"    walk.step({walk.steps - at})", of=parameters)
    add("    return walk", "", "")
    add("# The training rows, as the network reads them: encoded numbers, codes of categories, positions in bins.")
    add(*rows_lines(walk, loaded(beside)), of=["a0", "X"])
    add("")
    add("walk = trained(Inputs(numbers, codes, positions), y)", of=parameters)
    add("for name, values in walk.network.parameters.items():", '    print(name, values, sep="\\n")')
    return Written("\n".join(lines) + "\n", addresses, data_beside(walk))


def _network_lines(walk: RecordedWalk) -> list[str]:
    start, architecture = walk.start, walk.start.architecture
    named = {
        "hidden": tuple(start.hidden),
        "outputs": start.outputs,
        "activation": architecture.activation,
        "output": start.output,
        "dropout": start.dropout,
        "members": start.members,
        "dtype": start.dtype,
        "seed": start.seed,
    }
    lines = ["network = wade.Network(", *_layout_lines(start.inputs)]
    lines += [f"    {name}={literal(value)}," for name, value in named.items()] + [")"]
    if not walk.is_drawn:
        return [*lines, "network.theta[:] = theta  # that of the model, from the file beside"]
    return lines if walk.initial_scale == 1 else [*lines, f"network.theta[network.decays] *= {walk.initial_scale!r}"]


def _layout_lines(layout: InputLayout) -> list[str]:
    categories = "".join(f"Category({python(one.name)}, {one.size}), " for one in layout.categories)
    piecewise = "".join(f"Piecewise({python(one.name)}, {one.bins}), " for one in layout.piecewise)
    numbers = "".join(f"{python(name)}, " for name in layout.numbers)
    return [
        "    InputLayout(",
        f"        ({numbers.rstrip()}),",
        f"        ({categories.rstrip()}),",
        f"        ({piecewise.rstrip()}),",
        "    ),",
    ]


def _optimizers(walk: RecordedWalk) -> list[Optimizer]:
    return [each.settings.optimizer for each in walk.segments()]


def _schedule_imports(walk: RecordedWalk) -> list[str]:
    names = {one.__name__ for each in walk.segments() for one in classes_of(each.settings.schedule)}
    return [f"from wade.maths.schedules import {', '.join(sorted(names))}"]


def _types(layout: InputLayout) -> list[str]:
    return [*(["Category"] if layout.categories else []), "InputLayout", "Inputs",
            *(["Piecewise"] if layout.piecewise else [])]  # fmt: skip
