"""Several sweeps compared: optimizers and schedules beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from wade.cli.views.race_rates import (
    batches_of,
    ends_of,
    longer_run,
    reference_of,
    rules_of,
    scale_of,
    setup_of,
    show_outcomes,
    spark,
)
from wade.cli.views.tables import counted, facts, headline, paragraph, table
from wade.maths.optimizers import choose_optimizer
from wade.training.chunk_losses import brief, span_of
from wade.training.sweep_outcomes import MARGIN


def show_comparison(out: Console, found: Mapping[str, Any], show_all: bool) -> None:
    """Optimizers and schedules beside each other, the lowest loss first."""
    standings, races = found["standings"], found["races"]
    rates = counted(len(races[0]["outcomes"]), "learning rate")
    compared = f"{methods_compared(standings)}, {rates} each"
    headline(out, f"{found['data']}: {compared}, predicting {found['target']}")
    facts(out, setup_of(found, "optimizers and schedules below"))
    out.print()
    known = [loss for race in races for one in race["outcomes"] for loss in one["losses"] if loss is not None]
    low, high = min(known, default=0.0), races[0]["reference_loss"]
    rows = []
    for one in standings:
        results = ["–"] * 3
        if one["loss"] is not None:
            results = [brief(one["learning_rate"]), f"{one['loss']:.4g}", f"{100 * one['gain']:.0f} %"]
        span = "–" if one["lowest"] is None else span_of(one["lowest"], one["highest"])
        drawn = spark(_path(races, one)[1::2], low, high)
        rows.append([one["optimizer"], one["schedule"], *results, drawn, span])
    titles = ["optimizer", "schedule", "try rate", "its loss", "gain", "its path", "rates that converge"]
    table(out, titles, rows, left=(0, 1, 5, 6), styles=["bold"])
    if show_all:
        _show_every_race(out, found)
    else:
        paragraph(out, "Every rate of each: --all or --json.", "dim")
    out.print()
    bars = f"a bar for every second of {len(races[0]['steps'])} chunks of steps,"
    gain = f"how far its loss ends below {reference_of(races[0], found['task'])}, in % of the first one's gain"
    facts(
        out,
        {
            "Runs": f"each rate: the same initial parameters, the same {batches_of(found, races[0]['steps'])}",
            "Try rate": f"the rate with the lowest loss at the end, of those more than {MARGIN:g} times lower than "
            f"rates that oscillate or diverge{_below_range(found)}",
            "Its loss": f"training loss at the end; its path: {bars} {scale_of(low, high, 'where gain begins')}",
            "Gain": gain,
            "Converge": "from the lowest rate that ends near the best one of this optimizer and schedule to the "
            "highest that does, below all that oscillate or diverge",
            **(rules_of(races) if show_all else {}),
            "Longer run": longer_run(*races),
            **_step_sizes(standings),
        },
    )


def _show_every_race(out: Console, found: Mapping[str, Any]) -> None:
    """Each optimizer and schedule with all of its rates, in the order of the table above."""
    races = {(race["optimizer"], race["schedule"]): race for race in found["races"]}
    for one in found["standings"]:
        race = races[one["optimizer"], one["schedule"]]
        out.print()
        paragraph(out, f"{one['optimizer']}, {one['schedule']}", "bold")
        show_outcomes(out, race["outcomes"], True, *ends_of(race))


def _below_range(found: Mapping[str, Any]) -> str:
    """Why a rate to try is below the range that converges, where one is."""
    longer = " here or in a longer run" if longer_run(*found["races"]) else ""
    below = [one for one in found["standings"] if one["lowest"] and one["learning_rate"] < one["lowest"]]
    return longer + ("; it is lower than the rates that converge where that leaves none of them" if below else "")


def _path(races: Sequence[Mapping[str, Any]], standing: Mapping[str, Any]) -> Sequence[float | None]:
    """The losses of the best run of an optimizer and schedule."""
    named = standing["optimizer"], standing["schedule"], standing["learning_rate"]
    for race in races:
        for one in race["outcomes"]:
            if (race["optimizer"], race["schedule"], one["learning_rate"]) == named:
                losses: Sequence[float | None] = one["losses"]
                return losses
    return ()


def _step_sizes(standings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The effective learning rates of each optimizer and schedule, with what they are."""
    lines = []
    for one in standings:
        if not one["step_sizes"]:
            continue
        low, middle, high = one["step_sizes"]
        formula = choose_optimizer(one["optimizer"]).effective_formula
        sizes = f"{formula}; median {brief(middle)}, 90 % from {brief(low)} to {brief(high)}"
        if low == high:
            sizes = f"{formula} = {brief(middle)} for every weight"
        lines.append(f"{one['optimizer']}, {one['schedule']}: {sizes}")
    if not lines:
        return {}
    meaning = (
        "effective learning rate, by which a weight's gradient, or what the optimizer keeps of recent gradients, is "
        "multiplied to give its step; η is the rate to try, times what the schedule makes of it in the last step (a "
        "falling schedule ends near 0); of the weights that had a gradient, in the last step:"
    )
    return {"Step sizes": "\n".join([meaning, *lines])}


def methods_compared(standings: Sequence[Mapping[str, Any]]) -> str:
    """What is compared: what all have in common is named, what varies is counted.

    Examples
    --------
    >>> one, other = {"optimizer": "sgd", "schedule": "constant"}, {"optimizer": "adam", "schedule": "constant"}
    >>> methods_compared([one, other]), methods_compared([one, {**one, "schedule": "cosine"}])
    ('2 optimizers compared, schedule constant', '2 schedules compared, optimizer sgd')
    >>> methods_compared([one, other, {**one, "schedule": "cosine"}, {**other, "schedule": "cosine"}])
    '4 pairs compared, 2 optimizers × 2 schedules'
    """
    optimizers, schedules = ({str(one[name]) for one in standings} for name in ("optimizer", "schedule"))
    if len(schedules) == 1:
        return f"{counted(len(optimizers), 'optimizer')} compared, schedule {min(schedules)}"
    if len(optimizers) == 1:
        return f"{counted(len(schedules), 'schedule')} compared, optimizer {min(optimizers)}"
    both = f"{counted(len(optimizers), 'optimizer')} × {counted(len(schedules), 'schedule')}"
    return f"{len(standings)} pairs compared, {both}"
