"""A decision: when to act, what that is worth, and how it compares with the alternatives."""

from __future__ import annotations

from collections.abc import Mapping
from shlex import quote
from typing import Any, Final, NamedTuple

from rich.console import Console

from wade.cli.given import one_option
from wade.cli.output import printable
from wade.cli.views.tables import counted, facts, headline, next_command, paragraph, table, terminal
from wade.model.evaluation.decisions import CROSS_FITTED, NINE_TENTHS, amount
from wade.tables.columns.command_options import option
from wade.tables.columns.views import in_short

LABELS = {
    "never": "never act",
    "always": "always act",
    "at_random": "as many at random",
    "decision": "this decision",
}
MOST_MORE_DIGITS: Final = 4


def show(
    found: Mapping[str, Any], title: str, column: str, fixed: bool, verbose: bool, model: str, other: str = ""
) -> None:
    """The decision beside its alternatives; `fixed`: the threshold was given. `model` is its file.

    `other` is the class that could be acted on instead, where the user has not chosen.
    """
    out, money = terminal(), Money(printable(found["currency"]), more_digits(found))
    headline(out, f"{title}: when to act on {column} = {found['act_on']}")
    _show_table(out, found, money, verbose)
    yes, no = (f"{column} is {word}{found['act_on']}" for word in ("", "not "))
    instead = f" To act on {printable(other)} instead: {option('--act-on', printable(other))}." if other else ""
    paragraph(
        out, f"Hit: acted on, and {yes}. False alarm: acted on, and {no}. Miss: not acted on, and {yes}.{instead}"
    )
    out.print()
    false_alarm, miss = found["costs"]["false_alarm"], found["costs"]["miss"]
    costs = f"false alarm {money.plain(false_alarm)}, miss {money.plain(miss)}; correct decisions cost nothing"
    worth = found["savings_per_row"]
    against = [_against(worth[name], LABELS[name], found["rows"], money) for name in LABELS if name in worth]
    facts(out, {"Decision": _rule(found), "Threshold": _why(found, fixed), "Costs": costs, "Value": "\n".join(against)})
    if verbose:
        best = _best(found, money) if "cross_fitted" in worth else ""
        facts(out, {"Best here": best, "Calibration": _calibration(found)})
    named = [note.replace("wade decide MODEL", f"wade decide {quote(model)}") for note in found["notes"]]
    facts(out, {"Warnings": "\n".join(named)})
    words = ["wade", "predict", model, "NEW.csv", *_rule_options(found, fixed)]
    next_command(out, words, "New rows")


class Money(NamedTuple):
    """How amounts are written.

    Examples
    --------
    >>> Money("EUR").plain(1250), Money("").plain(0.5)
    ('1,250 EUR', '0.5')
    >>> Money("EUR").per_row({"value": 1.5, "interval": [1.25, 1.75]})
    '1.50 EUR per row (95 % interval 1.25 to 1.75)'
    """

    currency: str
    more: int = 0  # digits than are usual

    def amount(self, value: float) -> str:
        """An amount per row, without its currency."""
        return amount(value, self.more)

    def plain(self, value: float) -> str:
        """An amount as it was given."""
        return f"{value:,.10g} {self.currency}".rstrip()

    def per_row(self, measured: Mapping[str, Any]) -> str:
        """A mean over rows with its interval."""
        bounds = measured["interval"]
        interval = f" (95 % interval {self.amount(bounds[0])} to {self.amount(bounds[1])})" if bounds else ""
        return f"{self.amount(measured['value'])} {self.currency}".rstrip() + f" per row{interval}"


def more_digits(found: Mapping[str, Any]) -> int:
    """The fewest more digits with which every saving is the difference of the costs that stand in the table."""
    costs = {name: policy["cost_per_row"] for name, policy in found["policies"].items()}
    for more in range(MOST_MORE_DIGITS):
        for name, saving in found["savings_per_row"].items():
            if name not in LABELS:
                continue
            shown = [amount(each, more) for each in (costs[name], costs["decision"], saving["value"])]
            other, own, saved = (float(text.replace(",", "").replace("−", "-")) for text in shown)
            coarsest = 10.0 ** -min(len(text.partition(".")[2]) for text in shown)
            if abs(other - own - saved) > 0.6 * coarsest:
                break
        else:
            return more
    return 0


def _rule_options(found: Mapping[str, Any], fixed: bool) -> list[str]:
    """The options with which `wade predict` decides alike."""
    costs = found["costs"]
    words = ["--cost-false-alarm", f"{costs['false_alarm']:.10g}", "--cost-miss", f"{costs['miss']:.10g}"]
    if fixed:
        words = ["--threshold", repr(found["thresholds"]["decision"])]
    if found["capacity"] is not None:
        words += ["--capacity", str(found["capacity"])]
    return [*words, *one_option("--act-on", in_short(found["act_on"]))]


