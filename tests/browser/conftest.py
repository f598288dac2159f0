"""A browser for the tests of pages: one for each process that tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FINDER = Path(__file__).parent.parent.parent / "scripts" / "browser.py"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as `scripts/browser.py` finds it; without one these tests fail and say what to do."""
    from playwright.sync_api import sync_playwright

    specification = spec_from_file_location("browser_finder", FINDER)
    finder = module_from_spec(specification)
    specification.loader.exec_module(finder)
    path = finder.find(sys.executable)
    if path is None:
        pytest.fail(f"{finder.missing(sys.executable)} `python3 scripts/test.py tests` tries both.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()
