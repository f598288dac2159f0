"""A sweep of learning rates, or several of them: outcome, loss and evidence, and which rate to try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from rich.console import Console

from wade.cli.given import as_argument, given_options, given_text, one_option
from wade.cli.views.race_comparison import show_comparison
from wade.cli.views.race_rates import (
    batches_of,
    ends_of,
    longer_run,
    reference_of,
    rules_of,
    scale_of,
    setup_of,
    show_outcomes,
)
from wade.cli.views.tables import counted, facts, headline, next_command, terminal
from wade.maths.schedules import Constant
from wade.settings import DEFAULTS, LearnOptions
from wade.settings.table import DialectOptions
from wade.tables import BUILT_IN
from wade.training.chunk_losses import UNTRAINED, brief, span_of

SET_BY_THE_RACE = ("target", "learning_rate", "hidden", "activation", "optimizer", "schedule")


def show(found: Mapping[str, Any], data: str, show_all: bool, verbose: bool, scheduled: bool) -> None:
    """One sweep, or several compared; `scheduled`: the schedule was asked for, so that training takes it too."""
    out = terminal()
    if "standings" in found:
        show_comparison(out, found, show_all)
    else:
        _show_sweep(out, found, show_all)
    engine = f", {found['engine']} engine" if verbose else ""
    facts(out, {"Warnings": "\n".join(found["notes"]), "Time": f"{_seconds(found['seconds'])}{engine}"})
    best = found["suggestions"] if "suggestions" in found else found["standings"]
    if best and best[0]["learning_rate"] is not None:
        way = {**found["settings"], "learning_rate": best[0]["learning_rate"]} if "suggestions" in found else best[0]
        schedule = way["schedule"] if scheduled else found["training_schedule"]
        at = "at this constant rate" if schedule == Constant.name else f"with schedule {schedule}, at most at this rate"
        facts(out, {"Training": f"the next command trains {at}"})
        next_command(out, _training(found, data, way, scheduled))


def _seconds(seconds: float) -> str:
    """How long the runs took.

    Examples
    --------
    >>> _seconds(0.0204), _seconds(12.34)
    ('less than 0.1 s', '12.3 s')
    """
    return f"{seconds:.1f} s" if seconds >= 0.1 else "less than 0.1 s"


def _show_sweep(out: Console, found: Mapping[str, Any], show_all: bool) -> None:
    """The rates from the smallest to the largest, the range that converges, and which to try."""
    outcomes, settings = found["outcomes"], found["settings"]
    headline(out, f"{found['data']}: sweep of {counted(len(outcomes), 'learning rate')}, predicting {found['target']}")
    schedule = "constant rates" if settings["schedule"] == Constant.name else f"schedule {settings['schedule']}"
    facts(out, setup_of(found, f"{settings['optimizer']}, {schedule}"))
    out.print()
    low, high = ends_of(found)
    show_outcomes(out, outcomes, show_all, low, high)
    out.print()
    suggestions = [f"{brief(each['learning_rate'])}: {each['why']}" for each in found["suggestions"]]
    facts(out, {"Range": _range(found), "Try": "\n".join(suggestions) or _no_suggestion(found)})
    out.print()
    bars = f"{_bars(found['steps'])} {scale_of(low, high, f'the highest bar of {UNTRAINED}')}"
    last = found["steps"][-1] - (found["steps"][-2] if len(found["steps"]) > 1 else 0)
    evidence = f"losses are means over the steps of a bar; at the end, over the last {counted(last, 'step')}"
    facts(
        out,
        {
            "Runs": f"each rate: the same initial parameters, the same {batches_of(found, found['steps'])}",
            "Loss": f"training loss, taken before each step; {bars}",
            "Evidence": evidence,
            "Gain": ""
            if found["best"] is None
            else f"how far the loss ends below {reference_of(found, found['task'])}",
            **rules_of([found]),
            "Longer run": longer_run(found),
        },
    )


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


def _range(found: Mapping[str, Any]) -> str:
    """The rates that converge, each unbroken run of them, and those that do above the first that is too high.

    Examples
    --------
    >>> kinds = ("too small", "converges", "ends higher", "converges", "oscillates", "converges")
    >>> outcomes = [{"learning_rate": float(rate), "outcome": kind} for rate, kind in enumerate(kinds, start=1)]
    >>> _range({"outcomes": outcomes, "lowest": 2.0, "highest": 4.0})
    'rates 2 and 4 converge; so does 6, above 5, which oscillates'
    """
    if found["lowest"] is None:
        return "no rate converges"
    outcomes = found["outcomes"]
    rates = [outcome["learning_rate"] for outcome in outcomes]
    within, above = list[list[float]](), list[list[float]]()
    for kind, run in groupby(outcomes, key=lambda one: str(one["outcome"])):
        if kind == "converges":
            run_of = [one["learning_rate"] for one in run]
            (within if run_of[0] <= found["highest"] else above).append(run_of)
    spans, higher = (" and ".join(span_of(run[0], run[-1]) for run in runs) for runs in (within, above))
    if len(within) == 1:
        text = f"only {spans} converges" if found["lowest"] == found["highest"] else f"rates from {spans} converge"
    else:
        text = f"rates {spans} converge"
    if found["lowest"] == rates[0]:
        text += "; lower ones, not tried, may too"
    if found["highest"] == rates[-1]:
        text += "; higher ones, not tried, may too"
    if above:
        first = outcomes[rates.index(found["highest"]) + 1]
        do = "does" if len(above) == 1 and len(above[0]) == 1 else "do"
        text += f"; so {do} {higher}, above {brief(first['learning_rate'])}, which {first['outcome']}"
    return text


def _no_suggestion(found: Mapping[str, Any]) -> str:
    """What to do where no rate is far enough below those that are too high."""
    rates = [outcome["learning_rate"] for outcome in found["outcomes"]]
    if found["outcomes"][0]["outcome"] != "too small":
        return f"lower rates: --learning-rates {brief(rates[0] / 1000)}..{brief(rates[0])}"
    if found["outcomes"][-1]["outcome"] == "too small":
        return f"higher rates: --learning-rates {brief(rates[-1])}..{brief(1000 * rates[-1])}"
    return f"more steps: --steps {10 * found['steps'][-1]}"
