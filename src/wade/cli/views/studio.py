"""The address of the studio, and how long it is served."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wade.cli.output import print_json
from wade.cli.views.progress import counting
from wade.studio.launch import launch
from wade.studio.shared_settings import read_shared

if TYPE_CHECKING:
    from wade.studio.outbox import Outbox
    from wade.studio.sessions import Session

FIRST_TABLE = "moons"


def run(
    data: str | None,
    target: str | None,
    *,
    settings: str | None,
    port: int | None,
    browser: bool,
    quiet: bool,
    json: bool,
) -> None:
    """Serve the studio until Ctrl-C."""
    shared = read_shared(settings)
    name = shared.table_name(data, FIRST_TABLE)

    def make(key: str, outbox: Outbox) -> Session:
        # They load NumPy and the engine, for which the page need not wait.
        from wade.studio.messages import Configure
        from wade.studio.opened_model import is_model, open_model
        from wade.studio.session import StudioSession

        if is_model(name):
            session = StudioSession(key, outbox, lambda: open_model(name, name))
        else:
            session = StudioSession(key, outbox, lambda: shared.open_table(name, target))
        if shared.settings:
            session.handle(Configure(id=0, settings=shared.settings))
        return session

    def announce(address: str) -> None:
        if json:
            print_json({"url": address})
        elif quiet:
            print(address)
        else:
            print(f"The studio is open at {address} (Ctrl-C ends it).")
        sys.stdout.flush()

    launch(make, announce, port, browser)


def record(
    data: str | None,
    target: str | None,
    output: Path,
    *,
    epochs: int,
    settings: str | None,
    quiet: bool,
    json: bool,
) -> None:
    """Write a recording, and say so."""
    from wade.studio.recording.make import record_table

    shared = read_shared(settings)
    name = shared.table_name(data, FIRST_TABLE)
    with counting(quiet or json, "recording") as told:
        steps = record_table(
            lambda: shared.open_table(name, target),
            output,
            epochs=epochs,
            settings=shared.settings,
            told=told or _silent,
        )
    if json:
        print_json({"recording": str(output), "steps": steps, "bytes": output.stat().st_size})
    elif not quiet:
        print(f"{output}: {steps:,} steps, {output.stat().st_size / 1e6:.1f} MB. Open it in a browser.")


def _silent(done: int, of: int) -> None:
    """Nothing is shown."""
