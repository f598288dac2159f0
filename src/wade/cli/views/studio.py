"""The address of the studio, and how long it is served."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from wade.cli.output import print_json
from wade.studio.launch import launch

if TYPE_CHECKING:
    from wade.studio.outbox import Outbox
    from wade.studio.sessions import Session

FIRST_TABLE = "moons"


def run(data: str | None, target: str | None, *, port: int | None, browser: bool, quiet: bool, json: bool) -> None:
    """Serve the studio until Ctrl-C."""

    def make(key: str, outbox: Outbox) -> Session:
        # They load NumPy and the engine, for which the page need not wait.
        from wade.studio.data import open_table, source_of
        from wade.studio.opened_model import is_model, open_model
        from wade.studio.session import StudioSession

        name = data or FIRST_TABLE
        if is_model(name):
            return StudioSession(key, outbox, lambda: open_model(name, name))
        return StudioSession(key, outbox, lambda: open_table(source_of(name), name, target=target))

    def announce(address: str) -> None:
        if json:
            print_json({"url": address})
        elif quiet:
            print(address)
        else:
            print(f"The studio is open at {address} (Ctrl-C ends it).")
        sys.stdout.flush()

    launch(make, announce, port, browser)
