"""One formula in whichever alphabet is asked for."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from wade.errors import unknown_name
from wade.explanation.notation.expressions import Equation
from wade.explanation.notation.printers import HTML, LATEX, MATHML, TEXT
from wade.explanation.notation.rendering import Form, Printer, render
from wade.explanation.notation.rounding import DIGITS

Name: TypeAlias = Literal["text", "latex", "mathml", "html"]
ALPHABETS: Final[dict[str, Printer]] = {"text": TEXT, "latex": LATEX, "mathml": MATHML, "html": HTML}


def show(equation: Equation, alphabet: Name = "text", form: Form = "both", digits: int = DIGITS) -> str:
    """A formula as text, LaTeX, MathML or HTML; with symbols, with numbers put in, or both.

    An equals sign before a number means: what stands on its left, worked out as it is shown, is that number, or rounds
    to its digits. Where it does not, because the left side had been rounded too, there stands ≈.

    Parameters
    ----------
    equation : Equation
        Such as `explanation.formulas.forward.output(trace)` gives.
    alphabet : "text", "latex", "mathml" or "html"
    form : "symbols", "numbers" or "both"
    digits : int
        How many digits of a number are shown, as long as it has more.

    Raises
    ------
    InvalidArgument
        Where there is no such alphabet.

    Examples
    --------
    >>> import wade
    >>> from wade.explanation.formulas import forward
    >>> trace = wade.explain(wade.Perceptron([0.1, 0.5, 2.5, 0.2], 3.0, "sigmoid"), [2, 3, -1, 5])
    >>> print(show(forward.output(trace), form="numbers", digits=2))
    output = σ(2·0.1 + 3·0.5 − 1·2.5 + 5·0.2 + 3.0) = σ(3.2) = 0.96
    """
    if alphabet not in ALPHABETS:
        raise unknown_name("alphabet", alphabet, ALPHABETS)
    return render(equation, ALPHABETS[alphabet], form, digits)
