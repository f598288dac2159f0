r"""Optimizers: how a gradient becomes a step, θ ← θ − η ∂J/∂θ and its refinements; and the registry of them.

Plain gradient descent steps against the gradient, η times its length. Momentum accumulates steps; Nesterov's looks
ahead. AdaGrad and RMSProp give every parameter its own learning rate: they divide by how large that parameter's
gradients have been. Adam does both. Each optimizer is a few pure functions: `init` makes its state; `update` takes
parameters, gradient, state and learning rate, and returns new parameters and new state; `effective_learning_rate`
computes from the state the learning rate of each parameter in the step just taken. Nothing is changed in place.

Conventions are PyTorch's. `decays` marks the parameters that weight decay touches; None means all of them, biases
included, as in PyTorch. A network's own mask, `network.decays`, leaves biases alone.

Read `descent`, then `scaled`, then `adam`; `protocol` holds what they share. To add one, write the class and
its place in `OPTIMIZERS`.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from wade.errors import InvalidArgument, unknown_name
from wade.maths.optimizers.adam import Adam, AdamW
from wade.maths.optimizers.descent import SGD, Nesterov
from wade.maths.optimizers.protocol import Optimizer, State
from wade.maths.optimizers.scaled import AdaGrad, RMSProp
from wade.maths.registry import Registry

__all__ = [
    "NAMED",
    "OPTIMIZERS",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Nesterov",
    "Optimizer",
    "RMSProp",
    "State",
    "choose_optimizer",
]

OPTIMIZERS: Final[Registry[type[Optimizer]]] = Registry("optimizer", SGD, Nesterov, AdaGrad, RMSProp, Adam, AdamW)
NAMED: Final[Mapping[str, Callable[[], Optimizer]]] = ChainMap({"momentum": partial(SGD, momentum=0.9)}, OPTIMIZERS)  # type: ignore[arg-type]
"""What a name alone stands for: the usual constants; and gradient descent with the usual momentum."""


def choose_optimizer(optimizer: str | Optimizer) -> Optimizer:
    """The optimizer that a name means, with its usual constants; an optimizer is passed on as it is.

    Parameters
    ----------
    optimizer : "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", or an optimizer
        A name stands for the usual constants.

    Raises
    ------
    InvalidArgument
        Where the name is unknown, or it is no optimizer.

    Examples
    --------
    >>> choose_optimizer("adam")
    Adam(beta1=0.9, beta2=0.999, epsilon=1e-08, weight_decay=0.0)
    """
    if isinstance(optimizer, str):
        if optimizer not in NAMED:
            raise unknown_name("optimizer", optimizer, NAMED)
        return NAMED[optimizer]()
    if not isinstance(optimizer, tuple(OPTIMIZERS.values())):
        raise InvalidArgument("optimizer", "must be a name or an optimizer such as Adam(beta1=0.9)", optimizer)
    return optimizer
