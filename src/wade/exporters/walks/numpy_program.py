"""A `Walk` as a NumPy program: every formula written out, in float64; it ends near the parameters of the walk."""

from __future__ import annotations

from typing import Final

from wade._version import __version__
from wade.exporters.python.program import loaded, method
from wade.exporters.replay.layers import (
    IN_BINS,
    THETA,
    gradient_function,
    safe_names,
    shapes_of,
    start_function,
    textbook_of,
)
from wade.exporters.textbook import source_of
from wade.exporters.walks.recorded import (
    RecordedWalk,
    Segment,
    Written,
    addresses_of,
    classes_of,
    data_beside,
    quoted,
    rows_lines,
)
from wade.exporters.walks.steps import Kind, by_kind, steps_lines
from wade.maths.regularizers import Regularization

TRAINING: Final = '''class Training:
    """Where the training stands: θ, the optimizer state, the epoch (from 1) and how many of its rows are done."""

    def __init__(self, theta):
        self.theta, self.state, self.optimizer = theta, None, None
        self.steps, self.epoch, self.done, self.order = 0, 1, 0, permutation(SEED, 1, ROWS)

    def use(self, optimizer):
        """Go on with this optimizer: with the state of the one before, where it is of the same kind."""
        fresh, state = optimizer.init(self.theta), self.state
        if state is None or type(optimizer) is not type(self.optimizer) or state.keys() != fresh.keys():
            self.state = fresh
        self.optimizer = optimizer

    def descend(self, steps, gradient, *, batch_size, learning_rate, schedule, epochs, regularization):
        """Take steps: the gradient of each batch, and a step against it."""
        for _ in range(steps):
            rows = self.order[self.done : self.done + batch_size]
            per_epoch = -(-ROWS // batch_size)
            progress = ((self.epoch - 1) * per_epoch + self.done / batch_size) / (epochs * per_epoch)
            rate = learning_rate * float(schedule(min(progress, 1.0)))
            J, grad = gradient(named(self.theta), rows, self.steps)
            seen = regularization.regularize(joined(grad), self.theta, DECAYS)
            self.theta, self.state = self.optimizer.update(self.theta, seen, self.state, rate, DECAYS)
            self.steps, self.done = self.steps + 1, self.done + len(rows)
            if self.done == ROWS:
                self.epoch, self.done = self.epoch + 1, 0
                self.order = permutation(SEED, self.epoch, ROWS)

    def edit(self, name, index, value):
        """Set one parameter."""
        named(self.theta)[name][index] = value'''
UPDATE: Final = "self.optimizer.update("


def write_with_numpy(walk: RecordedWalk, beside: str = "") -> Written:
    """The program, and what lies in the file beside it."""
    segments = list(walk.segments())
    networks = by_kind(each.network for each in segments)
    used = [function for network in networks.values() for function in textbook_of(network, walk.loss)]
    optimizers = {type(each.settings.optimizer): None for each in segments}
    schedules = {one: None for each in segments for one in classes_of(each.settings.schedule)}
    source = source_of(*dict.fromkeys(used), Regularization, *optimizers, *schedules)
    names = {kind: f"gradient_{number}" for number, kind in enumerate(networks, start=1)}
    gradients = [gradient_function(network, walk.loss, names[kind]) for kind, network in networks.items()]
    pieces = [
        _top(walk, source.imports),
        *gradients,
        TRAINING,
        _steps(walk, segments, names),
        *([start_function(walk.start, str(walk.start.seed))] if walk.is_drawn else []),
        THETA,
        *([IN_BINS] if walk.start.inputs.piecewise else []),
        *source.pieces,
        _rows_and_run(walk, beside),
    ]
    text = "\n\n\n".join(pieces) + "\n"
    return Written(text, addresses_in(walk, text, UPDATE), data_beside(walk))


def _top(walk: RecordedWalk, imports: tuple[str, ...]) -> str:
    lines = [
        f'"""Trains the network of the studio on {quoted(walk.name)}, step by step, with NumPy alone.',
        "",
        f"Written by wade {__version__}; it runs without wade. It starts where the training started, shuffles as",
        f"it did, and computes in float64 what was computed in {walk.start.dtype}: it ends near the same parameters,",
        "within that rounding, which grows with the steps.",
        '"""',
        "",
        "import math",
        *(["import os"] if walk.needs_a_file else []),
        *imports,
        "",
        "import numpy as np",
        "",
        shapes_of(walk.start),
    ]
    return "\n".join(lines)


def _steps(walk: RecordedWalk, segments: list[Segment], names: dict[Kind, str]) -> str:
    lines = [
        "training = Training(joined(start()))" if walk.is_drawn else "training = Training(theta.astype(np.float64))"
    ]
    if walk.is_drawn and walk.initial_scale != 1:
        lines.append(f"training.theta[DECAYS] *= {walk.initial_scale!r}")
    lines += steps_lines(walk, segments, names, use=repr, penalties=lambda one: {"regularization": one.regularization})
    return method("run", "", "The steps, with what was changed on the way.", [*lines, "return training"])


def _rows_and_run(walk: RecordedWalk, beside: str) -> str:
    lines = [
        "# The training rows, as the network reads them: encoded numbers, codes of categories, positions in bins.",
        *rows_lines(walk, loaded(beside)),
        f"SEED, ROWS = {walk.seed}, len(y)",
        "SEEN, CODES, Y = np.arange(ROWS), codes, y",
        "NUMBERS, POSITIONS = numbers.astype(np.float64), positions.astype(np.float64)",
        "",
        "training = run()",
        "for name, values in named(training.theta).items():",
        '    print(name, values, sep="\\n")',
    ]
    return "\n".join(lines)


def addresses_in(walk: RecordedWalk, text: str, update: str) -> dict[int, list[str]]:
    """What each line computes, parameters by their own names; `update` is in the line that computes them all."""
    own = {safe: name for name, safe in safe_names(walk.start).items()}
    found: dict[int, list[str]] = {}
    layer = last = len(walk.start.layers)
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("def gradient_"):
            layer = last
        of = addresses_of(line, layer)
        if "dense_backward(" in line:
            layer -= 1
        if update in line:
            of = list(own.values())
        if line.startswith("    training.edit("):
            name, _, index = line.removeprefix("    training.edit(").partition(", (")
            of = [f"{own[name.strip(chr(39))]}[{index.partition(')')[0].rstrip(',').replace(' ', '')}]"]
        if of:
            found[number] = [_named(each, own) for each in of]
    return found


def _named(address: str, own: dict[str, str]) -> str:
    """With the parameter's own name in place of its safe one."""
    stem = address.removeprefix("∂J/∂")
    return address.removesuffix(stem) + own.get(stem, stem)
