"""The program of what is on screen: its text, the addresses of its lines, and the file that is to be kept."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from wade.exporters.walks.numpy_program import write_with_numpy
from wade.exporters.walks.recorded import RecordedWalk, Written
from wade.exporters.walks.torch_program import write_with_torch
from wade.exporters.walks.wade_program import write_with_wade
from wade.studio.messages import FileAnnounced, ProgramShown
from wade.studio.sessions import File
from wade.studio.workspace import Workspace

WRITERS: Final[Mapping[str, Callable[[RecordedWalk, str], Written]]] = {
    "wade": write_with_wade,
    "numpy": write_with_numpy,
    "torch": write_with_torch,
}


def show_program(space: Workspace, language: str) -> ProgramShown:
    """The program that ends in the parameters on screen."""
    written, name, beside = _written(space, language)
    return ProgramShown(language, name, written.text, written.lines, beside if written.beside else "")


def save_program(space: Workspace, language: str) -> File:
    """The program as a file; with the rows beside it where it does not hold them, as an archive of both."""
    written, name, beside = _written(space, language)
    if not written.beside:
        content = written.text.encode()
        return File(FileAnnounced(name, "text/x-python", len(content)), content)
    rows, archive = io.BytesIO(), io.BytesIO()
    np.savez_compressed(rows, **written.beside)  # type: ignore[arg-type]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr(name, written.text)
        files.writestr(beside, rows.getvalue())
    content = archive.getvalue()
    return File(FileAnnounced(name.removesuffix(".py") + ".zip", "application/zip", len(content)), content)


def recorded(space: Workspace) -> RecordedWalk:
    """The training as it stands, from its start."""
    walk, start = space.walk, space.start
    return RecordedWalk(
        name=space.table.name,
        start=start.network,
        settings=start.settings,
        loss=walk.loss,
        seed=walk.seed,
        samples=walk.samples,
        entries=walk.journal,
        steps=walk.steps,
        initial_scale=start.scale,
        is_drawn=start.is_drawn,
    )


def file_stem(space: Workspace) -> str:
    """What files of this table are called: letters, digits and dashes.

    They are named for people only, and never become paths here.
    """
    name = re.sub(r"(\.[A-Za-z0-9]{1,7})+$", "", space.table.name.rpartition("/")[2])  # without ".csv.gz"
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40].lower() or "table"


def _written(space: Workspace, language: str) -> tuple[Written, str, str]:
    stem = f"{file_stem(space)}-{language}"
    beside = f"{file_stem(space)}-rows.npz"
    return WRITERS[language](recorded(space), beside), f"{stem}.py", beside
