"""The first steps of a training run as a NumPy program: the start, the shuffles, and slide 16's loop, number by number.

The network's layers are written out one by one, forward and backward, in the letters of the deck. The rows that the
steps see lie beside the program, encoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import getsource
from itertools import count
from typing import Any, Final

from wade._version import __version__
from wade.exporters.activations import NUMPY, NUMPY_SLOPES
from wade.exporters.literals import python, wrapped
from wade.exporters.python.program import loaded, method
from wade.exporters.replay import helpers as parts
from wade.exporters.replay.replay import FirstSteps
from wade.exporters.replay.update import update
from wade.maths.initializers import glorot_uniform, he_normal, lecun_normal
from wade.maths.random import WEIGHTS
from wade.network.architecture import Layer
from wade.network.initialization import initializer_of
from wade.types import Array

INITIALIZERS: Final[dict[Any, Callable[..., Any]]] = {
    he_normal: parts.he_normal,
    lecun_normal: parts.lecun_normal,
    glorot_uniform: parts.glorot_uniform,
}
FIRST_STREAM: Final = WEIGHTS.bit_length() - 1  # as a power of 2
DESCENT: Final = '''def descend():
    """The loss of each step: for each epoch, for each batch, the gradient, and a step against it."""
    theta, memory, losses = start(), {}, []
    for epoch in range(1, EPOCHS + 1):
        order = shuffled(epoch, ROWS)
        for first in range(0, ROWS, BATCH_SIZE):
            if len(losses) < len(LOSSES):
                rate = LEARNING_RATES[len(losses)]
                J, grad = gradient(theta, order[first : first + BATCH_SIZE], len(losses))
                theta = update(theta, grad, memory, rate)
                losses.append(J)
    return losses'''
COMMAND: Final = """if __name__ == "__main__":
    print("step        loss   as recorded   difference")
    for step, (J, recorded) in enumerate(zip(descend(), LOSSES), start=1):
        print(f"{step:4}  {J:10.7f}  {recorded:12.7f}  {J - recorded:11.1e}")"""
FORWARD_OF_LOSS: Final = {
    "sigmoid": ("(np.logaddexp(0, {Z}) - y * {Z}).sum() / len({Z})", "({A} - y) / len({Z})"),
    "softmax": (
        "(np.log(np.exp({Z} - {Z}.max(axis=1, keepdims=True)).sum(axis=1)) + {Z}.max(axis=1)\n"
        "        - {Z}[np.arange(len({Z})), y]).sum() / len({Z})",
        "({A} - np.eye({A}.shape[1])[y]) / len({Z})",
    ),
    "identity": ("(({A} - y) ** 2).sum() / {A}.size", "2 * ({A} - y) / {A}.size"),
}


def write(steps: FirstSteps, beside: str) -> str:
    """The text of the program.

    Parameters
    ----------
    steps : FirstSteps
    beside : str
        The name of the .npz file that holds `data`.
    """
    network = steps.network
    used: list[Callable[..., Any]] = [parts.philox, parts.words, parts.uniform]
    if any(initializer_of(layer.activation) is not glorot_uniform for layer in network.layers):
        used.append(parts.normal)
    used += [INITIALIZERS[one] for one in dict.fromkeys(initializer_of(layer.activation) for layer in network.layers)]
    used.append(parts.shuffled)
    used += [parts.kept] if _drops(steps) else []
    used += [parts.walk] if network.inputs.piecewise else []
    used += [parts.gathered] if network.inputs.categories else []
    used += [parts.turns, parts.by_member] if network.members > 1 else []
    pieces = [
        _top(steps, beside),
        *(getsource(function).rstrip() for function in used),
        _start(steps),
        *_bends(steps),
        _gradient(steps),
        update(steps, [name for name in _safe_names(steps).values() if name[0] in "WEP"]),
        DESCENT,
        f"LEARNING_RATES = [\n{wrapped(python(rate) for rate in steps.rates)}\n]\n"
        f"# The losses that wade's {steps.engine} engine recorded.\n"
        f"LOSSES = [\n{wrapped(python(loss) for loss in steps.losses)}\n]",
        COMMAND,
    ]
    return "\n\n\n".join(pieces) + "\n"


def data(steps: FirstSteps) -> dict[str, Array]:
    """The rows that the steps see, as they lie beside the program."""
    X = steps.X
    return {"seen": steps.seen, "numbers": X.numbers, "codes": X.codes, "positions": X.positions, "y": steps.y}


def _drops(steps: FirstSteps) -> bool:
    return bool(steps.network.dropout) and bool(steps.network.hidden)


def _top(steps: FirstSteps, beside: str) -> str:
    settings, n = steps.settings, len(steps.losses)
    math = ["import math"] if settings.activation == "gelu" else []
    lines = [
        f'"""The first {n} steps of a training run, as a NumPy program.\n',
        f"Written by wade {__version__}; it runs without wade. It needs NumPy, and the encoded rows that the steps",
        "see, which lie beside it. It starts where the run started, shuffles as the run did, and computes in float64",
        f"what the run computed in {steps.network.dtype}: the losses agree within that rounding, which grows with the",
        "steps.",
        "",
        'As a command: python THIS_FILE\n"""',
        "",
        *math,
        "import os\nfrom typing import Any\n\nimport numpy as np\n",
        f"SEED, ROWS, BATCH_SIZE, EPOCHS = {settings.seed}, {steps.rows}, {settings.batch_size}, {settings.epochs}",
        f"with {loaded(beside)} as data:",
        '    SEEN, CODES, Y = data["seen"], data["codes"], data["y"]',
        '    NUMBERS, POSITIONS = data["numbers"].astype(np.float64), data["positions"].astype(np.float64)',
    ]
    return "\n".join(lines)


