"""Small pictures as SVG, drawn from the numbers of a `Chart` or a cell; their colors are those of the page.

Every mark has a class and no style of its own, so that a strict Content-Security-Policy lets it pass. Series differ by
dash and marker as well as by color.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, log10
from typing import Final

from wade.documents.escaping import for_html
from wade.documents.structure import Bars, Chart, Series, Share
from wade.documents.wording import compact

WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 12, 40
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
.spark { width: 6rem; height: 1.5rem; vertical-align: middle; }
.spark rect, .share rect { fill: var(--first); }
.share { width: 7rem; height: .8rem; vertical-align: middle; }
.share .less { fill: var(--second); }
"""


def chart_svg(chart: Chart) -> str:
    """A chart with its axes, grid, series and legend."""
    xs = [x for one in chart.series for x in one.x]
    ys = [y for one in chart.series for y in (*one.y, *one.low, *one.high) if y is not None]
    low, high = (0.0, 1.0) if chart.diagonal else _range(ys)
    first, last = (0.0, 1.0) if chart.diagonal else (min(xs), max(xs)) if max(xs) > min(xs) else _range(xs)

    def across(x: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (x - first) / (last - first), 1)

    def up(y: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (y - low) / (high - low), 1)

    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for tick, written in _written(ticks(low, high)):
        parts.append(f'<path class="grid" d="M{LEFT} {up(tick)}H{right}"/>')
        parts.append(f'<text x="{LEFT - 5}" y="{up(tick) + 4}" text-anchor="end">{written}</text>')
    whole = all(float(x).is_integer() for x in xs) and last - first >= 1
    for tick, written in _written(ticks(first, last, least=1.0 if whole else 0.0)):
        parts.append(f'<text x="{across(tick)}" y="{bottom + 15}" text-anchor="middle">{written}</text>')
    parts.append(f'<path class="axis" d="M{LEFT} {TOP}V{bottom}H{right}"/>')
    if chart.diagonal:
        parts.append(f'<path class="diagonal" d="M{across(0)} {up(0)}L{across(1)} {up(1)}"/>')
    if chart.marked is not None:
        place = across(chart.marked[0])
        anchor = "end" if place > WIDTH / 2 else "start"
        parts.append(f'<path class="marked" d="M{place} {TOP}V{bottom}"/>')
        shift = -4 if anchor == "end" else 4
        parts.append(
            f'<text x="{place + shift}" y="{TOP + 8}" text-anchor="{anchor}">{for_html(chart.marked[1])}</text>'
        )
    for number, one in enumerate(chart.series):
        points = [(across(x), y) for x, y in zip(one.x, one.y, strict=True)]
        parts += _series(one, number, points, up)
    parts.append(f'<text x="{right}" y="{HEIGHT - 8}" text-anchor="end">{for_html(chart.x_title)}</text>')
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{for_html(chart.summary)}">'
        f"{''.join(parts)}</svg>"
    )


def legend_svg(number: int) -> str:
    """The line and marker of a series, to stand beside its name."""
    return (
        f'<svg class="key" viewBox="0 0 26 10" width="26" height="10" aria-hidden="true">'
        f'<path class="curve series{number}" d="M1 5H25"/>{_marker(number, 13, 5)}</svg>'
    )


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


def _series(
    one: Series, number: int, points: list[tuple[float, float | None]], up: Callable[[float], float]
) -> list[str]:
    drawn = [(x, up(y)) for x, y in points if y is not None]
    parts = []
    for place, (low, high) in enumerate(zip(one.low, one.high, strict=True)):
        if low is not None and high is not None:
            parts.append(f'<path class="bound series{number}" d="M{points[place][0]} {up(low)}V{up(high)}"/>')
    if not one.is_points and len(drawn) > 1:
        line = "".join(f"L{x} {y}" for x, y in drawn)[1:]
        parts.append(f'<path class="curve series{number}" d="M{line}"/>')
    # Of a long line, about eight points have a marker.
    every = 1 if one.is_points else max(1, len(drawn) // 8)
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
