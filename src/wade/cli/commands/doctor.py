"""`wade doctor`: the environment that wade runs in."""

from __future__ import annotations

from wade.cli import views
from wade.cli.options import AsJson, Quiet
from wade.cli.output import print_json


def doctor(quiet: Quiet = False, json: AsJson = False) -> None:
    """Show versions, processor, threads and engines."""
    found = views.doctor.examine()
    if json:
        print_json(found)
    elif not quiet:
        views.doctor.show(found)
