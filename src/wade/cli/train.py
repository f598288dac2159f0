"""`wade train`: learn from a table, save the model, show what it is worth."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import typer

import wade
from wade.cli.options import Written
from wade.cli.outcome import DONE, INTERRUPTED, say
from wade.cli.paths import check_writable, free_model_path
from wade.cli.progress import watching
from wade.cli.summary import show_training
from wade.cli.written import as_dialect
from wade.errors import CheckpointWarning


@contextmanager
def telling() -> Iterator[None]:
    """Say on standard error what training has to say of its checkpoint, while the block runs."""
    with warnings.catch_warnings():
        shown = warnings.showwarning
        warnings.simplefilter("always", CheckpointWarning)

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if issubclass(category, CheckpointWarning):
                say(str(message))
            else:
                shown(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        yield


def run(
    data: str, destination: Path | None, *, written: Written, as_json: bool, quiet: bool, choices: dict[str, Any]
) -> int:
    """Train on `data` with the choices of `wade.learn`, and save to `destination`.

    Parameters
    ----------
    data : str
        A file or a built-in name.
    destination : path or None
        None: a name in the current folder that is free.
    written : Written
        How the text of `data` is written, as far as it shall not be found out.
    as_json, quiet : bool
        Print one JSON object; print nothing.
    choices : dict
        Arguments of `wade.learn`.

    Returns
    -------
    int
        The exit code.
    """
    dialect = as_dialect(written)
    path = free_model_path(data) if destination is None else destination
    check_writable(path, "model")
    if choices["checkpoint"] is not None:
        check_writable(choices["checkpoint"], "checkpoint")
    with watching(silent=quiet or as_json) as on_event, telling():
        model = wade.learn(data, dialect=dialect, on_event=on_event, **choices)
    model.save(path)
    if as_json:
        typer.echo(json.dumps({**model.report, "model": str(path)}, allow_nan=False, ensure_ascii=False))
    elif not quiet:
        show_training(model, path, data)
    if model.report["interrupted"]:
        rest = "" if choices["checkpoint"] is None else "; the same command with --resume goes on"
        say(f"interrupted; what was learned so far is in {path}{rest}")
        return INTERRUPTED
    return DONE
