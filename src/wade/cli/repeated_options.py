"""An option that stands twice on a command line: only the last one would count, so it is refused."""

from __future__ import annotations

from collections import Counter
from typing import Any

import typer

from wade.cli.output import print_message
from wade.errors import InvalidArgument
from wade.settings.several_targets import ONE_TARGET


def refuse_repeated(command: Any, ctx: Any, args: list[str]) -> None:
    """End with exit code 2 where an option that takes one value has several; what cannot be parsed is not looked at."""
    _, _, order = command.make_parser(ctx).parse_args(list(args))
    for parameter, times in Counter(each for each in order if each.param_type_name == "option").items():
        if times > 1 and not (parameter.multiple or parameter.is_flag):
            flag = max(parameter.opts, key=len)
            remedy = f"Give one, with commas: {flag} A,B." if "A,B" in (parameter.metavar or "") else "Give it once."
            remedy = ONE_TARGET if parameter.name == "target" else remedy
            print_message(str(InvalidArgument(flag, "must stand once on the command line", f"{times} times", remedy)))
            raise typer.Exit(2)
