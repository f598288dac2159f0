"""What starts the training anew says so, before and after, and lets the reader go back to the settings before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.studio.serving import PATIENCE, serving, visiting

ANEW = "The training began anew: 10 steps were discarded."


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("moons") as found:
        yield found


def test_a_neuron_more_discards_steps_and_says_so(browser, address):
    with visiting(browser, address) as studio:
        page = studio.page
        more = page.get_by_role("button", name="One neuron more in hidden layer 1")
        more.click()
        page.locator('.neuron[data-of^="a1[8]"]').wait_for(timeout=PATIENCE)
        assert page.locator(".toast").count() == 0, "there was nothing to discard"
        studio.stride("10 steps")
        studio.press("forward")
        studio.wait_for_step(10)
        more.click()
        studio.wait_for_text(".toast", ANEW)
        studio.wait_for_text(".net-field .count", "10")
        page.get_by_role("button", name="Settings before").click()
        studio.wait_for_text(".net-field .count", "9")
        page.locator(".toast").wait_for(state="detached", timeout=PATIENCE)
        assert studio.problems() == []


def test_another_table_discards_steps_and_the_one_before_comes_back(browser, address):
    with visiting(browser, address) as studio:
        page = studio.page
        studio.stride("10 steps")
        studio.press("forward")
        studio.wait_for_step(10)
        page.get_by_label("Generated data").last.select_option("circles")
        studio.wait_for_text(".toast", ANEW)
        studio.wait_for_text(".about-data", "circles:")
        page.get_by_role("button", name="Settings before").click()
        studio.wait_for_text(".about-data", "moons:")
        assert studio.problems() == []


def test_a_live_change_discards_nothing(browser, address):
    with visiting(browser, address) as studio:
        studio.stride("10 steps")
        studio.press("forward")
        studio.wait_for_step(10)
        rate = studio.page.get_by_role("spinbutton", name="Learning rate")
        rate.fill("0.03")
        rate.press("Enter")
        studio.settle()
        assert studio.number("Step") == 10
        assert studio.page.locator(".toast").count() == 0
