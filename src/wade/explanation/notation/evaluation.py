"""The value of a formula with its numbers as they are shown, which decides where an equals sign may stand."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, isfinite, isnan, nan, prod

from wade.explanation.notation.expressions import (
    Apply,
    Constant,
    Expression,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Remainder,
    Sum,
    Summation,
)
from wade.explanation.notation.functions import function_named
from wade.explanation.notation.rounding import agrees, rounded


def evaluate(expression: Expression, digits: int | None) -> float:
    """The value of the formula with its numbers as they are shown, or unrounded; NaN where no double is its value."""
    try:
        return _value(expression, digits)
    except OverflowError:
        return nan


def _value(expression: Expression, digits: int | None) -> float:
    match expression:
        case Quantity(_, value, is_weight):
            return nan if value is None else _shown(value, digits, is_weight)
        case Constant(value):
            return value
        case Remainder(_, value):
            return _shown(value, digits)
        case Sum(terms):
            values = [_value(term, digits) for term in terms]
            return fsum(values) if all(map(isfinite, values)) else nan
        case Product(factors):
            return prod(_value(factor, digits) for factor in factors)
        case Negative(of):
            return -_value(of, digits)
        case Quotient(top, bottom):
            below = _value(bottom, digits)
            return _value(top, digits) / below if below else nan
        case Power(base, exponent):
            raised = _value(exponent, digits)
            below = _value(base, digits)
            return float(below**raised) if below or raised >= 0 else nan
        case Apply(function, argument):
            value = _value(argument, digits)
            return function_named(function).of(value) if isfinite(value) else nan
        case Summation(_, _, written_out):
            return _value(written_out, digits)
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
    >>> from wade.explanation.notation.expressions import Symbol
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


def truncated_sum(terms: Sequence[Expression], most: int, followed: int | None = None) -> Sum:
    """At most `most` of the terms, the `followed` and the largest in their own order, and the total of the others."""
    if len(terms) <= most:
        return Sum(tuple(terms))
    sizes = [0.0 if isnan(value) else value for value in (evaluate(term, None) for term in terms)]
    by_size = sorted(range(len(terms)), key=lambda place: -abs(sizes[place]))
    if followed is not None:
        by_size = [followed, *(place for place in by_size if place != followed)]
    kept = sorted(place for place in by_size[: most - 1] if sizes[place] or place == followed) or by_size[:1]
    rest = fsum(value for place, value in enumerate(sizes) if place not in kept)
    return Sum((*(terms[place] for place in kept), Remainder(len(terms) - len(kept), rest)))
