"""One walk through a formula for all alphabets: terminal text, LaTeX, MathML and HTML.

An alphabet says how a number, a symbol or a fraction is written. Where brackets and signs stand, and whether = or ≈,
is decided here, once.
"""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import Literal, Protocol, TypeAlias

from wade.explanation.notation.expressions import (
    FUNCTIONS,
    Apply,
    Constant,
    Equation,
    Expression,
    Function,
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
    equality_holds,
    evaluate,
    is_computed,
)
from wade.explanation.notation.printers import TEXT
from wade.explanation.notation.rounding import NOT_YET, format_nonfinite, parts, rounded

Form: TypeAlias = Literal["symbols", "numbers", "both"]
SUM, PRODUCT, POWER, ATOM = range(4)
LONGEST_LINE = 72  # in letters of text
MOST_DIGITS = 18
NEAR = 0.01  # as a share of the value


class Printer(Protocol):
    """How the parts of a formula are written."""

    def number(self, value: Decimal) -> str:
        """A number, which may be negative."""

    def words(self, text: str) -> str:
        """Plain words, which may come from a stranger's table."""

    def symbol(self, symbol: Symbol) -> str:
        """A letter with its indices."""

    def operator(self, sign: str) -> str:
        """+, −, ·, ⊙, =, ≈ between two things; "" for matrices side by side."""

    def minus(self, inner: str) -> str:
        """A minus sign in front of something."""

    def joined(self, pieces: list[str]) -> str:
        """Pieces one after another, as one."""

    def fraction(self, top: str, bottom: str) -> str:
        """One over the other; what is no atom comes in brackets where the alphabet writes fractions in a line."""

    def power(self, base: str, exponent: str) -> str:
        """Something raised."""

    def brackets(self, inner: str) -> str:
        """Something in brackets."""

    def apply(self, name: str, function: Function, argument: str) -> str:
        """A function of something."""

    def partial(self, of: str, by: str) -> str:
        """∂ of something by something."""

    def rest(self, words: str, value: str) -> str:
        """The terms that are not shown, and what they come to ("" in symbols)."""

    def total(self, over: str, summed: str) -> str:
        """Σ over an index."""

    def lines(self, left: str, rows: list[list[str]]) -> str:
        """An equation: what stands on the left, and lines of (sign, right side) pairs, one after another."""

    @property
    def in_a_line(self) -> bool:
        """Whether a fraction is written in a line, so that sums in it need brackets."""

    @property
    def breaks_itself(self) -> bool:
        """Whether long lines are broken by whoever shows them, so that nothing has to be done about them here."""


def render(equation: Equation, alphabet: Printer, form: Form = "both", digits: int = 4) -> str:
    """An equation in symbols, with numbers put in, or both, one below the other.

    Parameters
    ----------
    equation : Equation
    alphabet : Alphabet
    form : "symbols", "numbers" or "both"
    digits : int
        How many digits of a number are shown, as long as it has more.
    """
    left = write(equation.name, alphabet, False, digits)
    rows = []
    if equation.steps and (form != "numbers" or equation.symbolic):
        rows.append(_laid_out(alphabet.operator(equation.sign), equation.steps[0], alphabet, False, digits))
    if not equation.steps or (form != "symbols" and not equation.symbolic):
        rows.append(_with_numbers(equation, alphabet, digits))
        if len(rows) == 1:
            rows[0][0] = alphabet.operator(equation.sign)
    return alphabet.lines(left, rows)


def _with_numbers(equation: Equation, alphabet: Printer, digits: int) -> list[str]:
    """Signs and sides in turn."""
    if equation.value is None or not all(map(is_computed, equation.steps)):
        return [alphabet.operator("="), alphabet.words(NOT_YET)]
    row: list[str] = []
    seen: set[str] = set()
    previous: tuple[Expression, int] | None = None
    result = Quantity(equation.name, equation.value, equation.is_weight)
    sides = [(step, _enough(step, equation.value, digits)) for step in equation.steps]
    for side, shown in (*sides, (result, digits)):
        written = write(side, alphabet, True, shown)
        if written in seen:
            continue
        seen.add(written)
        fits = previous is None or equality_holds(*previous, side, shown)
        row += _laid_out(alphabet.operator("=" if fits else "≈"), side, alphabet, True, shown)
        previous = side, shown
    return row


