"""Small pictures as SVG, drawn from the numbers of a chart or a cell; their colors are those of the page.

Every mark has a class and no style of its own, so that a strict Content-Security-Policy lets it pass. Series differ by
dash and marker as well as by color.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor, log10
from typing import Final

from wade.documents.escaping import for_html
from wade.documents.structure import Bars, Chart, Density, Series, Share
from wade.documents.wording import compact

WIDTH, HEIGHT = 360, 230
RIGHT, TOP, BOTTOM = 10, 26, 40
LETTER: Final = 6.5
"""The width of a digit at the axes."""
LEVELS: Final = 5
MARKERS: Final = ("circle", "square", "cross")
CHART_STYLE: Final = """
.chart { display: block; width: 100%; max-width: 32rem; height: auto; font: 11px system-ui, sans-serif; }
.chart text, .legend { fill: currentColor; }
.axis { stroke: var(--line); stroke-width: 1; fill: none; }
.grid { stroke: var(--faint); stroke-width: 1; }
.diagonal, .marked { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 3; }
.series0 { --ink: var(--first); } .series1 { --ink: var(--second); } .series2 { --ink: var(--third); }
.curve { fill: none; stroke: var(--ink); stroke-width: 2; stroke-linejoin: round; }
.series1.curve { stroke-dasharray: 6 3; } .series2.curve { stroke-dasharray: 2 2; }
.mark { fill: var(--ink); stroke: none; } .bound { stroke: var(--ink); stroke-width: 1; fill: none; }
.cell { fill: var(--first); } .cell1 { fill-opacity: .15; } .cell2 { fill-opacity: .33; } .cell3 { fill-opacity: .52; }
.cell4 { fill-opacity: .74; }
.spark { width: 6rem; height: 1.5rem; vertical-align: middle; }
.spark rect, .share rect { fill: var(--first); }
.share { width: 7rem; height: .8rem; vertical-align: middle; }
.share .less { fill: var(--second); }
"""


@dataclass(frozen=True)
class Frame:
    """The axes of a chart: what they span, and where a number lies between them."""

    x: tuple[float, float]
    y: tuple[float, float]
    whole: bool = False  # ticks of x

    @property
    def ticks_up(self) -> list[tuple[float, str]]:
        """Of the vertical axis."""
        return _written(ticks(*self.y))

    @property
    def left(self) -> float:
        """Where the horizontal axis begins: right of the longest number beside it."""
        return max(34.0, 12 + LETTER * max(len(text) for _, text in self.ticks_up))

    def across(self, x: float) -> float:
        """The place of a number along the horizontal axis."""
        low, high = self.x
        return round(self.left + (WIDTH - self.left - RIGHT) * (x - low) / (high - low), 1)

    def up(self, y: float) -> float:
        """The place of a number along the vertical axis."""
        low, high = self.y
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (y - low) / (high - low), 1)

    def drawn(self, x_title: str, y_title: str) -> Iterator[str]:
        """Grid, numbers, axes and their titles."""
        bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
        for tick, written in self.ticks_up:
            yield f'<path class="grid" d="M{self.left} {self.up(tick)}H{right}"/>'
            yield f'<text x="{self.left - 5}" y="{self.up(tick) + 4}" text-anchor="end">{written}</text>'
        least = 1.0 if self.whole and self.x[1] - self.x[0] >= 1 else 0.0
        for tick, written in _written(ticks(*self.x, least=least)):
            yield f'<text x="{self.across(tick)}" y="{bottom + 15}" text-anchor="middle">{written}</text>'
        yield f'<path class="axis" d="M{self.left} {TOP}V{bottom}H{right}"/>'
        yield f'<text x="{right}" y="{HEIGHT - 8}" text-anchor="end">{for_html(x_title)}</text>'
        yield f'<text x="4" y="12">{for_html(y_title)}</text>'

    def diagonal(self) -> str:
        """The line y = x, as far as both axes reach."""
        low, high = max(self.x[0], self.y[0]), min(self.x[1], self.y[1])
        ends = f"M{self.across(low)} {self.up(low)}L{self.across(high)} {self.up(high)}"
        return f'<path class="diagonal" d="{ends}"/>'


def chart_svg(chart: Chart) -> str:
    """A chart with its axes, grid and series."""
    xs = [x for one in chart.series for x in one.x]
    ys = [y for one in chart.series for y in (*one.y, *one.low, *one.high) if y is not None]
    x_range, y_range = chart.ranges or ((min(xs), max(xs)) if max(xs) > min(xs) else _range(xs), _range(ys))
    frame = Frame(x_range, y_range, whole=all(float(x).is_integer() for x in xs))
    parts = [*frame.drawn(chart.x_title, chart.y_title), *([frame.diagonal()] if chart.diagonal else [])]
    if chart.marked is not None:
        place = frame.across(chart.marked[0])
        anchor, shift = ("end", -4) if place > WIDTH / 2 else ("start", 4)
        parts.append(f'<path class="marked" d="M{place} {TOP}V{HEIGHT - BOTTOM}"/>')
        parts.append(
            f'<text x="{place + shift}" y="{TOP + 8}" text-anchor="{anchor}">{for_html(chart.marked[1])}</text>'
        )
    for number, one in enumerate(chart.series):
        parts += _series(one, number, frame)
    return _svg(chart, parts)


def density_svg(density: Density) -> str:
    """The cells of a grid, in as many shades as `density_levels` has, and the line y = x."""
    edges, bounds = density.edges, density_levels(density)
    frame = Frame((edges[0], edges[-1]), (edges[0], edges[-1]))
    parts = []
    for row, counts in enumerate(density.counts):
        top, bottom = frame.up(edges[row + 1]), frame.up(edges[row])
        levels = [shade_of(sum(count >= low for low, _ in bounds), len(bounds)) for count in counts]
        for level, cells in groupby(range(len(levels)), key=lambda at: levels[at]):
            places = list(cells)
            start, end = frame.across(edges[places[0]]), frame.across(edges[places[-1] + 1])
            if level:
                size = f'width="{end - start:.1f}" height="{bottom - top:.1f}"'
                parts.append(f'<rect class="cell cell{level}" x="{start}" y="{top}" {size}/>')
    return _svg(density, [*frame.drawn(density.x_title, density.y_title), *parts, frame.diagonal()])


def density_levels(density: Density) -> list[tuple[int, int]]:
    """The fewest and the most rows of each shade, in steps of like ratio.

    Examples
    --------
    >>> from wade.documents.structure import Table
    >>> none = Table("", (), ())
    >>> density_levels(Density("", "", "", (0.0, 1.0), ((300, 1),), "", none))
    [(1, 3), (4, 9), (10, 30), (31, 95), (96, 300)]
    >>> density_levels(Density("", "", "", (0.0, 1.0), ((2, 1),), "", none))
    [(1, 1), (2, 2)]
    """
    most = max(1, *(count for row in density.counts for count in row))
    lows = sorted({1, *(low for level in range(1, LEVELS) if (low := floor(most ** (level / LEVELS)) + 1) <= most)})
    return [(low, high - 1) for low, high in zip(lows, [*lows[1:], most + 1], strict=True)]


def shade_of(level: int, levels: int) -> int:
    """The shade of a level, from 1; of few levels, the strongest shades. 0 for no rows."""
    return level + LEVELS - levels if level else 0


def legend_svg(number: int, style: str = "line") -> str:
    """The line or the marker of a series, to stand beside its name."""
    line = "" if style == "points" else f'<path class="curve series{number}" d="M1 5H25"/>'
    drawn = f"{line}{_marker(number, 13, 5)}"
    return f'<svg class="key" viewBox="0 0 26 10" width="26" height="10" aria-hidden="true">{drawn}</svg>'


def cell_svg(shade: int) -> str:
    """A cell of a density in one of its shades."""
    cell = f'<rect class="cell cell{shade}" x="1" y="0" width="10" height="10"/>'
    return f'<svg class="key" viewBox="0 0 12 10" width="12" height="10" aria-hidden="true">{cell}</svg>'


def bars_svg(bars: Bars) -> str:
    """A small histogram."""
    most, width = max(bars.shares, default=0) or 1, 96 / max(1, len(bars.shares))
    drawn = "".join(
        f'<rect x="{width * place:.1f}" y="{24 - height:.1f}" width="{max(width - 1, 0.8):.1f}" height="{height:.1f}"/>'
        for place, share in enumerate(bars.shares)
        if (height := max(1.0 if share else 0.0, 24 * share / most))
    )
    return f'<svg class="spark" viewBox="0 0 96 24" role="img" aria-label="{for_html(bars.text)}">{drawn}</svg>'


def share_svg(cell: Share) -> str:
    """A bar; one below 0 has another color."""
    width = 112 * min(1.0, abs(cell.share))
    side = ' class="less"' if cell.share < 0 else ""
    bar = f'<rect{side} x="0" y="2" width="{width:.1f}" height="9"/>'
    return f'<svg class="share" viewBox="0 0 112 13" aria-hidden="true">{bar}</svg>'


def ticks(low: float, high: float, most: int = 5, least: float = 0.0) -> list[float]:
    """Round numbers between two others, not nearer to each other than `least`.

    Examples
    --------
    >>> ticks(0.0, 1.0), ticks(0.13, 0.19), ticks(1.0, 3.0, least=1.0), ticks(-2.0, 2.0)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.14, 0.16, 0.18], [1.0, 2.0, 3.0], [-2.0, -1.0, 0.0, 1.0, 2.0])
    """
    size = 10.0 ** floor(log10((high - low) / most))
    step = next(size * factor for factor in (1, 2, 5, 10) if (high - low) / (size * factor) <= most)
    step = max(step, least)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [round(step * count, 12) for count in range(first, last + 1)]


def _svg(drawn: Chart | Density, parts: Iterable[str]) -> str:
    about = f"<title>{for_html(drawn.caption)}</title><desc>{for_html(drawn.summary)}</desc>"
    return f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{about}{"".join(parts)}</svg>'


def _written(values: list[float]) -> list[tuple[float, str]]:
    """Each with its text; all with the same decimals.

    Examples
    --------
    >>> [text for _, text in _written([0.5, 0.55, 1.0])], [text for _, text in _written([-2.0, 0.0])]
    (['0.50', '0.55', '1.00'], ['−2', '0'])
    """
    texts = [compact(value) for value in values]
    places = max((len(text.partition(".")[2]) for text in texts), default=0)
    if places and not any("e" in text for text in texts):
        texts = [f"{value:,.{places}f}".replace("-", "−") for value in values]
    return list(zip(values, texts, strict=True))


def _range(values: list[float]) -> tuple[float, float]:
    """A little more than what the values span."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return (0.0 if 0 <= low < room * 4 else low - room), high + room


