"""The metrics of a network beside those of its baselines, as a table."""

from __future__ import annotations

from collections.abc import Mapping

from wade.documents.structure import Cell, Number, Table
from wade.metrics import METRICS
from wade.metrics.wording import Scores, compared, constant, interval, reading, value


def compare_metrics(
    baselines: Mapping[str, Scores | None], test: Scores, task: str, caption: str, unit: str = ""
) -> Table:
    """A row for each metric; 95 % intervals in brackets."""
    by_name = compared(baselines, test, task)
    names = [name for name in test if name in METRICS]
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        cells = []
        for metrics in by_name.values():
            bounds = interval(name, metrics)
            cells.append(Number(metrics[name], value(name, metrics) + (f" ({bounds})" if bounds else "")))
        rows.append((METRICS[name].label, *cells))
    titles = ("metric", *(label.partition(" (")[0] for label in by_name))
    note = f"95 % intervals in brackets. {reading(names, unit)} The {constant(task)} predicts the same for every row."
    for name, reason in (test.get("undefined") or {}).items():
        note += f" No {METRICS[name].label}: {reason}."
    return Table(caption, titles, tuple(rows), note)
