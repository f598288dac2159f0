"""Where files go: a free name, and a folder that can be written to, checked before the work begins."""

from __future__ import annotations

import glob
import os
import re
import tempfile
from itertools import count
from pathlib import Path

from wade.errors import InvalidArgument
from wade.files.atomic import write_atomically

COMPRESSED = {".gz", ".bz2", ".zst", ".lz4", ".br"}


def free_model_path(data: str) -> Path:
    """`flights.wade` in the current folder for flights.csv, or the first of `flights-2.wade`, ... that is free."""
    return free_path(_stem(data), ".wade", "-")


def free_path(stem: str, ending: str, between: str) -> Path:
    """`stem.ending`, or the first of `stem-2.ending`, `stem-3.ending`, ... that is free."""
    names = (Path(f"{stem}{ending}" if number == 1 else f"{stem}{between}{number}{ending}") for number in count(1))
    return next(name for name in names if not os.path.lexists(name))


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    write_atomically(path, text.encode())


def _stem(data: str) -> str:
    """The name of a table without its extensions; that of its folder where nothing but a pattern is left."""
    path = Path(data)
    if data == "-":
        return "table"
    if glob.has_magic(path.name):
        path = path.with_name(re.sub(r"[-_ ]*[*?\[\]]+[-_ ]*", "", path.name) or "table")
        if path.name.startswith("."):
            return path.parent.name or "table"
    return path.with_suffix("").stem if path.suffix in COMPRESSED else path.stem


def check_writable(path: Path, option: str) -> None:
    """Refuse a destination that cannot be written to.

    Raises
    ------
    InvalidArgument
        The folder is missing or cannot be written to, or the path is a folder.
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