def _safe_names(steps: FirstSteps) -> dict[str, str]:
    """A name that holds no name from the data, for each parameter."""
    names: dict[str, str] = {}
    for layer in steps.network.layers:
        names |= {name: name for name in (layer.weight, layer.bias, *layer.factors)}
        names |= {name: f"E{at}" for at, name in enumerate(layer.embeddings, start=1)}
        names |= {name: f"P{at}" for at, name in enumerate(layer.piecewise, start=1)}
    return names


def _start(steps: FirstSteps) -> str:
    """`start`: every parameter drawn from a stream of its own, as `network.starting` draws it."""
    network, names, streams = steps.network, _safe_names(steps), count()
    lines = ["theta = {}"]
    for layer in network.layers:
        draw = INITIALIZERS[initializer_of(layer.activation)].__name__
        for name in (layer.weight, *layer.embeddings, *layer.piecewise):
            rows, safe = network.parameters[name].shape[0], names[name]
            drawn = f"{draw}(2**{FIRST_STREAM} + {next(streams)}, {layer.n_columns}, {layer.n_out}, {rows})"
            lines.append(f'theta["{safe}"] = {drawn}' + (f" / np.sqrt({rows})" if name in layer.piecewise else ""))
            if name in layer.embeddings:
                lines.append(f'theta["{safe}"][0] = 0')
        for name in layer.factors:
            lines.append(f'theta["{name}"] = np.ones({network.parameters[name].shape})')
        lines.append(f'theta["{layer.bias}"] = np.zeros({network.parameters[layer.bias].shape})')
    if network.members > 1:
        shape = ", ".join(map(str, network.parameters["R1"].shape))
        lines.append(f'theta["R1"][uniform(2**{FIRST_STREAM} + {next(streams)}, {shape}) < 0.5] = -1')
    rounded = f"values.astype(np.{network.dtype}).astype(np.float64)"
    lines.append(f"return {{name: {rounded} for name, values in theta.items()}}")
    return method("start", "", "Every parameter before the first step, as the seed draws it.", lines)


def _bends(steps: FirstSteps) -> Iterator[str]:
    hidden, output = steps.network.activation, steps.network.output
    names = [hidden] if steps.network.hidden else []
    for name in dict.fromkeys([*names, output]):
        yield method(name, "Z", "Bends what neurons have summed.", [f"return {NUMPY[name]}"])
    if names:
        yield method(f"{hidden}_slope", "Z", "Its derivative.", [f"return {NUMPY_SLOPES[hidden]}"])


