"""`wade export`: a model as a program that runs without wade."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import wade
from wade.cli import views
from wade.cli.options import AsJson, ModelFile, Quiet, takes
from wade.cli.output import print_json, print_message
from wade.settings.table import DialectOptions


@takes(DialectOptions)
def export(
    model: ModelFile,
    to: Annotated[str, typer.Option(metavar="NAME", help="numpy, pytorch, keras, sklearn, onnx or c.")],
    training: Annotated[
        str | None,
        typer.Option(
            metavar="DATA", help="Export the first 100 training steps instead; DATA is the model's training table."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write here.", show_default="MODEL_numpy.py, MODEL.onnx, ..."
        ),
    ] = None,
    quiet: Quiet = False,
    json: AsJson = False,
    **options: Any,
) -> None:
    """Export a model as a program or file that runs without wade.

    \b
    Examples:
      wade export flights.wade --to numpy
      wade export flights.wade --to onnx -o flights.onnx
      wade export flights.wade --to c
      wade export flights.wade --to numpy --training flights

    It reads raw rows and gives the model's predictions. Programs are readable
    text: scales, codes, layers, and every weight exactly.
    """
    with views.export.destination(model, to, output, training) as path:
        files = wade.export(wade.load(model), to, path, training, **options)
    if json:
        print_json({"model": str(model), "to": to, "files": list(map(str, files))})
    elif not quiet:
        what = f"the first training steps of {model}" if training else str(model)
        print_message(f"exported {what} to {' and '.join(map(str, files))}, to run without wade")
        if training:
            print_message(f"{files[0]} contains encoded rows of {training}: share it only where you would share those")
        views.export.show_command(files[-1], training is not None)
