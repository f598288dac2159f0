"""The command `wade`.

Nothing heavy is imported here: `wade --help` must answer at once.
"""

from __future__ import annotations

from typing import Annotated

import typer

from wade._version import __version__
from wade.cli.commands.curves import curves
from wade.cli.commands.data import data
from wade.cli.commands.decide import decide
from wade.cli.commands.doctor import doctor
from wade.cli.commands.draw import draw
from wade.cli.commands.evaluate import evaluate
from wade.cli.commands.explain import explain
from wade.cli.commands.export import export
from wade.cli.commands.importance import importance
from wade.cli.commands.predict import predict
from wade.cli.commands.race import race
from wade.cli.commands.report import report, show
from wade.cli.commands.studio import studio
from wade.cli.commands.train import train
from wade.cli.commands.validate import validate
from wade.cli.commands.why import why
from wade.cli.exit_codes import exits
from wade.cli.help import Command, Group

COMMANDS = (
    *(train, predict, evaluate, report, show, validate, curves, explain, why),
    *(importance, decide, draw, studio, export, race, data, doctor),
)

app = typer.Typer(
    name="wade",
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
for _command in COMMANDS:
    app.command(cls=Command)(exits(_command))


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wade {__version__}")
        raise typer.Exit


@app.callback()
def _wade(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Train neural networks on tables; evaluate, explain and export them.

    \b
    Will a flight from New York be delayed? Train on a built-in table, predict:
      wade train flights
      wade predict flights.wade flights -o predictions.csv

    \b
    Your own table:
      wade data customers.csv --target left
      wade train customers.csv --target left
    """
