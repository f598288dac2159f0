"""One training step on one row: in a format, or step by step on the terminal."""

from __future__ import annotations

import json
import sys
from typing import Final

import typer

from wade.errors import InvalidArgument
from wade.explanation import Stepper, Trace, stepper_of
from wade.explanation.report.documents import as_text
from wade.explanation.report.sections import state_table

PROMPT: Final = "Enter: next step   b: back   q: quit > "


def rendered(trace: Trace, form: str, weight: str | None, digits: int) -> str:
    """The trace in a format."""
    if form == "json":
        # Characters that turn the direction of writing, and all else that is not ASCII, as \\u escapes.
        return json.dumps(trace.to_dict(), allow_nan=False) + "\n"
    write = {"text": trace.text, "latex": trace.latex, "mathml": trace.mathml, "html": trace.html}[form]
    return write(weight, digits=digits)


def take_steps(trace: Trace, weight: str | None, digits: int) -> None:
    """Step by step, as lines on standard input ask for, until they end."""
    stepper = stepper_of(trace)
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
    typer.echo(f"{_where(stepper)}\n{as_text(state_table(stepper.trace, weight), 'both', digits, 80)}")


def _where(stepper: Stepper) -> str:
    step = stepper.phases_done // 3 + 1 if stepper.phases_done % 3 else max(1, stepper.phases_done // 3)
    done = {"forward": "the update", "backward": "forward", "update": "backward", "": "forward"}[stepper.next_phase]
    return f"Step {step}, " + (f"after {done}" if stepper.phases_done else "before the forward pass")
