"""The exceptions that wade raises.

::

    WadeError
    ├── InvalidArgument       (ValueError)    a setting is out of range, or a name is unknown
    ├── DataError             (ValueError)    a table, a column or a row cannot be used
    │   ├── UnreadableTable                   the file is missing, empty, or not a table
    │   └── ColumnError                       a column is missing, constant, of mixed types, infinite, ...
    ├── FileError             (ValueError)    a file of wade is damaged, altered, or from another version
    │   ├── ModelFileError                    a .wade file
    │   └── CheckpointError                   a checkpoint, or it belongs to another training
    ├── EngineUnavailable     (ImportError)   the chosen engine cannot run on this machine
    ├── PackageMissing        (ImportError)   an optional package is not installed
    ├── DiskFull              (OSError)       there is no disk space for temporary files
    └── Diverged              (ArithmeticError)  the loss or an output is no longer a finite number

Each message names what is wrong, where, what was expected, what was received, and a remedy. Each class is also the
standard library's own type, so that `except ValueError` and the like catch what one would expect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib.util import find_spec


class WadeError(Exception):
    """The base class of all exceptions of wade."""


class InvalidArgument(WadeError, ValueError):
    """A setting is out of range, or a name is unknown."""

    def __init__(self, name: str, expected: str, received: object, remedy: str = "") -> None:
        self.name, self.expected, self.received, self.remedy = name, expected, received, remedy
        super().__init__(f"`{name}` {expected}; received {received!r}.{' ' + remedy if remedy else ''}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.name, self.expected, self.received, self.remedy)


class DataError(WadeError, ValueError):
    """A table, a column or a row cannot be used."""

    def __init__(self, where: str, problem: str, remedy: str = "") -> None:
        self.where, self.problem, self.remedy = where, problem, remedy
        super().__init__(f"{where}: {problem}.{' ' + remedy if remedy else ''}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.where, self.problem, self.remedy)


class UnreadableTable(DataError):
    """The file is missing, empty, or not a table."""


class ColumnError(DataError):
    """A column cannot be used as it is."""


class FileError(WadeError, ValueError):
    """A file of wade is damaged, altered, or from another version."""

    def __init__(self, path: str, problem: str, remedy: str) -> None:
        self.path, self.problem, self.remedy = path, problem, remedy
        super().__init__(f"{path}: {problem}. {remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.path, self.problem, self.remedy)


class ModelFileError(FileError):
    """A .wade file cannot be used."""


class CheckpointError(FileError):
    """A checkpoint cannot be used, or belongs to another training."""


class EngineUnavailable(WadeError, ImportError):
    """The chosen engine cannot run on this machine."""


class PackageMissing(WadeError, ImportError):
    """An optional package is not installed."""

    def __init__(self, package: str, problem: str, remedy: str) -> None:
        self.package, self.problem, self.remedy = package, problem, remedy
        super().__init__(f"{package}: {problem}. {remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.package, self.problem, self.remedy)


class DiskFull(WadeError, OSError):
    """There is no disk space for temporary files."""

    def __init__(self, folder: str, problem: str, remedy: str) -> None:
        self.folder, self.problem, self.remedy = folder, problem, remedy
        super().__init__(f"{folder}: {problem}. {remedy}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.folder, self.problem, self.remedy)


class Diverged(WadeError, ArithmeticError):
    """The loss or an output is no longer a finite number."""


class CheckpointWarning(UserWarning):
    """Training continues, but its checkpoint could not be written, or does not exist yet."""


class DurabilityWarning(UserWarning):
    """A file is written, but a power cut may lose it: its folder cannot be forced to the disk."""


def unknown_name(
    name: str, received: object, known: Iterable[str], aliases: Mapping[str, str] | None = None
) -> InvalidArgument:
    """The error for an unknown name; the remedy is the name of which it is an alias, or the nearest known one."""
    known, meant = sorted(known), (aliases or {}).get(str(received))
    near = get_close_matches(str(received), known, n=1)
    remedy = f"Here it is called {meant!r}." if meant in known else f"Did you mean {near[0]!r}?" if near else ""
    return InvalidArgument(name, f"must be one of {', '.join(map(repr, known))}", received, remedy)


def check_packages(extra: str, purpose: str, *packages: str) -> None:
    """See that optional packages are installed, without loading them.

    Parameters
    ----------
    extra : str
        The extra of wade that installs them.
    purpose : str
        What needs them, as "pictures need it".

    Raises
    ------
    PackageMissing
        One of them is not installed.
    """
    for package in packages:
        if find_spec(package) is None:
            remedy = f"Install it: pip install 'wade[{extra}]'."
            raise PackageMissing(package, f"{purpose}, and it is not installed", remedy)
