"""Metrics beside those of the baselines."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

from wade.cli.views.tables import paragraph, table
from wade.metrics import METRICS
from wade.metrics.wording import NETWORK, Scores, interval, reading, value

MOST_ACROSS = 3


def show_metrics(out: Console, rows: str, compared: Mapping[str, Scores], verbose: bool, unit: str = "") -> None:
    """One line for each baseline and the network, or one for each metric where there are many; below, how to read it.

    The network's 95 % intervals are shown too; with `verbose` those of the baselines as well.
    """
    last = list(compared.values())[-1]
    names = [name for name in last if name in METRICS]
    labels = [METRICS[name].label for name in names]
    bounds = {label: [interval(name, metrics) for name in names] for label, metrics in compared.items()}
    values = {label: [value(name, metrics) for name in names] for label, metrics in compared.items()}
    if len(names) <= MOST_ACROSS:
        lines, styles = [], []
        for label in compared:
            lines.append([label, *values[label]])
            styles.append("bold" if label == NETWORK else "")
            if any(bounds[label]) and (verbose or label == NETWORK):
                lines.append(["  95 % interval", *bounds[label]])
                styles.append("dim")
        table(out, [rows, *labels], lines, styles=styles)
    else:
        titles = [rows, *compared, "95 % interval"]
        lines = [
            [label, *(values[each][at] for each in compared), bounds[NETWORK][at]] for at, label in enumerate(labels)
        ]
        table(out, [title.replace(" (", "\n(").split("\n")[0] for title in titles], lines)
    paragraph(out, reading(names, unit), "dim")
    for name, reason in last.get("undefined", {}).items():
        paragraph(out, f"No {METRICS[name].label}: {reason}.")
