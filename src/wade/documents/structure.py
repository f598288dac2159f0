"""A document as plain data: sections of texts, facts, tables, charts and findings, without a format.

`html`, `markdown` and `plain` write one; `to_dict` gives it as data for JSON. Strings may come from untrusted tables:
renderers escape them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any, Final, Literal, TypeAlias

from wade.documents.wording import compact, counted, in_a_column

MOST_POINTS: Final = 40  # of a chart, in its table
Severity: TypeAlias = Literal["warning", "note"]


@dataclass(frozen=True)
class Text:
    """A paragraph; `emphasis` where it is the sentence to remember."""

    text: str
    emphasis: bool = False


@dataclass(frozen=True)
class Facts:
    """Labels and what they are."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Number:
    """A cell: a number, and how it is written."""

    value: float | None
    text: str


@dataclass(frozen=True)
class Bars:
    """A cell: a small histogram, as shares of its values, and what it shows in words."""

    shares: tuple[float, ...]
    text: str


@dataclass(frozen=True)
class Share:
    """A cell: a number as a bar, from −1 to 1 of the cell's width, and how it is written."""

    value: float
    text: str
    share: float


Cell: TypeAlias = str | Number | Bars | Share


@dataclass(frozen=True)
class Table:
    """Rows of cells under their titles, with a caption and a note on what is left out."""

    caption: str
    titles: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    strong: tuple[int, ...] = ()  # rows that matter most


@dataclass(frozen=True)
class Series:
    """Points of a chart: y over x, with bounds where they are known; of steps, y holds up to its own x."""

    name: str
    x: tuple[float, ...]
    y: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    style: Literal["line", "points", "steps"] = "line"


@dataclass(frozen=True)
class Chart:
    """Series over one pair of axes, with a summary in words.

    `marked` is an x with a name; `diagonal` draws y = x; `ranges` are the ends of both axes, where they are not those
    of the series; `numbers` are listed beside it instead of its points.
    """

    caption: str
    x_title: str
    y_title: str
    series: tuple[Series, ...]
    summary: str
    marked: tuple[float, str] | None = None
    diagonal: bool = False
    ranges: tuple[tuple[float, float], tuple[float, float]] | None = None
    numbers: Table | None = None

    def table(self) -> Table:
        """The plotted numbers: evenly spread ones where there are many."""
        if self.numbers is not None:
            return self.numbers
        xs = sorted({x for one in self.series for x in one.x})
        every = -(-len(xs) // MOST_POINTS)
        shown = [x for place, x in enumerate(xs) if place % every == 0 or place == len(xs) - 1]
        values = [dict(zip(one.x, one.y, strict=True)) for one in self.series]
        columns = [[found.get(x) for x in shown] for found in values]
        written = [list(map(Number, column, in_a_column(column))) for column in columns]
        rows = tuple((Number(x, compact(x)), *cells) for x, *cells in zip(shown, *written, strict=True))
        note = f"{len(shown)} of {len(xs)} points." if len(shown) < len(xs) else ""
        return Table(self.caption, (self.x_title, *(one.name for one in self.series)), rows, note)


@dataclass(frozen=True)
class Density:
    """How many rows lie in each cell of a square grid: y down the rows of `counts`, from the lowest, x across them."""

    caption: str
    x_title: str
    y_title: str
    edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]
    summary: str
    numbers: Table

    def table(self) -> Table:
        """Its numbers in short."""
        return self.numbers


@dataclass(frozen=True)
class Finding:
    """Something that a reader should know: its code, what was found, and a remedy."""

    code: str
    title: str
    severity: Severity
    what: str
    remedy: str


@dataclass(frozen=True)
class Findings:
    """Findings, the gravest first; `checked` are the codes that were looked for, `unchecked` those that need data."""

    found: tuple[Finding, ...]
    checked: tuple[str, ...]
    unchecked: tuple[str, ...] = ()

    def checks_in_words(self) -> str:
        """Which checks ran, and which could not."""
        result = f"{len(self.found)} found something" if self.found else "none found anything"
        text = f"{counted(len(self.checked), 'check')} ran, {result}."
        if self.unchecked:
            text += f" Not checked, because that takes the table (DATA): {', '.join(self.unchecked)}."
        return text


@dataclass(frozen=True)
class Command:
    """A command, to be copied."""

    text: str


@dataclass(frozen=True)
class Formulas:
    """Steps of a calculation: markup with formulas for pages, and the same as lines of text."""

    markup: str
    text: str


Block: TypeAlias = Text | Facts | Table | Chart | Density | Findings | Command | Formulas


@dataclass(frozen=True)
class Section:
    """A part of a document; `key` is its name in JSON and the target of links."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A title, a few sentences, and sections."""

    title: str
    summary: tuple[Block, ...]
    sections: tuple[Section, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)  # that JSON has beside the sections

    def to_dict(self) -> dict[str, Any]:
        """As plain data for JSON; a number that is not finite is None."""
        return {
            "title": self.title,
            **_plain(self.data),
            "summary": [_block(block) for block in self.summary],
            "sections": [
                {"key": one.key, "title": one.title, "blocks": [_block(block) for block in one.blocks]}
                for one in self.sections
            ],
        }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Formulas):
        return {"type": "formulas", "text": block.text}
    return {"type": type(block).__name__.lower(), **_plain(asdict(block))}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not isfinite(value) else value
