"""The page of `wade explain`, as people see it: on a phone and a desk, light and dark, by keyboard, read aloud."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

import wade
from tests.browser.visits import problems, visited

LONG = "departure_" * 12
HOSTILE = {"<script>alert(1)</script>": "number", "שלום \u202e": "category", LONG: "number", "a\"b'c": "category"}


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with every kind of formula, and with names that are markup, long, or written from right to left."""
    rows = range(80)
    columns = {
        name: [row * 0.37 % 1 if kind == "number" else f"<b>{row % 3}" for row in rows]
        for name, kind in HOSTILE.items()
    }
    table = pa.table({**columns, "late": [["no", "yes"][row % 2] for row in rows]})
    model = wade.learn(table, "late", hidden=(8, 8), epochs=1, members=2, numbers="piecewise", learning_rate=0.01)
    path = tmp_path_factory.mktemp("pages") / "explained.html"
    path.write_text(model.explain(table, row=2).html(), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("size", "scheme"), [("phone", "light"), ("phone", "dark"), ("desk", "light"), ("desk", "dark")]
)
def test_the_page_has_no_problem(browser, page_file, size, scheme):
    assert problems(browser, page_file, size, scheme) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_parts_of_its_formulas_have_none_either(browser, tmp_path, scheme):
    perceptron = wade.Perceptron([0.1, 0.5], 3.0, "sigmoid")
    path = tmp_path / "perceptron.html"
    path.write_text(wade.explain(perceptron, [2, 3], target=1).html(), encoding="utf-8")
    assert problems(browser, path, "phone", scheme, parts_of_formulas=True) == []


def test_brackets_and_roots_grow_in_the_font_that_the_page_carries(browser, page_file):
    with visited(browser, page_file) as (page, _):
        page.evaluate("() => document.fonts.ready.then(() => null)")
        assert page.evaluate("() => [...document.fonts].map(font => [font.family, font.status])") == [
            ["wade math", "loaded"]
        ]
        heights = page.evaluate(
            "() => [...document.querySelectorAll('math mo')].filter(one => one.textContent === '(')"
            ".map(one => one.getBoundingClientRect().height)"
        )
        assert max(heights) > 1.5 * min(heights)


def test_what_scrolls_can_be_scrolled_by_keyboard(browser, page_file):
    with visited(browser, page_file, "phone") as (page, _):
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.scrollWidth > document.activeElement.clientWidth + 40"):
                break
        assert page.evaluate("() => document.activeElement.getAttribute('aria-label')")
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => document.activeElement.scrollLeft > 0", timeout=2000)


def test_formulas_carry_the_addresses_of_their_numbers(browser, page_file):
    with visited(browser, page_file) as (page, _):
        names = set(page.evaluate("() => [...document.querySelectorAll('[data-of]')].map(one => one.dataset.of)"))
    assert any(name.startswith("W2[") for name in names)
    assert any(name.startswith("δ1[") for name in names)
    assert any(name.startswith("∂J/∂W1[") for name in names)
    assert any(LONG in name for name in names), "a name is cut in formulas, and whole in its address"