def _series(one: Series, number: int, frame: Frame) -> list[str]:
    points = [(frame.across(x), y) for x, y in zip(one.x, one.y, strict=True)]
    drawn = [(x, frame.up(y)) for x, y in points if y is not None]
    parts = []
    for place, (low, high) in enumerate(zip(one.low, one.high, strict=True)):
        if low is not None and high is not None:
            ends = f"M{points[place][0]} {frame.up(low)}V{frame.up(high)}"
            parts.append(f'<path class="bound series{number}" d="{ends}"/>')
    if one.style != "points" and len(drawn) > 1:
        joined = (f"V{y}H{x}" if one.style == "steps" else f"L{x} {y}" for x, y in drawn[1:])
        parts.append(f'<path class="curve series{number}" d="M{drawn[0][0]} {drawn[0][1]}{"".join(joined)}"/>')
    # Of a long line, about eight points have a marker.
    every = 1 if one.style == "points" else max(1, len(drawn) // 8)
    parts += [_marker(number, x, y) for x, y in drawn[::every]]
    return parts


def _marker(number: int, x: float, y: float) -> str:
    match MARKERS[number % len(MARKERS)]:
        case "circle":
            return f'<circle class="mark series{number}" cx="{x}" cy="{y}" r="3"/>'
        case "square":
            return f'<rect class="mark series{number}" x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>'
        case _:
            d = f"M{x - 3:.1f} {y - 3:.1f}L{x + 3:.1f} {y + 3:.1f}M{x - 3:.1f} {y + 3:.1f}L{x + 3:.1f} {y - 3:.1f}"
            return f'<path class="bound series{number}" d="{d}"/>'
