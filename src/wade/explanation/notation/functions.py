"""The functions of formulas: how each is written in text and in LaTeX, and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, nan, sqrt
from typing import Final

import numpy as np

from wade.maths.activations import ACTIVATIONS


@dataclass(frozen=True)
class Function:
    """How a function is written, in text and in LaTeX, and what it gives."""

    text: str
    latex: str
    of: Callable[[float], float]


FUNCTIONS: Final[dict[str, Function]] = {
    "ln": Function("ln", r"\ln", lambda x: log(x) if x > 0 else nan),
    "exp": Function("exp", r"\exp", lambda x: exp(x) if x < 700 else nan),
    "sqrt": Function("√", r"\sqrt", lambda x: sqrt(x) if x >= 0 else nan),
    "abs": Function("|", "|", abs),
    "sign": Function("sign", r"\operatorname{sign}", lambda x: float(np.sign(x))),
    "sin": Function("sin", r"\sin", lambda x: float(np.sin(x))),
    "cos": Function("cos", r"\cos", lambda x: float(np.cos(x))),
}


def function_named(name: str) -> Function:
    """One of `FUNCTIONS`, an elementwise activation ("relu"), or the derivative of one ("relu'").

    Examples
    --------
    >>> function_named("sigmoid'").text, function_named("sigmoid'").of(0.0)
    ('σ′', 0.25)
    """
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    activation = ACTIVATIONS[name.removesuffix("'")]
    text, latex = activation.written
    if name == activation.name:
        return Function(text, latex, lambda z: float(activation.forward(np.array([[z]]))[0, 0]))
    return Function(
        f"{text}′", f"{latex}'", lambda z: float(activation.backward(np.array([[z]]), np.ones((1, 1)))[0, 0])
    )
