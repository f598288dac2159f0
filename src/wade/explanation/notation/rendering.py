"""Renders an equation in any format: decides where brackets and signs stand, and whether = or ≈, once for all printers.

A printer (`printers`) decides how a number, a symbol or a fraction is written.
"""

from __future__ import annotations

from math import isfinite
from typing import Literal, TypeAlias

from wade.errors import unknown_name
from wade.explanation.notation.evaluation import equality_holds, evaluate, is_computed
from wade.explanation.notation.expressions import (
    Apply,
    Constant,
    Equation,
    Expression,
    Label,
    Negative,
    Partial,
    Power,
    Product,
    Quantity,
    Quotient,
    Remainder,
    Sum,
    Summation,
    Symbol,
)
from wade.explanation.notation.functions import function_named
from wade.explanation.notation.printers import PRINTERS, TEXT, Format, Printer
from wade.explanation.notation.rounding import DIGITS, NOT_YET, format_nonfinite, rounded, scientific_parts

Form: TypeAlias = Literal["symbols", "numbers", "both"]
SUM, PRODUCT, POWER, ATOM = range(4)
LONGEST_LINE = 72  # in letters of text
MOST_DIGITS = 18
NEAR = 0.01  # as a share of the value


def render(equation: Equation, format: Format = "text", form: Form = "both", digits: int = DIGITS) -> str:
    """A formula as text, LaTeX, MathML or HTML: in symbols, in numbers, or both, one below the other.

    An equals sign before a number means: the left side, evaluated as it is shown, is that number, or rounds to its
    digits. Where it does not, because the left side was rounded too, the sign is ≈.

    Parameters
    ----------
    equation : Equation
        Such as `explanation.formulas.forward.output(trace)` returns.
    format : "text", "latex", "mathml" or "html"
    form : "symbols", "numbers" or "both"
    digits : int
        The number of significant digits shown.

    Raises
    ------
    InvalidArgument
        Where there is no such format.

    Examples
    --------
    >>> import wade
    >>> from wade.explanation.formulas import forward
    >>> trace = wade.explain(wade.Perceptron([0.1, 0.5, 2.5, 0.2], 3.0, "sigmoid"), [2, 3, -1, 5])
    >>> print(render(forward.output(trace), form="numbers", digits=2))
    output = σ(2·0.1 + 3·0.5 − 1·2.5 + 5·0.2 + 3.0) = σ(3.2) = 0.96
    """
    if format not in PRINTERS:
        raise unknown_name("format", format, PRINTERS)
    printer = PRINTERS[format]
    left = _FormulaWriter(printer, False, digits).write(equation.name)
    rows = []
    if equation.steps and (form != "numbers" or equation.symbolic):
        rows.append(_laid_out(printer.operator(equation.sign), equation.steps[0], printer, False, digits))
    if not equation.steps or (form != "symbols" and not equation.symbolic):
        rows.append(_with_numbers(equation, printer, digits))
        if len(rows) == 1:
            rows[0][0] = printer.operator(equation.sign)
    return printer.lines(left, rows)


def _with_numbers(equation: Equation, printer: Printer, digits: int) -> list[str]:
    """Signs and sides in turn."""
    if equation.value is None or not all(map(is_computed, equation.steps)):
        return [printer.operator("="), printer.label(NOT_YET)]
    row: list[str] = []
    seen: set[str] = set()
    previous: tuple[Expression, int] | None = None
    result = Quantity(equation.name, equation.value, equation.is_weight)
    sides = [(step, _enough(step, equation.value, digits)) for step in equation.steps]
    for side, shown in (*sides, (result, digits)):
        written = _FormulaWriter(printer, True, shown).write(side)
        if written in seen:
            continue
        seen.add(written)
        fits = previous is None or equality_holds(*previous, side, shown)
        row += _laid_out(printer.operator("=" if fits else "≈"), side, printer, True, shown)
        previous = side, shown
    return row


def _enough(step: Expression, value: float, digits: int) -> int:
    """Digits with which a step comes near its value: ln(1 − 1.000) has none, and small differences need many."""
    for more in range(digits, MOST_DIGITS, 2):
        if abs(evaluate(step, more) - value) <= NEAR * abs(value):
            return more
    return digits


def _laid_out(sign: str, side: Expression, printer: Printer, numbers: bool, digits: int) -> list[str]:
    """A sign and what stands after it; a long sum in several lines, where nobody else breaks it."""
    writer = _FormulaWriter(printer, numbers, digits)
    if printer.inline or not isinstance(side, Sum):
        return [sign, writer.write(side)]
    measure = _FormulaWriter(TEXT, numbers, digits)
    lines, room = [[writer.write(side.terms[0])]], LONGEST_LINE - len(measure.write(side.terms[0]))
    for term in side.terms[1:]:
        length = len(measure.write(term))
        if length > room:
            lines.append([])
            room = LONGEST_LINE
        room -= length + 3
        lines[-1] += writer.signed(term)
    first, *others = ([sign if not place else "", printer.joined % "".join(line)] for place, line in enumerate(lines))
    return [*first, *(piece for other in others for piece in other)]


