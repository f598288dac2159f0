"""JAX: the whole chunk as one compiled program, `jit` over `lax.scan`, its state given away rather than copied.

Compiling is not timed. Four steps of per-example descent are unrolled, which is its fastest: the loop itself costs as
much as a step.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from ..turns import Contestant, Turn
from ..works import LEARNING_RATE, OPTIMIZERS, Work, batches_of, network_of

Parameters = list[tuple[Array, Array]]
UNROLLED = 4


def sums(parameters: Parameters, X: Array) -> Array:
    """Z of the last layer."""
    *hidden, (weight, bias) = parameters
    for W, b in hidden:
        X = jax.nn.relu(X @ W + b)
    return X @ weight + bias


def sigmoid_loss(parameters: Parameters, X: Array, y: Array) -> Array:
    """Cross-entropy of a sigmoid, from Z."""
    Z = sums(parameters, X)
    return jnp.mean(jnp.maximum(Z, 0) - Z * y + jnp.log1p(jnp.exp(-jnp.abs(Z))))


def softmax_loss(parameters: Parameters, X: Array, y: Array) -> Array:
    """Cross-entropy of a softmax, from Z."""
    shares = jax.nn.log_softmax(sums(parameters, X))
    return -jnp.mean(jnp.take_along_axis(shares, y[:, None], axis=1))


def sgd(state: Any, gradient: Parameters) -> Any:
    """θ ← θ − η g"""
    (parameters,) = state
    return (jax.tree.map(lambda p, g: p - LEARNING_RATE * g, parameters, gradient),)


def adam(state: Any, gradient: Parameters) -> Any:
    """Counterpart of wade.maths.optimizers.Adam."""
    parameters, first, second, step = state
    constants, step = OPTIMIZERS["Adam"], step + 1
    beta1, beta2 = constants.beta1, constants.beta2
    first = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, first, gradient)
    second = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, second, gradient)
    size, root = LEARNING_RATE / (1 - beta1**step), 1 / jnp.sqrt(1 - beta2**step)
    moved = jax.tree.map(
        lambda p, m, v: p - size * m / (jnp.sqrt(v) * root + constants.epsilon), parameters, first, second
    )
    return moved, first, second, step


def descent(work: Work) -> Contestant:
    """A chunk of steps, from the same start in every turn."""
    numbers, _, y = batches_of(work, work.steps)
    X, targets = jnp.asarray(numbers), jnp.asarray(y)
    start, loss = network_of(work).parameters, softmax_loss if work.widths[-1] > 1 else sigmoid_loss
    move = {"SGD": sgd, "Adam": adam}[work.optimizer]

    def fresh() -> Any:
        parameters = [(jnp.array(start[f"W{n}"]), jnp.array(start[f"b{n}"])) for n in range(1, len(work.widths))]
        zeros = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
        return (parameters,) if move is sgd else (parameters, *zeros, jnp.float32(0))

    def step(state: Any, batch: tuple[Array, Array]) -> tuple[Any, Array]:
        found, gradient = jax.value_and_grad(loss)(state[0], *batch)
        return move(state, gradient), found

    def chunk(state: Any, X: Array, y: Array) -> tuple[Any, Array]:
        return lax.scan(step, state, (X, y), unroll=UNROLLED if work.batch_size == 1 else 1)

    compiled = jax.jit(chunk, donate_argnums=0).lower(fresh(), X, targets).compile()

    def turn() -> Turn:
        state = jax.block_until_ready(fresh())
        began = perf_counter()
        _, losses = jax.block_until_ready(compiled(state, X, targets))
        return Turn((perf_counter() - began) / work.steps, np.asarray(losses))

    return turn


def about() -> str:
    """What the table's head says of it."""
    return f"JAX {jax.__version__}"
