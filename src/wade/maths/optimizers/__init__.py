r"""An optimiser turns a gradient into a step: θ ← θ − η ∂J/∂θ, and its refinements.

The gradient points uphill. Plain gradient descent steps the other way, η times its length. Momentum lets steps add up,
like a ball that rolls; Nesterov's looks ahead. AdaGrad and RMSProp give every parameter its own pace: they divide by
how large that parameter's gradients have been. Adam does both. Each optimiser is a few pure functions: `init` makes its
memory; `update` takes parameters, gradient, memory and learning rate, and returns new parameters and new memory;
`effective_learning_rate` tells from the memory the pace of each parameter in the step just taken. Nothing is changed in
place.

Conventions are PyTorch's. `decays` marks the parameters that weight decay touches; None means all of them, biases
included, as in PyTorch. A network's own mask, `network.decays`, leaves biases alone.

Read `descent`, then `scaled`, then `adam`; `protocol` holds what they share.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

from wade.errors import InvalidArgument, unknown_name
from wade.maths.optimizers.adam import Adam, AdamW
from wade.maths.optimizers.descent import SGD, Nesterov
from wade.maths.optimizers.protocol import Optimizer, State
from wade.maths.optimizers.scaled import AdaGrad, RMSProp

__all__ = [
    "NAMED",
    "OPTIMIZERS",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "KnownOptimizer",
    "Nesterov",
    "Optimizer",
    "RMSProp",
    "State",
    "choose_optimizer",
]

KnownOptimizer: TypeAlias = SGD | Nesterov | AdaGrad | RMSProp | Adam | AdamW

OPTIMIZERS: Final[dict[str, type[KnownOptimizer]]] = {
    "sgd": SGD,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
}


NAMED: Final[dict[str, Callable[[], KnownOptimizer]]] = {**OPTIMIZERS, "momentum": partial(SGD, momentum=0.9)}
"""What a name alone stands for: the usual constants; and gradient descent with the usual momentum."""


def choose_optimizer(optimizer: str | Optimizer) -> KnownOptimizer:
    """The optimiser that a name means, with its usual constants; an optimiser is passed on as it is.

    Parameters
    ----------
    optimizer : "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", or an optimiser
        A name stands for the usual constants.

    Returns
    -------
    Optimizer

    Raises
    ------
    InvalidArgument
        Where the name is unknown, or it is no optimiser.

    Examples
    --------
    >>> choose_optimizer("adam")
    Adam(beta1=0.9, beta2=0.999, epsilon=1e-08, weight_decay=0.0)
    """
    if isinstance(optimizer, str):
        if optimizer not in NAMED:
            raise unknown_name("optimizer", optimizer, NAMED)
        return NAMED[optimizer]()
    if not isinstance(optimizer, KnownOptimizer):
        raise InvalidArgument("optimizer", "must be a name or an optimiser such as Adam(beta1=0.9)", optimizer)
    return optimizer
