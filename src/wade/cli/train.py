"""`wade train`: learn from a table, save the model, show what it is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

import wade
from wade.cli.options import Written
from wade.cli.outcome import DONE, INTERRUPTED, say
from wade.cli.paths import check_writable, free_model_path
from wade.cli.progress import watching
from wade.cli.summary import show_training
from wade.cli.written import as_dialect


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
    with watching(silent=quiet or as_json) as on_event:
        model = wade.learn(data, dialect=dialect, on_event=on_event, **choices)
    model.save(path)
    if as_json:
        typer.echo(json.dumps({**model.report, "model": str(path)}, allow_nan=False, ensure_ascii=False))
    elif not quiet:
        show_training(model, path, data)
    if model.report["interrupted"]:
        say(f"interrupted; what was learned so far is in {path}")
        return INTERRUPTED
    return DONE