def _gradient(steps: FirstSteps) -> str:
    """`gradient`: forward, the loss, backward."""
    network = steps.network
    last = len(network.layers)
    lines = [
        "at = np.searchsorted(SEEN, rows)",
        *([f"at = np.repeat(at, {network.members})  # a row for each member"] if network.members > 1 else []),
        "A0, codes, positions, y = NUMBERS[at], CODES[at], POSITIONS[at], Y[at]",
        "# Forward.",
    ]
    for number, layer in enumerate(network.layers, start=1):
        lines += _forward(steps, number, layer)
    J, delta = FORWARD_OF_LOSS[network.output]
    lines += [
        "# The loss, and what each sum has to answer for.",
        f"J = {J.format(Z=f'Z{last}', A=f'A{last}')}",
        f"delta = {delta.format(Z=f'Z{last}', A=f'A{last}')}",
        "# Backward.",
        "grad = {}",
    ]
    for number, layer in reversed([*enumerate(network.layers, start=1)]):
        lines += _backward(steps, number, layer)
    says = "The loss of a batch, and its derivative by every parameter."
    return method("gradient", "theta, rows, step", says, [*lines, "return J, grad"])


def _found(layer: Layer, steps: FirstSteps) -> list[tuple[str, str, str]]:
    """What codes and positions add to the sums: the value, the parameter, and its gradient for some delta."""
    found = []
    for at, name in enumerate(layer.embeddings):
        size = steps.network.parameters[name].shape[0]
        found.append((f'theta["E{at + 1}"][codes[:, {at}]]', f"E{at + 1}", f"gathered(codes[:, {at}], DELTA, {size})"))
    for at, name in enumerate(layer.piecewise):
        walked = f"walk(positions[:, {at}], {steps.network.parameters[name].shape[0]})"
        found.append((f'{walked} @ theta["P{at + 1}"]', f"P{at + 1}", f"{walked}.T @ DELTA"))
    return found


def _forward(steps: FirstSteps, number: int, layer: Layer) -> Iterator[str]:
    below, W, b = f"A{number - 1}", f'theta["W{number}"]', f'theta["b{number}"]'
    found = _found(layer, steps)
    if not layer.factors:
        yield f"Z{number} = {below} @ {W} + {b}"
        for value, _, _ in found:
            yield f"Z{number} += {value}"
    else:
        yield f'R{number} = turns(theta["R{number}"], len({below}))'
        yield f"H{number} = {below} * R{number}[:, :{layer.n_in}]"
        yield f"U{number} = H{number} @ {W}"
        for place, (value, _, _) in enumerate(found, start=layer.n_in):
            yield f"U{number} += R{number}[:, {place}:{place + 1}] * ({value})"
        yield f'S{number} = turns(theta["S{number}"], len(U{number}))'
        yield f"Z{number} = U{number} * S{number} + turns({b}, len(U{number}))"
    if _drops(steps) and number <= len(steps.network.hidden):
        yield f"M{number} = kept({steps.network.dropout}, step, {number}, *Z{number}.shape)"
        yield f"A{number} = {layer.activation}(Z{number}) * M{number}"
    else:
        yield f"A{number} = {layer.activation}(Z{number})"


def _backward(steps: FirstSteps, number: int, layer: Layer) -> Iterator[str]:
    below, found, members = f"A{number - 1}", _found(layer, steps), steps.network.members
    if not layer.factors:
        yield f'grad["W{number}"] = {below}.T @ delta'
        yield f'grad["b{number}"] = delta.sum(axis=0)'
        for _, name, gradient in found:
            yield f'grad["{name}"] = {gradient.replace("DELTA", "delta")}'
        back = f'delta @ theta["W{number}"].T'
    else:
        yield f'grad["b{number}"] = by_member(delta, {members})'
        yield f'grad["S{number}"] = by_member(delta * U{number}, {members})'
        yield f"delta = delta * S{number}"
        yield f'grad["W{number}"] = H{number}.T @ delta'
        yield f'back = delta @ theta["W{number}"].T'
        blames = [f"back * {below}"]
        for place, (value, name, gradient) in enumerate(found, start=layer.n_in):
            heard = f"(R{number}[:, {place}:{place + 1}] * delta)"
            yield f'grad["{name}"] = {gradient.replace("DELTA", heard)}'
            blames.append(f"(delta * ({value})).sum(axis=1, keepdims=True)")
        joined = blames[0] if len(blames) == 1 else f"np.concatenate([{', '.join(blames)}], axis=1)"
        yield f'grad["R{number}"] = by_member({joined}, {members})'
        back = f"back * R{number}[:, :{layer.n_in}]"
    if number > 1:
        mask = f" * M{number - 1}" if _drops(steps) else ""
        yield f"delta = ({back}){mask} * {steps.network.activation}_slope(Z{number - 1})"
