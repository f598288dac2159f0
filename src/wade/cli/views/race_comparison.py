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
    span_of,
    spark,
)
from wade.cli.views.tables import counted, facts, headline, paragraph, table
from wade.maths.optimizers import choose_optimizer
from wade.training.chunk_losses import brief
from wade.training.sweep_outcomes import MARGIN


def show_comparison(out: Console, found: Mapping[str, Any], show_all: bool) -> None:
    """Optimizers and schedules beside each other, the lowest loss first."""
    standings, races = found["standings"], found["races"]
    rates = counted(len(races[0]["outcomes"]), "learning rate")
    compared = f"{len(standings)} optimizers and schedules compared, {rates} each"
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
    # For each optimizer the effective learning rates with its best schedule.
    named = {one["optimizer"]: one["step_sizes"] for one in reversed(standings) if one["step_sizes"]}
    bars = f"a bar for every second of {len(races[0]['steps'])} chunks of steps,"
    gain = f"how far its loss ends below {reference_of(races[0], found['task'])}, in % of the first one's gain"
    facts(
        out,
        {
            "Runs": f"each rate: the same initial parameters, the same {batches_of(found, races[0]['steps'])}",
            "Try rate": f"the rate with the lowest loss at the end, of those at least {MARGIN:g} times lower than "
            f"rates that oscillate or diverge{_below_range(found)}",
            "Its loss": f"training loss at the end; its path: {bars} {scale_of(low, high, 'where gain begins')}",
            "Gain": gain,
            "Converge": "in these runs, the rates that end near the best rate of this optimizer and schedule",
            **(rules_of(races) if show_all else {}),
            "Longer run": longer_run(*races),
            **_step_sizes({name: named[name] for name in reversed(named)}),
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


def _step_sizes(named: Mapping[str, Sequence[float]]) -> dict[str, str]:
    """The effective learning rates of each optimizer, with what they are."""
    if not named:
        return {}
    lines = []
    for name, (low, middle, high) in named.items():
        formula = choose_optimizer(name).effective_formula
        if low == high:
            lines.append(f"{name}: {formula} = {brief(middle)} for every weight")
        else:
            lines.append(f"{name}: {formula}; median {brief(middle)}, 90 % from {brief(low)} to {brief(high)}")
    meaning = (
        "effective learning rate, by which a weight's gradient, or what the optimizer keeps of recent gradients, is "
        "multiplied to give its step; η is the rate to try, the weights are those that had a gradient, after the last "
        "step:"
    )
    return {"Step sizes": "\n".join([meaning, *lines])}
