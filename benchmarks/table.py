"""The table: what took how long beside whom, what follows from that, beside its target, and whether that was met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

COLUMNS = {"work": 57, "wade": 8, "beside": 39, "theirs": 8, "figure": 8, "target": 10, "": 12}


def duration(seconds: float) -> str:
    """Three digits and a unit: 0.142 µs, 36.9 ms."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{three_digits(seconds / size)} {unit}"
    return f"{three_digits(seconds * 1e6)} µs"


def three_digits(number: float) -> str:
    """As many decimals as make three digits, and no exponent."""
    whole = len(f"{abs(number):.0f}") if abs(number) >= 1 else 0
    return f"{number:,.{max(0, 3 - whole)}f}"


@dataclass(frozen=True)
class Reading:
    """What is made of both times, how it is written, and on which side of its target it has to lie."""

    figure: Callable[[float, float], float]  # of wade's seconds and the rival's
    text: Callable[[float], str]
    at_least: bool

    def meets(self, figure: float, target: float) -> bool:
        """Whether it lies on the right side; on the target itself it does."""
        return figure >= target if self.at_least else figure <= target

    def bound(self, target: float) -> str:
        """The target as one reads it: ≥ 600 ×."""
        return f"{'≥' if self.at_least else '≤'} {self.text(target)}"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} ×" if ratio >= 100 else f"{ratio:.2f}".rstrip("0").rstrip(".") + " ×"


TIMES_AS_FAST = Reading(lambda ours, theirs: theirs / ours, _times, at_least=True)
TIMES_AS_LONG = Reading(lambda ours, theirs: ours / theirs, _times, at_least=False)
SHARE = Reading(lambda ours, theirs: theirs / ours, lambda share: f"{share:.0%}".replace("%", " %"), at_least=True)
SECONDS = Reading(lambda ours, _: ours, duration, at_least=False)


@dataclass(frozen=True)
class Row:
    """One comparison. Without a figure it was not measured, and `remedy` says what would help."""

    work: str
    rival: str
    reading: Reading
    target: float | None = None
    wade: float | None = None  # seconds, as are `theirs`
    theirs: float | None = None
    figure: float | None = None
    remedy: str = ""

    @property
    def verdict(self) -> str:
        """met, missed, or not measured; nothing where there is no target."""
        if self.figure is None:
            return "not measured"
        if self.target is None:
            return ""
        return "met" if self.reading.meets(self.figure, self.target) else "missed"

    def cells(self) -> tuple[str, ...]:
        """What stands in each column; what was missed stands out."""
        times = ("" if seconds is None else duration(seconds) for seconds in (self.wade, self.theirs))
        wade, theirs = times
        figure = "" if self.figure is None else self.reading.text(self.figure)
        target = "" if self.target is None else self.reading.bound(self.target)
        last = {"missed": "**missed**", "not measured": f"not measured: {self.remedy}"}.get(self.verdict, self.verdict)
        return self.work, wade, self.rival, theirs, figure, target, last

    def to_dict(self) -> dict[str, Any]:
        """For JSON; seconds are those of one step, call or epoch."""
        return {
            "work": self.work,
            "rival": self.rival,
            "wade_seconds": self.wade,
            "rival_seconds": self.theirs,
            "figure": self.figure,
            "target": self.target,
            "better": "higher" if self.reading.at_least else "lower",
            "verdict": self.verdict,
            "remedy": self.remedy,
        }


def line(cells: tuple[str, ...]) -> str:
    """One line of a Markdown table."""
    padded = (cell.ljust(width) for cell, width in zip(cells, COLUMNS.values(), strict=True))
    return f"| {' | '.join(padded)} |"


def head() -> str:
    """The first two lines."""
    rule = "|".join("-" * (width + 2) for width in COLUMNS.values())
    return f"{line(tuple(COLUMNS))}\n|{rule}|"


def tally(rows: list[Row]) -> str:
    """How many targets were met, missed and not measured."""
    compared = [row.verdict for row in rows if row.target is not None]
    return ", ".join(f"{compared.count(verdict)} {verdict}" for verdict in ("met", "missed", "not measured"))
