"""The layers of a network as functions of a NumPy program: its start, and the gradient of a batch, line by line.

They are written in the letters of `wade.maths`, whose own functions the program holds (`textbook_of`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any, Final

from wade.exporters.literals import python, wrapped
from wade.exporters.python.program import method
from wade.maths.activations import ACTIVATIONS
from wade.maths.dropout import chances_to_drop, dropout_mask
from wade.maths.layers import dense, dense_backward, embedding, embedding_backward
from wade.maths.losses import Loss
from wade.maths.members import in_turn, in_turn_backward
from wade.maths.random import WEIGHTS, permutation, uniform
from wade.network import Network
from wade.network.architecture import Layer

FIRST_STREAM: Final = WEIGHTS.bit_length() - 1  # as a power of 2
THETA: Final = '''def joined(parameters):
    """θ: all parameters, or all gradients, as one vector."""
    return np.concatenate([parameters[name].reshape(-1) for name in SHAPES])


def named(theta):
    """The parameters in θ, each by its name and in its shape."""
    ends = np.cumsum([math.prod(shape) for shape in SHAPES.values()])
    return {name: part.reshape(SHAPES[name]) for name, part in zip(SHAPES, np.split(theta, ends[:-1]))}'''
IN_BINS: Final = '''def in_bins(position, bins):
    """How much of each bin lies below a number, from 0 to 1: (rows, bins)."""
    return np.clip(position[:, None] - np.arange(bins), 0, 1)'''


def textbook_of(network: Network, loss: Loss) -> Iterator[Callable[..., Any]]:
    """What the program needs of the textbook."""
    yield permutation
    for layer in network.layers:
        yield ACTIVATIONS[layer.activation].initializer
    yield from (uniform, in_turn, in_turn_backward) if network.members > 1 else ()
    yield from (dropout_mask,) if _drops(network) else ()
    yield from (dense, dense_backward)
    yield from (embedding, embedding_backward) if network.inputs.categories else ()
    for number, layer in enumerate(network.layers, start=1):
        yield ACTIVATIONS[layer.activation].forward
        if number < len(network.layers) or loss.takes == "activation":
            yield _slope(layer.activation)
    for one in (loss.per_sample, loss.gradient):
        yield one.func if isinstance(one, partial) else one


def _slope(activation: str) -> Callable[..., Any]:
    entry = ACTIVATIONS[activation]
    slope = entry.derivative or entry.row_backward
    assert slope is not None
    return slope


def _called(function: Callable[..., Any], *arguments: str) -> str:
    """The call of a function, with the constants that are fixed in it."""
    constants = function.keywords if isinstance(function, partial) else {}
    named = [f"{name}={value!r}" for name, value in constants.items()]
    return f"{getattr(function, 'func', function).__name__}({', '.join([*arguments, *named])})"


def _drops(network: Network) -> bool:
    return bool(chances_to_drop(network.dropout)) and bool(network.hidden)


def safe_names(network: Network) -> dict[str, str]:
    """A name that holds no name from the data, for each parameter."""
    names: dict[str, str] = {}
    for layer in network.layers:
        names |= {layer.weight: layer.weight}
        names |= {name: f"E{at}" for at, name in enumerate(layer.embeddings, start=1)}
        names |= {name: f"P{at}" for at, name in enumerate(layer.piecewise, start=1)}
        names |= {name: name for name in (*layer.factors, layer.bias)}
    return names


def shapes_of(network: Network) -> str:
    """The shape of each parameter, and which of them decay."""
    shapes = [f"{python(safe)}: {network.parameters[name].shape}" for name, safe in safe_names(network).items()]
    return (
        f"SHAPES = {{\n{wrapped(shapes)},\n}}\n"
        "# Weight decay and penalties leave biases and members' factors alone.\n"
        'DECAYS = np.concatenate([np.full(math.prod(shape), name[0] in "WEP") for name, shape in SHAPES.items()])'
    )


def start_function(network: Network, seed: str = "SEED") -> str:
    """`start`: every parameter drawn from a stream of its own, as `network.initialization` draws it.

    `seed` is that of the network, as the program has it.
    """
    names, streams = safe_names(network), count()
    lines = ["theta = {}"]
    for layer in network.layers:
        draw = ACTIVATIONS[layer.activation].initializer.__name__
        for name in (layer.weight, *layer.embeddings, *layer.piecewise):
            rows, safe = network.parameters[name].shape[0], names[name]
            drawn = f"{draw}(({seed}, 2**{FIRST_STREAM} + {next(streams)}), {layer.n_columns}, {layer.n_out}, {rows})"
            lines.append(f'theta["{safe}"] = {drawn}' + (f" / np.sqrt({rows})" if name in layer.piecewise else ""))
            if name in layer.embeddings:
                lines.append(f'theta["{safe}"][0] = 0')
        lines += [f'theta["{name}"] = np.ones(SHAPES["{name}"])' for name in layer.factors]
        lines.append(f'theta["{layer.bias}"] = np.zeros(SHAPES["{layer.bias}"])')
    if network.members > 1:
        signs = f'uniform({seed}, 2**{FIRST_STREAM} + {next(streams)}, SHAPES["R1"])'
        lines.append(f'theta["R1"][{signs} < 0.5] = -1')
    rounded = f"values.astype(np.{network.dtype}).astype(np.float64)"
    lines.append(f"return {{name: {rounded} for name, values in theta.items()}}")
    return method("start", "", "Every parameter before the first step, as the seed draws it.", lines)


def gradient_function(network: Network, loss: Loss, name: str = "gradient") -> str:
    """`gradient`: forward, the loss, backward."""
    last = len(network.layers)
    lines = [
        "at = np.searchsorted(SEEN, rows)",
        *([f"at = np.repeat(at, {network.members})  # a row for each member"] if network.members > 1 else []),
        "A0, codes, positions, y = NUMBERS[at], CODES[at], POSITIONS[at], Y[at]",
        "# Forward.",
    ]
    for number, layer in enumerate(network.layers, start=1):
        lines += _forward(network, number, layer)
    taken = f"Z{last}" if loss.takes == "pre-activation" else f"A{last}"
    lines += [
        "# The loss, and delta = ∂J/∂Z of the last layer.",
        f"J = {_called(loss.per_sample, taken, 'y')}.mean()",
        f"delta = {_called(loss.gradient, taken, 'y')} / len(y)",
        *([_through(network.output, f"Z{last}", "delta")] if loss.takes == "activation" else []),
        "# Backward.",
        "grad = {}",
    ]
    for number, layer in reversed([*enumerate(network.layers, start=1)]):
        lines += _backward(network, number, layer)
    docstring = "The loss of a batch, and its derivative by every parameter."
    return method(name, "theta, rows, step", docstring, [*lines, "return J, grad"])


def _through(activation: str, Z: str, grad_A: str) -> str:
    """Delta = ∂J/∂Z, from ∂J/∂A."""
    slope = _slope(activation).__name__
    elementwise = ACTIVATIONS[activation].is_elementwise
    return f"delta = {grad_A} * {slope}({Z})" if elementwise else f"delta = {slope}({Z}, {grad_A})"


def _lookups(layer: Layer, network: Network) -> list[tuple[str, str, str]]:
    """What codes and positions add to the sums: the value, the parameter, and its gradient for some DELTA."""
    found = []
    for at, name in enumerate(layer.embeddings):
        codes, size = f"codes[:, {at}]", network.parameters[name].shape[0]
        value = f'embedding({codes}, theta["E{at + 1}"])'
        found.append((value, f"E{at + 1}", f"embedding_backward({codes}, DELTA, {size})"))
    for at, name in enumerate(layer.piecewise):
        shares = f"in_bins(positions[:, {at}], {network.parameters[name].shape[0]})"
        found.append((f'{shares} @ theta["P{at + 1}"]', f"P{at + 1}", f"{shares}.T @ DELTA"))
    return found


def _forward(network: Network, number: int, layer: Layer) -> Iterator[str]:
    below, W, b = f"A{number - 1}", f'theta["W{number}"]', f'theta["b{number}"]'
    found = _lookups(layer, network)
    if not layer.factors:
        yield f"Z{number} = dense({below}, {W}, {b})"
        for value, _, _ in found:
            yield f"Z{number} += {value}"
    else:
        yield f'R{number} = in_turn(theta["R{number}"], len({below}))'
        yield f"X{number} = {below} * R{number}[:, :{layer.n_in}]"
        yield f"U{number} = X{number} @ {W}"
        for place, (value, _, _) in enumerate(found, start=layer.n_in):
            yield f"U{number} += R{number}[:, {place}:{place + 1}] * ({value})"
        yield f'S{number} = in_turn(theta["S{number}"], len(U{number}))'
        yield f"Z{number} = U{number} * S{number} + in_turn({b}, len(U{number}))"
    if _drops(network) and number <= len(network.hidden):
        yield f"M{number} = dropout_mask({network.dropout}, SEED, step, {number}, *Z{number}.shape)"
        yield f"A{number} = {layer.activation}(Z{number}) * M{number}"
    else:
        yield f"A{number} = {layer.activation}(Z{number})"


def _backward(network: Network, number: int, layer: Layer) -> Iterator[str]:
    below, found, members = f"A{number - 1}", _lookups(layer, network), network.members
    W = f'theta["W{number}"]'
    if not layer.factors:
        yield f'back, grad["W{number}"], grad["b{number}"] = dense_backward({below}, {W}, delta)'
        for _, name, gradient in found:
            yield f'grad["{name}"] = {gradient.replace("DELTA", "delta")}'
        back = "back"
    else:
        yield f'grad["b{number}"] = in_turn_backward(delta, {members})'
        yield f'grad["S{number}"] = in_turn_backward(delta * U{number}, {members})'
        yield f"delta = delta * S{number}"
        yield f'back, grad["W{number}"], _ = dense_backward(X{number}, {W}, delta)'
        grad_R = [f"back * {below}"]
        for place, (value, name, gradient) in enumerate(found, start=layer.n_in):
            scaled = f"R{number}[:, {place}:{place + 1}] * delta"
            delta = f"({scaled})" if gradient.endswith("@ DELTA") else scaled
            yield f'grad["{name}"] = {gradient.replace("DELTA", delta)}'
            grad_R.append(f"(delta * ({value})).sum(axis=1, keepdims=True)")
        joined = grad_R[0] if len(grad_R) == 1 else f"np.concatenate([{', '.join(grad_R)}], axis=1)"
        yield f'grad["R{number}"] = in_turn_backward({joined}, {members})'
        back = f"back * R{number}[:, :{layer.n_in}]"
    if number > 1:
        grad_A = f"{back} * M{number - 1}" if _drops(network) else back
        yield _through(network.layers[number - 2].activation, f"Z{number - 1}", grad_A)
