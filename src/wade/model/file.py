"""The `.wade` file: parameters by name and everything else as JSON; no code, no rows.

It is a checked file (`wade.files.checked` says what its bytes are) under the key "wade", whose JSON holds the parts
"network", "schema", "encoder", "target" and "report".
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from wade.errors import ModelFileError
from wade.files.checked import Document, Kind, read_checked, write_checked
from wade.types import Array

FORMAT: Final = 2
KIND: Final = Kind(
    name="model file",
    key="wade",
    format=FORMAT,
    oldest=1,
    parts=("network", "schema", "encoder", "target", "report"),
    error=ModelFileError,
    missing="Check the path, or make a model with `wade train`.",
    stranger="Give a .wade file, as `wade train` writes it.",
    damaged="Copy it again from where it was made, or train again.",
)


def write_file(path: str | os.PathLike[str], parameters: Mapping[str, Array], document: Document) -> None:
    """Write a model file whole or not at all; see `write_checked`."""
    write_checked(path, KIND, parameters, document)


def read_file(path: str | os.PathLike[str]) -> tuple[dict[str, Array], Document]:
    """The parameters and the document of a model file, or a ModelFileError that says what is wrong with it."""
    return read_checked(path, KIND)
