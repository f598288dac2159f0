r"""An activation is one entry, which holds all that the rest of the package reads of it.

Engines read the function and its derivative, a network its initializer, explanations how it is written and where it has
a kink, exporters its line in each language. To add an activation is to write one entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from wade.errors import InvalidArgument
from wade.maths.initializers import Initializer
from wade.types import Array

LANGUAGES: Final = ("pytorch", "keras", "sklearn", "c", "onnx")


@dataclass(frozen=True)
class Activation:
    r"""An activation g, the way back through it, and its line in each export language.

    .. math:: A = g(Z), \qquad \frac{\partial J}{\partial Z} = \frac{\partial J}{\partial A} \odot g'(Z)

    Parameters
    ----------
    name : str
        What users call it; an identifier.
    forward : function
        Z → A, in terms of `wade.maths.arrays.namespace`.
    derivative : function or None
        Z → g′(Z), where each number is treated by itself. None needs `row_backward`.
    initializer : function
        What draws the weights of a layer that ends in it: see `wade.maths.initializers`.
    kinks : tuple of float
        The z where g′ jumps: a finite difference across one of them is no test of the gradient.
    breakpoints : tuple of float
        The z where one piece of the formula ends and the next begins, where these are more than the kinks. A path
        through a network is integrated piece by piece.
    piecewise_linear : bool
        Whether each piece is a straight line.
    symbol : (text, LaTeX)
        How formulas write it; () stands for its name.
    formula : (g(z), g′(z))
        Both in plain text, for readers of an explanation; () where none is short.
    row_backward : function or None
        (Z, ∂J/∂A) → ∂J/∂Z, where an output depends on its whole row. Such an activation can end a network only.
    aliases : tuple of str
        What others call it; errors about an unknown name say so.
    exports : mapping from language to text
        Its line in each of `LANGUAGES`: an expression in Z ("pytorch", "keras"), an expression in a double z ("c"; a
        whole function where an output depends on its row), the name that scikit-learn's perceptron has for it
        ("sklearn"), and an expression in Z whose functions are operators of ONNX ("onnx"; see
        `wade.exporters.onnx.graph`). NumPy programs hold the functions' own source. A language without a line is
        refused by its exporter.

    Examples
    --------
    >>> from wade.maths.activations import ACTIVATIONS
    >>> relu = ACTIVATIONS["relu"]
    >>> relu.backward(np.asarray([[-1.0, 2.0]]), np.asarray([[5.0, 5.0]]))
    array([[0., 5.]])
    >>> relu.initializer.__name__, relu.kinks, relu.line("c")
    ('he_normal', (0.0,), 'z > 0 ? z : 0')
    """

    name: str
    forward: Callable[[Array], Array]
    derivative: Callable[[Array], Array] | None
    initializer: Initializer
    kinks: tuple[float, ...] = ()
    breakpoints: tuple[float, ...] = ()
    piecewise_linear: bool = False
    symbol: tuple[str, str] | tuple[()] = ()
    formula: tuple[str, str] | tuple[()] = ()
    row_backward: Callable[[Array, Array], Array] | None = None
    aliases: tuple[str, ...] = ()
    exports: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise InvalidArgument("name", "must be an identifier, such as 'relu6'", self.name)
        if (self.derivative is None) == (self.row_backward is None):
            raise InvalidArgument("derivative", "must be given, or else row_backward", self.name)
        if unknown := set(self.exports) - set(LANGUAGES):
            raise InvalidArgument("exports", f"must have keys of {LANGUAGES}", sorted(unknown))
        if not self.breakpoints:
            object.__setattr__(self, "breakpoints", self.kinks)

    def backward(self, Z: Array, grad_A: Array) -> Array:
        """∂J/∂Z for ∂J/∂A: the chain rule (equation BP1 of M. Nielsen, *Neural Networks and Deep Learning*, 2015)."""
        if self.derivative is not None:
            return grad_A * self.derivative(Z)
        assert self.row_backward is not None
        return self.row_backward(Z, grad_A)

    @property
    def is_elementwise(self) -> bool:
        """Whether each number is treated by itself, so that hidden layers can use it."""
        return self.derivative is not None

    @property
    def can_die(self) -> bool:
        """Whether a neuron can be off for good: below its first kink both g and g′ are 0."""
        if not self.kinks or self.derivative is None:
            return False
        below = np.asarray([min(self.kinks) - 1.0])
        return not self.forward(below).any() and not self.derivative(below).any()

    @property
    def written(self) -> tuple[str, str]:
        """How text and LaTeX write it."""
        return self.symbol or (self.name, r"\operatorname{" + self.name.replace("_", r"\_") + "}")

    def line(self, language: str) -> str:
        """Its line in an export language.

        Raises
        ------
        InvalidArgument
            Where the entry has none.
        """
        if language not in self.exports:
            others = ", ".join(("numpy", *(one for one in LANGUAGES if one in self.exports)))
            raise InvalidArgument(
                "to",
                f"must not be {language!r} for the activation {self.name}: its entry has no line for {language}",
                language,
                f"Export to one of: {others}. Or add exports[{language!r}] to the entry of {self.name} "
                "(wade.maths.activations).",
            )
        return self.exports[language]
