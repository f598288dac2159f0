"""What a command writes: one JSON object or document on standard output, one message on standard error."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from wade.errors import CheckpointWarning, DurabilityWarning


def print_json(found: Any) -> None:
    """One JSON object on standard output; where that is not UTF-8, with escapes for all that is not ASCII."""
    typer.echo(json.dumps(found, allow_nan=False, ensure_ascii=not _is_utf_8(sys.stdout)))


def print_document(text: str) -> None:
    """A table or a document on standard output: for other programs in UTF-8, on a terminal as that can show it."""
    if sys.stdout.isatty() or _is_utf_8(sys.stdout):
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def print_message(message: str) -> None:
    """One message on standard error."""
    typer.echo(f"wade: {printable(message)}", err=True)


def _is_utf_8(stream: Any) -> bool:
    encoding = getattr(stream, "encoding", None)
    return encoding is None or encoding.lower().replace("_", "-").startswith("utf-8")


@contextmanager
def warnings_as_messages() -> Iterator[None]:
    """Show wade's own warnings about files as messages on standard error while the block runs."""
    with warnings.catch_warnings():
        others, own = warnings.showwarning, (CheckpointWarning, DurabilityWarning)
        for category in own:
            warnings.simplefilter("always", category)

        def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if issubclass(category, own):
                print_message(str(message))
            else:
                others(message, category, *where, **more)

        warnings.showwarning = show
        yield


def printable(text: str) -> str:
    """The text without control characters, which a terminal would obey: names and paths may come from elsewhere.

    Examples
    --------
    >>> printable("wind\\x1b[31m")
    'wind?[31m'
    """
    return "".join(character if character.isprintable() or character == "\n" else "?" for character in text)


def escaped(text: str) -> str:
    """The text with control characters as visible escapes.

    Examples
    --------
    >>> escaped("wind\\x1b[31m\\n")
    'wind\\\\x1b[31m\\\\n'
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )
