"""What a reader meets on a page: messages, requests, overflow, and what axe-core finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = {"phone": (360, 740), "desk": (1440, 900)}
STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

OVERFLOW = """() => {
  const page = document.documentElement, room = page.clientWidth, wide = [];
  if (page.scrollWidth > room) wide.push(`the page is ${page.scrollWidth} wide`);
  for (const one of document.body.querySelectorAll('*')) {
    const what = `${one.localName}: ${one.textContent.slice(0, 60)}`, {right} = one.getBoundingClientRect();
    const isCut = one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible';
    if (one.closest('.unseen')) continue; // for those who listen
    if (isCut && (one.tabIndex < 0 || !one.getAttribute('aria-label'))) wide.push(`scrolls without a label: ${what}`);
    if (!one.closest('.scroll') && right > room + 1) wide.push(`ends at ${right}: ${what}`);
  }
  return wide;
}"""
AXE = """async ([standards, leftOut]) => {
  const options = {runOnly: {type: 'tag', values: standards}, resultTypes: ['violations']};
  const found = await axe.run({exclude: leftOut}, options);
  return found.violations.map(one => [one.id, ...one.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]);
}"""


@contextmanager
def visited(
    browser: Browser, path: Path, size: str = "desk", scheme: str = "light"
) -> Iterator[tuple[Page, list[str]]]:
    """A page of this file, and what it said and asked for."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page, heard = context.new_page(), []
    page.on("console", lambda message: heard.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.on("request", lambda request: heard.append(f"request: {request.url[:200]}"))
    page.goto(path.as_uri())
    heard.remove(f"request: {path.as_uri()}")
    yield page, [one for one in heard if not one.startswith("request: data:")]
    context.close()


def problems(browser: Browser, path: Path, size: str, scheme: str, parts_of_formulas: bool = False) -> list[Any]:
    """Everything that is wrong with a page in a window of this size.

    axe-core takes seconds for the thousands of parts of formulas and charts, in the colors of the page:
    `parts_of_formulas` on pages with few of them.
    """
    with visited(browser, path, size, scheme) as (page, heard):
        wide = page.evaluate(OVERFLOW)
        page.evaluate(axe())  # within the page's own Content-Security-Policy
        left_out = [] if parts_of_formulas else [["math > *"], ["svg > *"]]
        return [*heard, *wide, *page.evaluate(AXE, [STANDARDS, left_out])]


@cache
def axe() -> str:
    """The source of axe-core, to be evaluated in a page."""
    return f"{files('axe_playwright_python').joinpath('axe.min.js').read_text(encoding='utf-8')}\nundefined"
