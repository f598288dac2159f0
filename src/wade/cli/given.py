"""The options that the user gave, for a command that is suggested: it must do what this one did."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

from wade.settings import options_for


class Given(NamedTuple):
    """An option's flag ("--header/--no-header" for one that is on or off), and its value as it was typed."""

    flag: str
    value: Any


_GIVEN: Final[ContextVar[Mapping[str, Given] | None]] = ContextVar("given", default=None)


def remember(given: Mapping[str, Given]) -> None:
    """Keep what stands on the command line, by the names of the options."""
    _GIVEN.set(given)


def given_options(*definitions: type, but: Collection[str] = ()) -> list[str]:
    """The options of these definitions that stand on the command line, as words of a command; none outside of one."""
    offered = {name for definition in definitions for name in options_for(definition)} - {*but}
    return [word for name, each in (_GIVEN.get() or {}).items() if name in offered for word in _words(*each)]


def given_text(name: str) -> str:
    """The text of one option; empty where it was not given."""
    found = (_GIVEN.get() or {}).get(name)
    return str(found.value) if found else ""


def as_argument(data: str) -> str:
    """A path that is no option: one that begins with a dash needs a folder before it.

    Examples
    --------
    >>> as_argument("-x.csv"), as_argument("-"), as_argument("x.csv")
    ('./-x.csv', '-', 'x.csv')
    """
    return f"./{data}" if data.startswith("-") and data != "-" else data


def one_option(flag: str, value: str) -> list[str]:
    """An option with a value, which may begin with a dash.

    Examples
    --------
    >>> one_option("--target", "late"), one_option("--target", "-x")
    (['--target', 'late'], ['--target=-x'])
    """
    return [f"{flag}={value}"] if value.startswith("-") else [flag, value]


def _words(flag: str, value: Any) -> list[str]:
    on, _, off = flag.partition("/")
    if isinstance(value, bool):
        return [on if value else off]
    values = value if isinstance(value, list | tuple) else [value]
    return [word for each in values for word in one_option(on, str(each))]
