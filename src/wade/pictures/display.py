"""What every picture can do: be drawn, be written to a file, give the plotted numbers, and say in words what it shows.

A display holds numbers, which its `from_…` functions compute without matplotlib; `plot` draws them, in the habit of
scikit-learn's displays (`figure_`, `ax_`).
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Self, TypeAlias

from wade.errors import InvalidArgument
from wade.files.atomic import write_atomically
from wade.files.csv_lines import csv_lines
from wade.pictures.backend import Axes, Figure, new_figure, panels_in, styled, written
from wade.pictures.labels import wrapped
from wade.pictures.theme import DARK, LIGHT, Theme, choose_theme

Numbers: TypeAlias = Mapping[str, Any]
"""Columns of the same length, by name: arrays or lists."""

FORMATS: Final = ("svg", "png", "pdf")
MOST_VECTORS: Final = 1_000
"""Marks that a picture holds as vectors; more are one image inside it."""


class Display(ABC):
    """A picture with its numbers.

    Attributes
    ----------
    figure_ : matplotlib Figure
        After `plot`.
    ax_ : matplotlib Axes
        The first one; all of them are `axes_`.
    """

    size: ClassVar[tuple[float, float]] = (6.4, 4.2)
    figure_: Figure
    ax_: Axes
    axes_: tuple[Axes, ...]
    theme_: Theme
    in_movie: bool = False
    """Whether it is a frame of a movie, whose scale stays the same over all frames."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What the picture is of; names in it as `labels.label` gives them."""

    @abstractmethod
    def parts(self) -> Mapping[str, Numbers]:
        """The plotted numbers: one table or several, by name."""

    @abstractmethod
    def description(self) -> str:
        """What the picture shows, in a few sentences: the text alternative."""

    @abstractmethod
    def draw(self, axes: Sequence[Axes], theme: Theme) -> None:
        """Draw the numbers on these axes."""

    @property
    def note(self) -> str:
        """What a reader has to know beside the title; "" for nothing."""
        return ""

    def panels(self) -> tuple[int, int]:
        """Rows and columns of axes."""
        return 1, 1

    def inches(self) -> tuple[float, float]:
        """Width and height of a figure for this picture alone."""
        return self.size

    def plot(self, ax: Axes | None = None, *, theme: str | Theme | None = None) -> Self:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; None: on a figure of its own. A picture of several panels divides it.
        theme : "light" or "dark", optional
            None: light, or on axes that are given what fits their background.

        Raises
        ------
        PackageMissing
            matplotlib is not installed.
        """
        chosen = (LIGHT if ax is None else _of_ground(ax)) if theme is None else choose_theme(theme)
        rows, columns = self.panels()
        with styled(chosen):
            if ax is None:
                self.figure_, axes = new_figure(self.inches(), rows, columns)
            else:
                self.figure_, axes = ax.figure, panels_in(ax, rows, columns)
            self.draw(axes, chosen)
            self._name(axes, own=ax is None)
        self.ax_, self.axes_, self.theme_ = axes[0], tuple(axes), chosen
        return self

    def save(self, path: str | os.PathLike[str], *, theme: str | Theme = "light") -> None:
        """Write the picture to a file: .svg, .png or .pdf, whole or not at all.

        Raises
        ------
        InvalidArgument
            The file's name ends in something else.
        """
        write_atomically(Path(path), self.to_bytes(format_of(path), theme=theme))

    def to_bytes(self, form: str = "svg", *, theme: str | Theme = "light") -> bytes:
        """The picture as the bytes of a file: "svg", "png" or "pdf"."""
        self.plot(theme=theme)
        return written(self.figure_, form, self.theme_, self.description())

    def table(self) -> tuple[list[str], list[list[Any]]]:
        """The plotted numbers as one table: its header and its rows. Several parts are told apart by "part"."""
        parts = self.parts()
        names = list(dict.fromkeys(name for part in parts.values() for name in part))
        rows = [
            [part, *(columns[name][at] if name in columns else None for name in names)]
            for part, columns in parts.items()
            for at in range(len(next(iter(columns.values()))))
        ]
        if len(parts) == 1:
            return names, [row[1:] for row in rows]
        return ["part", *names], rows

    @property
    def heading(self) -> str:
        """The title as text that is not drawn: without the escapes that drawing needs."""
        return self.title.replace(r"\$", "$")

    def to_csv(self) -> str:
        """The plotted numbers as CSV."""
        header, rows = self.table()
        return "".join(f"{line}\n" for line in csv_lines([header, *rows]))

    def to_dict(self) -> dict[str, Any]:
        """Title, description and plotted numbers as plain data for JSON."""
        parts = {
            part: {name: [_plain(value) for value in column] for name, column in columns.items()}
            for part, columns in self.parts().items()
        }
        return {"title": self.heading, "description": self.description(), "numbers": parts}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.title!r})"

    def _repr_png_(self) -> bytes | None:
        """Notebooks show a display that has been plotted on a figure of its own."""
        return written(self.figure_, "png", self.theme_, self.description()) if hasattr(self, "figure_") else None

    def _name(self, axes: Sequence[Axes], own: bool) -> None:
        width = self.inches()[0]
        if own:
            self.figure_.suptitle(wrapped(self.title, int(width * 11)), x=0.012, ha="left", fontsize=10.5)
        elif len(axes) == 1:
            axes[0].set_title(wrapped(self.title, 48))
        if self.note and own:
            text = wrapped(self.note, int(width * 14.5))
            self.figure_.supxlabel(text, x=0.012, ha="left", fontsize=8, linespacing=1.35)
        elif self.note:
            axes[-1].set_xlabel(f"{axes[-1].get_xlabel()}\n{wrapped(self.note, 70)}")


def format_of(path: str | os.PathLike[str], formats: Sequence[str] = FORMATS) -> str:
    """The form of a picture's file, from the end of its name.

    Raises
    ------
    InvalidArgument
        It is none of these.

    Examples
    --------
    >>> format_of("moons.SVG")
    'svg'
    """
    ending = Path(path).suffix.lower().lstrip(".")
    if ending not in formats:
        known = ", ".join(f".{each}" for each in formats)
        stem = Path(path).with_suffix(f".{formats[0]}")
        raise InvalidArgument("output", f"must end in {known}", os.fspath(path), f"Try {stem}.")
    return ending


def _of_ground(ax: Axes) -> Theme:
    red, green, blue, opaque = ax.patch.get_facecolor()
    if not opaque:
        red, green, blue, _ = ax.figure.patch.get_facecolor()
    return DARK if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.4 else LIGHT


def _plain(value: Any) -> Any:
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and plain - plain != 0 else plain