def render_symbol(symbol: Symbol | Partial, format: Format) -> str:
    """A symbol or a partial derivative on its own, such as a cell of a table holds."""
    return _FormulaWriter(PRINTERS[format], False, DIGITS).write(symbol)


class _FormulaWriter:
    def __init__(self, printer: Printer, numbers: bool, digits: int) -> None:
        self.printer, self.numbers, self.digits = printer, numbers, digits

    def write(self, expression: Expression, within: int = SUM) -> str:
        """The formula, in brackets where what it stands in binds more closely."""
        written, binding = self._bound(expression)
        return self.printer.brackets % written if binding < within else written

    def _bound(self, expression: Expression) -> tuple[str, int]:
        printer = self.printer
        match expression:
            case Symbol():
                return printer.symbol(expression), ATOM
            case Partial(of, by):
                return printer.addressed(printer.partial % (self.write(of), self.write(by)), expression), POWER
            case Label(text):
                return printer.label(text), ATOM
            case Quantity(name, value, is_weight):
                return self._quantity(name, value, is_weight)
            case Constant(value):
                return self._number(value, False)
            case Remainder(count, value):
                return printer.remainder(
                    f"{count:,} more", self._number(value, False)[0] if self.numbers else ""
                ), PRODUCT
            case Sum(terms):
                return self._sum(terms), SUM if len(terms) > 1 else PRODUCT
            case Product(factors, sign):
                return self._product(factors, sign), PRODUCT
            case Negative(of):
                return printer.minus % self.write(of, PRODUCT), SUM
            case Quotient(top, bottom):
                inner = POWER if printer.inline else SUM
                written = printer.fraction % (self.write(top, inner), self.write(bottom, inner))
                return written, PRODUCT if printer.inline else POWER
            case Power(base, exponent):
                return printer.power(self.write(base, ATOM), self.write(exponent)), POWER
            case Apply(function, argument):
                return printer.apply(function, function_named(function), self.write(argument)), ATOM
            case Summation(over, summed, written_out):
                if self.numbers:
                    return self._bound(written_out)
                return printer.summation(over, self.write(summed, PRODUCT)), PRODUCT

    def _quantity(self, name: Expression, value: float | None, is_weight: bool) -> tuple[str, int]:
        if not self.numbers:
            return self._bound(name)
        if value is None:
            return self.printer.label(NOT_YET), ATOM
        written, binding = self._number(value, is_weight)
        return self.printer.addressed(written, name) if isinstance(name, Symbol | Partial) else written, binding

    def _number(self, value: float, is_weight: bool) -> tuple[str, int]:
        if not isfinite(value):
            return self.printer.label(format_nonfinite(value)), ATOM
        shown = rounded(value, self.digits, is_weight)
        _, _, power = scientific_parts(shown)
        return self.printer.number(shown), SUM if shown < 0 else PRODUCT if power else ATOM

    def _sum(self, terms: tuple[Expression, ...]) -> str:
        pieces = [self.write(terms[0])]
        for term in terms[1:]:
            pieces += self.signed(term)
        return self.printer.joined % "".join(pieces)

    def signed(self, term: Expression) -> list[str]:
        """A term with the sign that stands before it."""
        sign, rest = self._signed(term)
        return [self.printer.operator(sign), self.write(rest, PRODUCT)]

    def _signed(self, term: Expression) -> tuple[str, Expression]:
        """A term's sign, as it is seen, and the rest of it: 3·(−2) stays, (−1)·2.5 becomes − 1·2.5."""
        match term:
            case Negative(of):
                return "−", of
            case Constant(value) if value < 0:
                return "−", Constant(-value)
            case Quantity(name, value, is_weight) if self._is_negative(value):
                return "−", Quantity(name, -value if value is not None else None, is_weight)
            case Product((Quantity() as first, *others), sign):
                way, leading = self._signed(first)
                return way, Product((leading, *others), sign)
            case _:
                return "+", term

    def _is_negative(self, value: float | None) -> bool:
        return self.numbers and value is not None and isfinite(value) and rounded(value, self.digits) < 0

    def _product(self, factors: tuple[Expression, ...], sign: str) -> str:
        # A leading minus needs no brackets; a product of another kind does.
        first = factors[0]
        leads = isinstance(first, Quantity) and self._is_negative(first.value)
        another = isinstance(first, Product) and first.sign.strip() != sign.strip()
        pieces = [self.write(first, SUM if leads else POWER if another else PRODUCT)]
        for factor in factors[1:]:
            pieces += [self.printer.operator(sign), self.write(factor, POWER)]
        return self.printer.joined % "".join(pieces)
