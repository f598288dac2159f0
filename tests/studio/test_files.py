"""The files of the page: all that is asked for is served, nothing else is, and they are few bytes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

import pytest

from wade.studio.files import PAGE, static_files
from wade.studio.server import compress

FILES = static_files()
MOST_BYTES = 300_000
"""Of the page without its font, as it is sent."""
IMPORTS = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.[^"']+)["']""")
LINKS = re.compile(r"""(?:href|src)="([^"#][^"]*)"|url\(["']?([^"')]+)""")


def text_of(name: str) -> str:
    return FILES[name].path.read_text(encoding="utf-8")


def asked_for(name: str) -> Iterator[str]:
    """What a file imports or links to, as a path after the token."""
    text = re.sub(r"/\*.*?\*/", "", text_of(name), flags=re.DOTALL)
    if name.endswith(".js"):
        for found in IMPORTS.findall(text):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(name), found))
    else:
        for link, url in LINKS.findall(text):
            if not (link or url).startswith("data:"):
                yield posixpath.normpath(posixpath.join(posixpath.dirname(name), link or url))


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith((".svg", ".png", ".woff2"))])
def test_every_file_that_a_file_asks_for_is_served(name: str) -> None:
    assert {asked for asked in asked_for(name) if asked != "."} <= FILES.keys()


def test_the_page_asks_for_nothing_inline_and_has_an_icon() -> None:
    page = text_of("")
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", page)
    assert 'rel="icon"' in page


def test_only_what_a_browser_reads_is_served() -> None:
    assert {"", "main.js", "style.css", "math.woff2"} <= FILES.keys()
    assert not [name for name in FILES if name.endswith((".ts", ".json", ".py", ".map"))]
    assert all(file.path.is_file() and (file.path.parent == PAGE or name) for name, file in FILES.items())


def test_the_page_is_small() -> None:
    reached, ahead = set[str](), [""]
    while ahead:
        name = ahead.pop()
        if name not in reached and name != ".":
            reached.add(name)
            ahead += [] if name.endswith((".svg", ".png", ".woff2")) else asked_for(name)
    sizes = {name: len(compress(FILES[name].path.read_bytes())) for name in reached - {"math.woff2"}}
    assert len(sizes) > 30
    assert sum(sizes.values()) <= MOST_BYTES, sorted(sizes.items(), key=lambda item: -item[1])[:10]
