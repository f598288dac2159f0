"""Four alphabets: terminal text, LaTeX, MathML and HTML."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from wade.explanation.notation.escaping import for_html, for_latex, for_text, short
from wade.explanation.notation.expressions import Function, Symbol
from wade.explanation.notation.rounding import RAISED, parts


class Text:
    """Unicode for a terminal: W1[0,2] = σ(2·0.1 + 3·0.5)."""

    in_a_line = True
    breaks_itself = True

    def number(self, value: Decimal) -> str:
        """As in 1.2·10⁻⁵."""
        negative, size, power = parts(value)
        return ("−" if negative else "") + size + (f"·10{str(power).translate(RAISED)}" if power else "")

    def words(self, text: str) -> str:
        """Without anything that a terminal obeys."""
        return for_text(short(text))

    def symbol(self, symbol: Symbol) -> str:
        """As θ's parameters are called: E1.carrier[3,2]."""
        layer = "" if symbol.layer is None else str(symbol.layer)
        name = f".{self.words(symbol.name)}" if symbol.name else ""
        places = ",".join(self.words(str(one)) for one in symbol.index)
        index = f"[{places}]" if places else ""
        index = places.translate(_BELOW) if symbol.letter == "β" else index
        return f"{symbol.letter}{layer}{name}{index}{'ᵀ' if symbol.transposed else ''}"

    def operator(self, sign: str) -> str:
        """· stands close, the others have room."""
        return sign if sign.strip() == "·" else f" {sign} " if sign else " "

    def minus(self, inner: str) -> str:
        """−x."""
        return f"−{inner}"

    def joined(self, pieces: list[str]) -> str:
        """One after another."""
        return "".join(pieces)

    def fraction(self, top: str, bottom: str) -> str:
        """Top / bottom."""
        return f"{top}/{bottom}"

    def power(self, base: str, exponent: str) -> str:
        """x², or x^y."""
        if exponent == "⊤":
            return f"{base}ᵀ"
        raised = exponent.replace("−", "-")
        return base + (raised.translate(RAISED) if raised.lstrip("-").isdigit() else f"^{exponent}")

    def brackets(self, inner: str) -> str:
        """(x)."""
        return f"({inner})"

    def apply(self, name: str, function: Function, argument: str) -> str:
        """σ(x), |x|, √(x)."""
        return f"|{argument}|" if name == "size" else f"{function.text}({argument})"

    def partial(self, of: str, by: str) -> str:
        """∂J/∂w."""
        return f"∂{of}/∂{by}"

    def rest(self, words: str, value: str) -> str:
        """… (253 more: 0.1)."""
        return f"… ({words}: {value})" if value else f"… ({words})"

    def total(self, over: str, summed: str) -> str:
        """Σₖ."""
        return f"Σ{over.translate(_LOWERED)} {summed}"

    def lines(self, left: str, rows: list[list[str]]) -> str:
        """One line for each, the equals signs below each other."""
        first, *others = ("".join(row) for row in rows)
        return "\n".join([left + first, *(" " * len(left) + other for other in others)])


class Latex:
    """LaTeX, with amsmath: an aligned block for each equation."""

    in_a_line = False
    breaks_itself = False

    def number(self, value: Decimal) -> str:
        """As in 1.2 \\cdot 10^{-5}."""
        negative, size, power = parts(value)
        return ("-" if negative else "") + size + (rf" \cdot 10^{{{power}}}" if power else "")

    def words(self, text: str) -> str:
        """Upright, with every command disarmed."""
        return rf"\text{{{for_latex(short(text))}}}"

    def symbol(self, symbol: Symbol) -> str:
        """W^{(1)}_{0,2}."""
        raised = [f"({symbol.layer})"] if symbol.layer is not None else []
        raised += [r"\top"] if symbol.transposed else []
        index = [self.words(symbol.name)] if symbol.name else []
        index += [str(one) if isinstance(one, int) else self.words(one) for one in symbol.index]
        base = symbol.letter.removesuffix("′")
        letter = _GREEK.get(base, base if len(base) == 1 else rf"\text{{{for_latex(base)}}}")
        letter += "'" * symbol.letter.endswith("′")
        return letter + (f"^{{{''.join(raised)}}}" if raised else "") + (f"_{{{','.join(index)}}}" if index else "")

    def operator(self, sign: str) -> str:
        """A command, with room around it."""
        return f" {_OPERATORS_OF_TEX.get(sign.strip(), sign)} "

    def minus(self, inner: str) -> str:
        """-x."""
        return f"-{inner}"

    def joined(self, pieces: list[str]) -> str:
        """One after another."""
        return "".join(pieces)

    def fraction(self, top: str, bottom: str) -> str:
        r"""\frac."""
        return rf"\frac{{{top}}}{{{bottom}}}"

    def power(self, base: str, exponent: str) -> str:
        """{x}^{2}."""
        exponent = r"\top" if exponent == r"\text{⊤}" else exponent
        return f"{{{base}}}^{{{exponent}}}"

    def brackets(self, inner: str) -> str:
        r"""\left( x \right)."""
        return rf"\left({inner}\right)"

    def apply(self, name: str, function: Function, argument: str) -> str:
        r"""\sigma\left(x\right)."""
        if name == "root":
            return rf"\sqrt{{{argument}}}"
        return rf"\left|{argument}\right|" if name == "size" else rf"{function.latex}\left({argument}\right)"

    def partial(self, of: str, by: str) -> str:
        r"""\frac{\partial J}{\partial w}."""
        return rf"\frac{{\partial {of}}}{{\partial {by}}}"

    def rest(self, words: str, value: str) -> str:
        """Dots above what they come to."""
        below = rf"\text{{{words}}}" + (f": {value}" if value else "")
        return rf"\underbrace{{\cdots}}_{{{below}}}"

    def total(self, over: str, summed: str) -> str:
        r"""\sum_k."""
        return rf"\sum_{{{over}}} {summed}"

    def lines(self, left: str, rows: list[list[str]]) -> str:
        """Aligned at the signs, one below the other."""
        sides = [(sign.strip(), side) for row in rows for sign, side in zip(row[::2], row[1::2], strict=True)]
        written = [f"{left if not place else ''} &{sign or '{}'} {side}" for place, (sign, side) in enumerate(sides)]
        return "\\begin{aligned}\n" + " \\\\\n".join(written) + "\n\\end{aligned}"


