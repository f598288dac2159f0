"""`wade race`: many learning rates at once, and what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

import wade
from wade.cli.options import Written
from wade.cli.outcome import DONE
from wade.cli.pieces import counted, headline, labelled, show_next, terminal
from wade.cli.progress import counting
from wade.cli.written import as_dialect
from wade.settings import DEFAULTS
from wade.tables import BUILT_IN
from wade.training.sweep_outcomes import brief

STYLES = {"too small": "dim", "converges": "bold", "oscillates": "yellow", "diverges": "red"}
BARS = "▁▂▃▄▅▆▇█"
LINES_OF_A_KIND = 3


def run(data: str, *, written: Written, show_all: bool, as_json: bool, quiet: bool, choices: dict[str, Any]) -> int:
    """Race on `data` with the choices of `wade.race`; a table for a person, or one JSON object."""
    dialect = as_dialect(written)
    with counting(quiet or as_json, "racing") as watcher:
        found = wade.race(data, dialect=dialect, watcher=watcher, **choices)
    if as_json:
        typer.echo(json.dumps(found, allow_nan=False, ensure_ascii=False))
    elif not quiet:
        show_standings(found, data) if "standings" in found else show(found, data, show_all)
    return DONE


def show(found: Mapping[str, Any], data: str, show_all: bool) -> None:
    """The rates from the smallest to the largest, the range that converges, and which to try."""
    out, verdicts, settings = terminal(), found["verdicts"], found["settings"]
    out.print(headline(f"{found['data']}: {counted(len(verdicts), 'learning rate')} race to {found['target']}"))
    steady = "" if settings["schedule"] == "constant" else f", {settings['schedule']}"
    out.print(_network_and_rows(found, f"{settings['optimizer']}{steady}", found["steps"][-1]))
    out.print(_table(verdicts, found["start"], show_all))
    hidden = len(verdicts) - sum(1 for _ in _shown(verdicts, show_all))
    how = f" {counted(hidden, 'rate')} between these: see --all or --json." if hidden else ""
    bars = f"Loss: its mean over {len(found['steps'])} stretches. Gains are counted from {found['plain']:.4g}, "
    plain = "the loss of the start" if found["plain"] == found["start"][-1] else f"what {_constant(found)} gives"
    out.print(Text(f"{bars}{plain}.{how}", style="dim"))
    out.print()
    out.print(labelled({"Range": _range(found), "Try": "\n".join(_suggestions(found)) or "no rate of these"}))
    if found["notes"]:
        out.print(labelled({"Note": "\n".join(found["notes"])}))
    out.print(labelled({"Time": f"{found['seconds']:.1f} s, with the {found['engine']} engine"}))
    if found["suggestions"]:
        show_next(out, _next(found, data))


def show_standings(found: Mapping[str, Any], data: str) -> None:
    """Methods and schedules beside each other, the one that ends lowest first."""
    out, standings, races = terminal(), found["standings"], found["races"]
    rates = counted(len(races[0]["verdicts"]), "learning rate")
    ways = counted(len(standings), "way")
    out.print(headline(f"{found['data']}: {ways} of stepping race to {found['target']}, {rates} each"))
    out.print(_network_and_rows(found, "methods and schedules below", races[0]["steps"][-1]))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for title in ("method", "schedule", "rate", "loss", "gain", "converges", ""):
        table.add_column(title, no_wrap=True, justify="right" if title in ("rate", "loss", "gain") else "left")
    known = [loss for race in races for one in race["verdicts"] for loss in one["losses"] if loss is not None]
    low, high = min(known, default=0.0), races[0]["plain"]
    for place, one in enumerate(standings):
        lost = one["loss"] is None
        table.add_row(
            Text(one["optimizer"], style="bold" if place == 0 else ""),
            one["schedule"],
            "–" if lost else brief(one["learning_rate"]),
            "–" if lost else f"{one['loss']:.4g}",
            "–" if lost else f"{100 * one['gain']:.0f} %",
            "–" if one["lowest"] is None else f"{brief(one['lowest'])} to {brief(one['highest'])}",
            spark(_path(races, one)[1::2], low, high),
        )
    out.print(table)
    note = "Rate: of each way the one that ends lowest; loss: there; gain: as a share of the best way's."
    out.print(Text(note, style="dim"))
    out.print()
    # Of each method the schedule that it went best with.
    named = {one["optimizer"]: one["paces"] for one in reversed(standings) if one["paces"]}
    paces = "\n".join(f"{name}: {_pace(named[name])}" for name in reversed(named))
    out.print(labelled({"Steps": paces or "none that led anywhere"}))
    if found["notes"]:
        out.print(labelled({"Note": "\n".join(found["notes"])}))
    out.print(labelled({"Time": f"{found['seconds']:.1f} s, with the {found['engine']} engine"}))
    if standings[0]["learning_rate"] is not None:
        show_next(out, _trained(found, data, standings[0]))


def _path(races: Sequence[Mapping[str, Any]], standing: Mapping[str, Any]) -> Sequence[float | None]:
    """The losses of the rate that a way ended lowest with."""
    named = standing["optimizer"], standing["schedule"], standing["learning_rate"]
    for race in races:
        for one in race["verdicts"]:
            if (race["optimizer"], race["schedule"], one["learning_rate"]) == named:
                losses: Sequence[float | None] = one["losses"]
                return losses
    return ()


def _pace(paces: Sequence[float]) -> str:
    """How long a step is for the directions of different parameters."""
    low, middle, high = paces
    if low == high:
        return f"{brief(middle)} for every weight alike"
    return f"{brief(middle)} for the median weight, {brief(low)} to {brief(high)} for nine in ten"


def _network_and_rows(found: Mapping[str, Any], how: str, steps: int) -> Table:
    settings = found["settings"]
    widths = " → ".join(map(str, settings["hidden"])) or "no hidden layer"
    shared = f", {settings['members']} members" if settings["members"] > 1 else ""
    silent = f", dropout {settings['dropout']:g}" if settings["dropout"] else ""
    rows = f"{steps:,} steps of {counted(found['batch_size'], 'row')}, the same for all: {_passes(found)}"
    return labelled(
        {"Network": f"{widths}, {settings['activation']}{shared}{silent}; {how}, one start for all", "Rows": rows}
    )


def _next(found: Mapping[str, Any], data: str) -> list[str]:
    """The training that the first suggestion is for."""
    first = found["suggestions"][0]["learning_rate"]
    return _trained(found, data, {**found["settings"], "learning_rate": first})


def _trained(found: Mapping[str, Any], data: str, way: Mapping[str, Any]) -> list[str]:
    """The training that goes this way; what `wade train` does by itself is left out."""
    settings = found["settings"]
    options = ["--learning-rate", brief(way["learning_rate"])]
    if data not in BUILT_IN:
        options = ["--target", found["target"], *options]
    if "hidden" not in found["choices"]:
        options += ["--hidden", ",".join(map(str, settings["hidden"])) or "none"]
    if settings["activation"] != DEFAULTS.activation:
        options += ["--activation", settings["activation"]]
    if way["optimizer"] != DEFAULTS.optimizer:
        options += ["--optimizer", way["optimizer"]]
    if way["schedule"] != "constant":
        options += ["--schedule", way["schedule"]]
    return ["wade", "train", data, *options]


def spark(losses: Sequence[float | None], low: float, high: float) -> str:
    """Losses as a row of bars between the least of all and that of the start; "×" where there is none any more.

    Examples
    --------
    >>> spark([1.0, 0.5, 0.0, 7.0, None], 0.0, 1.0)
    '▇▄▁█×'
    """
    span = (high - low) or 1.0
    return "".join("×" if loss is None else BARS[max(0, min(7, int((loss - low) / span * 6.99)))] for loss in losses)


def _table(verdicts: Sequence[Mapping[str, Any]], start: Sequence[float], show_all: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for title in ("rate", "verdict", "loss"):
        table.add_column(title, no_wrap=True, justify="right" if title == "rate" else "left")
    table.add_column("evidence", overflow="fold", ratio=1)
    known = [loss for verdict in verdicts for loss in verdict["losses"] if loss is not None]
    low, high = min(known, default=0.0), max(start)
    for verdict in _shown(verdicts, show_all):
        style = STYLES[verdict["kind"]]
        table.add_row(
            Text(brief(verdict["learning_rate"]), style=style),
            Text(verdict["kind"], style=style),
            Text(spark(verdict["losses"], low, high)),
            Text(verdict["evidence"]),
        )
    return table


def _shown(verdicts: Sequence[Mapping[str, Any]], show_all: bool) -> Iterator[Mapping[str, Any]]:
    """Of neighbours with the same verdict the first, the last, and the one that ends lowest, or the middle one."""
    for kind, alike in groupby(verdicts, key=lambda verdict: str(verdict["kind"])):
        group = list(alike)
        if show_all or len(group) <= LINES_OF_A_KIND:
            yield from group
        else:
            between = group[1:-1]
            middle = between[len(between) // 2]
            yield group[0]
            yield min(between, key=lambda verdict: verdict["losses"][-1]) if kind == "converges" else middle
            yield group[-1]


def _passes(found: Mapping[str, Any]) -> str:
    rows = f"the {found['rows']:,} training rows"
    if found["passes"] < 1:
        return f"{100 * found['passes']:.0f} % of {rows}, each seen once"
    return f"{rows}, seen {found['passes']:.1f} times"


def _constant(found: Mapping[str, Any]) -> str:
    return "always the mean" if found["task"] == "regression" else "always the base rate"


def _range(found: Mapping[str, Any]) -> str:
    if found["lowest"] is None:
        return "no rate converges: race others with --learning-rates, or longer with --steps"
    rates = [verdict["learning_rate"] for verdict in found["verdicts"]]
    text = f"from {brief(found['lowest'])} to {brief(found['highest'])} they converge"
    if found["lowest"] == rates[0]:
        text += "; so may lower ones, which did not race"
    if found["highest"] == rates[-1]:
        text += "; so may higher ones, which did not race"
    return text


def _suggestions(found: Mapping[str, Any]) -> list[str]:
    return [f"{brief(each['learning_rate'])}: {each['why']}" for each in found["suggestions"]]
