"""A file that is known to be whole: arrays by name and everything else as JSON; no code.

Such a file is a safetensors file, so any reader of that format sees the arrays::

    8 bytes   length n of the header, little endian
    n bytes   JSON: {"W1": {"dtype": "F32", "shape": [9, 64], "data_offsets": [0, 2304]}, ...,
                     "__metadata__": {key: "<JSON text>"}}
    the rest  the arrays' bytes

The key says what kind of file it is; the JSON text holds ``{"format": 2, "wade": version, "sha256": checksum}``
and the parts of that kind. The checksum is the SHA-256 of the whole file with its own 64 digits set to "0", so no bit
can change unseen. Nothing of a file is used before its lengths, its checksum and its format number have been looked at.

A checksum keeps accidents out, not people: anybody can compute it. So of the JSON, too, only plain data get through:
each name once, text that is text, numbers that are finite and fit into 64 bits, and no deep nesting.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, BinaryIO, Final, NoReturn, TypeAlias

import safetensors
import safetensors.numpy

from wade._version import __version__
from wade.errors import FileError
from wade.files.atomic import write_atomically
from wade.types import Array

MOST_BYTES: Final = 2**32
MOST_HEADER_BYTES: Final = 100_000_000
"""What other readers of safetensors take."""
DEEPEST: Final = 32
MOST_CONTAINERS: Final = 1_000_000
"""Lists and objects of a header: an empty one has two letters, and takes thirty times as much memory."""
LARGEST: Final = 2**64

Document: TypeAlias = dict[str, Any]

META: Final = "__metadata__"
ENTRY: Final = {"dtype", "shape", "data_offsets"}
_NO_CHECKSUM = "0" * 64


@dataclass(frozen=True)
class Kind:
    """What a sort of file is called and must hold, and the remedy when there is something wrong with one."""

    name: str  # such as "model file"
    key: str  # under which its JSON stands
    format: int  # the newest that is known
    oldest: int  # that is still read
    parts: tuple[str, ...]  # the JSON objects that it must have
    others: tuple[str, ...]  # what else its JSON may have
    error: type[FileError]
    missing: str  # the remedy where there is no such file,
    foreign: str  # where it is of another kind,
    damaged: str  # and where it is not whole
    ending: str = ""  # of its usual name


def write_checked(path: str | os.PathLike[str], kind: Kind, arrays: Mapping[str, Array], document: Document) -> None:
    """Write a file whole or not at all; `document` is plain JSON data under the names of the kind's parts.

    Raises
    ------
    OSError
        The folder is missing or closed to us, the disk is full; an older file is still as it was.
    FileError
        The kind's own: there is more to say than a header may hold.
    """
    header = {"format": kind.format, "wade": __version__, "sha256": _NO_CHECKSUM, **document}
    text = json.dumps(header, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    content = safetensors.numpy.save(dict(arrays), {kind.key: text})
    if int.from_bytes(content[:8], "little") > MOST_HEADER_BYTES:
        problem = f"its header would be larger than {MOST_HEADER_BYTES:,} bytes, which no reader takes"
        raise kind.error(os.fspath(path), problem, "Use fewer columns, or fewer categories.")
    at = content.index(_NO_CHECKSUM.encode())
    checksum = hashlib.sha256(content).hexdigest().encode()
    write_atomically(path, content[:at] + checksum + content[at + len(checksum) :])


def read_checked(
    path: str | os.PathLike[str], kind: Kind, array_bytes: Callable[[Document, int], int] | None = None
) -> tuple[dict[str, Array], Document]:
    """The arrays and the document of a file.

    `array_bytes` says, from a document and the number of arrays, how many bytes they must have: no more is read.

    Raises
    ------
    FileError
        The kind's own: the file is missing, is of another kind, is damaged, or comes from a newer version of wade.
    """
    return _Reading(os.fsdecode(path), kind, array_bytes).read()


class _Reading:
    """One file that is being looked at."""

    def __init__(self, name: str, kind: Kind, array_bytes: Callable[[Document, int], int] | None) -> None:
        self._name, self._kind, self._array_bytes = name, kind, array_bytes

    def read(self) -> tuple[dict[str, Array], Document]:
        """Its arrays and its document, once they can be trusted."""
        content, length, document = self._bounded()
        self._check_checksum(content, length, document.get("sha256"))
        try:
            return safetensors.numpy.load(content), document
        except (safetensors.SafetensorError, KeyError, ValueError) as error:
            raise self._wrong(f"its arrays cannot be read ({in_short(error)})") from error

    def _bounded(self) -> tuple[bytes, int, Document]:
        """The file's bytes with its header's length and document, if it begins like one of ours."""
        name, kind = self._name, self._kind
        if "\0" in name:
            raise self._wrong("no file can have this name", kind.missing)
        if os.path.isdir(name):
            raise self._wrong(f"this is a folder, not a {kind.name}", kind.foreign)
        try:
            with open(name, "rb", opener=_without_waiting) as file:
                return self._beginning_well(file)
        except FileNotFoundError as error:
            meant = f"{name}{kind.ending}"
            there = bool(kind.ending) and os.path.isfile(meant)
            raise self._wrong("there is no such file", f"Did you mean {meant}?" if there else kind.missing) from error
        except OSError as error:
            raise self._wrong(f"the file cannot be read ({error.strerror})", "Check its permissions.") from error

    def _beginning_well(self, file: BinaryIO) -> tuple[bytes, int, Document]:
        """The same of an open file; nothing but its head is read where that shows that it is not one of ours."""
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise self._wrong(f"this is a pipe or a device, not a {self._kind.name}", self._kind.foreign)
        head = file.read(9)
        if head[8:] != b"{":
            raise self._wrong(f"this is not a wade {self._kind.name}", self._kind.foreign)
        if status.st_size > MOST_BYTES:
            raise self._wrong(f"the file is larger than {MOST_BYTES} bytes, as no {self._kind.name} is")
        length = int.from_bytes(head[:8], "little")
        if length > status.st_size - 8:
            raise self._wrong("the file is damaged: its header is cut off")
        if length > MOST_HEADER_BYTES:
            raise self._wrong(f"its header is larger than {MOST_HEADER_BYTES:,} bytes, as none is")
        file.seek(8)
        text = file.read(length)
        if text.count(b"[") + text.count(b"{") > MOST_CONTAINERS:
            raise self._wrong(f"its header has more than {MOST_CONTAINERS:,} lists and objects, as none has")
        header = self._json(text)
        document = self._document(header)
        self._check_format(document)
        self._check_size(status.st_size - 8 - length, header, document)
        file.seek(0)
        return file.read(status.st_size), length, document

    def _check_size(self, size: int, header: dict[str, Any], document: Document) -> None:
        """Refuse a file whose arrays have other sizes than the header or the document says, before they are read."""
        entries = [entry["data_offsets"] for name, entry in header.items() if name != META]
        ends = [offsets[1] for offsets in entries if isinstance(offsets, list) and len(offsets) == 2]
        if len(ends) < len(entries) or any(type(end) is not int for end in ends) or max(ends, default=0) != size:
            raise self._wrong("the file is damaged: its arrays have another size than its header says")
        try:
            expected = size if self._array_bytes is None else self._array_bytes(document, len(entries))
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            raise self._wrong(f"its arrays cannot be those of its header ({in_short(error).rstrip('.')})") from error
        if size > expected:
            raise self._wrong(f"its arrays have {size:,} bytes, and its header describes {expected:,}")

    def _document(self, header: Any) -> Document:
        """What wade wrote into the header."""
        metadata = header.get(META) if isinstance(header, dict) else None
        text = metadata.get(self._kind.key) if isinstance(metadata, dict) else None
        document = self._json(text) if isinstance(text, str) else None
        if not isinstance(document, dict):
            raise self._wrong(f"this is not a wade {self._kind.name}", self._kind.foreign)
        if any(not isinstance(entry, dict) or entry.keys() != ENTRY for name, entry in header.items() if name != META):
            # Such as where else the bytes are: readers of this format do not follow links.
            raise self._wrong("the file is damaged: an array has more, or less, than a type, a shape and its place")
        return document

    def _json(self, text: bytes | str) -> Any:
        """Parse JSON that holds plain data only."""
        try:
            text = text if isinstance(text, str) else text.decode()
            data = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_each_name_once)
            _check_plain(data, DEEPEST)
        except (ValueError, RecursionError) as error:
            raise self._wrong(f"the file is damaged: its header cannot be read ({in_short(error)})") from error
        return data

    def _check_checksum(self, content: bytes, length: int, checksum: object) -> None:
        """Compare the SHA-256 of the file, its own digits set to "0", with those digits."""
        if isinstance(checksum, str) and re.fullmatch(r"[0-9a-f]{64}", checksum):
            digits = checksum.encode()
            at = content.find(digits, 8, 8 + length)
            bytes_ = memoryview(content)
            digest = hashlib.sha256(bytes_[:at])
            digest.update(_NO_CHECKSUM.encode())
            digest.update(bytes_[at + len(digits) :])
            if at >= 0 and digest.hexdigest() == checksum:
                return
        raise self._wrong("the file is damaged or was altered: its checksum does not match its content")

    def _check_format(self, document: Document) -> None:
        """Refuse what a newer wade wrote, or one too old, and what lacks a part."""
        number, known, oldest = document.get("format"), self._kind.format, self._kind.oldest
        if type(number) is int and number > known:
            writer = in_short(document.get("wade"))
            problem = f"it comes from a newer wade ({writer}; file format {number}, this wade reads up to {known})"
            raise self._wrong(problem, "Upgrade with: pip install --upgrade wade")
        if type(number) is int and 0 < number < oldest:
            problem = f"it comes from an older wade (file format {number}; this wade reads from format {oldest} on)"
            raise self._wrong(problem)
        if (
            type(number) is not int
            or number < oldest
            or not all(isinstance(document.get(part), dict) for part in self._kind.parts)
        ):
            raise self._wrong(f"it is no whole {self._kind.name}: a part is missing")
        unknown = document.keys() - {"format", "wade", "sha256", *self._kind.parts, *self._kind.others}
        if unknown:
            raise self._wrong(f"it has a part {in_short(min(unknown))!r}, which no {self._kind.name} has")

    def _wrong(self, problem: str, remedy: str | None = None) -> FileError:
        return self._kind.error(self._name, problem, remedy or self._kind.damaged)


def _without_waiting(name: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to must not keep us. Windows has no such pipes."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's fields; of a name that is there twice, two readers may see two values."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def _check_plain(data: Any, deepest: int) -> None:
    """ValueError where a value is not what wade writes: nested too deep, half a character, a number without bounds."""
    if not deepest:
        raise ValueError(f"it is nested deeper than {DEEPEST}")
    if isinstance(data, str):
        data.encode()
    elif isinstance(data, dict | list):
        for value in (*data, *data.values()) if isinstance(data, dict) else data:
            _check_plain(value, deepest - 1)
    elif isinstance(data, float) and not isfinite(data):
        raise ValueError("a number is too large")
    elif isinstance(data, int) and not -LARGEST < data < LARGEST:
        raise ValueError("a whole number is too large")


def in_short(text: object) -> str:
    """What a file says, for a message: not all of a long text, and nothing that a terminal would obey.

    Examples
    --------
    >>> in_short("wind\\x1b[31m")
    'wind?[31m'
    """
    return "".join(letter if letter.isprintable() else "?" for letter in str(text)[:200])