class MathML:
    """MathML Core: what browsers draw by themselves."""

    in_a_line = False
    breaks_itself = False

    def number(self, value: Decimal) -> str:
        """As in 1.2·10⁻⁵."""
        negative, size, power = parts(value)
        written = f"<mn>{size}</mn>"
        if power:
            raised = f"<mrow><mo>−</mo><mn>{-power}</mn></mrow>" if power < 0 else f"<mn>{power}</mn>"
            written += f"<mo>·</mo><msup><mn>10</mn>{raised}</msup>"
        return f"<mrow><mo>−</mo>{written}</mrow>" if negative else f"<mrow>{written}</mrow>" if power else written

    def words(self, text: str) -> str:
        """Upright."""
        return f"<mtext>{for_html(short(text))}</mtext>"

    def symbol(self, symbol: Symbol) -> str:
        """The layer above, the indices below."""
        letter = f"<mi>{for_html(symbol.letter.removesuffix('′'))}</mi>"
        letter = f"<msup>{letter}<mo>′</mo></msup>" if symbol.letter.endswith("′") else letter
        raised = [f"<mo>(</mo><mn>{symbol.layer}</mn><mo>)</mo>"] if symbol.layer is not None else []
        raised += ["<mo>⊤</mo>"] if symbol.transposed else []
        index = [self.words(symbol.name)] if symbol.name else []
        index += [f"<mn>{one}</mn>" if isinstance(one, int) else self.words(one) for one in symbol.index]
        above, below = f"<mrow>{''.join(raised)}</mrow>", f"<mrow>{'<mo>,</mo>'.join(index)}</mrow>"
        if raised and index:
            return f"<msubsup>{letter}{below}{above}</msubsup>"
        return f"<msup>{letter}{above}</msup>" if raised else f"<msub>{letter}{below}</msub>" if index else letter

    def operator(self, sign: str) -> str:
        """<mo>; matrices side by side have the invisible times of MathML between them."""
        form = ' form="infix"' if sign in ("+", "−") else ""
        return f"<mo{form}>{sign.strip() or '&#x2062;'}</mo>"

    def minus(self, inner: str) -> str:
        """−x."""
        return f"<mrow><mo>−</mo>{inner}</mrow>"

    def joined(self, pieces: list[str]) -> str:
        """A row."""
        return f"<mrow>{''.join(pieces)}</mrow>"

    def fraction(self, top: str, bottom: str) -> str:
        """<mfrac>."""
        return f"<mfrac><mrow>{top}</mrow><mrow>{bottom}</mrow></mfrac>"

    def power(self, base: str, exponent: str) -> str:
        """<msup>."""
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"

    def brackets(self, inner: str) -> str:
        """(x)."""
        return f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>"

    def apply(self, name: str, function: Function, argument: str) -> str:
        """f(x), with MathML's invisible "of"."""
        if name == "root":
            return f"<msqrt>{argument}</msqrt>"
        if name == "size":
            return f"<mrow><mo>|</mo>{argument}<mo>|</mo></mrow>"
        letter = f"<mi>{for_html(function.text.removesuffix('′'))}</mi>"
        written = f"<msup>{letter}<mo>′</mo></msup>" if function.text.endswith("′") else letter
        return f"<mrow>{written}<mo>&#x2061;</mo><mrow><mo>(</mo>{argument}<mo>)</mo></mrow></mrow>"

    def partial(self, of: str, by: str) -> str:
        """A fraction of ∂."""
        return f"<mfrac><mrow><mo>∂</mo>{of}</mrow><mrow><mo>∂</mo>{by}</mrow></mfrac>"

    def rest(self, words: str, value: str) -> str:
        """Dots, and below them how many they stand for and what they come to."""
        below = f"<mtext>{words}</mtext>" + (f"<mo>:</mo>{value}" if value else "")
        return f"<munder><mo>⋯</mo><mrow>{below}</mrow></munder>"

    def total(self, over: str, summed: str) -> str:
        """Σ with its index below."""
        return f"<mrow><munder><mo>∑</mo><mi>{over}</mi></munder>{summed}</mrow>"

    def lines(self, left: str, rows: list[list[str]]) -> str:
        """A table without lines: left side, sign, right side."""
        sides = [pair for row in rows for pair in zip(row[::2], row[1::2], strict=True)]
        written = "".join(
            f"<mtr><mtd>{left if not place else ''}</mtd><mtd>{sign}</mtd><mtd>{side}</mtd></mtr>"
            for place, (sign, side) in enumerate(sides)
        )
        return f'<math display="block"><mtable displaystyle="true">{written}</mtable></math>'


