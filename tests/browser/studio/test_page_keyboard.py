"""The page of the studio by keyboard: where the focus goes, and what Space does there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.studio.serving import PATIENCE, serving, visiting


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("moons") as found:
        yield found


def test_space_plays_after_the_list_of_keys_was_read(browser, address):
    with visiting(browser, address) as studio:
        studio.press("shortcuts")
        studio.wait_for_text("dialog[open]", "1 phase, 1 step, 10 steps")
        studio.wait_for_text("dialog[open]", "forward (activations and loss), backward (gradients), update")
        studio.page.keyboard.press("Escape")
        studio.page.locator("main:focus").wait_for(timeout=PATIENCE)
        studio.page.keyboard.press("Space")
        studio.wait_for_text(".whether", "Running")
        assert studio.page.locator("dialog[open]").count() == 0


def test_space_plays_on_the_skip_link(browser, address):
    with visiting(browser, address) as studio:
        studio.page.locator(".skip").focus()
        studio.page.keyboard.press("Space")
        studio.wait_for_text(".whether", "Running")


def test_a_weight_that_was_clicked_has_the_focus_after_it_was_edited(browser, address):
    with visiting(browser, address) as studio:
        page = studio.page
        box = page.locator('.edge[data-of="W3[0,0]"]').bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        editor = page.locator(".editor")
        edited = editor.get_attribute("aria-label").removeprefix("Edit ")
        page.keyboard.type("0.5")
        page.keyboard.press("Enter")
        editor.wait_for(state="detached", timeout=PATIENCE)
        assert page.evaluate("() => document.activeElement.dataset.of") == edited


def test_the_size_of_a_step_and_the_speed_outlast_a_reload(browser, address):
    with visiting(browser, address) as studio:
        studio.page.locator("body").press("u")
        studio.page.get_by_label("Speed while playing").select_option(label="5 steps/s")
        studio.page.reload()
        studio.page.locator("#transport select").first.wait_for(timeout=PATIENCE)
        chosen = studio.page.locator("#transport select option:checked").all_inner_texts()
        assert chosen == ["10 steps", "5 steps/s"]


def test_the_bar_names_the_phase_at_hand(browser, address):
    with visiting(browser, address) as studio:
        studio.stride("1 phase")
        studio.press("forward")
        studio.wait_for_text(".whether", "Paused, forward phase done")
        studio.press("forward")
        studio.wait_for_text(".whether", "Paused, backward phase done")
