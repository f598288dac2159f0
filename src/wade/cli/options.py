"""The options of commands: made from the definitions in `wade.settings`, and those that only commands have.

Nothing heavy is imported here: `wade --help` must answer at once.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

import wade
from wade import settings
from wade.cli.given import Given, remember
from wade.settings import Defined, options_for
from wade.settings.table import DialectOptions, TargetOptions

# As `wade.tables.BUILT_IN` has them, which takes too long to import for a help text.
BUILT_IN_NAMES = (
    "flights, wine, digits, breast_cancer, iris, diabetes; generated: xor, circles, moons, spiral, blobs, plane, hills"
)
SEPARATORS: Final = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "space": " "}
LAST: Final = ("output", "verbose", "quiet", "json")
"""The options that every help text ends with."""

Data = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="A CSV, TSV, Parquet, Feather or JSON lines file, a folder of files or a quoted pattern, - for standard "
        f"input, or a built-in table: {BUILT_IN_NAMES}.",
    ),
]
ModelFile = Annotated[Path, typer.Argument(metavar="MODEL", help="A .wade file from `wade train`.")]
LabeledRows = Annotated[
    str, typer.Argument(metavar="DATA", help="Rows with the target, not used in training.", show_default=False)
]
TableOfRow = Annotated[str, typer.Argument(metavar="DATA", help="The table that holds the row.")]
Row = Annotated[int, typer.Option("--row", metavar="N", help="Row number; the first row is 1.")]
SeedOfIntervals = Annotated[int, typer.Option("--seed", metavar="N", help="Random seed of the intervals.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show all details.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show errors only; files, documents and JSON are still written.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
DocumentFile = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to this file.", show_default="standard output"),
]


def takes(*definitions: type, only_typed: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of these definitions, read and by name, as its ``**options``.

    The options of `DialectOptions` become one: ``dialect``. An option that the command declares itself is left to it.
    `only_typed`: of the others only those on the command line are passed on, not defaults.
    """
    defined = {name: each for definition in definitions for name, each in options_for(definition).items()}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(command, eval_str=True).parameters.values())[:-1]
        offered = {name: each for name, each in defined.items() if name not in {one.name for one in own}}
        made = [_parameter(name, each) for name, each in offered.items()]
        # Every option by keyword: those with a default may then come before those without.
        own = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
        first = [each for each in own if each.name not in LAST]
        target = [each for each in made if each.name in TargetOptions.__annotations__]
        rest = [each for each in made if each not in target]
        ordered = [*first[:1], *target, *first[1:], *rest, *(each for each in own if each.name in LAST)]

        @functools.wraps(command)
        def called(context: typer.Context, **values: Any) -> None:
            typed = [name for name in offered if _is_typed(context, name)]
            remember({name: Given(offered[name].option.flag or flag_of(name), values[name]) for name in typed})
            given = {name: _read(name, each, values.pop(name)) for name, each in offered.items()}
            passed = typed if only_typed else given
            known = {name: given[name] for name in passed if given[name] is not None}
            if DialectOptions in definitions:
                written = {name: known.pop(name, None) for name in DialectOptions.__annotations__}
                written["separator"] = SEPARATORS.get(written["separator"], written["separator"])
                known["dialect"] = wade.Dialect(**written)
            command(**values, **known)

        context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
        called.__signature__ = inspect.Signature([context, *ordered])  # type: ignore[attr-defined]
        return called

    return decorate


def flag_of(name: str) -> str:
    """What a command line calls an argument.

    Examples
    --------
    >>> flag_of("batch_size"), flag_of("data")
    ('--batch-size', 'DATA')
    """
    return OWN_FLAGS.get(name) or settings.flag_of(name)


OWN_FLAGS: Final = {
    **{"data": "DATA", "model": "MODEL", "of": "--class", "calibrate": "--calibrate"},
    **{"source": "MODEL|DATA", "kind": "KIND", "weights": "--weight"},
}
"""Arguments of commands alone, and what is said of an option that is on or off."""


def _parameter(name: str, defined: Defined) -> inspect.Parameter:
    """The definition as typer reads it from a signature."""
    option, _, default = defined
    of: Any = option.read if isinstance(option.read, type) else str
    of = list[of] if option.repeated else of
    made = typer.Option(
        default,
        option.flag or flag_of(name),
        metavar=option.metavar,
        help=f"{option.help} Repeatable." if option.repeated else option.help,
        show_default=option.shown or True,
    )
    annotation = of | None if default is None else of
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=made, annotation=annotation)


def _is_typed(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _read(name: str, defined: Defined, value: Any) -> Any:
    read = defined.option.read
    return value if isinstance(read, type) or value is None or value == [] else read(name, value)
