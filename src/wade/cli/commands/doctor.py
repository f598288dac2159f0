"""`wade doctor`: the environment that wade runs in."""

from __future__ import annotations

from wade.cli import views
from wade.cli.options import AsJson
from wade.cli.output import print_json


def doctor(json: AsJson = False) -> None:
    """Show versions, processor, threads and engines."""
    found = views.doctor.examine()
    if json:
        print_json(found)
    else:
        views.doctor.show(found)
