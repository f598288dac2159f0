"""A formula as a small tree, whose leaves know both their symbol and their number.

So one tree is the formula with symbols, the same with numbers put in, and both; and it can be worked out with the
numbers as they are shown, which is how it is known where an equals sign may stand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, fsum, isfinite, log, nan, prod, sqrt
from typing import Final, TypeAlias

import numpy as np

from wade.explanation.notation.rounding import agrees, rounded
from wade.maths.activations import ACTIVATIONS


@dataclass(frozen=True)
class Symbol:
    """A letter with what stands around it: W of layer 1, row 0, column 2; E of layer 1 for a column's name.

    Parameters
    ----------
    letter : str
    layer : int, optional
    name : str
        Of a column, as the table has it.
    index : tuple of int or str
        Numbers, or names of columns and values.
    transposed : bool
    """

    letter: str
    layer: int | None = None
    name: str = ""
    index: tuple[int | str, ...] = ()
    transposed: bool = False


@dataclass(frozen=True)
class Partial:
    """∂ of something by something."""

    of: Symbol
    by: Symbol


@dataclass(frozen=True)
class Quantity:
    """A leaf: what it is called, and how much it is; None where that is not computed yet.

    Parameters
    ----------
    name : Expression
        Without numbers in it.
    value : float or None
    is_weight : bool
        Whether it is written with a decimal point: 3.0.
    """

    name: Expression
    value: float | None
    is_weight: bool = False


@dataclass(frozen=True)
class Constant:
    """A number that is part of the formula."""

    value: float


@dataclass(frozen=True)
class Label:
    """Plain words within a formula."""

    text: str


@dataclass(frozen=True)
class Remainder:
    """The terms of a sum that are not shown: how many, and what they come to."""

    count: int
    value: float


@dataclass(frozen=True)
class Sum:
    """Terms, added."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True)
class Product:
    """Factors, multiplied: as numbers ("·", or " · " with room), number by number ("⊙"), or as matrices ("")."""

    factors: tuple[Expression, ...]
    sign: str = "·"


@dataclass(frozen=True)
class Negative:
    """Minus something."""

    of: Expression


@dataclass(frozen=True)
class Quotient:
    """A fraction."""

    top: Expression
    bottom: Expression


@dataclass(frozen=True)
class Power:
    """Something raised."""

    base: Expression
    exponent: Expression


@dataclass(frozen=True)
class Apply:
    """A function that `function_named` knows, of something."""

    function: str
    argument: Expression


@dataclass(frozen=True)
class Summation:
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
    """What something is: a formula, worked out in one or more steps.

    Parameters
    ----------
    name : Expression
        What stands on the left.
    steps : tuple of Expression
        The formula; then the same as far as it has been worked out. Nothing where there is only the value.
    value : float or None
        What it comes to, as it was recorded; None where it is not computed yet, or where the formula is one of symbols.
    symbolic : bool
        Whether there are symbols alone: an equation of matrices.
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


def evaluate(expression: Expression, digits: int) -> float:
    """What the formula comes to with the numbers as they are shown; NaN where it has none."""
    match expression:
        case Quantity(_, value, is_weight):
            known = value is not None and isfinite(value)
            return float(rounded(value, digits, is_weight)) if known and value is not None else nan
        case Constant(value):
            return value
        case Remainder(_, value):
            return float(rounded(value, digits)) if isfinite(value) else nan
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


def equality_holds(left: Expression, left_digits: int, right: Expression, digits: int) -> bool:
    """Whether an equals sign may stand between two steps, as they are shown.

    Against a number, `rounding.agrees` says it. Where both are a function of something, that is asked of what it is of.

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


def truncated_sum(terms: list[tuple[Expression, float]], most: int) -> Sum:
    """The largest terms in their own order, and what the others come to.

    Parameters
    ----------
    terms : list of (expression, what it comes to)
    most : int, ≥ 1
        More than so many are not written out.
    """
    if len(terms) <= most:
        return Sum(tuple(term for term, _ in terms))
    by_size = sorted(range(len(terms)), key=lambda place: -abs(terms[place][1]))
    kept = sorted(place for place in by_size[: most - 1] if terms[place][1]) or by_size[:1]
    rest = fsum(value for place, (_, value) in enumerate(terms) if place not in kept)
    return Sum((*(terms[place][0] for place in kept), Remainder(len(terms) - len(kept), rest)))
