"""Where an export is written, and how to run it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wade.cli.paths import check_writable, reserved_path
from wade.cli.views.tables import next_command, terminal
from wade.errors import InvalidArgument, unknown_name
from wade.exporters.export_model import ENDINGS

BESIDE = ".npz"


@contextmanager
def destination(model: Path, to: str, output: Path | None, training: str | None) -> Iterator[Path]:
    """The file to write: `output`, or a free name in the current folder that Python can import.

    Large weights go into an .npz file beside a program: that may be no input either.
    """
    if to not in ENDINGS:
        raise unknown_name("to", to, ENDINGS)
    if output is not None:
        if ENDINGS[to] == ".py" and output.suffix == BESIDE:
            remedy = f"Try {output.with_suffix('.py')}."
            raise InvalidArgument("output", f"must not end in {BESIDE}, the file of the weights", str(output), remedy)
        for path in (output, output.with_suffix(BESIDE)) if ENDINGS[to] == ".py" else (output,):
            check_writable(path, "output", model=model, training=training)
        yield output
        return
    stem, ending = re.sub(r"\W+", "_", model.stem, flags=re.ASCII).strip("_") or "model", ENDINGS[to]
    stem = f"{stem}_{'training' if training is not None else to}" if ending == ".py" else stem
    with reserved_path(stem, ending, "_", BESIDE if ending == ".py" else "") as path:
        yield path


def show_command(path: Path, training: bool) -> None:
    """The command that runs or compiles the program, where it is one."""
    command = {
        ".py": ["python", str(path), *([] if training else ["ROWS.csv"])],
        ".c": ["cc", "-std=c99", "-O2", "-o", path.stem, str(path), "-lm"],
    }.get(path.suffix)
    if command:
        next_command(terminal(), command)
