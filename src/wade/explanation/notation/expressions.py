"""A formula as a small tree, whose leaves have both a symbol and a number.

One tree is the formula in symbols and in numbers. It can be evaluated with the numbers as they are shown, which decides
where an equals sign may stand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, fsum, isfinite, isnan, log, nan, prod, sqrt
from typing import Final, TypeAlias, cast

import numpy as np

from wade.explanation.notation.rounding import agrees, rounded
from wade.maths.activations import ACTIVATIONS


class _Operand:
    """Operators between parts of a formula: +, −, ·, / and ** build its tree; a plain number is a constant."""

    def __add__(self, other: Expression) -> Sum:
        return Sum((*self._terms(), other))

    def __sub__(self, other: Expression) -> Sum:
        return Sum((*self._terms(), Negative(other)))

    def __rsub__(self, other: float) -> Sum:
        return Sum((Constant(other), Negative(cast("Expression", self))))

    def __mul__(self, other: Expression) -> Product:
        return Product((cast("Expression", self), other))

    def __truediv__(self, other: Expression | float) -> Quotient:
        return Quotient(cast("Expression", self), Constant(other) if isinstance(other, int | float) else other)

    def __pow__(self, other: Expression | float) -> Power:
        return Power(cast("Expression", self), Constant(other) if isinstance(other, int | float) else other)

    def __neg__(self) -> Negative:
        return Negative(cast("Expression", self))

    def _terms(self) -> tuple[Expression, ...]:
        return (cast("Expression", self),)


@dataclass(frozen=True)
class Symbol(_Operand):
    """A letter with its layer, the name of a column, and indices: numbers, or names of columns and values."""

    letter: str
    layer: int | None = None
    name: str = ""
    index: tuple[int | str, ...] = ()
    transposed: bool = False


@dataclass(frozen=True)
class Partial(_Operand):
    """∂ of something by something."""

    of: Symbol
    by: Symbol


@dataclass(frozen=True)
class Quantity(_Operand):
    """A leaf: its name, and its value, None where not computed yet; a weight has a decimal point: 3.0."""

    name: Expression
    value: float | None
    is_weight: bool = False


@dataclass(frozen=True)
class Constant(_Operand):
    """A number that is part of the formula."""

    value: float


@dataclass(frozen=True)
class Label(_Operand):
    """Plain words within a formula."""

    text: str


@dataclass(frozen=True)
class Remainder(_Operand):
    """The terms of a sum that are not shown: how many, and what they come to."""

    count: int
    value: float


@dataclass(frozen=True)
class Sum(_Operand):
    """Terms, added."""

    terms: tuple[Expression, ...]

    def _terms(self) -> tuple[Expression, ...]:
        return self.terms


@dataclass(frozen=True)
class Product(_Operand):
    """Factors, multiplied: as numbers ("·", or " · " with room), number by number ("⊙"), or as matrices ("")."""

    factors: tuple[Expression, ...]
    sign: str = "·"


@dataclass(frozen=True)
class Negative(_Operand):
    """Minus something."""

    of: Expression


@dataclass(frozen=True)
class Quotient(_Operand):
    """A fraction."""

    top: Expression
    bottom: Expression


@dataclass(frozen=True)
class Power(_Operand):
    """Something raised."""

    base: Expression
    exponent: Expression


@dataclass(frozen=True)
class Apply(_Operand):
    """A function that `function_named` knows, of something."""

    function: str
    argument: Expression


@dataclass(frozen=True)
class Summation(_Operand):
    """Σ over an index, in symbols; what is summed stands beside it. With numbers, the sum is written out."""

    over: str
    summed: Expression
    written_out: Expression


Expression: TypeAlias = (
    Symbol
    | Partial
    | Quantity
    | Constant
    | Label
    | Remainder
    | Sum
    | Product
    | Negative
    | Quotient
    | Power
    | Apply
    | Summation
)


@dataclass(frozen=True)
class Equation:
    """A name, and its formula, evaluated in one or more steps.

    Parameters
    ----------
    name : Expression
        The left side.
    steps : tuple of Expression
        The formula; then the same partly evaluated. Empty where there is only the value.
    value : float or None
        As it was recorded; None where it is not computed yet, or where the formula is symbolic.
    symbolic : bool
        Whether it is an equation of matrices, without numbers.
    is_weight : bool
        Whether the value is written with a decimal point.
    sign : "=" or "←"
        The second where the name gets a new value.
    """

    name: Expression
    steps: tuple[Expression, ...]
    value: float | None = None
    symbolic: bool = False
    is_weight: bool = False
    sign: str = "="


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


def evaluate(expression: Expression, digits: int | None) -> float:
    """The value of the formula with its numbers as they are shown, or unrounded; NaN where it has none."""
    match expression:
        case Quantity(_, value, is_weight):
            return nan if value is None else _shown(value, digits, is_weight)
        case Constant(value):
            return value
        case Remainder(_, value):
            return _shown(value, digits)
        case Sum(terms):
            return fsum(evaluate(term, digits) for term in terms)
        case Product(factors):
            return prod(evaluate(factor, digits) for factor in factors)
        case Negative(of):
            return -evaluate(of, digits)
        case Quotient(top, bottom):
            below = evaluate(bottom, digits)
            return evaluate(top, digits) / below if below else nan
        case Power(base, exponent):
            raised = evaluate(exponent, digits)
            below = evaluate(base, digits)
            return float(below**raised) if below or raised >= 0 else nan
        case Apply(function, argument):
            value = evaluate(argument, digits)
            return function_named(function).of(value) if isfinite(value) else nan
        case Summation(_, _, written_out):
            return evaluate(written_out, digits)
        case _:
            return nan


def _shown(value: float, digits: int | None, is_weight: bool = False) -> float:
    if digits is None:
        return value
    return float(rounded(value, digits, is_weight)) if isfinite(value) else nan


def equality_holds(left: Expression, left_digits: int, right: Expression, digits: int) -> bool:
    """Whether an equals sign may stand between two steps, as they are shown.

    Against a number, `rounding.agrees` decides; of two applications of one function, their arguments.

    Examples
    --------
    >>> z = Sum((Product((Quantity(Symbol("x"), 2), Quantity(Symbol("w"), 0.1))), Constant(3)))
    >>> equality_holds(Apply("sigmoid", z), 4, Apply("sigmoid", Constant(3.2)), 4)
    True
    """
    if isinstance(left, Apply) and isinstance(right, Apply) and left.function == right.function:
        return equality_holds(left.argument, left_digits, right.argument, digits)
    if isinstance(right, Quantity | Constant | Remainder):
        is_weight = isinstance(right, Quantity) and right.is_weight
        return right.value is not None and agrees(evaluate(left, left_digits), right.value, digits, is_weight)
    a, b = evaluate(left, left_digits), evaluate(right, digits)
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b))


def is_computed(expression: Expression) -> bool:
    """Whether every number in it is there."""
    match expression:
        case Quantity(_, value, _):
            return value is not None
        case Sum(terms):
            return all(map(is_computed, terms))
        case Product(factors):
            return all(map(is_computed, factors))
        case Negative(inner) | Apply(_, inner) | Summation(_, _, inner):
            return is_computed(inner)
        case Quotient(one, other) | Power(one, other):
            return is_computed(one) and is_computed(other)
        case _:
            return True


def truncated_sum(terms: Sequence[Expression], most: int) -> Sum:
    """At most `most` of the terms, the largest in their own order, and the total of the others."""
    if len(terms) <= most:
        return Sum(tuple(terms))
    sizes = [0.0 if isnan(value) else value for value in (evaluate(term, None) for term in terms)]
    by_size = sorted(range(len(terms)), key=lambda place: -abs(sizes[place]))
    kept = sorted(place for place in by_size[: most - 1] if sizes[place]) or by_size[:1]
    rest = fsum(value for place, value in enumerate(sizes) if place not in kept)
    return Sum((*(terms[place] for place in kept), Remainder(len(terms) - len(kept), rest)))
