"""What one option is: its help, how its text is read on a command line, and which values it takes.

`Settings` and the definitions in `table` annotate each field with an `Option`. The command line's options, the checks,
the parameters of `wade.learn` and of the estimators, and their documentation all derive from these annotations.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import NoneType
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin, get_type_hints

from wade.errors import InvalidArgument


@dataclass(frozen=True)
class Check:
    """Which values an option takes beside those that leave it open."""

    accepts: Callable[[object], bool]
    expected: str
    remedy: str = ""


@dataclass(frozen=True)
class Option:
    """One option, as a field's annotation holds it."""

    help: str  # one or two sentences, for the command line and for documentation
    metavar: str | None = None
    read: Callable[[str, Any], Any] | type = str  # of (name, text); a type is left to the command line's own conversion
    check: Check | None = None
    unset: tuple[Any, ...] = ()  # values that leave the choice open, or mean "no limit"
    shown: str = ""  # in the help, where the default itself is not
    flag: str = ""  # on the command line, where it is not the field's name
    more: str = ""  # added to the help in documentation
    repeated: bool = False  # whether the command line takes it more than once
    default: Any = None  # where the field itself has none

    def is_unset(self, value: object) -> bool:
        """Whether the value leaves the choice open."""
        return any(value is each or (isinstance(value, str) and value == each) for each in self.unset)

    def refuse_outside(self, name: str, value: object) -> None:
        """Raise `InvalidArgument` where the option does not take the value."""
        if self.check is not None and not (self.is_unset(value) or self.check.accepts(value)):
            raise InvalidArgument(name, self.check.expected, value, self.check.remedy)


_OPTION: Final = re.compile(r"--([a-z]+)")


class Defined(NamedTuple):
    """An option with its type and its default."""

    option: Option
    type: Any
    default: Any


@cache
def options_of(definition: type) -> dict[str, Defined]:
    """The options that a class defines, by name, in its order."""
    defaults = {each.name: each.default for each in fields(definition)} if is_dataclass(definition) else {}
    found = {}
    for name, hint in get_type_hints(definition, include_extras=True).items():
        option = next((each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Option)), None)
        if option is not None:
            found[name] = Defined(option, get_args(hint)[0], defaults.get(name, option.default))
    return found


def with_parameters(docstring: str | None, options: Mapping[str, Defined]) -> str | None:
    """The docstring with its line ``{options}`` replaced by the options, as numpydoc writes parameters."""
    if docstring is None:
        return None
    line = next(line for line in docstring.splitlines() if line.strip() == "{options}")
    entries: list[str] = []
    for name, (option, kind, _) in options.items():
        # Options as the command line names them are parameters here.
        text = _OPTION.sub(lambda found: f"`{found[1]}`" if found[1] in options else found[0], option.help)
        lines = textwrap.wrap(f"{text} {option.more}".strip(), 100, initial_indent="    ", subsequent_indent="    ")
        entries += f"{name} : {_in_words(kind)}", *lines
    return docstring.replace(line, textwrap.indent("\n".join(entries), line[: line.index("{")]))


def _in_words(kind: Any) -> str:
    """A type as documentation spells it.

    Examples
    --------
    >>> _in_words(Sequence[int] | Literal["auto"]), _in_words(float | None)
    ('sequence of int or "auto"', 'float or None')
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return ", ".join(f'"{each}"' for each in arguments)
    if origin in (Sequence, Collection):
        return f"{'sequence' if origin is Sequence else 'collection'} of {_in_words(arguments[0])}"
    if origin is Mapping:
        return f"mapping of {_in_words(arguments[0])} to {_in_words(arguments[1])}"
    if arguments and origin is not None and "PathLike" not in str(origin):
        return " or ".join(map(_in_words, arguments))
    if kind is NoneType:
        return "None"
    return "path" if "PathLike" in str(kind) else "path or frame" if kind is Any else str(kind.__name__)
