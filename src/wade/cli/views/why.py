"""Why a row gets its prediction: a bar for each column, the sum and its check, and counterfactuals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

import wade
from wade.cli.output import escaped
from wade.cli.views.tables import bar_to_either_side, counted, facts, folded, headline, paragraph, table, terminal
from wade.errors import InvalidArgument
from wade.model.explanations.contributions import to_json
from wade.model.preparation.sources import open_table
from wade.tables.columns.views import row_of

COLUMNS_SHOWN = 8
MOST_CHANGES = 3
BAR_WIDTH = 7
LONGEST_VALUE = 40
READING = (
    "Change: for a number, in interquartile ranges; 1 for another category or day. Each value is within the range seen "
    "in training; their combination may be new."
)
LOG_ODDS = "Log-odds of a probability p are ln(p / (1 − p)): 0 at 50 %."
NUMBER_NEEDS_TO = "For counterfactuals, give the number to reach with --to."


def explained(
    model: wade.Model, data: str, row: int, *, of: str | None, method: str, to: str | None, dialect: wade.Dialect
) -> tuple[dict[str, Any], str]:
    """Contributions and counterfactuals of one row of `data`, and a title for them."""
    opened, name, _, _ = open_table(data, model.missing, model.schema.text_columns, dialect, model.dialect)
    if not 1 <= row <= opened.num_rows:
        raise InvalidArgument("row", f"must be from 1 to {opened.num_rows:,}, the rows of {name}", row)
    asked = opened.slice(row - 1, 1)
    goal = _goal(model, to)
    with row_of(name, row):
        found = wade.contributions(model, asked, of=of, method=method)
        if model.target.task == "regression" and goal is None:
            changes: dict[str, Any] = {"counterfactuals": [], "searched": [], "notes": [NUMBER_NEEDS_TO]}
        else:
            changes = wade.counterfactuals(model, asked, to=goal)
    target = model.target.column
    actual = to_json(asked[target][0].as_py()) if target in asked.column_names else None
    return {**found, "actual": actual, "counterfactuals": changes}, f"why row {row:,} of {name} gets its prediction"


def _goal(model: wade.Model, to: str | None) -> Any:
    if to is None or model.target.task != "regression":
        return to
    try:
        return float(to)
    except ValueError as error:
        raise InvalidArgument("to", f"must be a number: {model.target.column!r} is one", to) from error


def show(found: Mapping[str, Any], title: str, show_all: bool, verbose: bool) -> None:
    """The prediction, a bar for each column, the sum and its check, and the nearest counterfactuals."""
    out = terminal()
    headline(out, title)
    facts(
        out,
        {
            "Predicted": escaped(_prediction(found, found["actual"])),
            "Typical row": _base(found),
            "Method": _method(found),
        },
    )
    out.print()
    _show_contributions(out, found, show_all)
    whose = "a higher number" if found["class"] is None else f"{found['target']} = {found['class']}"
    scale = "" if found["class"] is None else f" {LOG_ODDS}"
    paragraph(out, f"Bars to the right push towards {escaped(whose)}, bars to the left away from it.{scale}", "dim")
    facts(
        out,
        {
            "Sum": _sum(found),
            "Check": _check(found) if verbose else "",
            "Warnings": "\n".join(map(escaped, found["notes"])),
        },
    )
    _show_changes(out, found["counterfactuals"], verbose)


def _prediction(found: Mapping[str, Any], actual: Any) -> str:
    """The prediction, and the actual value where the table holds it."""
    known = "" if actual is None else f"; actual: {text_of(actual)}"
    if found["task"] == "regression":
        unit = f" {found['unit']}" if found["unit"] != found["target"] else ""
        return f"{found['target']} = {text_of(found['predicted'])}{unit}{known}"
    chance = percent(found["output"]["probability"])
    if found["class"] == found["predicted"]:
        return f"{found['target']} = {found['class']}, probability {chance}{known}"
    return f"{found['target']} = {found['predicted']}{known}; explained: {found['class']}, probability {chance}"


def _base(found: Mapping[str, Any]) -> str:
    """What the typical row gets."""
    what = "numbers and days at their median, categories at their most frequent value: "
    if found["task"] == "regression":
        return what + text_of(found["base"]["value"])
    return f"{what}{percent(found['base']['probability'])}, log-odds {signed(found['base']['value'])}"


def _method(found: Mapping[str, Any]) -> str:
    if found["method"] == "occlusion":
        return "occlusion: one column at a time set to its value in the typical row"
    return f"integrated gradients over {counted(found['check']['points'], 'point')}"


def _show_contributions(out: Console, found: Mapping[str, Any], show_all: bool) -> None:
    """One line for each column, the largest contribution first."""
    rows = found["columns"]
    shown = rows if show_all or len(rows) <= COLUMNS_SHOWN + 1 else rows[:COLUMNS_SHOWN]
    largest = max(abs(row["contribution"]) for row in rows)
    lines = []
    for row in shown:
        value = row["contribution"]
        base = "–" if row["base"] is None else folded(_in_unit(row["base"], row), 13)
        cells = folded(escaped(row["column"]), 20), folded(_in_unit(row["value"], row), 16), base
        lines.append([*cells, signed(value), bar_to_either_side(value, largest, BAR_WIDTH)])
    rest = rows[len(shown) :]
    if rest:
        value = sum(row["contribution"] for row in rest)
        bars = bar_to_either_side(value, largest, BAR_WIDTH)
        name = f"{counted(len(rest), 'more column')} (show with --all)"
        lines.append([name, "", "", signed(value), bars])
    unit = "log-odds" if found["unit"] == "log-odds" else "adds"
    table(out, ["column", "this row", "typical row", unit, ""], lines, left=(0, 1, 2, 4))


def _sum(found: Mapping[str, Any]) -> str:
    total = sum(row["contribution"] for row in found["columns"])
    base, output = found["base"]["value"], found["output"]["value"]
    if found["method"] == "occlusion":
        return (
            f"contributions of single columns {signed(total)}; from typical row to prediction {signed(output - base)}. "
            f"The difference, {signed(-found['check']['gap'])}, is interaction between columns"
        )
    shown = [signed(each, _places(base, total, output)) for each in (base, total, output)]
    sums = f"typical row {shown[0]}, contributions {shown[1]}: {shown[2]}"
    if found["class"] is None:
        unit = escaped(found["unit"])
        return f"{sums}, in {unit if found['unit'] != found['target'] else f'the unit of {unit}'}"
    return f"{sums} log-odds = {percent(found['output']['probability'])}"


def _check(found: Mapping[str, Any]) -> str:
    check = found["check"]
    if found["method"] == "occlusion":
        return "occlusion does not have to add up; --method integrated-gradients does"
    gap = abs(check["gap"])
    within = f"within {gap:.0e}" if gap else "exactly"
    return f"the sum equals the network's output {within} (tolerance {check['tolerance']:.0e})"


def _show_changes(out: Console, changes: Mapping[str, Any], verbose: bool) -> None:
    """The nearest counterfactuals, the smallest change first; with `verbose`, all of them."""
    found = changes["counterfactuals"] if verbose else changes["counterfactuals"][:MOST_CHANGES]
    if found:
        out.print()
        paragraph(out, "Counterfactuals: smallest changes that change the prediction", "bold")
        lines = []
        for each in found:
            for at, change in enumerate(each["changes"]):
                name = folded(("and " if at else "") + escaped(change["column"]), 20)
                values = (folded(_in_unit(change[which], change), 16) for which in ("value", "to"))
                result = ("", "") if at else (folded(_then(each), 18), f"{each['size']:.2f}")
                lines.append([name, *values, *result])
        table(out, ["column", "this row", "instead", "prediction", "change"], lines, left=(0, 1, 2, 3))
        paragraph(out, READING, "dim")
    facts(out, {"Notes": "\n".join(map(escaped, changes["notes"]))})


def _in_unit(value: Any, of: Mapping[str, Any]) -> str:
    """A value of a column with its unit, if it has one."""
    return f"{shortened(value)} {escaped(of['unit'])}" if of.get("unit") and value is not None else shortened(value)


def _then(found: Mapping[str, Any]) -> str:
    chance = f", {percent(found['probability'])}" if "probability" in found else ""
    return f"{shortened(found['predicted'])}{chance}"


def shortened(value: Any) -> str:
    """A value as it fits into a cell, with control characters escaped.

    Examples
    --------
    >>> shortened(None), shortened(12.80000001)
    ('missing', '12.8')
    >>> shortened("2013-02-10 18:00:00"), shortened("2013-02-10 00:00:00")
    ('2013-02-10 18:00', '2013-02-10')
    """
    text = escaped(text_of(value))
    if len(text) == 19 and text[10:11] == " " and text.endswith(":00"):
        text = text[:10] if text.endswith("00:00:00") else text[:-3]
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def text_of(value: Any) -> str:
    """A value with at most six digits.

    Examples
    --------
    >>> text_of(1234567.0), text_of(0.123456789), text_of(True)
    ('1234567', '0.123457', 'true')
    """
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.6g}".replace("-", "−")
    return str(value)


def signed(value: float, places: int | None = None) -> str:
    """A contribution with its sign, to as many digits as matter, or to `places` decimal places.

    Examples
    --------
    >>> signed(1.234), signed(-0.0321), signed(-1234.5), signed(1e-9), signed(0.1644, 3)
    ('+1.23', '−0.03', '−1,234', '0.00', '+0.164')
    """
    places = (0 if abs(value) >= 1000 else 2) if places is None else places
    text = f"{value:+,.{places}f}"
    return text[1:] if not text.strip("+-0.") else text.replace("-", "−")


def _places(first: float, second: float, total: float) -> int:
    """The fewest decimal places with which the rounded numbers add up.

    Examples
    --------
    >>> _places(1.2456, -1.0814, 0.1642), _places(1.5, -0.25, 1.25), _places(2500.0, 100.0, 2600.0)
    (4, 2, 0)
    """
    least = 0 if max(map(abs, (first, second, total))) >= 1000 else 2
    for places in range(least, least + 5):
        apart = round(first, places) + round(second, places) - round(total, places)
        if abs(apart) < 0.5 * 10**-places:
            return places
    return least


def percent(share: float) -> str:
    """A probability as text; never 0 or 100 where it is not.

    Examples
    --------
    >>> percent(0.5123), percent(0.99996), percent(0.00012)
    ('51.2 %', 'more than 99.9 %', '0.012 %')
    """
    if share > 0.9995:
        return "more than 99.9 %"
    return f"{100 * share:.1f} %" if share >= 0.001 or share == 0 else f"{100 * share:.2g} %"
