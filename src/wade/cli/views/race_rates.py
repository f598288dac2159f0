"""What the views of one sweep and of several have in common: the table of rates, its bars, and what both mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console

from wade.cli.views.tables import counted, folded, paragraph, table, width_left
from wade.metrics.wording import constant
from wade.training.chunk_losses import RISE, RULES, RULES_WITHOUT_BEST, UNTRAINED, brief
from wade.training.sweep_outcomes import MARGIN

STYLES = {"too small": "dim", "converges": "bold", "ends higher": "dim", "oscillates": "yellow", "diverges": "red"}
BARS = "▁▂▃▄▅▆▇█"
LINES_OF_A_KIND = 3
MOST_LINES = 12
LONGER_RUN = "in a longer run"


def show_outcomes(out: Console, outcomes: Sequence[Mapping[str, Any]], show_all: bool, low: float, high: float) -> None:
    """The table of rates, with bars between two losses."""
    picked = list(_shown(outcomes, show_all))
    titles = ["rate", "outcome", "training loss", "evidence"]
    cells = [
        [brief(outcome["learning_rate"]), outcome["outcome"], spark(outcome["losses"], low, high)] for outcome in picked
    ]
    width = width_left(out, titles[:3], cells)
    rows = [[*row, folded(outcome["evidence"], width)] for row, outcome in zip(cells, picked, strict=True)]
    styles = [STYLES[outcome["outcome"]] for outcome in picked]
    table(out, titles, rows, left=(1, 2, 3), styles=styles)
    hidden = len(outcomes) - len(picked)
    if hidden:
        paragraph(out, f"{counted(hidden, 'more rate')}: --all or --json.", "dim")


def ends_of(sweep: Mapping[str, Any]) -> tuple[float, float]:
    """The losses between which bars are drawn: the least of all, and the highest of the untrained network."""
    known = [loss for outcome in sweep["outcomes"] for loss in outcome["losses"] if loss is not None]
    return min(*known, *sweep["start"]), max(sweep["start"])


def rules_of(sweeps: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What each of the outcomes means, as it was decided."""
    with_best = any(sweep["best"] is not None for sweep in sweeps)
    rules = RULES if with_best else RULES_WITHOUT_BEST
    kinds = {outcome["outcome"] for sweep in sweeps for outcome in sweep["outcomes"]}
    used = {kind.capitalize(): rules[kind] for kind in rules if kind in kinds}
    return {**used, "Rise": RISE} if any("a rise" in rule for rule in used.values()) else used


def longer_run(*sweeps: Mapping[str, Any]) -> str:
    """What a longer run is, where one moved suggestions."""
    if not any(LONGER_RUN in each["why"] for sweep in sweeps for each in sweep["suggestions"]):
        return ""
    return (
        f"{MARGIN:g} times the highest suggestion is tried in it, with the schedule of training; where that does not "
        "converge, lower rates are suggested"
    )


def reference_of(sweep: Mapping[str, Any], task: str) -> str:
    """The loss from which gains are measured."""
    at_start = sweep["reference_loss"] == sweep["start"][-1]
    what = UNTRAINED if at_start else f"the {constant(task)}"
    return f"{sweep['reference_loss']:.4g}, the loss of {what} on the last steps"


def batches_of(found: Mapping[str, Any], steps: Sequence[int]) -> str:
    """The steps of every run."""
    passes, rows = found["passes"], f"the {found['rows']:,} training rows"
    seen = f"{100 * passes:.0f} % of {rows}, once each" if passes < 1 else f"{rows}, {passes:.1f} times"
    return f"{steps[-1]:,} steps of {counted(found['batch_size'], 'row')} ({seen})"


def setup_of(found: Mapping[str, Any], how: str) -> dict[str, str]:
    """The network of every run."""
    settings = found["settings"]
    hidden = settings["hidden"]
    layers = f"hidden layer{'s' if len(hidden) > 1 else ''} of {' → '.join(map(str, hidden))}, {settings['activation']}"
    ensemble = f", {settings['members']} ensemble members" if settings["members"] > 1 else ""
    dropout = f", dropout {settings['dropout']:g}" if settings["dropout"] else ""
    return {"Model": f"{layers if hidden else 'no hidden layer'}{ensemble}{dropout}; {how}"}


def scale_of(low: float, high: float, what: str) -> str:
    """What the bars of `spark` mean.

    Examples
    --------
    >>> scale_of(0.4772, 0.7305, "where gain begins")
    'from ▁ 0.4772 to ▇ 0.7305 (where gain begins); █ is above, × not finite'
    """
    return f"from ▁ {low:.4g} to ▇ {high:.4g} ({what}); █ is above, × not finite"


def spark(losses: Sequence[float | None], low: float, high: float) -> str:
    """Losses as a row of bars between two of them; "×" where it is not finite.

    Examples
    --------
    >>> spark([1.0, 0.5, 0.0, 7.0, None], 0.0, 1.0)
    '▇▄▁█×'
    """
    span = (high - low) or 1.0
    return "".join("×" if loss is None else BARS[max(0, min(7, int((loss - low) / span * 6.99)))] for loss in losses)


def _shown(outcomes: Sequence[Mapping[str, Any]], show_all: bool) -> Iterator[Mapping[str, Any]]:
    """Of neighbours with the same outcome: the first, the last, and the one with the lowest loss or the middle one.

    Where outcomes change often, those that do not converge get one line for each group.
    """
    groups = [(kind, list(alike)) for kind, alike in groupby(outcomes, key=lambda outcome: str(outcome["outcome"]))]
    many = sum(min(len(group), LINES_OF_A_KIND) for _, group in groups) > MOST_LINES
    for kind, group in groups:
        if not show_all and many and kind != "converges":
            yield group[0]
        elif show_all or len(group) <= LINES_OF_A_KIND:
            yield from group
        else:
            between = group[1:-1]
            middle = between[len(between) // 2]
            yield group[0]
            yield min(between, key=lambda outcome: outcome["losses"][-1]) if kind == "converges" else middle
            yield group[-1]
