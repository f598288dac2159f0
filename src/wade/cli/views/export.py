"""Where an export is written, and how to run it."""

from __future__ import annotations

import re
from pathlib import Path

from wade.cli.paths import check_writable, free_path
from wade.cli.views.tables import next_command, terminal
from wade.errors import unknown_name
from wade.exporters.export_model import ENDINGS


def destination(model: Path, to: str, output: Path | None, training: bool) -> Path:
    """The file to write: `output`, or a free name in the current folder that Python can import.

    Examples
    --------
    >>> destination(Path("models/my flights.wade"), "c", None, False)
    PosixPath('my_flights.c')
    >>> destination(Path("flights.wade"), "numpy", None, False)
    PosixPath('flights_numpy.py')
    """
    if to not in ENDINGS:
        raise unknown_name("to", to, ENDINGS)
    if output is not None:
        check_writable(output, "output")
        return output
    stem, ending = re.sub(r"\W+", "_", model.stem, flags=re.ASCII).strip("_") or "model", ENDINGS[to]
    return free_path(f"{stem}_{'training' if training else to}" if ending == ".py" else stem, ending, "_")


def show_command(path: Path, training: bool) -> None:
    """The command that runs or compiles the program, where it is one."""
    command = {
        ".py": ["python", str(path), *([] if training else ["ROWS.csv"])],
        ".c": ["cc", "-std=c99", "-O2", "-o", path.stem, str(path), "-lm"],
    }.get(path.suffix)
    if command:
        next_command(terminal(), command)
