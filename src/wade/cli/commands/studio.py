"""`wade studio`: a page on which a network is trained, watched and stepped through."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wade.cli import views
from wade.cli.options import BUILT_IN_NAMES, AsJson, Quiet
from wade.cli.paths import check_writable


def studio(
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATA|MODEL]",
            help=f"A table, or a built-in one: {BUILT_IN_NAMES}; or a model to train on. The page can open others.",
            show_default="moons",
        ),
    ] = None,
    target: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column to predict, of a table.", show_default=False)
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="N", help="Port of this machine.", show_default="a free one")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Open no page: train, and write the training as one HTML file that replays it.",
            show_default=False,
        ),
    ] = None,
    epochs: Annotated[int, typer.Option(metavar="N", help="With --record: epochs of training.")] = 20,
    settings: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help='Settings as the page\'s "Copy settings" writes them, such as "hidden=[4]&learning_rate=0.1".',
            show_default=False,
        ),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open the browser.")] = False,
    quiet: Quiet = False,
    json: AsJson = False,
) -> None:
    """Open a page on which a network learns, step by step.

    \b
    Examples:
      wade studio
      wade studio customers.csv --target left
      wade studio flights --no-browser
      wade studio moons --record training.html --settings "hidden=[4]"

    Watch neurons, boundary and curves while it is trained; change settings on
    the way; go back; read each step as formulas and as a program. The page
    comes from this machine and nothing leaves it: the address that is printed
    is secret. Ctrl-C ends the studio.

    Needs a few packages: pip install 'wade[studio]'.
    """
    if record is not None:
        check_writable(record, "record", data=data)
        views.studio.record(data, target, record, epochs=epochs, settings=settings, quiet=quiet, json=json)
    else:
        views.studio.run(data, target, settings=settings, port=port, browser=not no_browser, quiet=quiet, json=json)
