"""One training step on one row: in a format, or step by step on the terminal."""

from __future__ import annotations

import json
import sys
from shutil import get_terminal_size
from typing import Final

import typer

from wade.errors import InvalidArgument
from wade.explanation import Stepper, Trace, stepper_of
from wade.explanation.report.documents import as_text
from wade.explanation.report.state_sections import state_legend, state_table
from wade.explanation.steps.parameter_index import largest_gradient

PROMPT: Final = "Enter: next step   b: back   q: quit > "
NARROWEST: Final = 60


def rendered(trace: Trace, form: str, weight: str | None, digits: int, width: int = 80) -> str:
    """The trace in a format; `width` is that of the lines of text."""
    if form == "json":
        # Characters that turn the direction of writing, and all else that is not ASCII, as \\u escapes.
        return json.dumps(trace.to_dict(), allow_nan=False) + "\n"
    if form == "text":
        return trace.text(weight, digits=digits, width=width)
    write = {"latex": trace.latex, "mathml": trace.mathml, "html": trace.html}[form]
    return write(weight, digits=digits)


def terminal_width() -> int:
    """The width of the terminal, 80 where there is none, and never so little that formulas have no room.

    Examples
    --------
    >>> terminal_width() >= NARROWEST
    True
    """
    return max(NARROWEST, get_terminal_size((80, 24)).columns)


def take_steps(trace: Trace, weight: str | None, digits: int) -> None:
    """Step by step, as lines on standard input ask for, until they end."""
    stepper = stepper_of(trace)
    typer.echo(as_text(state_legend(trace, weight), "both", digits, terminal_width()))
    # One weight throughout: before the backward pass, no gradient says which one is the largest.
    weight = weight or (str(largest_gradient(trace)) if trace.gradient is not None else None)
    _show(stepper, weight, digits)
    while True:
        typer.echo(PROMPT, nl=False)
        key = sys.stdin.readline()
        if not key or key.strip().lower() in ("q", "quit"):
            typer.echo("")
            return
        if not sys.stdin.isatty():
            typer.echo("")
        try:
            (stepper.back if key.strip().lower() in ("b", "back") else stepper.advance)()
        except InvalidArgument as error:
            typer.echo(str(error))
            continue
        typer.echo("")
        _show(stepper, weight, digits)


def _show(stepper: Stepper, weight: str | None, digits: int) -> None:
    typer.echo(f"{_where(stepper)}\n{as_text(state_table(stepper.trace, weight), 'both', digits, terminal_width())}")


def _where(stepper: Stepper) -> str:
    step = stepper.phases_done // 3 + 1 if stepper.phases_done % 3 else max(1, stepper.phases_done // 3)
    done = {"forward": "the update", "backward": "forward", "update": "backward", "": "forward"}[stepper.next_phase]
    return f"Step {step}, " + (f"after {done}" if stepper.phases_done else "before the forward pass")
