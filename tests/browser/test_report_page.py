"""Reports of six kinds of tables, as people see them: no message, no request, no overflow, nothing for axe-core."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import wade
from tests.browser.visits import problems, visited

LONG = "a_long_name_" * 15
QUICK = {"hidden": (4,), "epochs": 2, "members": 1, "learning_rate": 0.01, "numbers": "scaled"}


def tables() -> dict[str, tuple[object, str | None, dict]]:
    """Data, target and further options, by name."""
    random = np.random.default_rng(3)

    def numbers(rows: int, columns: int) -> dict[str, np.ndarray]:
        return {f"column {place}": random.normal(size=rows) for place in range(columns)}

    tiny = {
        '<script>alert("x")</script>': numbers(40, 1)["column 0"],
        "שלום \u202e": ["ab\u202ec", "<b>"] * 20,
        LONG: [0, 1] * 20,
    }
    return {
        "tiny": (pa.table({**tiny, "</title>": [LONG, "<i>no"] * 20}), "</title>", {}),
        "wide": (pa.table({**numbers(150, 30), "y": ["no", "yes"] * 75}), "y", {}),
        "many classes": (pa.table({**numbers(300, 3), "y": [f"class {k % 25}" for k in range(300)]}), "y", {}),
        "regression": (pa.table({**numbers(200, 4), "price": random.gamma(2, 1e5, 200)}), "price", {}),
        "imbalanced": (pa.table({**numbers(400, 3), "ill": ["yes"] * 12 + ["no"] * 388}), "ill", {}),
        "flights": ("flights", None, {"rows": 1500, "split": "time"}),
    }


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    found = {}
    for name, (data, target, options) in tables().items():
        model = wade.learn(data, target, **{**QUICK, **options})
        found[name] = folder / f"{name.replace(' ', '-')}.html"
        found[name].write_text(wade.report(model, data).html(), encoding="utf-8")
    return found


@pytest.mark.parametrize("name", tables())
def test_a_report_has_no_problem_on_a_phone_or_a_desk(browser, pages, name):
    assert problems(browser, pages[name], "phone", "dark") == []
    assert problems(browser, pages[name], "desk", "light") == []
    assert pages[name].stat().st_size < 3e6


def test_its_sections_can_be_reached_by_keyboard(browser, pages):
    with visited(browser, pages["regression"], "phone") as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.getAttribute('href')") == "#table"
        page.keyboard.press("Enter")
        assert page.evaluate("() => location.hash") == "#table"


PAPER = {"width": 680, "height": 1009}
"""A4 within margins of 15 mm, in CSS pixels."""
CLOSED = """() => [...document.querySelectorAll('details table')]
  .filter(one => !one.checkVisibility({contentVisibilityAuto: true})).length"""
CUT = """() => [...document.querySelectorAll('section:not(#row) table')]
  .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(one => one.getAttribute('aria-label'))"""


@pytest.mark.parametrize("name", tables())
def test_a_report_on_paper_lists_every_number_and_cuts_none(browser, pages, name):
    context = browser.new_context(viewport=PAPER, color_scheme="dark")
    page = context.new_page()
    page.goto(pages[name].as_uri())
    assert page.evaluate(CLOSED) > 0
    page.emulate_media(media="print")
    page.wait_for_function(f"() => ({CLOSED})() === 0", timeout=5000)  # from the next frame on
    assert page.evaluate(CUT) == []
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert 4 <= sheets <= 40
    context.close()


def test_charts_are_drawn_in_the_colors_of_the_scheme(browser, pages):
    found = {}
    for scheme in ("light", "dark"):
        with visited(browser, pages["imbalanced"], scheme=scheme) as (page, _):
            found[scheme] = page.evaluate("() => getComputedStyle(document.querySelector('.chart .curve')).stroke")
            assert page.evaluate("() => getComputedStyle(document.querySelector('.chart .axis')).fill") == "none"
    assert found["light"] != found["dark"]
