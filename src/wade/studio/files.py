"""The files that a browser reads: a fixed table, made when the server starts, from paths to files of the package."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from wade.documents.page import FONT

PAGE: Final = Path(__file__).with_name("page")
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
"""The types of the files that are served; others in the folder, such as type declarations, are not."""


class StaticFile(NamedTuple):
    """A file of the package, and its type."""

    path: Path
    type: str


def static_files(folder: Path = PAGE) -> Mapping[str, StaticFile]:
    """Each file by its path after the token: "" is `index.html`, `math.woff2` the mathematics font.

    Examples
    --------
    >>> static_files()["math.woff2"].type
    'font/woff2'
    """
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    found["math.woff2"] = FONT
    if "index.html" in found:
        found[""] = found.pop("index.html")
    return {name: StaticFile(path, TYPES[path.suffix]) for name, path in found.items() if path.suffix in TYPES}
