"""The address of the studio, and how long it is served."""

from __future__ import annotations

import sys
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from wade.cli.output import print_json
from wade.cli.views.progress import counting
from wade.errors import InvalidArgument
from wade.studio.launch import launch

if TYPE_CHECKING:
    from wade.studio.outbox import Outbox
    from wade.studio.sessions import Session

FIRST_TABLE = "moons"
OF_DATA = ("data", "rows", "noise")  # in the address, but not settings


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
    chosen = read_settings(settings)

    def make(key: str, outbox: Outbox) -> Session:
        # They load NumPy and the engine, for which the page need not wait.
        from wade.studio.data import open_table, source_of
        from wade.studio.messages import Configure
        from wade.studio.opened_model import is_model, open_model
        from wade.studio.session import StudioSession

        name = data or FIRST_TABLE
        if is_model(name):
            session = StudioSession(key, outbox, lambda: open_model(name, name))
        else:
            session = StudioSession(key, outbox, lambda: open_table(source_of(name), name, target=target))
        if chosen:
            session.handle(Configure(id=0, settings=chosen))
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
    from wade.studio.recording.make import record

    name = data or FIRST_TABLE
    chosen = read_settings(settings)
    with counting(quiet or json, "recording") as told:
        steps = record(name, output, target=target, epochs=epochs, settings=chosen, told=told or _silent)
    if json:
        print_json({"recording": str(output), "steps": steps, "bytes": output.stat().st_size})
    elif not quiet:
        print(f"{output}: {steps:,} steps, {output.stat().st_size / 1e6:.1f} MB. Open it in a browser.")


def _silent(done: int, of: int) -> None:
    """Nothing is shown."""


def read_settings(text: str | None) -> dict[str, Any]:
    """The settings in what stands after "#" in the page's address.

    Examples
    --------
    >>> read_settings("hidden=[4]&optimizer=adam")
    {'hidden': [4], 'optimizer': 'adam'}
    """
    pairs = parse_qsl((text or "").removeprefix("#"))
    if text and not pairs:
        raise InvalidArgument("settings", "must be NAME=VALUE with & between them", text, 'Try "learning_rate=0.1".')
    return {name: _value(value) for name, value in pairs if name not in OF_DATA}


def _value(text: str) -> Any:
    try:
        return loads(text)
    except ValueError:
        return text
