"""The columns of a table: role, missing values, reason and examples; warnings and notes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wade.cli.given import as_argument, given_options, given_text, one_option
from wade.cli.output import escaped
from wade.cli.views import tables
from wade.cli.views.tables import counted, facts, folded, headline, next_command, paragraph, shortened, terminal
from wade.model.preparation.column_options import choose
from wade.model.preparation.sources import open_table
from wade.settings.readers import names
from wade.settings.table import ColumnOptions, DialectOptions
from wade.tables.columns.command_options import listed
from wade.tables.kinds.column import Column
from wade.tables.kinds.registry import KINDS
from wade.tables.schema.overrides import kept_as_text
from wade.tables.schema.overview import UNUSABLE, Overview, describe
from wade.tables.schema.toml import as_toml as as_toml

NAME_WIDTH = 22
EXAMPLE_WIDTH = 18
EXAMPLES = 3
INFERRED_IN_TRAINING = "wade train infers them from its training rows only."
STYLES = {UNUSABLE: "bold red", "target": "bold"}


def overview_of(data: str, target: str | None = None, dialect: Any = None, **options: Any) -> tuple[Overview, Any]:
    """What each column is, and the texts that mean a missing value; the options are those of `wade.learn`."""
    chosen, missing = choose(data, target, **options)
    reading = open_table(data, missing, kept_as_text(chosen.roles, chosen.keep_text), dialect)
    decimal = reading.dialect.known_decimal if reading.dialect else ""
    overview = describe(reading.table, reading.name, replace(chosen, decimal=decimal))
    return replace(overview, notes=(*reading.notes, *overview.notes)), missing


def show(overview: Overview, data: str, verbose: bool = False) -> None:
    """One line or more for each column, then warnings and notes, then what to do next; with `verbose` all examples."""
    out = terminal()
    target = f", target {overview.target}" if overview.target else ""
    size = f"{counted(len(overview.columns), 'column')}, {counted(overview.rows, 'row')}"
    headline(out, escaped(f"{overview.name}: {size}{target}"))
    titles = ["column", "role", "missing", "reason and examples"]
    rows, styles = [], []
    for column in overview.columns:
        role = "target" if column.name == overview.target else column.role
        name = folded(escaped(column.name), NAME_WIDTH)
        missing = _missing(column, overview.rows, verbose)
        rows.append([name, role, missing, escaped(_reason(column, overview, verbose))])
        styles.append(STYLES.get(role, "" if role in KINDS else "dim"))
    width = tables.width_left(out, titles[:3], [row[:3] for row in rows])
    rows = [[*row[:3], folded(row[3], width)] for row in rows]
    tables.table(out, titles, rows, left=(0, 1, 3), styles=styles)
    out.print()
    if overview.cautions:
        paragraph(out, "Warnings", "bold")
        for caution in overview.cautions:
            facts(out, {caution.kind: escaped(caution.message)})
        out.print()
    notes = [*overview.notes, f"Roles are inferred from all {counted(overview.rows, 'row')}; {INFERRED_IN_TRAINING}"]
    facts(out, {"Notes": "\n".join(map(escaped, notes))})
    named = one_option("--target", overview.target or "COLUMN")
    words = [
        as_argument(data),
        *named,
        *given_options(ColumnOptions, DialectOptions, but=["drop"]),
        *_dropped(overview),
    ]
    next_command(out, ["wade", "train", *words])
    next_command(out, ["wade", "data", *words, "--toml"], "Edit")


def _dropped(overview: Overview) -> list[str]:
    """The option that leaves out what was left out here, and what training would refuse."""
    unusable = [column.name for column in overview.columns if column.role == UNUSABLE]
    names_given = names("drop", given_text("drop"))
    return one_option("--drop", listed(*names_given, *unusable)) if names_given or unusable else []


def _reason(column: Column, overview: Overview, verbose: bool) -> str:
    """The reason, the number of distinct values, and some of them."""
    found = column.facts
    text = column.why
    unit = overview.units.get(column.name)
    if unit and column.role == "number":
        text += f" {unit}"
    if found is not None and (verbose or column.role in ("number", "date-time")):
        text += f"; {'' if found.exact else 'about '}{found.different:,} distinct"
    shown_already = column.role in ("number", "date-time", "boolean", "constant", UNUSABLE) or "classes: " in text
    values = () if shown_already and not verbose else overview.examples[column.name]
    shown = [shortened(value, EXAMPLE_WIDTH) for value in (values if verbose else values[:EXAMPLES])]
    more = ", …" if shown and found is not None and found.different > len(shown) else ""
    return f"{text}: {', '.join(shown)}{more}" if shown else text


def _missing(column: Column, rows: int, verbose: bool) -> str:
    missing = column.facts.missing if column.facts else 0
    share = missing / rows
    text = "–" if not missing else f"{share:.1%}" if share >= 0.001 else "< 0.1%"
    return f"{missing:,} ({text})" if verbose and missing else text
