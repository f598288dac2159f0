"""The help of a command as text: lines break between words only, and the name of an option stays whole."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

from wade.cli.repeated_options import refuse_repeated

VERBATIM: Final = "\b\n"
"""How a paragraph begins whose lines stay as they are."""
WIDEST_NAME: Final = 30
"""The text beside a name that is longer begins on the next line."""
NO_BREAK: Final = "\xa0"


class Command(TyperCommand):
    """A command with its help, which refuses an option that stands twice."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What stands on the command line."""
        refuse_repeated(self, ctx, args)
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What follows the command in "Usage: …"."""
        return [self.options_metavar or "", *(each.metavar for each in _arguments(self))]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole help."""
        formatter.write(help_text(self, ctx, formatter.width))


class Group(TyperGroup):
    """The command that holds the others, with its help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the whole help."""
        formatter.write(help_text(self, ctx, formatter.width))


def help_text(command: Any, ctx: Any, width: int) -> str:
    """Usage, what the command does, its arguments, its options and, of a group, its commands."""
    arguments = [(each.metavar, each.help) for each in _arguments(command)]
    options = [
        (names, defaults_plain(text))
        for names, text in filter(None, (each.get_help_record(ctx) for each in command.get_params(ctx)))
        if names.startswith("-")
    ]
    # The first sentence of each.
    commands = [(name, _paragraphs(each)[0]) for name, each in getattr(command, "commands", {}).items()]
    usage = " ".join(command.collect_usage_pieces(ctx))
    return "\n".join(
        [
            f"Usage: {ctx.command_path} {usage}",
            *_description(command, width),
            *_section("Arguments", arguments, width),
            *_section("Options", options, width),
            *_section("Commands", commands, width),
            "",
        ]
    )


def defaults_plain(text: str) -> str:
    """The text without the round brackets that typer puts around a default in words.

    Examples
    --------
    >>> defaults_plain("Number of threads.  [default: (all)]")
    'Number of threads.  [default: all]'
    """
    return re.sub(r"\[default: \((.*)\)\]$", r"[default: \1]", text)


def _arguments(command: Any) -> list[Any]:
    return [each for each in command.params if each.param_type_name == "argument"]


def _paragraphs(command: Any) -> list[str]:
    return inspect.cleandoc(command.help or "").split("\n\n")


def _description(command: Any, width: int) -> Iterator[str]:
    for paragraph in _paragraphs(command):
        yield ""
        stays = paragraph.startswith(VERBATIM)
        lines = paragraph.removeprefix(VERBATIM).split("\n") if stays else _wrapped(paragraph, width - 2)
        yield from (f"  {line}" for line in lines)


def _section(title: str, rows: Iterable[tuple[str, str]], width: int) -> Iterator[str]:
    """A title, and names beside their texts."""
    rows = list(rows)
    if not rows:
        return
    yield from ("", f"{title}:")
    beside = min(WIDEST_NAME, max(len(name) for name, _ in rows)) + 4
    for name, text in rows:
        first, *others = _wrapped(text, width - beside) or [""]
        if len(name) + 4 > beside:
            yield f"  {name}"
            name = ""
        yield f"  {name}".ljust(beside) + first
        yield from (" " * beside + line for line in others)


def _wrapped(text: str, width: int) -> list[str]:
    text = " ".join(text.split()).replace("[default: ", f"[default:{NO_BREAK}")
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [line.replace(NO_BREAK, " ") for line in lines]
