"""The page of pictures and the gallery: every kind, files that exist, words for each, and no more bytes than said."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from wade.cli.options import flag_of
from wade.pictures import KINDS

DOCS = Path(__file__).parents[2] / "docs"
GALLERY = DOCS / "gallery"
PAGE = (DOCS / "pictures.md").read_text(encoding="utf-8")
SHOWN = (GALLERY / "README.md").read_text(encoding="utf-8")
MOST_BYTES = 3_000_000


def test_the_table_lists_every_kind_with_its_options() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| (.*) \|$", PAGE, re.MULTILINE))
    assert list(rows) == list(KINDS)
    for name, kind in KINDS.items():
        assert kind.about in rows[name]
        assert set(re.findall(r"`(--[\w-]+)`", rows[name])) == {flag_of(option) for option in kind.options}


def test_every_kind_is_in_the_gallery() -> None:
    commands = set(re.findall(r"`wade draw (\w+)", SHOWN))
    assert set(KINDS) - commands == set()


def test_every_picture_is_there_in_light_and_dark_with_words_for_it() -> None:
    files = re.findall(r'(?:srcset|src)="([^"]+)"', SHOWN)
    assert sorted(files) == sorted(path.name for path in GALLERY.iterdir() if path.name != "README.md")
    light = {name.rpartition("-light.")[0] for name in files if "-light." in name}
    assert light == {name.rpartition("-dark.")[0] for name in files if "-dark." in name}
    words = re.findall(r'alt="([^"]*)"', SHOWN)
    assert len(words) == len(light) + 1
    assert min(map(len, words)) > 60


def test_the_gallery_is_small() -> None:
    assert sum(path.stat().st_size for path in GALLERY.iterdir()) <= MOST_BYTES


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="matplotlib is not installed (it is in CI)")
def test_the_programs_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    programs = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(programs) == 4
    exec(compile("\n".join(programs), "docs/pictures.md", "exec", dont_inherit=True), {"__name__": "page"})
    assert {path.name for path in tmp_path.iterdir()} == {"boundary.svg", "training.gif"}
