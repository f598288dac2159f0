"""`wade export`: a model as a program that runs without wade."""

from __future__ import annotations

import json
import os
import re
from itertools import count
from pathlib import Path

import typer

import wade
from wade.cli.options import Written
from wade.cli.outcome import DONE, say
from wade.cli.paths import check_writable
from wade.cli.pieces import show_next, terminal
from wade.cli.written import as_dialect
from wade.errors import unknown_name
from wade.exporters.export_model import ENDINGS, export


def run(
    model_path: Path,
    to: str,
    output: Path | None,
    training: str | None,
    *,
    written: Written,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write the model as `to` says, to `output` or to a free name in the current folder."""
    if to not in ENDINGS:
        raise unknown_name("to", to, ENDINGS)
    if output is not None:
        check_writable(output, "output")
    path = output or free_path(model_path, to, "training" if training else to)
    files = export(wade.load(model_path), to, path, training, as_dialect(written))
    if as_json:
        found = {"model": str(model_path), "to": to, "files": list(map(str, files))}
        typer.echo(json.dumps(found, ensure_ascii=False))
    elif not quiet:
        what = f"the first steps of {model_path} are" if training else f"{model_path} is"
        say(f"{what} in {' and '.join(map(str, files))}, to run without wade")
        if training:
            say(f"{files[0]} holds encoded rows of {training}: give it only to whom you would give those")
        show_command(files[-1], training is not None)
    return DONE


def free_path(model_path: Path, to: str, what: str) -> Path:
    """`flights_numpy.py` in the current folder, or the first of `flights_numpy_2.py`, ... that is free.

    Examples
    --------
    >>> free_path(Path("models/my flights.wade"), "c", "c"), free_path(Path("flights.wade"), "numpy", "numpy")
    (PosixPath('my_flights.c'), PosixPath('flights_numpy.py'))
    """
    # A name that Python can import.
    stem = re.sub(r"\W+", "_", model_path.stem, flags=re.ASCII).strip("_") or "model"
    ending = ENDINGS[to]
    stem = f"{stem}_{what}" if ending == ".py" else stem
    candidates = (Path(f"{stem}{ending}" if number == 1 else f"{stem}_{number}{ending}") for number in count(1))
    return next(candidate for candidate in candidates if not os.path.lexists(candidate))


def show_command(path: Path, training: bool) -> None:
    """How to run the program, where it is one."""
    command = {
        ".py": ["python", str(path), *([] if training else ["ROWS.csv"])],
        ".c": ["cc", "-std=c99", "-O2", "-o", path.stem, str(path), "-lm"],
    }.get(path.suffix)
    if command:
        show_next(terminal(), command)
