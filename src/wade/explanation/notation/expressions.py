"""A formula as a small tree, whose leaves have both a symbol and a number.

One tree is the formula in symbols and in numbers; `evaluation` gives its value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, cast


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
class ColumnName:
    """A column as an index: in quotes, x["y"], as its name may be that of a symbol."""

    name: str


@dataclass(frozen=True)
class Symbol(_Operand):
    """A letter with its layer, the name of a column, and indices: numbers, columns, or letters and ":"."""

    letter: str
    layer: int | None = None
    name: str = ""
    index: tuple[int | str | ColumnName, ...] = ()
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
    """A function that `functions.function_named` knows, of something."""

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
