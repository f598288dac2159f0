"""Code that the documentation shows is code that is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted((REPOSITORY / "docs").glob("*.md"))
EXCERPT = re.compile(r"^`(?P<file>native/[\w.]+)`\n```cpp\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
EXCERPTS = [
    pytest.param(found["file"], found["code"], id=f"{page.name}: {found['file']}")
    for page in PAGES
    for found in EXCERPT.finditer(page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("file", "code"), EXCERPTS)
def test_every_line_of_an_excerpt_stands_in_its_file(file: str, code: str) -> None:
    left = iter((REPOSITORY / file).read_text(encoding="utf-8").splitlines())
    for line in code.splitlines():
        if line.strip() != "…":
            assert line in left, f"not in {file}, or not in this order: {line}"


def test_no_excerpt_is_overlooked() -> None:
    fences = sum(page.read_text(encoding="utf-8").count("```cpp") for page in PAGES)
    assert 0 < fences == len(EXCERPTS)