class Html:
    """Plain HTML, where there is no MathML: <var>, <sub> and <sup>."""

    in_a_line = True
    breaks_itself = True

    def number(self, value: Decimal) -> str:
        """As in 1.2·10<sup>−5</sup>."""
        negative, size, power = parts(value)
        raised = str(power).replace("-", "−")
        return ("−" if negative else "") + size + (f"·10<sup>{raised}</sup>" if power else "")

    def words(self, text: str) -> str:
        """Apart from what is around it, so that its direction of writing is its own."""
        return f"<bdi>{for_html(short(text))}</bdi>"

    def symbol(self, symbol: Symbol) -> str:
        """<var>W</var><sub>1</sub>[0,2]."""
        layer = "" if symbol.layer is None else f"<sub>{symbol.layer}</sub>"
        name = f".{self.words(symbol.name)}" if symbol.name else ""
        places = ",".join(str(one) if isinstance(one, int) else self.words(one) for one in symbol.index)
        index = f"[{places}]" if places else ""
        index = f"<sub>{places}</sub>" if symbol.letter == "β" else index
        raised = "<sup>⊤</sup>" if symbol.transposed else ""
        return f"<var>{for_html(symbol.letter)}</var>{layer}{name}{index}{raised}"

    def operator(self, sign: str) -> str:
        """· stands close, the others have room."""
        return sign if sign.strip() == "·" else f" {sign} " if sign else " "

    def minus(self, inner: str) -> str:
        """−x."""
        return f"−{inner}"

    def joined(self, pieces: list[str]) -> str:
        """One after another."""
        return "".join(pieces)

    def fraction(self, top: str, bottom: str) -> str:
        """Top / bottom."""
        return f"{top} / {bottom}"

    def power(self, base: str, exponent: str) -> str:
        """<sup>."""
        return f"{base}<sup>{exponent}</sup>"

    def brackets(self, inner: str) -> str:
        """(x)."""
        return f"({inner})"

    def apply(self, name: str, function: Function, argument: str) -> str:
        """σ(x), |x|, √(x)."""
        return f"|{argument}|" if name == "size" else f"{for_html(function.text)}({argument})"

    def partial(self, of: str, by: str) -> str:
        """∂J/∂w."""
        return f"∂{of}/∂{by}"

    def rest(self, words: str, value: str) -> str:
        """… (253 more: 0.1)."""
        return f"… ({words}: {value})" if value else f"… ({words})"

    def total(self, over: str, summed: str) -> str:
        """Σ<sub>k</sub>."""
        return f"Σ<sub><var>{over}</var></sub> {summed}"

    def lines(self, left: str, rows: list[list[str]]) -> str:
        """One line for each."""
        first, *others = ("".join(row) for row in rows)
        return '<span class="formula">' + "<br>".join([left + first, *others]) + "</span>"


_BELOW: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LOWERED: Final = str.maketrans("ijkmnp", "ᵢⱼₖₘₙₚ")
_GREEK: Final = {"δ": r"\delta", "θ": r"\theta", "η": r"\eta", "β": r"\beta", "λ": r"\lambda", "ε": r"\varepsilon"}
_OPERATORS_OF_TEX: Final = {"·": r"\cdot", "⊙": r"\odot", "−": "-", "≈": r"\approx", "←": r"\leftarrow", "": r"\,"}
TEXT, LATEX, MATHML, HTML = Text(), Latex(), MathML(), Html()
