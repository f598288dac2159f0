"""`wade decide`: from probabilities to a decision, and what the decision is worth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import typer
from rich import box
from rich.table import Table
from rich.text import Text

import wade
from wade.cli.options import Written
from wade.cli.outcome import DONE, printable
from wade.cli.pieces import counted, headline, labelled, terminal
from wade.cli.written import as_dialect

CALLED = {
    "never": "never acting",
    "always": "always acting",
    "at_random": "as many at random",
    "decision": "this decision",
}


class Costing(NamedTuple):
    """What mistakes cost, and the limits of acting, as the options say it."""

    cost_false_alarm: float
    cost_miss: float
    act_on: str | None
    capacity: int | None
    threshold: float | None


def run(
    model_path: Path,
    data: str,
    costing: Costing,
    *,
    currency: str,
    written: Written,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> int:
    """Decide on `data`; a table for a person, or one JSON object."""
    model = wade.load(model_path)
    found = model.decide(data, **costing._asdict(), seed=seed, dialect=as_dialect(written))
    if as_json:
        facts = {"currency": currency, "data": data, "model": str(model_path)}
        typer.echo(json.dumps({**found, **facts}, allow_nan=False, ensure_ascii=False))
    elif not quiet:
        show(found, costing, currency, f"{model_path} on {data}: when to act on {model.target.column}")
    return DONE


def show(found: Mapping[str, Any], costing: Costing, currency: str, title: str) -> None:
    """The decision beside what could be done instead, and how to judge it."""
    out, money = terminal(), Money(printable(currency))
    out.print(headline(f"{title} = {found['act_on']}"))
    false_alarm, miss = found["costs"]["false_alarm"], found["costs"]["miss"]
    costs = f"a false alarm {money.plain(false_alarm)}, a miss {money.plain(miss)}; right decisions nothing"
    out.print(labelled({"Costs": costs, "Decision": _rule(found), "Why": _why(found, costing)}))
    out.print(_table(found, money))
    worth = found["worth_per_row"]
    against = [_against(worth[name], CALLED[name], found["rows"], money) for name in CALLED if name in worth]
    facts = {"Worth": "\n".join(against)}
    if "cross_fitted" in worth:
        facts["Best"] = _best(found, money)
    predicted, observed = found["calibration"]["predicted"], found["calibration"]["observed"]
    bounds = observed["interval"]
    sure = f" ({100 * bounds[0]:.1f} to {100 * bounds[1]:.1f} %)" if bounds else ""
    facts["Forecast"] = (
        f"probabilities of {_percent(predicted)} on average; {_percent(observed['value'])}{sure} of the rows needed it."
    )
    if found["notes"]:
        facts["Note"] = "\n".join(found["notes"])
    out.print(labelled(facts))


class Money(NamedTuple):
    """How amounts are written.

    Examples
    --------
    >>> Money("EUR").plain(1250), Money("").plain(0.5)
    ('1,250 EUR', '0.5')
    >>> Money("EUR").exactly({"value": 1.5, "interval": [1.25, 1.75]})
    '1.50 EUR (1.25 to 1.75)'
    """

    currency: str

    def plain(self, amount: float) -> str:
        """An amount as it was given."""
        return f"{amount:,.10g} {self.currency}".rstrip()

    def exactly(self, figure: Mapping[str, Any]) -> str:
        """A figure with its interval."""
        bounds = figure["interval"]
        interval = f" ({amount(bounds[0])} to {amount(bounds[1])})" if bounds else ""
        return f"{amount(figure['value'])} {self.currency}".rstrip() + interval


def amount(value: float) -> str:
    """An amount with as many digits as a person can use.

    Examples
    --------
    >>> amount(1234.5), amount(21.345), amount(0.01234)
    ('1,234', '21.34', '0.012')
    """
    size = abs(value)
    text = f"{value:,.0f}" if size >= 1000 else f"{value:.2f}" if size >= 0.1 else f"{value:.2g}"
    return "0" if size < 1e-9 else text.replace("-", "−")


def _rule(found: Mapping[str, Any]) -> str:
    """When to act."""
    threshold, last, capacity = found["thresholds"]["decision"], found["last_probability"], found["capacity"]
    text = f"act where the probability is {_percent(threshold)} or more"
    if capacity is None:
        return f"{text}."
    text += f", on the highest {counted(capacity, 'row')} at most"
    if last is None:
        return f"{text}. None reaches it."
    acts = int(found["answers"]["decision"]["acts"])
    used = "The limit is used up" if acts == capacity else f"Only {counted(acts, 'row')} reach it"
    return f"{text}. {used}; the last has {_percent(last)}."


def _why(found: Mapping[str, Any], costing: Costing) -> str:
    """Where the threshold comes from."""
    if costing.threshold is not None:
        return "--threshold says so. If it was chosen on these rows, the figures below flatter it."
    false_alarm, miss = found["costs"]["false_alarm"], found["costs"]["miss"]
    share = f"{false_alarm:.10g} / ({false_alarm:.10g} + {miss:.10g})"
    return f"{share} is the best threshold for calibrated probabilities. These rows had no say in it."


def _against(worth: Mapping[str, Any], called: str, rows: int, money: Money) -> str:
    """What the decision is worth beside something else."""
    if worth["value"] < 0:
        return f"{money.exactly(_reversed(worth))} a row less than {called}."
    return f"{money.exactly(worth)} a row more than {called}: {money.plain(round(worth['value'] * rows))} in all."


def _reversed(figure: Mapping[str, Any]) -> dict[str, Any]:
    bounds = figure["interval"]
    return {"value": -figure["value"], "interval": bounds and [-bounds[1], -bounds[0]]}


def _best(found: Mapping[str, Any], money: Money) -> str:
    """The cheapest threshold on these rows, and why it is not the one that is used."""
    best, answers = found["thresholds"]["best_on_these_rows"], found["answers"]
    what = "never to act" if best is None else f"from {_percent(best)} on"
    flattering = money.exactly({"value": answers["best_on_these_rows"]["cost_per_row"], "interval": None})
    fair = money.exactly({"value": answers["cross_fitted"]["cost_per_row"], "interval": None})
    worth = found["worth_per_row"]["cross_fitted"]
    more = f"{money.exactly(worth)} less" if worth["value"] > 0 else f"{money.exactly(_reversed(worth))} more"
    return (
        f"on these rows: {what}, for {flattering} a row. That flatters, since these rows chose it. Chosen on nine "
        f"tenths of them and judged on the last, in turn: {fair}. This decision costs {more} than that."
    )


def _table(found: Mapping[str, Any], money: Money) -> Table:
    """One line for each thing to do."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(Text(f"on {counted(found['rows'], 'row')}"), no_wrap=True)
    for title in ("acts on", "hits", "false alarms", "misses"):
        table.add_column(Text(title), justify="right", no_wrap=True)
    table.add_column(Text(f"{money.currency or 'cost'} a row"), justify="right", no_wrap=True)
    for name, called in CALLED.items():
        if name not in found["answers"]:
            continue
        answer = found["answers"][name]
        style = "bold" if name == "decision" else ""
        counts = (f"{answer[kind]:,.0f}" for kind in ("acts", "hits", "false_alarms", "misses"))
        bounds = answer["interval"]
        interval = f"\n{amount(bounds[0])} to {amount(bounds[1])}" if bounds else ""
        cost = Text.assemble((amount(answer["cost_per_row"]), style), (interval, "dim"))
        table.add_row(Text(called, style=style), *(Text(count, style=style) for count in counts), cost)
    return table


def _percent(share: float) -> str:
    """A share as a person reads it.

    Examples
    --------
    >>> _percent(1 / 9), _percent(0.0004)
    ('11.1 %', '0.04 %')
    """
    return f"{100 * share:.1f} %" if share >= 0.01 or share == 0 else f"{100 * share:.2g} %"
