"""What a command writes: one JSON object on standard output, one message on standard error."""

from __future__ import annotations

import json
from typing import Any

import typer


def print_json(found: Any) -> None:
    """One JSON object on standard output."""
    typer.echo(json.dumps(found, allow_nan=False, ensure_ascii=False))


def print_message(message: str) -> None:
    """One message on standard error."""
    typer.echo(f"wade: {printable(message)}", err=True)


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