def _enough(step: Expression, value: float, digits: int) -> int:
    """Digits with which a step comes near its value: ln(1 − 1.000) has none, and small differences need many."""
    for more in range(digits, MOST_DIGITS, 2):
        if abs(evaluate(step, more) - value) <= NEAR * abs(value):
            return more
    return digits


def _laid_out(sign: str, side: Expression, alphabet: Printer, numbers: bool, digits: int) -> list[str]:
    """A sign and what stands after it; a long sum in several lines, where nobody else breaks it."""
    writer = _FormulaWriter(alphabet, numbers, digits)
    if alphabet.breaks_itself or not isinstance(side, Sum):
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
    first, *others = ([sign if not place else "", alphabet.joined(line)] for place, line in enumerate(lines))
    return [*first, *(piece for other in others for piece in other)]


def write(expression: Expression, alphabet: Printer, numbers: bool, digits: int = 4) -> str:
    """A formula with symbols, or with numbers put in."""
    return _FormulaWriter(alphabet, numbers, digits).write(expression)


class _FormulaWriter:
    def __init__(self, alphabet: Printer, numbers: bool, digits: int) -> None:
        self.alphabet, self.numbers, self.digits = alphabet, numbers, digits

    def write(self, expression: Expression, within: int = SUM) -> str:
        """The formula, in brackets where what it stands in binds more closely."""
        written, binding = self._bound(expression)
        return self.alphabet.brackets(written) if binding < within else written

    def _bound(self, expression: Expression) -> tuple[str, int]:
        alphabet = self.alphabet
        match expression:
            case Symbol():
                return alphabet.symbol(expression), ATOM
            case Partial(of, by):
                return alphabet.partial(self.write(of), self.write(by)), POWER
            case Label(text):
                return alphabet.words(text), ATOM
            case Quantity(name, value, is_weight):
                return self._quantity(name, value, is_weight)
            case Constant(value):
                return self._number(value, False)
            case Remainder(count, value):
                more = f"{count:,} more"
                return alphabet.rest(more, self._number(value, False)[0] if self.numbers else ""), PRODUCT
            case Sum(terms):
                return self._sum(terms), SUM if len(terms) > 1 else PRODUCT
            case Product(factors, sign):
                return self._product(factors, sign), PRODUCT
            case Negative(of):
                return alphabet.minus(self.write(of, PRODUCT)), SUM
            case Quotient(top, bottom):
                inner = POWER if alphabet.in_a_line else SUM
                written = alphabet.fraction(self.write(top, inner), self.write(bottom, inner))
                return written, PRODUCT if alphabet.in_a_line else POWER
            case Power(base, exponent):
                return alphabet.power(self.write(base, ATOM), self.write(exponent)), POWER
            case Apply(function, argument):
                return alphabet.apply(function, FUNCTIONS[function], self.write(argument)), ATOM
            case Summation(over, summed, written_out):
                if self.numbers:
                    return self._bound(written_out)
                return alphabet.total(over, self.write(summed, PRODUCT)), PRODUCT

    def _quantity(self, name: Expression, value: float | None, is_weight: bool) -> tuple[str, int]:
        if not self.numbers:
            return self._bound(name)
        if value is None:
            return self.alphabet.words(NOT_YET), ATOM
        return self._number(value, is_weight)

    def _number(self, value: float, is_weight: bool) -> tuple[str, int]:
        if not isfinite(value):
            return self.alphabet.words(format_nonfinite(value)), ATOM
        shown = rounded(value, self.digits, is_weight)
        _, _, power = parts(shown)
        return self.alphabet.number(shown), SUM if shown < 0 else PRODUCT if power else ATOM

    def _sum(self, terms: tuple[Expression, ...]) -> str:
        pieces = [self.write(terms[0])]
        for term in terms[1:]:
            pieces += self.signed(term)
        return self.alphabet.joined(pieces)

    def signed(self, term: Expression) -> list[str]:
        """A term with the sign that stands before it."""
        sign, rest = self._signed(term)
        return [self.alphabet.operator(sign), self.write(rest, PRODUCT)]

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
            pieces += [self.alphabet.operator(sign), self.write(factor, POWER)]
        return self.alphabet.joined(pieces)
