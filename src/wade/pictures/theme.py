"""Colors, light and dark: a palette for each quantity, and series that also differ by marker and line.

The hues are near those of Okabe and Ito (*Color Universal Design*, 2008) and are told apart with any kind of color
vision; a test measures that, and their contrast. On a dark ground they are lighter. A quantity has the same palette in
every picture: outputs run from blue to vermilion, weights from purple to green, deltas from brown to teal; activations
and losses have a sequential one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from wade.errors import unknown_name

MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X", "*")
LINES: Final = ("-", "--", "-.", ":")


@dataclass(frozen=True)
class Theme:
    """The colors of a picture.

    Parameters
    ----------
    name : str
    ground, ink, faint : color
        Background; text and axes; grid lines.
    series : tuple of color
        For lines and classes, one after another.
    palettes : mapping from quantity to tuple of color
        "output", "weight" and "delta" diverge from a neutral middle; "activation", "loss" and "count" run one way.
    """

    name: str
    ground: str
    ink: str
    faint: str
    series: tuple[str, ...]
    palettes: Mapping[str, tuple[str, ...]]

    def color(self, number: int) -> str:
        """The color of a series, counted from 0; after the last the first comes again."""
        return self.series[number % len(self.series)]

    def marker(self, number: int) -> str:
        """The marker of a series; where its color comes again, another one."""
        return MARKERS[(number + number // len(self.series)) % len(MARKERS)]

    def line(self, number: int) -> str:
        """The line style of a series."""
        return LINES[number % len(LINES)]

    def settings(self) -> dict[str, Any]:
        """The theme as matplotlib's settings."""
        return {
            "figure.facecolor": self.ground,
            "savefig.facecolor": self.ground,
            "axes.facecolor": self.ground,
            "axes.edgecolor": self.ink,
            "axes.labelcolor": self.ink,
            "axes.titlecolor": self.ink,
            "axes.titlelocation": "left",
            "axes.titlesize": 10.5,
            "axes.labelsize": 9.5,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.linewidth": 0.7,
            "axes.grid": False,
            "axes.axisbelow": True,
            "axes.formatter.useoffset": False,
            "grid.color": self.faint,
            "grid.linewidth": 0.6,
            "xtick.color": self.ink,
            "ytick.color": self.ink,
            "xtick.labelsize": 8.5,
            "ytick.labelsize": 8.5,
            "text.color": self.ink,
            "font.size": 9,
            "font.family": "sans-serif",
            "legend.fontsize": 8.5,
            "legend.frameon": True,
            "legend.facecolor": self.ground,
            "legend.edgecolor": "none",
            "legend.framealpha": 0.85,
            "lines.linewidth": 1.6,
            "lines.markersize": 5,
            "svg.hashsalt": "wade",
            "svg.fonttype": "path",
            "image.cmap": "viridis",
        }


VIRIDIS: Final = ("#440154", "#3b528b", "#21918c", "#5ec962", "#fde725")
CIVIDIS: Final = ("#00224e", "#434e6c", "#7d7c78", "#bcae6c", "#fee838")

LIGHT: Final = Theme(
    "light",
    ground="#ffffff",
    ink="#1d1f24",
    faint="#dcdee3",
    series=("#0072b2", "#d55e00", "#009e73", "#aa3377", "#7a6a00", "#4a4f5a", "#3a8fc4", "#b87700"),
    palettes={
        "output": ("#5aa5d2", "#acd0e6", "#f4f4f2", "#f2c3a6", "#e4905a"),
        "weight": ("#7b3294", "#b78fc6", "#e8e4ea", "#7fbf8e", "#00703a"),
        "delta": ("#8c510a", "#d0a56a", "#f2efe8", "#6dbdb3", "#01665e"),
        "activation": VIRIDIS,
        "loss": CIVIDIS,
        "count": ("#f4f7fa", "#a9c9de", "#4d93bf", "#0b5c8f"),
    },
)
DARK: Final = Theme(
    "dark",
    ground="#14161a",
    ink="#e6e7ea",
    faint="#383c45",
    series=("#56b4e9", "#f0883e", "#7bd88f", "#c77dbb", "#d9c94a", "#b5bac6", "#8ecbff", "#f5bd4f"),
    palettes={
        "output": ("#2f6f95", "#45667b", "#5c6067", "#7c5d46", "#96562a"),
        "weight": ("#c792dd", "#7d5d8a", "#33353c", "#4a8560", "#5fd38d"),
        "delta": ("#d9a05b", "#84663f", "#2b2d32", "#3f7f78", "#56c9bb"),
        "activation": VIRIDIS,
        "loss": CIVIDIS,
        "count": ("#1c2026", "#27506b", "#3f8bb8", "#8fd0f5"),
    },
)
THEMES: Final = {theme.name: theme for theme in (LIGHT, DARK)}


def choose_theme(name: str | Theme) -> Theme:
    """The theme of this name; InvalidArgument where there is none.

    Examples
    --------
    >>> choose_theme("dark").ground
    '#14161a'
    """
    if isinstance(name, Theme):
        return name
    if name not in THEMES:
        raise unknown_name("theme", name, THEMES)
    return THEMES[name]
