"""Where files go: a name that is free, and a folder that can be written to, looked at before the work begins."""

from __future__ import annotations

import glob
import os
import re
import tempfile
from itertools import count
from pathlib import Path

from wade.errors import InvalidArgument

COMPRESSED = {".gz", ".bz2", ".zst", ".lz4", ".br"}


def free_model_path(data: str) -> Path:
    """`flights.wade` in the current folder, or the first of `flights-2.wade`, `flights-3.wade`, ... that is free.

    Parameters
    ----------
    data : str
        A built-in name or the path of a table.
    """
    name = _stem(data)
    candidates = (Path(f"{name}.wade" if number == 1 else f"{name}-{number}.wade") for number in count(1))
    return next(candidate for candidate in candidates if not os.path.lexists(candidate))


def _stem(data: str) -> str:
    """The name of a table without its endings; that of its folder where a pattern leaves nothing of the name."""
    path = Path(data)
    if data == "-":
        return "table"
    if glob.has_magic(path.name):
        path = path.with_name(re.sub(r"[-_ ]*[*?\[\]]+[-_ ]*", "", path.name) or "table")
        if path.name.startswith("."):
            return path.parent.name or "table"
    return path.with_suffix("").stem if path.suffix in COMPRESSED else path.stem


def check_writable(path: Path, option: str) -> None:
    """Refuse a destination that could not be written to later.

    Raises
    ------
    InvalidArgument
        The folder is missing or closed to us, or something that is no file has this name.
    """
    folder = Path(os.path.realpath(path)).parent
    if path.is_dir():
        raise InvalidArgument(option, "must be a file, not a folder", str(path), f"Try {path / 'NAME'}.")
    if not folder.is_dir():
        raise InvalidArgument(option, f"must be in a folder that exists ({folder} does not)", str(path))
    if path.exists() and not path.is_file():
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        expected = f"must be in a folder that can be written to ({error.strerror})"
        raise InvalidArgument(option, expected, str(path), "Choose another folder.") from error
