"""The `.wade` file: parameters by name and everything else as JSON; no code, no rows.

A `.wade` file is a safetensors file, so any reader of that format sees the parameters::

    8 bytes   length n of the header, little endian
    n bytes   JSON: {"W1": {"dtype": "F32", "shape": [9, 64], "data_offsets": [0, 2304]}, ...,
                     "__metadata__": {"wade": "<JSON text>"}}
    the rest  the parameters' bytes

The JSON text holds ``{"format": 1, "wade": version, "sha256": checksum, "network", "schema", "encoder", "target",
"report"}``. The checksum is the SHA-256 of the whole file with its own 64 digits set to "0", so no bit can change
unseen. Nothing of a file is used before its lengths, its checksum and its format number have been looked at.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from typing import Any, NoReturn, TypeAlias

import safetensors
import safetensors.numpy

from wade._version import __version__
from wade.errors import ModelFileError
from wade.model.atomic import write_atomically
from wade.types import Array

FORMAT = 1
MOST_BYTES = 2**32
PARTS = ("network", "schema", "encoder", "target", "report")

Document: TypeAlias = dict[str, Any]

_NO_CHECKSUM = "0" * 64
_COPY_AGAIN = "Copy it again from where it was made, or train again."


def write_file(path: str | os.PathLike[str], parameters: Mapping[str, Array], document: Document) -> None:
    """Write a model file whole or not at all.

    Parameters
    ----------
    path : str or path
        Where; an older file there is replaced by one rename.
    parameters : name -> array, float32 or float64
        The tensors of the file.
    document : dict
        Plain JSON data under the names of `PARTS`.

    Raises
    ------
    OSError
        The folder is missing or closed to us, the disk is full; an older file is still as it was.
    """
    header = {"format": FORMAT, "wade": __version__, "sha256": _NO_CHECKSUM, **document}
    text = json.dumps(header, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    content = safetensors.numpy.save(dict(parameters), {"wade": text})
    at = content.index(_NO_CHECKSUM.encode())
    checksum = hashlib.sha256(content).hexdigest().encode()
    write_atomically(path, content[:at] + checksum + content[at + len(checksum) :])


def read_file(path: str | os.PathLike[str]) -> tuple[dict[str, Array], Document]:
    """Read a model file back, or say what is wrong with it.

    Returns
    -------
    parameters : dict of name -> array
    document : dict
        What was written, under the names of `PARTS`.

    Raises
    ------
    ModelFileError
        The file is missing, is not a model file, is damaged, or comes from a newer version of wade.
    """
    name = os.fspath(path)
    content = _read_bounded(name)
    header, length = _header(content, name)
    document = _document(header, name)
    _check_checksum(content, length, document.get("sha256"), name)
    _check_format(document, name)
    try:
        parameters = safetensors.numpy.load(content)
    except (safetensors.SafetensorError, KeyError, ValueError) as error:
        raise ModelFileError(name, f"its parameters cannot be read ({error})", _COPY_AGAIN) from error
    return parameters, document


def _read_bounded(name: str) -> bytes:
    """The file's bytes, no more than `MOST_BYTES` of them."""
    if os.path.isdir(name):
        raise ModelFileError(name, "this is a folder, not a model file", "Give the path of one .wade file.")
    try:
        with open(name, "rb") as file:
            content = file.read(MOST_BYTES) if os.fstat(file.fileno()).st_size <= MOST_BYTES else None
    except FileNotFoundError as error:
        remedy = "Check the path, or make a model with `wade train`."
        raise ModelFileError(name, "there is no such file", remedy) from error
    except OSError as error:
        raise ModelFileError(name, f"the file cannot be read ({error.strerror})", "Check its permissions.") from error
    if content is None:
        raise ModelFileError(name, f"the file is larger than {MOST_BYTES} bytes, as no model is", _COPY_AGAIN)
    return content


def _header(content: bytes, name: str) -> tuple[Any, int]:
    """The JSON header and its length in bytes."""
    length = int.from_bytes(content[:8], "little")
    if content[8:9] != b"{":
        _refuse_stranger(name)
    if length > len(content) - 8:
        raise ModelFileError(name, "the file is damaged: its header is cut off", _COPY_AGAIN)
    return _json(content[8 : 8 + length], name), length


def _document(header: Any, name: str) -> Document:
    """What wade wrote into the header."""
    metadata = header.get("__metadata__") if isinstance(header, dict) else None
    text = metadata.get("wade") if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        _refuse_stranger(name)
    document = _json(text, name)
    if not isinstance(document, dict):
        _refuse_stranger(name)
    return document


def _json(text: bytes | str, name: str) -> Any:
    """Parse JSON that holds finite numbers only."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(name, "the file is damaged: its header cannot be read", _COPY_AGAIN) from error


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _check_checksum(content: bytes, length: int, checksum: object, name: str) -> None:
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
    problem = "the file is damaged or was altered: its checksum does not match its content"
    raise ModelFileError(name, problem, _COPY_AGAIN)


def _check_format(document: Document, name: str) -> None:
    """Refuse what a newer wade wrote, and what lacks a part."""
    number = document.get("format")
    if isinstance(number, int) and number > FORMAT:
        writer = document.get("wade")
        problem = f"it comes from a newer wade ({writer}; file format {number}, this wade reads up to {FORMAT})"
        raise ModelFileError(name, problem, "Upgrade with: pip install --upgrade wade")
    if number != FORMAT or not all(isinstance(document.get(part), dict) for part in PARTS):
        raise ModelFileError(name, "the file does not hold a whole model", _COPY_AGAIN)


def _refuse_stranger(name: str) -> NoReturn:
    raise ModelFileError(name, "this is not a wade model file", "Give a .wade file, as `wade train` writes it.")
