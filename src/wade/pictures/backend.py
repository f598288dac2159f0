"""The seam to matplotlib, which is an optional package: figures are made, styled and written here, and nowhere else.

Figures are matplotlib's own `Figure`, without pyplot: there is no global state, no window, and nothing to close.
"""

from __future__ import annotations

import html
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final, TypeAlias

from wade.errors import check_packages
from wade.pictures.theme import Theme

Axes: TypeAlias = Any
Figure: TypeAlias = Any

DPI: Final = 150


def matplotlib(module: str = "figure") -> Any:
    """A module of matplotlib, or matplotlib itself (""), loaded when it is first needed.

    Raises
    ------
    PackageMissing
        matplotlib is not installed.
    """
    check_packages("pictures", "pictures need it", "matplotlib")
    return importlib.import_module(f"matplotlib.{module}".rstrip("."))


@contextmanager
def styled(theme: Theme) -> Iterator[None]:
    """Colors and fonts of a theme for all that is made inside the block; matplotlib's settings are as before after it.

    Labels break nowhere and ids of an SVG are the same in each run, so that the same picture is the same file.
    """
    with matplotlib("").rc_context(theme.settings()):
        yield


def new_figure(size: tuple[float, float], rows: int, columns: int) -> tuple[Figure, list[Axes]]:
    """A figure of this size in inches, and its axes, row by row."""
    figure = matplotlib("figure").Figure(figsize=size, dpi=DPI, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.09, h_pad=0.07)
    return figure, list(figure.subplots(rows, columns, squeeze=False).ravel())


def panels_in(ax: Axes, rows: int, columns: int) -> list[Axes]:
    """Axes in place of one that was given; that one itself where a single one is needed."""
    if rows * columns == 1:
        return [ax]
    spec = ax.get_subplotspec()
    ax.set_axis_off()
    if spec is None:
        boxes = [
            (column / columns + 0.02, 1 - (row + 1) / rows + 0.04, 1 / columns - 0.08, 1 / rows - 0.12)
            for row in range(rows)
            for column in range(columns)
        ]
        return [ax.inset_axes(box) for box in boxes]
    grid = spec.subgridspec(rows, columns)
    return [ax.figure.add_subplot(grid[row, column]) for row in range(rows) for column in range(columns)]


def written(figure: Figure, form: str, theme: Theme, description: str, dpi: int = DPI) -> bytes:
    """The figure as a file: "svg", "png" or "pdf", with its text alternative in the file's description."""
    described = {
        "svg": {"Description": description, "Date": None},
        "png": {"Description": description, "Software": None},
        "pdf": {"Subject": description, "CreationDate": None},
    }[form]
    stream = BytesIO()
    with styled(theme):
        figure.savefig(stream, format=form, metadata=described, dpi=dpi, facecolor=figure.get_facecolor())
    return _with_words(stream.getvalue(), description) if form == "svg" else stream.getvalue()


def _with_words(svg: bytes, description: str) -> bytes:
    """The SVG as one image with a text alternative, which screen readers read."""
    words = f"<title>{html.escape(description)}</title>".encode()
    before, opening, after = svg.partition(b"<svg ")
    attributes, end, rest = after.partition(b">")
    return before + opening + b'role="img" ' + attributes + end + b"\n " + words + rest
