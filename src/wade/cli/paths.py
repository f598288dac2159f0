"""Where files go: a name that is free and stays so, a folder that can be written to, and never over an input."""

from __future__ import annotations

import glob
import os
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from wade.cli.options import flag_of
from wade.errors import InvalidArgument, unknown_name
from wade.files.atomic import write_atomically

TABLES = {".csv", ".tsv", ".parquet", ".feather", ".arrow", ".jsonl", ".ndjson"}
"""How the names of tables end; `wade.tables` knows more, and takes too long to import for a check."""
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

COMPRESSED = {".gz", ".bz2", ".zst", ".lz4", ".br"}


def document_format(asked: str | None, output: Path | None, endings: Mapping[str, Collection[str]]) -> str:
    """The format of a document: the one asked for, else the one that its file's name ends in, else the first.

    Parameters
    ----------
    endings : mapping
        How files of each format end.

    Raises
    ------
    InvalidArgument
        There is no such format.

    Examples
    --------
    >>> [document_format(asked, Path("page.MD"), {"html": (".html",), "md": (".md",)}) for asked in (None, "html")]
    ['md', 'html']
    """
    if asked is not None and asked not in endings:
        raise unknown_name("format", asked, endings)
    ending = output.suffix.lower() if output else ""
    return asked or next((form for form, those in endings.items() if ending in those), next(iter(endings)))


@contextmanager
def reserved_model_path(data: str) -> Iterator[Path]:
    """`flights.wade` in the current folder for flights.csv, or the first of `flights-2.wade`, ... that is free.

    An empty file holds the name while the block runs, so that no other process chooses it too; if it is still empty
    afterwards, it is removed.
    """
    with reserved_path(_stem(data), ".wade", "-") as path:
        yield path


@contextmanager
def reserved_path(stem: str, ending: str, between: str, beside: str = "") -> Iterator[Path]:
    """The same for `stem.ending`, `stem-2.ending`, ...; no file with the ending `beside` may have its name either."""
    names = (Path(f"{stem}{ending}" if number == 1 else f"{stem}{between}{number}{ending}") for number in count(1))
    free = (name for name in names if not (beside and os.path.lexists(name.with_suffix(beside))))
    path, file = next((name, held) for name in free if (held := _held(name)) is not None)
    try:
        yield path
    finally:
        with file, suppress(OSError):
            if path.stat().st_size == 0:
                path.unlink()


def _held(path: Path) -> BinaryIO | None:
    """The empty file of this name, locked; None where there is a file already, or another process holds the name.

    An empty file that nobody holds is what a process left that was killed.
    """
    try:
        file = open(path, "ab")  # noqa: SIM115 - it holds the name until the block of `reserved_path` ends
    except OSError as error:
        if path.exists():
            return None
        expected = f"cannot be written to the current folder ({error.strerror})"
        raise InvalidArgument("output", expected, str(path), "Give another path with --output.") from error
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ours = os.fstat(file.fileno())
        if ours.st_size == 0 and os.path.samestat(ours, os.stat(path)):
            return file
    except OSError:
        pass
    file.close()
    return None


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


def check_writable(path: Path, option: str, *, rows: bool = False, **inputs: Any) -> None:
    """Refuse a destination that cannot be written to, or that is one of the inputs (paths, by option).

    Where it is not `rows` that are written, a table that is there already is not replaced either.

    Raises
    ------
    InvalidArgument
        The folder is missing or cannot be written to, the path is a folder, the file of another option, or a table.
    """
    for name, source in inputs.items():
        if any(_same(path, file) for file in _files_of(source)):
            expected = f"must be another file than {flag_of(name)}, which it would replace"
            raise InvalidArgument(option, expected, str(path), "Choose another name.")
    if not rows and path.is_file() and TABLES & set(path.suffixes):
        remedy = "Choose another name, or remove it first."
        raise InvalidArgument(option, "must not be a table that is there, which it would replace", str(path), remedy)
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


def _files_of(source: Any) -> Iterator[Path]:
    """The files that a source names; one that is not there yet is named too."""
    for path in source if isinstance(source, list | tuple) else [source]:
        if path is None or path == "-":
            continue
        if Path(path).is_dir():
            yield from (each for each in Path(path).rglob("*") if each.is_file())
        elif not os.path.lexists(path) and glob.has_magic(os.fspath(path)):
            yield from map(Path, glob.glob(os.fspath(path), recursive=True))
        else:
            yield Path(path)


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one file, also by way of links, or will be."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return os.path.realpath(one) == os.path.realpath(other)
