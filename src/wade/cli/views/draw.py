"""A picture as a file, and what it shows in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from wade.cli.output import escaped
from wade.cli.paths import check_writable, reserved_path
from wade.cli.views.progress import counting, training
from wade.cli.views.tables import facts, headline, paragraph, terminal
from wade.errors import InvalidArgument, unknown_name
from wade.files.atomic import write_atomically
from wade.model.model import Model, load
from wade.pictures.display import FORMATS, Display, format_of
from wade.pictures.movies import Movie
from wade.pictures.registry import KINDS, Kind, choose_kind
from wade.pictures.theme import choose_theme
from wade.settings import MovieOptions, chosen
from wade.tables import Dialect

MOVIE = "gif"
MODEL_ENDING = ".wade"


class Drawn(NamedTuple):
    """A picture's file, what it shows in words, and what has its title and its plotted numbers."""

    content: bytes
    description: str
    display: Display


@contextmanager
def destination(kind: str, output: Path | None, source: str | None, data: str | None) -> Iterator[Path]:
    """The file to write: `output`, or KIND.svg in the current folder, or the first of KIND-2.svg, ... that is free."""
    if kind not in KINDS:
        raise unknown_name("kind", kind, KINDS)
    if output is not None:
        format_of(output, (*FORMATS, MOVIE))
        check_writable(output, "output", model=source, data=data)
        yield output
        return
    with reserved_path(kind, ".svg", "-") as path:
        yield path


def made(
    name: str,
    path: Path,
    source: str | None,
    data: str | None,
    given: Mapping[str, Any],
    theme: str,
    silent: bool,
    dialect: Dialect,
) -> Drawn:
    """The picture of this kind, from the files and options that the user gave."""
    form = format_of(path, (*FORMATS, MOVIE))
    trains = name in KINDS and bool(KINDS[name].trains)
    alone = trains and data is None and source is not None and not source.endswith(MODEL_ENDING)
    kind = choose_kind(name, given, alone=alone, moves=form == MOVIE)
    choose_theme(theme)
    _check_source(kind, source, data, alone)
    if form == MOVIE:
        return _movie(kind, source, data, given, theme, silent, dialect)
    make = kind.from_table if alone and kind.from_table else kind.make
    written = {"dialect": dialect} if alone or data is not None else {}
    with _watched(kind, silent, alone) as watched:
        display = make(*_sources(kind, source, data, alone), **given, **written, **watched)
    return Drawn(display.to_bytes(form, theme=theme), display.description(), display)


@contextmanager
def _watched(kind: Kind, silent: bool, alone: bool) -> Iterator[dict[str, Any]]:
    """The argument that shows the progress of what takes a while."""
    if kind.progress == "on_event" or (alone and kind.from_table):
        with training(silent) as on_event:
            yield {"on_event": on_event}
    elif kind.progress == "watcher":
        with counting(silent, "computing") as watcher:
            yield {"watcher": watcher}
    else:
        yield {}


def write(path: Path, drawn: Drawn) -> None:
    """Write the picture, whole or not at all."""
    write_atomically(path, drawn.content)


def show(drawn: Drawn, path: Path, numbers: Path | None) -> None:
    """The title, what it shows, and where it is."""
    out = terminal()
    headline(out, drawn.display.heading)
    paragraph(out, escaped(drawn.description))
    out.print()
    facts(out, {"Picture": str(path), "Numbers": str(numbers) if numbers else ""})


def _movie(
    kind: Kind,
    source: str | None,
    data: str | None,
    given: Mapping[str, Any],
    theme: str,
    silent: bool,
    dialect: Dialect,
) -> Drawn:
    """The same after each of some epochs of a training."""
    if not kind.can_move or data is None:
        movable = ", ".join(name for name in KINDS if KINDS[name].can_move)
        expected = "must end in .svg, .png or .pdf here: a movie needs MODEL and DATA, and one of the kinds"
        raise InvalidArgument("output", f"{expected} {movable}", f".{MOVIE}", "Try -o picture.svg.")
    model = load(str(source))
    table = model.open_labelled(data, dialect).table
    of_training = chosen(given, MovieOptions)
    of_picture = {name: value for name, value in given.items() if name not in of_training}
    movie = Movie.from_model(lambda model: kind.make(model, table, **of_picture), model, table, **of_training)
    with counting(silent, "drawing") as watcher:
        content = movie.to_bytes(theme=theme, watcher=watcher)
    return Drawn(content, movie.description(), movie.frames[-1])


def _check_source(kind: Kind, source: str | None, data: str | None, alone: bool) -> None:
    """InvalidArgument where MODEL or DATA is lacking, or is of no use."""
    needed = {"nothing": 0, "model": 1, "table": 1, "model and rows": 2}[kind.source]
    words = {
        "nothing": "neither MODEL nor DATA",
        "model": "MODEL and no DATA",
        "table": "DATA and no MODEL",
        "model and rows": "MODEL and DATA",
    }
    takes = "MODEL, and DATA where a row is laid on it" if kind.name == "network" else words[kind.source]
    takes += ", or DATA alone" if kind.from_table else ""
    most = 2 if kind.name == "network" else needed
    count = sum(each is not None for each in (source, data))
    if not needed <= count <= most and not (alone and kind.from_table):
        example = {
            "nothing": "",
            "model": " model.wade",
            "table": " table.csv",
            "model and rows": " model.wade table.csv",
        }
        remedy = f"Try wade draw {kind.name}{example[kind.source]}."
        given = " ".join(each for each in (source, data) if each is not None)
        raise InvalidArgument("kind", f"{kind.name} takes {takes}", given or None, remedy)


def _sources(kind: Kind, source: str | None, data: str | None, alone: bool) -> list[Model | str]:
    if kind.source == "nothing" or source is None:
        return []
    first: Model | str = source if kind.source == "table" or (alone and kind.from_table) else load(source)
    return [first] if data is None else [first, data]
