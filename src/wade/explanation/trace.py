"""`Trace`: one recorded step, its report, chain rule and gradient check, all read from the record."""

from __future__ import annotations

from typing import Any

from wade.documents.html import notebook_piece
from wade.explanation.gradients.chain_rule import Chain
from wade.explanation.gradients.derivative_paths import chain_of
from wade.explanation.gradients.gradient_check import GradientCheck, check
from wade.explanation.notation.rendering import Form
from wade.explanation.notation.rounding import DIGITS, format_number
from wade.explanation.report.documents import as_html, as_latex, as_mathml, as_text, html_body
from wade.explanation.report.sections import report_sections
from wade.explanation.report.state_sections import state_table
from wade.explanation.report.to_json import to_dict
from wade.explanation.steps.parameter_index import find
from wade.explanation.steps.record import Record


class Trace(Record):
    """A recorded step: from the row in the user's units to the loss after the update.

    `wade.explain` and `Stepper` return it; `Record` lists what it holds.

    Examples
    --------
    >>> import wade
    >>> perceptron = wade.Perceptron([0.1, 0.5, 2.5, 0.2], 3.0, "sigmoid")
    >>> trace = wade.explain(perceptron, [2, 3, -1, 5], 1)
    >>> trace
    Trace(prediction=0.9608, loss=0.03995, step taken)
    >>> chain = trace.chain("W1[1,0]")
    >>> [(round(factor.value, 4)) for factor in chain.paths[0].factors], round(chain.gradient, 4)
    ([-1.0408, 0.0376, 3.0], -0.1175)
    >>> trace.check().worst.result
    'correct'
    """

    def chain(self, weight: str, most: int = 5) -> Chain:
        """∂J/∂w by the chain rule, as a product along each path.

        Parameters
        ----------
        weight : str
            Such as "W2[3,0]", "b1[2]", "E1.carrier[B6,2]" or "W1[temperature,2]".
        most : int
            The number of paths listed, the largest first.

        Raises
        ------
        InvalidArgument
            Where there is no such weight, or the gradient is not computed yet.
        """
        return chain_of(self, find(self, weight), most)

    def check(self, weight: str | None = None) -> GradientCheck:
        """Central differences against every gradient, or against that of one weight ("W1[0,2]") or parameter ("W1")."""
        return check(self, weight)

    def text(self, weight: str | None = None, form: Form = "both", digits: int = DIGITS, width: int = 80) -> str:
        """The report as text for a terminal.

        Parameters
        ----------
        weight : str, optional
            The weight whose chain rule is shown; by default the one with the largest gradient in W1.
        form : "symbols", "numbers" or "both"
            How formulas are shown.
        digits : int
            The number of significant digits.
        width : int
            The width of a line, in characters.
        """
        return as_text(report_sections(self, weight), form, digits, width)

    def latex(self, weight: str | None = None, form: Form = "both", digits: int = DIGITS) -> str:
        """The report as the body of a LaTeX document that loads amsmath; arguments as in `text`."""
        return as_latex(report_sections(self, weight), form, digits)

    def mathml(self, weight: str | None = None, form: Form = "both", digits: int = DIGITS) -> str:
        """The formulas alone, one `<math>` on each line; arguments as in `text`."""
        return as_mathml(report_sections(self, weight), form, digits)

    def html(self, weight: str | None = None, form: Form = "both", digits: int = DIGITS) -> str:
        """The report as a web page without scripts; arguments as in `text`."""
        return as_html(report_sections(self, weight), form, digits)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data for JSON, as docs/trace.schema.json describes it."""
        return to_dict(self)

    def _repr_html_(self) -> str:
        """For notebooks: the prediction, and the values of each phase; `html` has the whole page."""
        opening, state = report_sections(self)[1:3], state_table(self)
        return notebook_piece(repr(self), html_body([*opening, *state], "both", DIGITS))

    def __repr__(self) -> str:
        values = [format_number(float(one)) for one in ([] if self.output is None else self.output)]
        prediction = values[0] if len(values) == 1 else f"[{', '.join(values)}]" if values else format_number(None)
        step = "step taken" if self.theta_after is not None else "step not taken yet"
        return f"Trace(prediction={prediction}, loss={format_number(self.J)}, {step})"