def _rule(found: Mapping[str, Any]) -> str:
    """When to act."""
    threshold, last, capacity = found["thresholds"]["decision"], found["last_probability"], found["capacity"]
    text = f"act where the probability is {_percent(threshold)} or more"
    if capacity is None:
        return f"{text}."
    text += f", on at most {counted(capacity, 'row')}, those with the highest"
    if last is None:
        return f"{text}. No row reaches it."
    acts = int(found["policies"]["decision"]["acts"])
    used = "The limit is reached" if acts == capacity else f"Only {counted(acts, 'row')} reach the probability"
    return f"{text}. {used}; the lowest of them is {_percent(last)}."


def _why(found: Mapping[str, Any], fixed: bool) -> str:
    """Where the threshold comes from."""
    if fixed:
        return "given with --threshold, not tuned here. If it was chosen on these rows, these results are optimistic."
    false_alarm, miss = found["costs"]["false_alarm"], found["costs"]["miss"]
    share = f"{false_alarm:.10g} / ({false_alarm:.10g} + {miss:.10g})"
    best = f"the best one where probabilities are calibrated near it. {_checked(found)}"
    return f"{share}: {best} Not tuned on these rows."


def _checked(found: Mapping[str, Any]) -> str:
    """Whether probabilities are calibrated near the threshold on these rows, as far as costs show it."""
    if "cross_fitted" not in found["savings_per_row"]:
        return "Whether they are is not checked where there is a capacity."
    interval = found["savings_per_row"]["cross_fitted"]["interval"]
    if interval is None:
        return "These are too few rows to check whether they are."
    if interval[1] < 0:
        return "On these rows they are not, by what thresholds cost (see Warnings)."
    return f"On these rows {CROSS_FITTED} ({NINE_TENTHS}) do not clearly cost less."


def _against(worth: Mapping[str, Any], called: str, rows: int, money: Money) -> str:
    """What the decision is worth compared with an alternative."""
    if worth["value"] < 0:
        return f'costs {money.per_row(_reversed(worth))} more than "{called}"'
    return f'saves {money.per_row(worth)} compared with "{called}": {money.plain(round(worth["value"] * rows))} in all'


def _reversed(measured: Mapping[str, Any]) -> dict[str, Any]:
    bounds = measured["interval"]
    return {"value": -measured["value"], "interval": bounds and [-bounds[1], -bounds[0]]}


def _best(found: Mapping[str, Any], money: Money) -> str:
    """The threshold with the lowest cost on these rows, and why it is not the one that is used."""
    best, answers = found["thresholds"]["best_on_these_rows"], found["policies"]
    what = "never act" if best is None else f"act where the probability is {_percent(best)} or more"
    threshold = "" if best is None else f" (--threshold {best:.4g})"
    optimistic, fair = (
        money.per_row({"value": answers[name]["cost_per_row"], "interval": None})
        for name in ("best_on_these_rows", "cross_fitted")
    )
    worth = found["savings_per_row"]["cross_fitted"]
    more = f"{money.per_row(worth)} less" if worth["value"] > 0 else f"{money.per_row(_reversed(worth))} more"
    return (
        f"{what}{threshold}: it costs {optimistic}, the lowest on these rows. That is optimistic, for it was chosen on "
        f"them. Where it is chosen on nine tenths of them and evaluated on the other tenth, each tenth in turn, it "
        f"costs {fair}. This decision costs {more} than that."
    )


def _show_table(out: Console, found: Mapping[str, Any], money: Money, verbose: bool) -> None:
    """One line for each alternative; the decision's interval, with `verbose` all intervals."""
    counts = {"acts": "acts on", "hits": "hits", "false_alarms": "false alarms", "misses": "misses"}
    cost = f"cost per row ({money.currency})" if money.currency else "cost per row"
    titles = [f"on {counted(found['rows'], 'row')}", *counts.values(), cost]
    rows, styles = [], []
    for name, label in LABELS.items():
        if name not in found["policies"]:
            continue
        answer = found["policies"][name]
        rows.append([label, *(f"{answer[name]:,.0f}" for name in counts), money.amount(answer["cost_per_row"])])
        styles.append("bold" if name == "decision" else "")
        if answer["interval"] and (verbose or name == "decision"):
            rows.append(["  95 % interval", "", "", "", "", "–".join(map(money.amount, answer["interval"]))])
            styles.append("dim")
    table(out, titles, rows, styles=styles)


def _calibration(found: Mapping[str, Any]) -> str:
    """Predicted beside observed, over all rows."""
    predicted, observed = found["calibration"]["predicted"], found["calibration"]["observed"]
    bounds = observed["interval"]
    interval = f" ({100 * bounds[0]:.1f} to {100 * bounds[1]:.1f} %)" if bounds else ""
    near = " Near the threshold: see Threshold." if found["capacity"] is None else ""
    observed_share = f"{_percent(observed['value'])}{interval} observed"
    return f"over all rows {_percent(predicted)} predicted on average, {observed_share}.{near}"


def _percent(share: float) -> str:
    """A share as a person reads it.

    Examples
    --------
    >>> _percent(1 / 9), _percent(0.0004)
    ('11.1 %', '0.04 %')
    """
    return f"{100 * share:.1f} %" if share >= 0.01 or share == 0 else f"{100 * share:.2g} %"
