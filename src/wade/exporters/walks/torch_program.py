"""A `Walk` as a PyTorch program: autograd and torch.optim in float32; it ends near the parameters of the walk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from wade._version import __version__
from wade.errors import InvalidArgument
from wade.exporters.python.program import loaded, method
from wade.exporters.replay.layers import shapes_of, start_function
from wade.exporters.textbook import source_of
from wade.exporters.walks.numpy_program import addresses_in
from wade.exporters.walks.recorded import (
    RecordedWalk,
    Segment,
    Written,
    classes_of,
    data_beside,
    quoted,
    rows_lines,
)
from wade.exporters.walks.steps import Kind, by_kind, steps_lines
from wade.maths.activations import ACTIVATIONS
from wade.maths.losses import Loss
from wade.maths.optimizers import Optimizer
from wade.maths.random import permutation
from wade.network import Network

LOSSES: Final[dict[str, str]] = {
    "sigmoid_cross_entropy": "functional.binary_cross_entropy_with_logits(Z, y)",
    "softmax_cross_entropy": "functional.cross_entropy(Z, y.long())",
    "mean_squared_error": "functional.mse_loss(A, y)",
    "mean_absolute_error": "functional.l1_loss(A, y)",
    "huber": "functional.huber_loss(A, y, delta={0})",
    "quantile": "torch.maximum({0} * (y - A), ({0} - 1) * (y - A)).mean()",
}
"""Each loss, from Z or A of the last layer; the constants of the loss are filled in."""
OPTIMIZERS: Final[dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]]] = {
    "sgd": ("SGD", lambda of: {"momentum": of["momentum"]}),
    "nesterov": ("SGD", lambda of: {"momentum": of["momentum"], "nesterov": True}),
    "adagrad": ("Adagrad", lambda of: {"eps": of["epsilon"]}),
    "rmsprop": ("RMSprop", lambda of: {"alpha": of["alpha"], "eps": of["epsilon"]}),
    "adam": ("Adam", lambda of: {"betas": (of["beta1"], of["beta2"]), "eps": of["epsilon"]}),
    "adamw": ("AdamW", lambda of: {"betas": (of["beta1"], of["beta2"]), "eps": of["epsilon"]}),
}
"""The class of torch.optim, and its constants."""
TRAINING: Final = '''class Training:
    """Where the training stands: the parameters, the optimizer, the epoch (from 1), how many of its rows are done."""

    def __init__(self, theta):
        self.parameters = {name: torch.tensor(values, dtype=torch.DTYPE) for name, values in theta.items()}
        for tensor in self.parameters.values():
            tensor.requires_grad_(True)
        self.optimizer, self.made = None, None
        self.epoch, self.done, self.order = 1, 0, permutation(SEED, 1, ROWS)

    def use(self, make, state, weight_decay, **constants):
        """Go on with this optimizer: with the state of the one before, where it is of the same kind."""
        decaying = [tensor for name, tensor in self.parameters.items() if name[0] in "WEP"]
        others = [tensor for name, tensor in self.parameters.items() if name[0] not in "WEP"]
        if (make, state) == self.made:
            for group, decay in zip(self.optimizer.param_groups, (weight_decay, 0.0)):
                group.update(constants, weight_decay=decay)
        else:
            groups = [{"params": decaying, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
            self.optimizer, self.made = make(groups, lr=1.0, **constants), (make, state)

    def descend(self, steps, loss, *, batch_size, learning_rate, schedule, epochs, l1, l2, max_norm):
        """Take steps: the loss of each batch, its gradient by autograd, and a step against it."""
        for _ in range(steps):
            rows = torch.from_numpy(self.order[self.done : self.done + batch_size])
            per_epoch = -(-ROWS // batch_size)
            progress = ((self.epoch - 1) * per_epoch + self.done / batch_size) / (epochs * per_epoch)
            for group in self.optimizer.param_groups:
                group["lr"] = learning_rate * float(schedule(min(progress, 1.0)))
            J = loss(self.parameters, rows)
            for name, tensor in self.parameters.items():
                if name[0] in "WEP":
                    J = J + l1 * tensor.abs().sum() + l2 / 2 * (tensor**2).sum()
            self.optimizer.zero_grad()
            J.backward()
            if max_norm is not None:
                torch.nn.utils.clip_grad_norm_(list(self.parameters.values()), max_norm)
            self.optimizer.step()
            self.done += len(rows)
            if self.done == ROWS:
                self.epoch, self.done = self.epoch + 1, 0
                self.order = permutation(SEED, self.epoch, ROWS)

    def edit(self, name, index, value):
        """Set one parameter."""
        with torch.no_grad():
            self.parameters[name][index] = value'''


def write_with_torch(walk: RecordedWalk, beside: str = "") -> Written:
    """The program, and what lies in the file beside it.

    Raises
    ------
    InvalidArgument
        The network drops units or has ensemble members or piecewise-linear numbers, or its loss has no counterpart.
    """
    segments = list(walk.segments())
    _refuse_what_is_not_there(walk, segments)
    networks = by_kind(each.network for each in segments)
    names = {kind: f"loss_{number}" for number, kind in enumerate(networks, start=1)}
    initializers = [ACTIVATIONS[layer.activation].initializer for layer in walk.start.layers]
    schedules = {one: None for each in segments for one in classes_of(each.settings.schedule)}
    source = source_of(permutation, *initializers, *schedules)
    pieces = [
        _top(walk, source.imports),
        *(_loss_function(network, walk.loss, names[kind]) for kind, network in networks.items()),
        TRAINING.replace("DTYPE", walk.start.dtype),
        _steps(walk, segments, names),
        *([start_function(walk.start, str(walk.start.seed))] if walk.is_drawn else []),
        *source.pieces,
        _rows_and_run(walk, beside),
    ]
    text = "\n\n\n".join(pieces) + "\n"
    return Written(text, addresses_in(walk, text, "self.optimizer.step()"), data_beside(walk))


def _refuse_what_is_not_there(walk: RecordedWalk, segments: list[Segment]) -> None:
    start, used = walk.start, [each.settings.optimizer.name for each in segments]
    lacking = [
        ("ensemble members", start.members > 1),
        ("piecewise-linear numbers", bool(start.inputs.piecewise)),
        ("dropout", any(each.network.dropout for each in segments)),
        (f"the loss {walk.loss.name}", walk.loss.name not in LOSSES),
        *((f"the optimizer {name}", name not in OPTIMIZERS) for name in used),
    ]
    found = next((what for what, lacks in lacking if lacks), None)
    if found is not None:
        expected = f"must not be 'torch' for a training with {found}: PyTorch would draw or compute it differently"
        raise InvalidArgument("language", expected, "torch", "Take wade or numpy.")


def _top(walk: RecordedWalk, imports: tuple[str, ...]) -> str:
    return "\n".join(
        [
            f'"""Trains the network of the studio on {quoted(walk.name)}, step by step, with PyTorch.',
            "",
            f"Written by wade {__version__}; it runs without wade. It starts where the training started, shuffles as",
            f"it did, and computes in {walk.start.dtype}: it ends near the same parameters, within rounding, which",
            "grows with the steps.",
            '"""',
            "",
            "import math",
            *(["import os"] if walk.needs_a_file else []),
            *imports,
            "",
            "import numpy as np",
            "import torch",
            "from torch.nn import functional",
            "",
            shapes_of(walk.start),
        ]
    )


