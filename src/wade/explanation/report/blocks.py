"""The blocks of a report: headings, sentences, formulas and tables, without a format.

Strings may come from untrusted tables; `documents` escapes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from wade.explanation.notation.expressions import Equation, Partial, Symbol

MOST_ROWS: Final = 6  # of a table of neurons


@dataclass(frozen=True)
class Heading:
    """A heading: 1 of the page, 2 of a part, 3 within it."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Prose:
    """One or more sentences; `is_typeset`: about formulas as LaTeX and browsers set them, which text leaves out."""

    text: str
    is_typeset: bool = False


@dataclass(frozen=True)
class Formula:
    """An equation, its label, and whether it is short enough to stand beside its neighbors."""

    equation: Equation
    label: str = ""
    is_short: bool = False


@dataclass(frozen=True)
class Number:
    """A cell of a table: a number; None where it is not computed yet."""

    value: float | None


Cell: TypeAlias = str | Number | Symbol | Partial


@dataclass(frozen=True)
class Table:
    """Columns of cells under their titles.

    `is_grouped`: the first two cells are a name and its value, both empty where the row goes on with the same ones.
    """

    titles: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_grouped: bool = False


Block: TypeAlias = Heading | Prose | Formula | Table
