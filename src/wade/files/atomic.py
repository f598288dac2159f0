"""Files that are written whole or not at all.

A file is written beside its destination, forced to the disk, and put in place by one rename; the folder is forced to
the disk too, so that the rename itself survives a power cut. Whatever fails on the way, the old file stays as it was.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Final

from wade.errors import DurabilityWarning

MOST_NAME_BYTES: Final = 100
"""Of a file's name in that of its temporary file: file systems take 255 bytes."""


def write_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Put `content` at `path`: all of it, or an OSError and whatever was there before.

    A link is followed and its target replaced. Something that is no file, such as a terminal or a pipe, is written
    to directly: it has no old content to protect.

    Parameters
    ----------
    path : str or path
    content : bytes

    Raises
    ------
    OSError
        The folder is missing or closed to us, the disk is full, ...; it names `path`.

    Warns
    -----
    DurabilityWarning
        The file is in place, but its folder cannot be forced to the disk: a power cut may lose it.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note.txt"
    >>> write_atomically(path, b"kept")
    >>> path.read_bytes()
    b'kept'
    """
    given, path = os.fspath(path), Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    temporary = path.with_name(f"{_beginning(path)}{secrets.token_hex(8)}.tmp")
    try:
        _write_through(temporary, content)
        if path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except OSError as error:
        _remove(temporary)
        raise type(error)(error.errno, error.strerror, given) from error
    except BaseException:
        _remove(temporary)
        raise
    try:
        _force_folder(path.parent)
    except OSError as error:
        message = f"{given} is written, but its folder cannot be forced to the disk ({error.strerror})"
        warnings.warn(message, DurabilityWarning, stacklevel=2)


def remove_leftovers(path: str | os.PathLike[str]) -> None:
    """Remove what writers of `path` left beside it when they were killed; none may be writing now.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "note.txt"
    >>> path.with_name(".note.txt.0123456789abcdef.tmp").touch()
    >>> remove_leftovers(path)
    >>> list(path.parent.iterdir())
    []
    """
    path = Path(os.path.realpath(path))
    leftover = re.compile(re.escape(_beginning(path)) + r"[0-9a-f]{16}\.tmp")
    for other in path.parent.iterdir():
        if leftover.fullmatch(other.name):
            other.unlink(missing_ok=True)


def _beginning(path: Path) -> str:
    """Of the names of its temporary files."""
    return f".{os.fsencode(path.name)[:MOST_NAME_BYTES].decode('utf-8', 'ignore')}."


def _remove(temporary: Path) -> None:
    """What is left of a failed write; that it cannot be removed either does not matter then."""
    with suppress(OSError):
        temporary.unlink()


def _write_through(path: Path, content: bytes) -> None:
    """A new file with this content, on the disk when this returns."""
    with open(path, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _force_folder(folder: Path) -> None:
    """Put the folder's list of names on the disk; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