def _loss_function(network: Network, loss: Loss, name: str) -> str:
    """The mean loss of some rows, layer by layer."""
    lines, last = ["A0, codes, y = NUMBERS[rows], CODES[rows], Y[rows]"], len(network.layers)
    for number, layer in enumerate(network.layers, start=1):
        tables = [f' + theta["E{at}"][codes[:, {at - 1}]]' for at in range(1, len(layer.embeddings) + 1)]
        lines.append(f'Z{number} = A{number - 1} @ theta["W{number}"] + theta["b{number}"]{"".join(tables)}')
        if number < last or loss.takes == "activation":
            line = ACTIVATIONS[layer.activation].line("pytorch").replace("Z", f"Z{number}")
            lines.append(f"A{number} = {line}")
    taken = LOSSES[loss.name].format(*loss.constants)
    taken = taken.replace("(Z,", f"(Z{last},").replace("(A,", f"(A{last},").replace("- A)", f"- A{last})")
    return method(name, "theta, rows", "The mean loss of these rows.", [*lines, f"return {taken}"])


def _steps(walk: RecordedWalk, segments: list[Segment], names: dict[Kind, str]) -> str:
    if walk.is_drawn:
        lines = ["training = Training(start())"]
    else:
        lines = [
            "ends = np.cumsum([math.prod(shape) for shape in SHAPES.values()])",
            "parts = zip(SHAPES.items(), np.split(theta, ends[:-1]))",
            "training = Training({name: part.reshape(shape) for (name, shape), part in parts})",
        ]
    if walk.is_drawn and walk.initial_scale != 1:
        lines += [
            "with torch.no_grad():",
            "    for name, values in training.parameters.items():",
            '        if name[0] in "WEP":',
            f"            values *= {walk.initial_scale!r}",
        ]
    lines += steps_lines(walk, segments, names, use=_optimizer, penalties=_penalties)
    return method("run", "", "The steps, with what was changed on the way.", [*lines, "return training"])


def _penalties(segment: Segment) -> dict[str, object]:
    settings = segment.settings
    return {"l1": settings.l1, "l2": settings.l2, "max_norm": settings.clip_norm}


def _rows_and_run(walk: RecordedWalk, beside: str) -> str:
    lines = [
        "# The training rows, as the network reads them: encoded numbers and codes of categories.",
        *rows_lines(walk, loaded(beside)),
        f"SEED, ROWS = {walk.seed}, len(y)",
        f"NUMBERS = torch.tensor(numbers, dtype=torch.{walk.start.dtype})",
        "CODES, Y = torch.tensor(codes), torch.tensor(y)",
        "",
        "training = run()",
        "for name, values in training.parameters.items():",
        '    print(name, values.detach().numpy(), sep="\\n")',
    ]
    return "\n".join(lines)


def _optimizer(optimizer: Optimizer) -> str:
    """The arguments of `use`: what is kept by the optimizer decides whether its state can go on."""
    of = asdict(optimizer)
    made, constants = OPTIMIZERS[optimizer.name]
    kept = f"{optimizer.name}{' with momentum' * bool(of.get('momentum'))}"
    named = "".join(f", {name}={value!r}" for name, value in constants(of).items())
    return f"torch.optim.{made}, {kept!r}, {of['weight_decay']!r}{named}"
