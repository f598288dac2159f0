"""`wade why`: what each column contributes to one answer, and what would change it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

import wade
from wade.cli.bars import bar_to_either_side
from wade.cli.columns import escaped
from wade.cli.options import Written
from wade.cli.outcome import DONE
from wade.cli.pieces import counted, headline, labelled, terminal
from wade.cli.written import as_dialect
from wade.errors import InvalidArgument
from wade.model.explanations.explanations import plain
from wade.model.preparation.sources import open_table

COLUMNS_SHOWN = 15
BAR_WIDTH = 7
LONGEST_VALUE = 40
READING = (
    "Size: of a number in distances between its quartiles; 1 for another category or day. Each value lies within what "
    "was seen in training; together they may be new."
)
NUMBER_NEEDS_TO = "For what would change the answer, say which number to reach with --to."


def run(
    model_path: Path,
    data: str,
    row: int,
    *,
    of: str | None,
    method: str,
    to: str | None,
    show_all: bool,
    written: Written,
    as_json: bool,
    quiet: bool,
) -> int:
    """Explain one row of `data`; bars for a person, or one JSON object.

    Parameters
    ----------
    model_path, data
        The model, and the table in which the row stands.
    row : int, ≥ 1
        Which one; the first is 1.
    of, method, to
        As in `wade.contributions` and `wade.counterfactuals`; a number to reach is given as text.
    show_all : bool
        Every column, not the largest contributions only.
    written : Written
        How the text of `data` is written.
    as_json, quiet : bool

    Returns
    -------
    int
        The exit code.
    """
    model = wade.load(model_path)
    table, name, _, _ = open_table(data, model.missing, model.schema.text_columns, as_dialect(written), model.dialect)
    if not 1 <= row <= table.num_rows:
        raise InvalidArgument("row", f"must be from 1 to {table.num_rows:,}, the rows of {name}", row)
    asked = table.slice(row - 1, 1)
    found = wade.contributions(model, asked, of=of, method=method)
    goal = _goal(model, to)
    if model.target.task == "regression" and goal is None:
        changes: dict[str, Any] = {"counterfactuals": [], "searched": [], "notes": [NUMBER_NEEDS_TO]}
    else:
        changes = wade.counterfactuals(model, asked, to=goal)
    target = model.target.column
    truth = plain(asked[target][0].as_py()) if target in asked.column_names else None
    if as_json:
        facts = {"model": str(model_path), "data": data, "row": row, "truth": truth, "counterfactuals": changes}
        typer.echo(json.dumps({**found, **facts}, allow_nan=False, ensure_ascii=False))
    elif not quiet:
        show(found, changes, truth, f"{model_path}: why row {row:,} of {name} gets its answer", show_all)
    return DONE


def _goal(model: wade.Model, to: str | None) -> Any:
    if to is None or model.target.task != "regression":
        return to
    try:
        return float(to)
    except ValueError as error:
        raise InvalidArgument("to", f"must be a number, for {model.target.column!r} is one", to) from error


def show(found: Mapping[str, Any], changes: Mapping[str, Any], truth: Any, title: str, show_all: bool) -> None:
    """The answer, a bar for each column, the sum and its check, and the nearest other answers."""
    out = terminal()
    out.print(headline(title))
    out.print(labelled({"Answer": escaped(_answer(found, truth)), "Base": _base(found)}))
    out.print(_table(found, show_all))
    whose = "a higher number" if found["class"] is None else f"{found['target']} = {found['class']}"
    out.print(Text(f"To the right: it speaks for {escaped(whose)}; to the left: against.", style="dim"))
    out.print()
    out.print(labelled({"Sum": _sum(found), "Check": _check(found)}))
    for note in found["notes"]:
        out.print(labelled({"Note": escaped(note)}))
    _show_changes(out, found, changes)


def _answer(found: Mapping[str, Any], truth: Any) -> str:
    """What the model says, and what is true."""
    known = "" if truth is None else f"; the table says {text_of(truth)}"
    if found["task"] == "regression":
        return f"{found['target']} = {text_of(found['predicted'])}{known}"
    chance = percent(found["output"]["probability"])
    if found["class"] == found["predicted"]:
        return f"{found['target']} = {found['class']}, with a probability of {chance}{known}"
    explained = f"explained is {found['class']}, with a probability of {chance}"
    return f"{found['target']} = {found['predicted']}{known}; {explained}"


def _base(found: Mapping[str, Any]) -> str:
    """What the typical row gets."""
    what = "the typical row, each number at its median, each category at its most frequent value, gets "
    if found["task"] == "regression":
        return what + text_of(found["base"]["value"])
    return f"{what}{percent(found['base']['probability'])}, log-odds of {signed(found['base']['value'])}"


def _table(found: Mapping[str, Any], show_all: bool) -> Table:
    """One line for each column, the largest contribution first."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("column", overflow="fold", max_width=22)
    table.add_column("this row", overflow="fold", max_width=16)
    table.add_column("base", overflow="fold", max_width=11)
    unit = "log-odds" if found["unit"] == "log-odds" else "adds"
    table.add_column(unit, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    rows = found["columns"]
    shown = rows if show_all or len(rows) <= COLUMNS_SHOWN + 1 else rows[:COLUMNS_SHOWN]
    largest = max(abs(row["contribution"]) for row in rows)
    for row in shown:
        value = row["contribution"]
        base = "–" if row["base"] is None else shortened(row["base"])
        table.add_row(
            Text(escaped(row["column"])),
            Text(shortened(row["value"])),
            Text(base, style="dim"),
            Text(signed(value)),
            Text(bar_to_either_side(value, largest, BAR_WIDTH)),
        )
    rest = rows[len(shown) :]
    if rest:
        value = sum(row["contribution"] for row in rest)
        bars = bar_to_either_side(value, largest, BAR_WIDTH)
        table.add_row(Text(f"{len(rest)} more: see --all", style="dim"), "", "", Text(signed(value)), Text(bars))
    return table


def _sum(found: Mapping[str, Any]) -> str:
    total = sum(row["contribution"] for row in found["columns"])
    base, output = found["base"]["value"], found["output"]["value"]
    if found["method"] == "occlusion":
        gap = found["check"]["gap"]
        return (
            f"the columns, each taken away alone, come to {signed(total)}; from the base to the answer it is "
            f"{signed(output - base)}. The other {signed(-gap)} is what columns do together"
        )
    sums = f"base {signed(base)}, contributions {signed(total)}: {signed(output)}"
    if found["class"] is None:
        return f"{sums}, in the unit of {escaped(found['unit'])}"
    return f"{sums} log-odds, which is {percent(found['output']['probability'])}"


def _check(found: Mapping[str, Any]) -> str:
    check = found["check"]
    if found["method"] == "occlusion":
        return "occlusion need not add up; --method integrated-gradients does"
    gap = abs(check["gap"])
    within = f"to within {gap:.0e}" if gap else "to the last digit"
    return (
        f"the sum is the network's answer {within} ({check['tolerance']:.0e} is tolerated); asked at "
        f"{counted(check['points'], 'point')} of the way from the base to the row"
    )


def _show_changes(out: Console, found: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    """The nearest other answers, the smallest change first."""
    if changes["counterfactuals"]:
        out.print(Text("\nWhat would change the answer, the smallest change first", style="bold"))
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column("column", overflow="fold", max_width=22)
        table.add_column("this row", overflow="fold", max_width=16)
        table.add_column("instead", overflow="fold", max_width=16)
        table.add_column("then", overflow="fold", max_width=18)
        table.add_column("size", justify="right", no_wrap=True)
        for told in changes["counterfactuals"]:
            for at, change in enumerate(told["changes"]):
                table.add_row(
                    Text(("and " if at else "") + escaped(change["column"])),
                    Text(shortened(change["value"])),
                    Text(shortened(change["to"])),
                    Text("" if at else _then(told)),
                    Text("" if at else f"{told['size']:.2f}", style="dim"),
                )
        out.print(table)
        out.print(Text(READING, style="dim"))
    for note in changes["notes"]:
        out.print(labelled({"Note": escaped(note)}))
    out.print()


def _then(told: Mapping[str, Any]) -> str:
    chance = f", {percent(told['probability'])}" if "probability" in told else ""
    return f"{shortened(told['predicted'])}{chance}"


def shortened(value: Any) -> str:
    """A value as it fits into a cell, with nothing that a terminal obeys.

    Examples
    --------
    >>> shortened(None), shortened(12.80000001), shortened("2013-02-10 18:00:00")
    ('missing', '12.8', '2013-02-10 18:00')
    """
    text = escaped(text_of(value))
    if len(text) == 19 and text[10:11] == " " and text.endswith(":00"):
        text = text[:-3]
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def text_of(value: Any) -> str:
    """A value with as many digits as a person reads.

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


def signed(value: float) -> str:
    """A contribution with its sign, to as many digits as matter.

    Examples
    --------
    >>> signed(1.234), signed(-0.0321), signed(-1234.5), signed(1e-9)
    ('+1.23', '−0.03', '−1,234', '0.00')
    """
    text = f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "−")


def percent(share: float) -> str:
    """A probability as a person reads it; never 0 or 100 where it is not.

    Examples
    --------
    >>> percent(0.5123), percent(0.99996), percent(0.00012)
    ('51.2 %', 'more than 99.9 %', '0.012 %')
    """
    if share > 0.9995:
        return "more than 99.9 %"
    return f"{100 * share:.1f} %" if share >= 0.001 or share == 0 else f"{100 * share:.2g} %"
