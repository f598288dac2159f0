"""A sweep of learning rates, or several of them: outcome, loss and evidence, and which rate to try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from rich.console import Console

from wade.cli.given import as_argument, given_options, given_text, one_option
from wade.cli.views.tables import counted, facts, folded, headline, next_command, paragraph, table, terminal, width_left
from wade.maths.schedules import Constant
from wade.metrics.wording import constant
from wade.settings import DEFAULTS, LearnOptions
from wade.settings.table import DialectOptions
from wade.tables import BUILT_IN
from wade.training.sweep_outcomes import MARGIN, RULES, UNTRAINED, brief

STYLES = {"too small": "dim", "converges": "bold", "oscillates": "yellow", "diverges": "red"}
BARS = "▁▂▃▄▅▆▇█"
LINES_OF_A_KIND = 3
MOST_LINES = 12
SET_BY_THE_RACE = ("target", "learning_rate", "hidden", "activation", "optimizer", "schedule")


def show(found: Mapping[str, Any], data: str, show_all: bool, verbose: bool, scheduled: bool) -> None:
    """One sweep, or several compared; `scheduled`: the schedule was asked for, so that training takes it too."""
    out = terminal()
    if "standings" in found:
        _show_comparison(out, found)
    else:
        _show_sweep(out, found, show_all)
    engine = f", {found['engine']} engine" if verbose else ""
    facts(out, {"Warnings": "\n".join(found["notes"]), "Time": f"{found['seconds']:.1f} s{engine}"})
    best = found["suggestions"] if "suggestions" in found else found["standings"]
    if best and best[0]["learning_rate"] is not None:
        way = {**found["settings"], "learning_rate": best[0]["learning_rate"]} if "suggestions" in found else best[0]
        schedule = way["schedule"] if scheduled else found["training_schedule"]
        at = "at this constant rate" if schedule == Constant.name else f"with schedule {schedule}, at most at this rate"
        facts(out, {"Training": f"the next command trains {at}"})
        next_command(out, _training(found, data, way, scheduled))


def _show_sweep(out: Console, found: Mapping[str, Any], show_all: bool) -> None:
    """The rates from the smallest to the largest, the range that converges, and which to try."""
    outcomes, settings = found["outcomes"], found["settings"]
    headline(out, f"{found['data']}: sweep of {counted(len(outcomes), 'learning rate')}, predicting {found['target']}")
    schedule = "constant rates" if settings["schedule"] == Constant.name else f"schedule {settings['schedule']}"
    facts(out, _setup(found, f"{settings['optimizer']}, {schedule}"))
    out.print()
    known = [loss for outcome in outcomes for loss in outcome["losses"] if loss is not None]
    low, high = min(*known, *found["start"]), max(found["start"])
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
    out.print()
    suggestions = [f"{brief(each['learning_rate'])}: {each['why']}" for each in found["suggestions"]]
    facts(out, {"Range": _range(found), "Try": "\n".join(suggestions) or _no_suggestion(found)})
    out.print()
    bars = f"{_bars(found['steps'])} {scale_of(low, high, f'the highest bar of {UNTRAINED}')}"
    last = found["steps"][-1] - (found["steps"][-2] if len(found["steps"]) > 1 else 0)
    evidence = f"losses are means over the steps of a bar; at the end, over the last {counted(last, 'step')}"
    kinds = {outcome["outcome"] for outcome in outcomes} if found["best"] is not None else {}
    facts(
        out,
        {
            "Runs": f"each rate: the same initial parameters, the same {_batches(found, found['steps'])}",
            "Loss": f"training loss, taken before each step; {bars}",
            "Evidence": evidence,
            "Gain": f"how far the loss ends below {_reference(found, found['task'])}" if kinds else "",
            **{kind.capitalize(): RULES[kind] for kind in RULES if kind in kinds},
        },
    )


def _show_comparison(out: Console, found: Mapping[str, Any]) -> None:
    """Optimizers and schedules beside each other, the lowest loss first."""
    standings, races = found["standings"], found["races"]
    rates = counted(len(races[0]["outcomes"]), "learning rate")
    compared = f"{len(standings)} optimizers and schedules compared, {rates} each"
    headline(out, f"{found['data']}: {compared}, predicting {found['target']}")
    facts(out, _setup(found, "optimizers and schedules below"))
    out.print()
    known = [loss for race in races for one in race["outcomes"] for loss in one["losses"] if loss is not None]
    low, high = min(known, default=0.0), races[0]["reference_loss"]
    rows = []
    for one in standings:
        results = ["–"] * 3
        if one["loss"] is not None:
            results = [brief(one["learning_rate"]), f"{one['loss']:.4g}", f"{100 * one['gain']:.0f} %"]
        span = "–" if one["lowest"] is None else _span(one["lowest"], one["highest"])
        drawn = spark(_path(races, one)[1::2], low, high)
        rows.append([one["optimizer"], one["schedule"], *results, span, drawn])
    titles = ["optimizer", "schedule", "rate", "loss", "gain", "converges", "training loss"]
    table(out, titles, rows, left=(0, 1, 5, 6), styles=["bold"])
    out.print()
    # For each optimizer the effective learning rates with its best schedule.
    named = {one["optimizer"]: one["step_sizes"] for one in reversed(standings) if one["step_sizes"]}
    steps = "\n".join(f"{name}: {_step_sizes(named[name])}" for name in reversed(named))
    bars = f"a bar for every second of {len(races[0]['steps'])} chunks of steps,"
    facts(
        out,
        {
            "Runs": f"each rate: the same initial parameters, the same {_batches(found, races[0]['steps'])}",
            "Rate": f"at least {MARGIN:g} times lower than rates that oscillate or diverge: of these, the one with the "
            "lowest loss at the end",
            "Loss": f"training loss at the end; {bars} {scale_of(low, high, 'where gain begins')}",
            "Gain": f"how far the loss ends below {_reference(races[0], found['task'])}, in % of the first one's gain",
            "Converges": "the range of rates that end near the best of this optimizer and schedule",
            "Step sizes": steps,
        },
    )


def _reference(sweep: Mapping[str, Any], task: str) -> str:
    """The loss from which gains are measured."""
    at_start = sweep["reference_loss"] == sweep["start"][-1]
    what = UNTRAINED if at_start else f"the {constant(task)}"
    return f"{sweep['reference_loss']:.4g}, the loss of {what} on the last steps"


def _path(races: Sequence[Mapping[str, Any]], standing: Mapping[str, Any]) -> Sequence[float | None]:
    """The losses of the best run of an optimizer and schedule."""
    named = standing["optimizer"], standing["schedule"], standing["learning_rate"]
    for race in races:
        for one in race["outcomes"]:
            if (race["optimizer"], race["schedule"], one["learning_rate"]) == named:
                losses: Sequence[float | None] = one["losses"]
                return losses
    return ()


def _step_sizes(quantiles: Sequence[float]) -> str:
    """The step lengths for different weights."""
    low, middle, high = quantiles
    if low == high:
        return f"effective learning rate {brief(middle)} for every weight"
    return (
        f"effective learning rate {brief(middle)} for the median weight, {brief(low)} to {brief(high)} for 90 % of them"
    )


def _batches(found: Mapping[str, Any], steps: Sequence[int]) -> str:
    """The steps of every run."""
    passes, rows = found["passes"], f"the {found['rows']:,} training rows"
    seen = f"{100 * passes:.0f} % of {rows}, once each" if passes < 1 else f"{rows}, {passes:.1f} times"
    return f"{steps[-1]:,} steps of {counted(found['batch_size'], 'row')} ({seen})"


def _bars(steps: Sequence[int]) -> str:
    """How many steps a bar stands for.

    Examples
    --------
    >>> _bars((3, 6, 10)), _bars((1, 2, 3))
    ('each bar the mean of 3 to 4 steps,', 'each bar one step,')
    """
    lengths = {last - before for before, last in pairwise((0, *steps))}
    if lengths == {1}:
        return "each bar one step,"
    return f"each bar the mean of {' to '.join(str(length) for length in sorted({min(lengths), max(lengths)}))} steps,"


def _setup(found: Mapping[str, Any], how: str) -> dict[str, str]:
    """The network of every run."""
    settings = found["settings"]
    widths = " → ".join(map(str, settings["hidden"])) or "no hidden layer"
    ensemble = f", {settings['members']} ensemble members" if settings["members"] > 1 else ""
    dropout = f", dropout {settings['dropout']:g}" if settings["dropout"] else ""
    return {"Model": f"{widths}, {settings['activation']}{ensemble}{dropout}; {how}"}


def _training(found: Mapping[str, Any], data: str, way: Mapping[str, Any], scheduled: bool) -> list[str]:
    """The command that trains so; what `wade train` chooses by itself is left out."""
    settings = found["settings"]
    options = ["--learning-rate", f"{way['learning_rate']:g}"]
    if data not in BUILT_IN or given_text("target"):
        options = [*one_option("--target", found["target"]), *options]
    if "hidden" not in found["choices"]:
        options += ["--hidden", ",".join(map(str, settings["hidden"])) or "none"]
    if settings["activation"] != DEFAULTS.activation:
        options += ["--activation", settings["activation"]]
    if way["optimizer"] != DEFAULTS.optimizer:
        options += ["--optimizer", way["optimizer"]]
    if scheduled:
        options += ["--schedule", way["schedule"]]
    given = given_options(LearnOptions, DialectOptions, but=SET_BY_THE_RACE)
    return ["wade", "train", as_argument(data), *options, *given]


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


def _span(lowest: float, highest: float) -> str:
    """The rates from the lowest to the highest.

    Examples
    --------
    >>> _span(0.001, 0.01), _span(0.01, 0.01)
    ('0.001 to 0.01', '0.01')
    """
    return brief(lowest) if lowest == highest else f"{brief(lowest)} to {brief(highest)}"


def _range(found: Mapping[str, Any]) -> str:
    if found["lowest"] is None:
        return "no rate converges"
    rates = [outcome["learning_rate"] for outcome in found["outcomes"]]
    span = _span(found["lowest"], found["highest"])
    text = f"only {span} converges" if found["lowest"] == found["highest"] else f"rates from {span} converge"
    if found["lowest"] == rates[0]:
        text += "; lower ones, not tried, may too"
    if found["highest"] == rates[-1]:
        text += "; higher ones, not tried, may too"
    return text


def _no_suggestion(found: Mapping[str, Any]) -> str:
    """What to do where no rate is far enough below those that are too high."""
    rates = [outcome["learning_rate"] for outcome in found["outcomes"]]
    if found["outcomes"][0]["outcome"] in ("oscillates", "diverges", "converges"):
        return f"lower rates: --learning-rates {brief(rates[0] / 1000)}..{brief(rates[0])}"
    if found["outcomes"][-1]["outcome"] == "too small":
        return f"higher rates: --learning-rates {brief(rates[-1])}..{brief(1000 * rates[-1])}"
    return f"more steps: --steps {10 * found['steps'][-1]}"
