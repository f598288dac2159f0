"""Four printers, each of which writes the parts of a formula in one format: terminal text, LaTeX, MathML, HTML."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal, TypeAlias

from wade.documents.escaping import for_html, for_latex, for_text, one_word, short
from wade.explanation.notation.expressions import ColumnName, Partial, Symbol
from wade.explanation.notation.functions import Function
from wade.explanation.notation.rounding import RAISED, format_decimal, scientific_parts

Format: TypeAlias = Literal["text", "latex", "mathml", "html"]


def address(symbol: Symbol | Partial) -> str:
    """What pages call a number: "W1[0,2]", "∂J/∂W1[0,2]"; that of a parameter is what `Trace.chain` reads.

    Examples
    --------
    >>> address(Symbol("E", 1, "time hour", (3, 0))), address(Partial(Symbol("J"), Symbol("b", 2, index=(0,))))
    ('E1."time hour"[3,0]', '∂J/∂b2[0]')
    """
    if isinstance(symbol, Partial):
        return f"∂{address(symbol.of)}/∂{address(symbol.by)}"
    layer = "" if symbol.layer is None else str(symbol.layer)
    name = f".{one_word(symbol.name)}" if symbol.name else ""
    places = (f'"{one.name}"' if isinstance(one, ColumnName) else str(one) for one in symbol.index)
    index = f"[{','.join(places)}]" if symbol.index else ""
    return f"{symbol.letter}{layer}{name}{index}"


class Printer:
    """Text for a terminal, W1[0,2] = σ(2·0.1 + 3·0.5); the printers of other formats override what differs.

    `minus`, `joined`, `brackets`, `fraction` and `partial` are templates, filled in by %.
    """

    inline = True
    """Whether fractions stand in a line, so that sums in them need brackets, and long lines are broken by the reader's
    program or by the document."""
    minus = "−%s"
    joined = "%s"
    brackets = "(%s)"
    fraction = "%s/%s"
    partial = "∂%s/∂%s"

    def number(self, value: Decimal) -> str:
        """A number, which may be negative: 1.2·10⁻⁵."""
        return format_decimal(value)

    def label(self, text: str) -> str:
        """Plain text, which may come from an untrusted table."""
        return for_text(short(text))

    def symbol(self, symbol: Symbol) -> str:
        """A letter with its layer, column and indices: W1[0,2]."""
        layer = "" if symbol.layer is None else str(symbol.layer)
        name = f".{one_word(self.label(symbol.name))}" if symbol.name else ""
        places = ",".join(map(self.place, symbol.index))
        index = f"[{places}]" if places else ""
        if symbol.letter in _SUBSCRIPTED:
            index = places.translate(_SUBSCRIPT_DIGITS) if places.isdigit() else f"_{places}" if places else ""
        return f"{symbol.letter}{layer}{name}{index}{'ᵀ' if symbol.transposed else ''}"

    def place(self, index: int | str | ColumnName) -> str:
        """An index: 2, k, or "temperature" for a column."""
        return f'"{self.label(index.name)}"' if isinstance(index, ColumnName) else str(index)

    def addressed(self, written: str, symbol: Symbol | Partial) -> str:
        """What is written, with the address of the number that it stands for, where the format has room for one."""
        return written

    def operator(self, sign: str) -> str:
        """+, −, ·, ⊙, =, ≈ between two operands; "" for a product of matrices."""
        return sign if sign.strip() == "·" else f" {sign} " if sign else " "

    def power(self, base: str, exponent: str) -> str:
        """A power: x²."""
        if exponent == "⊤":
            return f"{base}ᵀ"
        raised = exponent.replace("−", "-")
        return base + (raised.translate(RAISED) if raised.lstrip("-").isdigit() else f"^{exponent}")

    def apply(self, name: str, function: Function, argument: str) -> str:
        """A function of an argument: σ(x), |x|, √(x)."""
        return f"|{argument}|" if name == "abs" else f"{function.text}({argument})"

    def remainder(self, count: str, value: str) -> str:
        """The terms of a sum that are left out, and their total ("" in symbols): … (253 more: 0.1)."""
        return f"… ({count}: {value})" if value else f"… ({count})"

    def summation(self, over: str, summed: str) -> str:
        """Σ over an index."""
        return f"Σ{over.translate(_SUBSCRIPT_LETTERS)} {summed}"

    def lines(self, left: str, rows: list[list[str]]) -> str:
        """An equation: its left side, and rows of alternating signs and right sides."""
        first, *others = ("".join(row) for row in rows)
        return "\n".join([left + first, *(" " * len(left) + other for other in others)])


class _Html(Printer):
    """Plain HTML, for places without MathML: <var>, <sub> and <sup>."""

    fraction = "%s / %s"

    def number(self, value: Decimal) -> str:
        negative, size, power = scientific_parts(value)
        raised = str(power).replace("-", "−")
        return ("−" if negative else "") + size + (f"·10<sup>{raised}</sup>" if power else "")

    def label(self, text: str) -> str:
        # <bdi> keeps a right-to-left name from turning the text around it.
        return f"<bdi>{for_html(short(text))}</bdi>"

    def symbol(self, symbol: Symbol) -> str:
        layer = "" if symbol.layer is None else f"<sub>{symbol.layer}</sub>"
        name = f".{self.label(one_word(symbol.name))}" if symbol.name else ""
        places = ",".join(map(self.place, symbol.index))
        index = f"[{places}]" if places else ""
        index = f"<sub>{places}</sub>" if symbol.letter in _SUBSCRIPTED and places else index
        raised = "<sup>⊤</sup>" if symbol.transposed else ""
        return self.addressed(f"<var>{for_html(symbol.letter)}</var>{layer}{name}{index}{raised}", symbol)

    def addressed(self, written: str, symbol: Symbol | Partial) -> str:
        return f'<span data-of="{for_html(address(symbol))}">{written}</span>'

    def power(self, base: str, exponent: str) -> str:
        return f"{base}<sup>{exponent}</sup>"

    def summation(self, over: str, summed: str) -> str:
        return f"Σ<sub><var>{over}</var></sub> {summed}"

    def lines(self, left: str, rows: list[list[str]]) -> str:
        first, *others = ("".join(row) for row in rows)
        return '<span class="formula">' + "<br>".join([left + first, *others]) + "</span>"


class _Latex(Printer):
    """LaTeX, with amsmath: an aligned block for each equation."""

    inline = False
    minus = "-%s"
    brackets = r"\left(%s\right)"
    fraction = r"\frac{%s}{%s}"
    partial = r"\frac{\partial %s}{\partial %s}"

    def number(self, value: Decimal) -> str:
        negative, size, power = scientific_parts(value)
        return ("-" if negative else "") + size + (rf" \cdot 10^{{{power}}}" if power else "")

    def label(self, text: str) -> str:
        return rf"\text{{{for_latex(short(text))}}}"

    def symbol(self, symbol: Symbol) -> str:
        raised = [f"({symbol.layer})"] if symbol.layer is not None else []
        raised += [r"\top"] if symbol.transposed else []
        index = [self.label(symbol.name)] if symbol.name else []
        index += map(self.place, symbol.index)
        base = symbol.letter.removesuffix("′")
        letter = _GREEK.get(base, base if len(base) == 1 else rf"\text{{{for_latex(base)}}}")
        letter += "'" * symbol.letter.endswith("′")
        return letter + (f"^{{{''.join(raised)}}}" if raised else "") + (f"_{{{','.join(index)}}}" if index else "")

    def place(self, index: int | str | ColumnName) -> str:
        if isinstance(index, ColumnName):
            return rf"\text{{``{for_latex(short(index.name))}''}}"
        return str(index) if isinstance(index, int) else self.label(index)

    def operator(self, sign: str) -> str:
        return f" {_LATEX_OPERATORS.get(sign.strip(), sign)} "

    def power(self, base: str, exponent: str) -> str:
        exponent = r"\top" if exponent == r"\text{⊤}" else exponent
        return f"{{{base}}}^{{{exponent}}}"

    def apply(self, name: str, function: Function, argument: str) -> str:
        if name == "sqrt":
            return rf"\sqrt{{{argument}}}"
        return rf"\left|{argument}\right|" if name == "abs" else rf"{function.latex}\left({argument}\right)"

    def remainder(self, count: str, value: str) -> str:
        below = rf"\text{{{count}}}" + (f": {value}" if value else "")
        return rf"\underbrace{{\cdots}}_{{{below}}}"

    def summation(self, over: str, summed: str) -> str:
        return rf"\sum_{{{over}}} {summed}"

    def lines(self, left: str, rows: list[list[str]]) -> str:
        sides = [(sign.strip(), side) for row in rows for sign, side in zip(row[::2], row[1::2], strict=True)]
        written = [f"{left if not place else ''} &{sign or '{}'} {side}" for place, (sign, side) in enumerate(sides)]
        return "\\begin{aligned}\n" + " \\\\\n".join(written) + "\n\\end{aligned}"


class _MathML(Printer):
    """MathML Core, which browsers draw without a script."""

    inline = False
    minus = "<mrow><mo>−</mo>%s</mrow>"
    joined = "<mrow>%s</mrow>"
    brackets = "<mrow><mo>(</mo>%s<mo>)</mo></mrow>"
    fraction = "<mfrac><mrow>%s</mrow><mrow>%s</mrow></mfrac>"
    partial = "<mfrac><mrow><mo>∂</mo>%s</mrow><mrow><mo>∂</mo>%s</mrow></mfrac>"

    def number(self, value: Decimal) -> str:
        negative, size, power = scientific_parts(value)
        written = f"<mn>{size}</mn>"
        if power:
            raised = f"<mrow><mo>−</mo><mn>{-power}</mn></mrow>" if power < 0 else f"<mn>{power}</mn>"
            written += f"<mo>·</mo><msup><mn>10</mn>{raised}</msup>"
        return f"<mrow><mo>−</mo>{written}</mrow>" if negative else f"<mrow>{written}</mrow>" if power else written

    def label(self, text: str) -> str:
        return f"<mtext>{for_html(short(text))}</mtext>"

    def symbol(self, symbol: Symbol) -> str:
        letter = _primed(symbol.letter)
        raised = [f"<mo>(</mo><mn>{symbol.layer}</mn><mo>)</mo>"] if symbol.layer is not None else []
        raised += ["<mo>⊤</mo>"] if symbol.transposed else []
        index = [self.label(symbol.name)] if symbol.name else []
        index += map(self.place, symbol.index)
        above, below = f"<mrow>{''.join(raised)}</mrow>", f"<mrow>{'<mo>,</mo>'.join(index)}</mrow>"
        if raised and index:
            return self.addressed(f"<msubsup>{letter}{below}{above}</msubsup>", symbol)
        written = f"<msup>{letter}{above}</msup>" if raised else f"<msub>{letter}{below}</msub>" if index else letter
        return self.addressed(written, symbol)

    def place(self, index: int | str | ColumnName) -> str:
        if isinstance(index, ColumnName):
            return f"<mtext>&quot;{for_html(short(index.name))}&quot;</mtext>"
        return f"<mn>{index}</mn>" if isinstance(index, int) else self.label(index)

    def addressed(self, written: str, symbol: Symbol | Partial) -> str:
        element, rest = written.split(">", 1)
        return f'{element} data-of="{for_html(address(symbol))}">{rest}'

    def operator(self, sign: str) -> str:
        # Matrices side by side have MathML's invisible times between them.
        form = ' form="infix"' if sign in ("+", "−") else ""
        return f"<mo{form}>{sign.strip() or '&#x2062;'}</mo>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"

    def apply(self, name: str, function: Function, argument: str) -> str:
        if name == "sqrt":
            return f"<msqrt>{argument}</msqrt>"
        if name == "abs":
            return f"<mrow><mo>|</mo>{argument}<mo>|</mo></mrow>"
        # U+2061 is MathML's invisible "applied to".
        return f"<mrow>{_primed(function.text)}<mo>&#x2061;</mo><mrow><mo>(</mo>{argument}<mo>)</mo></mrow></mrow>"

    def remainder(self, count: str, value: str) -> str:
        below = f"<mtext>{count}</mtext>" + (f"<mo>:</mo>{value}" if value else "")
        return f"<munder><mo>⋯</mo><mrow>{below}</mrow></munder>"

    def summation(self, over: str, summed: str) -> str:
        return f"<mrow><munder><mo>∑</mo><mi>{over}</mi></munder>{summed}</mrow>"

    def lines(self, left: str, rows: list[list[str]]) -> str:
        sides = [pair for row in rows for pair in zip(row[::2], row[1::2], strict=True)]
        written = "".join(
            f"<mtr><mtd>{left if not place else ''}</mtd><mtd>{sign}</mtd><mtd>{side}</mtd></mtr>"
            for place, (sign, side) in enumerate(sides)
        )
        return f'<math display="block"><mtable displaystyle="true">{written}</mtable></math>'


def _primed(letter: str) -> str:
    """A letter in MathML, with its prime raised."""
    base = f"<mi>{for_html(letter.removesuffix('′'))}</mi>"
    return f"<msup>{base}<mo>′</mo></msup>" if letter.endswith("′") else base


_SUBSCRIPTED: Final = ("β", "η")
"""Letters whose index tells several of them apart, and is no place in an array: β₁, η_eff."""
_SUBSCRIPT_DIGITS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUBSCRIPT_LETTERS: Final = str.maketrans("ijkmnp", "ᵢⱼₖₘₙₚ")
_GREEK: Final = {"δ": r"\delta", "θ": r"\theta", "η": r"\eta", "β": r"\beta", "λ": r"\lambda", "ε": r"\varepsilon"}
_LATEX_OPERATORS: Final = {"·": r"\cdot", "⊙": r"\odot", "−": "-", "≈": r"\approx", "←": r"\leftarrow", "": r"\,"}
TEXT: Final = Printer()
PRINTERS: Final[dict[Format, Printer]] = {"text": TEXT, "latex": _Latex(), "mathml": _MathML(), "html": _Html()}
