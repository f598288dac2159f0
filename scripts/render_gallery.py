"""Renders docs/gallery: every kind of picture in the deck's order, light and dark, with a few sentences each.

    .venv/bin/python scripts/render_gallery.py            # all of it, about two minutes
    .venv/bin/python scripts/render_gallery.py descent    # only these pictures; the page keeps the others as they are
    .venv/bin/python scripts/render_gallery.py words      # only the page, with its numbers computed anew

Needs `pip install 'wade[pictures]'`. Each file is the smaller of an SVG and a PNG of few colors.
"""

from __future__ import annotations

import html
import re
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from gallery_entries import ENTRIES, LAST, Entry
from gallery_models import movie
from gallery_words import INTRODUCTION

FOLDER = Path(__file__).parents[1] / "docs" / "gallery"
THEMES = ("light", "dark")
COLORS, DPI = 256, 120
LARGEST_SVG = 45_000
MOVIE = "training.gif"


def smallest(display: Any, theme: str) -> tuple[str, bytes]:
    """The ending and the bytes: an SVG where it is small, else a PNG of few colors."""
    from PIL import Image

    svg = display.to_bytes("svg", theme=theme)
    if len(svg) <= LARGEST_SVG:
        return "svg", svg
    display.plot(theme=theme)
    stream, raw = BytesIO(), BytesIO()
    display.figure_.savefig(raw, format="png", dpi=DPI, facecolor=display.figure_.get_facecolor())
    # Maximum coverage keeps the colors of thin lines, which a palette by area would lose.
    colors = {"colors": COLORS, "method": Image.Quantize.MAXCOVERAGE, "dither": Image.Dither.NONE}
    Image.open(raw).convert("RGB").quantize(**colors).save(stream, "PNG", optimize=True)
    return "png", stream.getvalue()


def page(words: dict[str, str], files: dict[str, dict[str, str]], descriptions: dict[str, str]) -> str:
    """The gallery as Markdown."""
    lines = [
        "# Gallery",
        "",
        "The slide deck *Dipping your toes into Deep Learning!* (D. Khatwani, 2017) in pictures, in its order, each "
        "drawn from real numbers of a real model; "
        "`scripts/render_gallery.py` makes them all, and computes the numbers of the text. The command below a picture "
        "draws its like of your own model or table; [pictures.md](../pictures.md) says how. `flights.csv` and "
        "`new_flights.csv` stand for departures of the built-in table `flights`, with delayed written as yes or no.",
        "",
        INTRODUCTION,
        "",
    ]
    for entry in (*ENTRIES, LAST):
        lines += [f"## {entry.slide}", "", words[entry.name], ""]
        if entry.make is not None:
            light, dark = (files[entry.name][theme] for theme in THEMES)
            alternative = html.escape(" ".join(descriptions[entry.name].split()), quote=True)
            lines += [
                "<picture>",
                f'  <source media="(prefers-color-scheme: dark)" srcset="{dark}">',
                f'  <img src="{light}" alt="{alternative}">',
                "</picture>",
                "",
            ]
        if entry is LAST:
            lines += [
                f'<img src="{MOVIE}" alt="The decision boundary of a network on a spiral: almost a straight line at '
                'first, it winds between the two arms as the training loss falls.">',
                "",
            ]
        lines += [f"`{entry.command}`", ""]
    return "\n".join(lines)


def known_words(page: str) -> dict[str, str]:
    """The words of each section on a page that was rendered before."""
    sections = dict(re.findall(r"^## (.*?)\n\n(.*?)\n\n(?:<picture>|<img|`wade)", page, re.MULTILINE | re.DOTALL))
    return {entry.name: sections[entry.slide] for entry in (*ENTRIES, LAST) if entry.slide in sections}


def words_of(entry: Entry) -> str:
    """The words of a section, their numbers computed."""
    return entry.text if isinstance(entry.text, str) else entry.text()


def alternatives(page: str) -> dict[str, str]:
    """The descriptions of the pictures on a page that was rendered before."""
    found = re.findall(r'<img src="(.*?)-light[.]\w+" alt="(.*?)">', page)
    return {name: html.unescape(text) for name, text in found}


def known(name: str, theme: str) -> str:
    """The file of a picture that was rendered before."""
    return next(path.name for path in sorted(FOLDER.glob(f"{name}-{theme}.*")))


def main(wanted: list[str]) -> None:
    """Renders the pictures of these names, or all; and the page."""
    FOLDER.mkdir(exist_ok=True)
    if unknown := set(wanted) - {"movie", "words", *(entry.name for entry in ENTRIES)}:
        sys.exit(f"no picture of the gallery: {', '.join(sorted(unknown))}")
    old = (FOLDER / "README.md").read_text(encoding="utf-8") if wanted else ""
    files: dict[str, dict[str, str]] = {}
    descriptions, words = alternatives(old), known_words(old)
    for entry in (*ENTRIES, LAST):
        drawn = not wanted or entry.name in wanted
        if drawn or entry.name not in words or isinstance(entry.text, str) or "words" in wanted:
            words[entry.name] = words_of(entry)
        if entry.make is None:
            continue
        files[entry.name] = {}
        if drawn:
            display = entry.make()
            descriptions[entry.name] = display.description()
        for theme in THEMES:
            if drawn:
                ending, content = smallest(display, theme)
                for old in FOLDER.glob(f"{entry.name}-{theme}.*"):
                    old.unlink()
                (FOLDER / f"{entry.name}-{theme}.{ending}").write_bytes(content)
                print(f"{entry.name}-{theme}.{ending}: {len(content):,} bytes", flush=True)
            files[entry.name][theme] = known(entry.name, theme)
    if not wanted or "movie" in wanted:
        (FOLDER / MOVIE).write_bytes(movie())
    (FOLDER / "README.md").write_text(page(words, files, descriptions), encoding="utf-8")
    total = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{len(list(FOLDER.iterdir()))} files, {total / 1e6:.2f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
