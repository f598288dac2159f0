"""The studio for everyone: by keyboard alone, on phones and walls, light and dark, read aloud, checked by axe-core."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import wade.studio
from tests.browser.studio.serving import PATIENCE, serving, visiting
from wade.pictures.theme import THEMES

PAGE = Path(wade.studio.__file__).parent / "page"
SIZES = {"phone": (360, 740), "tablet": (820, 1180), "desk": (1440, 900), "wall": (2560, 1440)}
PANES = ("settings", "picture", "mathematics", "program")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("moons") as found:
        yield found


@pytest.mark.parametrize(
    ("size", "scheme"), [("phone", "light"), ("phone", "dark"), ("desk", "light"), ("desk", "dark")]
)
def test_no_pane_has_a_problem(browser, address, size, scheme):
    with visiting(browser, address, SIZES[size], scheme) as studio:
        studio.press("forward")
        for pane in PANES:
            studio.show(pane)
            studio.settle()
            assert (pane, studio.problems()) == (pane, [])


@pytest.mark.parametrize("size", ["tablet", "wall"])
def test_nothing_overflows_on_other_screens(browser, address, size):
    with visiting(browser, address, SIZES[size]) as studio:
        for pane in PANES:
            studio.show(pane)
            studio.settle()
            assert (pane, studio.overflow()) == (pane, [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_has_a_problem(browser, address, scheme):
    with visiting(browser, address, scheme=scheme) as studio:
        page = studio.page
        studio.stride("1 phase")
        for phase in ("Forward", "Backward"):
            studio.press("forward")
            studio.wait_for_text(".net-legend .phase", phase)
            assert (phase, studio.problems()) == (phase, [])
        studio.press("play")
        studio.settle()
        assert ("running", studio.problems()) == ("running", [])
        studio.press("play")
        page.locator('.edge[data-of="W1[0,2]"]').focus()
        page.keyboard.press("Enter")
        assert ("editor", studio.problems()) == ("editor", [])
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        assert ("shortcuts", studio.problems()) == ("shortcuts", [])
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Numbers of: Network").click()
        page.locator("dialog[open] tbody tr").first.wait_for(timeout=PATIENCE)
        assert ("numbers", studio.problems()) == ("numbers", [])


def test_everything_is_done_by_keyboard(browser, address):
    with visiting(browser, address) as studio:
        page, keys = studio.page, studio.page.keyboard
        keys.press("ArrowRight")
        studio.wait_for_step(1)
        keys.press("ArrowLeft")
        studio.wait_for_step(0)
        keys.press("w")
        keys.press("ArrowDown")
        assert page.evaluate("() => document.activeElement.dataset.of") == "W1[1,0]"
        keys.press("ArrowRight")
        assert page.evaluate("() => document.activeElement.dataset.of") == "W1[0,1]"
        keys.press("Enter")
        keys.type("-2")
        keys.press("Escape")
        studio.wait_for_text(".tip", "W1[0,1] = −2")
        assert page.evaluate("() => document.activeElement.dataset.of") == "W1[0,1]"
        keys.press("g")
        keys.press("ArrowRight")
        assert page.evaluate("() => document.activeElement.dataset.of").startswith("a1[")
        keys.press("Enter")
        page.locator(".neuron.is-chosen").wait_for(timeout=PATIENCE)
        page.get_by_role("button", name="Remove hidden layer 2").last.focus()
        keys.press("Enter")
        page.locator('.neuron[data-of^="a3[0]"]').wait_for(state="detached", timeout=PATIENCE)
        assert page.evaluate("() => document.activeElement.closest('.net-field') !== null"), "focus stays there"
        keys.press("1")
        page.locator("#settings").wait_for(state="hidden", timeout=PATIENCE)


def test_every_control_is_reached_by_tab(browser, address):
    with visiting(browser, address) as studio:
        page = studio.page
        controls = (
            "() => [...document.querySelectorAll('button, input, select, summary')].filter((one) => "
            "one.checkVisibility({visibilityProperty: true}) && one.tabIndex >= 0 && !one.disabled).length"
        )
        for _ in range(page.evaluate(controls) + 40):
            page.keyboard.press("Tab")
            page.evaluate("() => { document.activeElement.dataset.reached = '1'; }")
        missed = page.evaluate(
            "() => [...document.querySelectorAll('button, input, select, summary')].filter((one) => "
            "one.checkVisibility() && one.tabIndex >= 0 && !one.disabled && "
            "!one.dataset.reached).map((one) => one.outerHTML.slice(0, 120))"
        )
        assert missed == []


def test_where_training_stands_is_read_aloud_once_it_rests(browser, address):
    with visiting(browser, address) as studio:
        for _ in range(5):
            studio.press("forward")
        studio.wait_for_step(5)
        studio.wait_for_text("#announcer", "Paused at step 5")
        said = studio.page.evaluate(
            "() => new Promise((done) => { const said = []; new MutationObserver(() => said.push("
            "document.getElementById('announcer').textContent)).observe(document.getElementById('announcer'), "
            "{childList: true, characterData: true, subtree: true}); "
            "document.querySelector('[data-command=play]').click(); setTimeout(() => done(said), 2500); })"
        )
        assert said == ["Training."], "nothing is said while training runs"


def test_the_value_of_a_weight_is_read_with_it(browser, address):
    with visiting(browser, address) as studio:
        studio.page.keyboard.press("w")
        described = studio.page.locator(".edge:focus").get_attribute("aria-describedby")
        studio.wait_for_text(f"#{described}", "W1[0,0] = ")


def test_a_link_within_the_page_keeps_the_settings_in_the_address(browser, address):
    with visiting(browser, address) as studio:
        before = studio.page.url
        studio.page.locator(".skip").focus()
        studio.page.keyboard.press("Enter")
        studio.settle()
        assert studio.page.evaluate("() => document.activeElement.id") == "picture"
        assert studio.page.url == before


def test_a_hidden_page_asks_for_no_frames(browser, address):
    hide = """(hidden) => {
      Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    with visiting(browser, address) as studio:
        studio.press("play")
        studio.settle()
        studio.page.evaluate(hide, True)
        studio.page.wait_for_timeout(1500)
        before = studio.frames
        studio.page.wait_for_timeout(1500)
        assert studio.frames == before
        studio.page.evaluate(hide, False)
        studio.page.wait_for_timeout(1500)
        assert studio.frames > before


def test_single_keys_can_be_switched_off(browser, address):
    with visiting(browser, address) as studio:
        studio.page.keyboard.press("?")
        studio.page.get_by_label("Single keys work everywhere on the page").uncheck()
        studio.page.keyboard.press("Escape")
        studio.page.locator("body").click(position={"x": 700, "y": 20})
        studio.page.keyboard.press("ArrowRight")
        studio.settle()
        assert studio.number("Step") == 0


def test_the_accessibility_statement_has_no_problem(browser, address):
    with visiting(browser, address, SIZES["phone"]) as studio:
        studio.page.goto(f"{address}accessibility.html")
        assert studio.problems() == []


def test_palettes_are_those_of_all_pictures():
    style = (PAGE / "style.css").read_text(encoding="utf-8")
    light, dark = style.split("@media (prefers-color-scheme: dark)", 1)
    for theme, written in ((THEMES["light"], light), (THEMES["dark"], dark)):
        for place, color in enumerate(theme.series):
            assert f"--series-{place}: {color};" in written
        for quantity, colors in theme.palettes.items():
            if quantity in ("activation", "loss") and theme.name == "dark":
                continue  # as in light
            for place, color in enumerate(colors):
                assert f"--{quantity}-{place}: {color};" in written
