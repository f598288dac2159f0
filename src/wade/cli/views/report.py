"""The report about a model, in a format or on the terminal."""

from __future__ import annotations

import json

from wade.cli.views.explain import terminal_width
from wade.reports.make import ModelReport


def written(found: ModelReport, form: str) -> str:
    """As a page, as Markdown, or as JSON."""
    if form == "json":
        return json.dumps(found.to_dict(), allow_nan=False) + "\n"
    return found.html() if form == "html" else found.markdown()


def on_terminal(found: ModelReport) -> str:
    """As text for this terminal."""
    return found.text(terminal_width())
