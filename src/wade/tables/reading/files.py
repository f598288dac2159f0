"""What a user points at → the files behind it: one file, several, a folder, a pattern, or standard input.

A file is identified by its content, never by its ending: Parquet and Arrow files, compressed files and other formats
are recognized by their first bytes. A file is watched while it is read: one that changes meanwhile is refused.
"""

from __future__ import annotations

import errno
import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from wade.errors import DiskFull, UnreadableTable
from wade.tables.columns.disk import cache_folder, disk_full

STANDARD_INPUT = "-"
PEEK_BYTES = 1 << 18
COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bz2", b"\x04\x22\x4d\x18": "lz4"}
TABLE_ENDINGS = frozenset(
    (".csv", ".tsv", ".tab", ".txt", ".parquet", ".pq", ".feather", ".arrow", ".ipc", ".jsonl", ".ndjson", ".json")
)
COMPRESSED_ENDINGS = frozenset((".gz", ".zst", ".bz2", ".lz4"))
_COPY_AGAIN = "It may have been cut off on its way: copy or write it again."


@dataclass(frozen=True)
class File:
    """One file, opened as often as a reader needs."""

    path: Path
    name: str  # what messages call it
    compression: str = ""  # "gzip", "zstd", "bz2", "lz4", or "" for none
    stamp: tuple[int, int] = field(default=(0, 0), compare=False)  # size and last change when it was found

    def open(self) -> pa.NativeFile:
        """The bytes of the table, decompressed as they are read."""
        file = pa.OSFile(str(self.path))
        return pa.CompressedInputStream(file, self.compression) if self.compression else file

    def beginning(self, size: int = PEEK_BYTES) -> bytes:
        """The first `size` bytes of the table; UnreadableTable where compressed data is damaged."""
        try:
            with self.open() as stream:
                return bytes(stream.read(size))
        except (OSError, pa.ArrowException) as error:
            raise unreadable(self, error) from error

    def unpacked(self, scratch: ExitStack) -> Path:
        """A path for readers that jump about in a file: a compressed one is unpacked into a temporary file first."""
        if not self.compression:
            return self.path
        try:
            with self.open() as stream:
                return _spool(stream, scratch)
        except DiskFull:
            raise
        except (OSError, pa.ArrowException) as error:
            raise unreadable(self, error) from error

    def refuse_if_changed(self) -> None:
        """Raise UnreadableTable where the file was written to since it was found."""
        if not self.path.exists() or _stamp(self.path) != self.stamp:
            remedy = "Read it once it is complete, or read a copy."
            raise UnreadableTable(self.name, "the file changed while it was being read", remedy)


def is_path(source: Any) -> bool:
    """Whether a source is a path, or several."""
    if isinstance(source, str | os.PathLike):
        return True
    return isinstance(source, list | tuple) and bool(source) and all(isinstance(s, str | os.PathLike) for s in source)


def is_rows(source: Any) -> bool:
    """Whether it is a list of rows, each with its values by column names."""
    return isinstance(source, list | tuple) and bool(source) and all(isinstance(row, Mapping) for row in source)


def source_name(source: Any) -> str:
    """What messages call a path or several.

    Examples
    --------
    >>> source_name("flights.csv"), source_name("-"), source_name(["a.csv", "b.csv"])
    ('flights.csv', 'standard input', '2 files from a.csv on')
    """
    if isinstance(source, list | tuple):
        return source_name(source[0]) if len(source) == 1 else f"{len(source)} files from {source[0]} on"
    return "standard input" if source == STANDARD_INPUT else str(source)


def find_files(source: Any, scratch: ExitStack) -> list[File]:
    """The files behind a path, several paths, a folder, a pattern such as "2013-*.csv", or "-" for standard input.

    Raises UnreadableTable where there is none; `scratch` removes temporary files when the reading is over.
    """
    paths = source if isinstance(source, list | tuple) else [source]
    return [file for path in paths for file in _files(path, scratch)]


def unreadable(file: File, error: Exception) -> UnreadableTable:
    """The message for a file whose bytes cannot be had."""
    if file.compression:
        problem = f"its {file.compression} compression is cut off or damaged ({first_line(error)})"
        return UnreadableTable(file.name, problem, _COPY_AGAIN)
    problem = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else first_line(error)
    return UnreadableTable(file.name, f"the file cannot be read ({problem})", "Check its permissions and the disk.")


def first_line(error: Exception) -> str:
    """The first line of a message, without its full stop."""
    return str(error).strip().split("\n", 1)[0][:200].rstrip(".")


def _files(path: Any, scratch: ExitStack) -> list[File]:
    if path == STANDARD_INPUT:
        return [known_file(_spool(sys.stdin.buffer, scratch), "standard input")]
    if Path(path).is_dir():
        return _in_folder(Path(path))
    if not os.path.lexists(path) and glob.has_magic(os.fspath(path)):
        found = sorted(match for match in glob.glob(os.fspath(path), recursive=True) if os.path.isfile(match))
        if not found:
            raise UnreadableTable(str(path), "no file fits this pattern", "Check the path and the spelling.")
        return [known_file(Path(match), match) for match in found]
    return [known_file(Path(path), str(path))]


def _in_folder(folder: Path) -> list[File]:
    """Every table in a folder and the folders in it, by name; what is hidden or begins with "_" is left out."""
    found = sorted(
        path
        for path in folder.rglob("*")
        if ending_of(path) in TABLE_ENDINGS
        and path.is_file()
        and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    )
    if not found:
        problem = "this is a folder, and there is no table in it (CSV, TSV, Parquet, Feather or JSON lines)"
        raise UnreadableTable(str(folder), problem, "Give the path of a file or of a folder with tables.")
    return [known_file(path, str(path)) for path in found]


def ending_of(path: Path) -> str:
    """The ending of a file without that of its compression."""
    endings: Sequence[str] = [suffix.lower() for suffix in path.suffixes]
    endings = endings[:-1] if endings and endings[-1] in COMPRESSED_ENDINGS else endings
    return endings[-1] if endings else ""


def known_file(path: Path, name: str) -> File:
    """A file that is there and open to us, with its compression."""
    try:
        stamp = _stamp(path)
        with open(path, "rb") as file:
            beginning = file.read(4)
    except FileNotFoundError as error:
        raise UnreadableTable(name, "there is no such file", "Check the path and the spelling.") from error
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableTable(name, f"the file cannot be read ({problem})", "Check its permissions.") from error
    compression = next((name for magic, name in COMPRESSIONS.items() if beginning.startswith(magic)), "")
    return File(path, name, compression, stamp)


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def temporary(scratch: ExitStack) -> Path:
    """A path for what passes only once, removed when the reading is over."""
    folder = scratch.enter_context(tempfile.TemporaryDirectory(prefix="wade-", dir=cache_folder()))
    return Path(folder) / "table"


@contextmanager
def disk_full_errors() -> Iterator[None]:
    """The error of a full disk, as a message with a remedy."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise disk_full(cache_folder(), error.strerror or "", "a stream that passes only once") from error


def _spool(stream: Any, scratch: ExitStack) -> Path:
    """A stream that passes only once, kept on disk until the reading is over."""
    path = temporary(scratch)
    with disk_full_errors(), open(path, "wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)
    return path
