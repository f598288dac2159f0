"""`wade explain`: one row through the network, every number of it, as text, LaTeX, a page or JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final, NamedTuple

import typer

import wade
from wade.cli.options import Written
from wade.cli.outcome import DONE, say
from wade.cli.paths import check_writable
from wade.cli.written import as_dialect
from wade.errors import InvalidArgument, unknown_name
from wade.explanation import Stepper, Trace, stepper_of
from wade.explanation.report.documents import as_text
from wade.explanation.report.sections import state_table
from wade.files.atomic import write_atomically

FORMATS: Final = ("text", "latex", "mathml", "html", "json")
PROMPT: Final = "Enter: the next move   b: back   q: quit > "


class Asked(NamedTuple):
    """What is to be explained, and how it is to be told."""

    row: int
    target: str | None
    weight: str | None
    step: bool
    format: str
    digits: int
    dropout: bool
    seed: int
    units: dict[str, str]
    checkpoint: Path | None


def run(model_path: Path, data: str, output: Path | None, asked: Asked, *, written: Written, quiet: bool) -> int:
    """Explain one row; to standard output or to `output`."""
    if asked.format not in FORMATS:
        raise unknown_name("format", asked.format, FORMATS)
    if asked.step and (asked.format != "text" or output is not None):
        expected = "goes with text on the terminal alone"
        raise InvalidArgument("step", expected, asked.format if output is None else str(output), "Leave one out.")
    if asked.digits < 1:
        raise InvalidArgument("digits", "must be at least 1", asked.digits, "Try 4.")
    if output is not None:
        check_writable(output, "output")
    trace = wade.load(model_path).explain(
        data,
        asked.row,
        asked.target,
        dropout=asked.dropout,
        seed=asked.seed,
        units=asked.units,
        checkpoint=asked.checkpoint,
        dialect=as_dialect(written),
    )
    if asked.step:
        take_steps(stepper_of(trace), asked.weight, asked.digits)
        return DONE
    told = tell(trace, asked)
    if output is not None:
        write_atomically(output, told.encode())
        if not quiet:
            say(f"row {asked.row:,} of {data} is explained in {output}")
    else:
        sys.stdout.write(told)
    return DONE


def tell(trace: Trace, asked: Asked) -> str:
    """The trace in the format that was asked for."""
    if asked.format == "json":
        # Marks that turn the direction of writing, and all else that is not ASCII, as \\u escapes.
        return json.dumps(trace.to_dict(), allow_nan=False) + "\n"
    return {"text": trace.text, "latex": trace.latex, "mathml": trace.mathml, "html": trace.html}[asked.format](
        asked.weight, digits=asked.digits
    )


def take_steps(stepper: Stepper, weight: str | None, digits: int) -> None:
    """Move by move, as lines on standard input say it, until they end."""
    typer.echo(f"{_where(stepper)}\n{as_text(state_table(stepper.trace, weight), 'both', digits, 80)}")
    while True:
        typer.echo(PROMPT, nl=False)
        key = sys.stdin.readline()
        if not key or key.strip().lower() in ("q", "quit"):
            typer.echo("")
            return
        if not sys.stdin.isatty():
            typer.echo("")
        try:
            (stepper.back if key.strip().lower() in ("b", "back") else stepper.move)()
        except InvalidArgument as error:
            typer.echo(str(error))
            continue
        typer.echo(f"\n{_where(stepper)}\n{as_text(state_table(stepper.trace, weight), 'both', digits, 80)}")


def _where(stepper: Stepper) -> str:
    step = stepper.moves // 3 + 1 if stepper.moves % 3 else max(1, stepper.moves // 3)
    done = {"forward": "the update", "backward": "forward", "update": "backward", "": "forward"}[stepper.next_move]
    return f"Step {step}, " + ("before any move" if not stepper.moves else f"after {done}")
