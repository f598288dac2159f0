"""`wade.export`: from a model to files that run without wade."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from wade.errors import InvalidArgument, unknown_name
from wade.exporters.c import program as c_program
from wade.exporters.onnx import model as onnx_model
from wade.exporters.program import Program
from wade.exporters.python import network_programs, sklearn_program
from wade.exporters.replay import program as training_program
from wade.exporters.replay.replay import first_steps
from wade.files.atomic import write_atomically
from wade.model.model import Model, require_model
from wade.tables import Dialect
from wade.types import Array

MOST_IN_TEXT: Final = 250_000
"""Parameters that a Python program carries in its text, of some 12 characters each; more lie beside it."""
ENDINGS: Final = {"numpy": ".py", "pytorch": ".py", "keras": ".py", "sklearn": ".py", "onnx": ".onnx", "c": ".c"}
IN_PYTHON: Final = {
    "numpy": network_programs.in_numpy,
    "pytorch": network_programs.in_pytorch,
    "keras": network_programs.in_keras,
    "sklearn": sklearn_program.write,
}


def export(
    model: Model, to: str, path: str | os.PathLike[str], training: Any = None, dialect: Dialect | None = None
) -> list[Path]:
    """Write a model as a program, or as a file that other runtimes read; wade is not needed to run it.

    It carries the encoders and the weights, exactly, and predicts what the model predicts, within the rounding of
    float32. A program is text to be read; what comes from the table's names stands in it as literals, never as code.

    Parameters
    ----------
    model : Model
    to : "numpy", "pytorch", "keras", "sklearn", "onnx" or "c"
        See docs/exporting.md for what each of them takes and gives.
    path : str or path
        Where to write; an older file there is replaced. A Python program of more than 250,000 parameters has them in a
        second file beside it, of the same name with the ending .npz.
    training : path, frame or built-in name
        The table that the model was trained on; a model keeps no rows. Then, in NumPy, the first 100 steps of the
        training run are written instead: a program that takes them again, number by number. The encoded rows that
        these steps see are in a second file with the ending .npz.
    dialect : Dialect
        How a text file for `training` is written, where it is not to be auto-detected.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    InvalidArgument
        There is no such export, or it cannot hold this model; or `training` is another table than that of the run, or
        the run cannot be taken again from it alone. The message names a remedy.
    DataError
        The table cannot be read.
    OSError
        A file cannot be written; older ones are still as they were.

    Examples
    --------
    >>> import tempfile
    >>> import wade
    >>> model = wade.learn("flights", columns=["temperature", "carrier"], rows=2000, epochs=1, hidden=(8,))
    >>> [path] = export(model, "numpy", Path(tempfile.mkdtemp()) / "late.py")
    >>> program = {"__name__": "late"}
    >>> exec(path.read_text(), program)
    >>> row = {"temperature": -2.2, "carrier": "B6"}
    >>> shares = program["predict_probability"]([row]), model.predict_probability(row)
    >>> bool(np.allclose(*shares, rtol=1e-6))
    True
    """
    require_model(model)
    if to not in ENDINGS:
        raise unknown_name("to", to, ENDINGS)
    if training is not None and to != "numpy":
        raise InvalidArgument("to", "must be 'numpy' for the steps of a training run", to)
    path, program = Path(path), Program.of(model)
    if training is not None:
        steps, beside = first_steps(model, training, dialect), path.with_suffix(".npz")
        text = training_program.write(steps, beside.name)
        files = {beside: packed(training_program.data(steps)), path: text.encode()}
    elif to == "onnx":
        files = {path: onnx_model.write(program)}
    elif to == "c":
        files = {path: c_program.write(program).encode()}
    else:
        files = _python(program, to, path)
    for place, content in files.items():
        write_atomically(place, content)
    return list(files)


def _python(program: Program, to: str, path: Path) -> dict[Path, bytes]:
    """The program, and the file of its weights where they are many."""
    beside = path.with_suffix(".npz")
    if sum(values.size for values in program.parameters.values()) <= MOST_IN_TEXT:
        return {path: IN_PYTHON[to](program, None).encode()}
    text = IN_PYTHON[to](program, beside.name)
    return {beside: packed(program.parameters), path: text.encode()}


def packed(arrays: Mapping[str, Array]) -> bytes:
    """Arrays as an .npz file, as NumPy reads it without running anything."""
    content = io.BytesIO()
    np.savez(content, **dict(arrays))  # type: ignore[arg-type]
    return content.getvalue()
