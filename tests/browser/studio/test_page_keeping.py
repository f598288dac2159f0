"""What outlasts a page of the studio: settings in its address, a session that is found again, files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest

from tests.browser.studio.serving import PATIENCE, serving, visiting


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("moons") as found:
        yield found


def test_settings_that_are_typed_into_the_address_are_taken(browser, address):
    with visiting(browser, address) as studio:
        fragment = studio.page.url.split("#")[1].replace("hidden=%5B8%2C8%5D", "hidden=%5B8%2C3%5D")
        studio.page.evaluate("(fragment) => { location.hash = fragment; }", fragment)
        studio.page.locator('.neuron[data-of^="a2[3]"]').wait_for(state="detached", timeout=PATIENCE)
        assert "hidden=%5B8%2C3%5D" in studio.page.url


def test_the_link_begins_the_same_training_elsewhere(browser, address):
    with visiting(browser, address) as studio:
        studio.page.get_by_role("spinbutton", name="Learning rate").fill("0.03")
        studio.page.get_by_role("spinbutton", name="Learning rate").press("Enter")
        studio.page.get_by_role("button", name="One neuron fewer in hidden layer 1").click()
        studio.page.locator('.neuron[data-of^="a1[7]"]').wait_for(state="detached", timeout=PATIENCE)
        studio.settle()
        fragment = studio.page.url.split("#")[1]
        studio.press("forward")
        studio.wait_for_step(1)
        there = studio.numbers()
    with visiting(browser, f"{address}#{fragment}") as studio:
        studio.page.locator('.neuron[data-of^="a1[7]"]').wait_for(state="detached", timeout=PATIENCE)
        studio.settle()
        studio.press("forward")
        studio.wait_for_step(1)
        assert studio.numbers() == there
        assert studio.page.get_by_role("spinbutton", name="Learning rate").input_value() == "0.03"


def test_copied_settings_hold_no_token_and_begin_the_same_training_elsewhere(browser, address):
    with visiting(browser, address, permissions=["clipboard-read", "clipboard-write"]) as studio:
        studio.page.get_by_label("Rows", exact=True).first.fill("240")
        studio.page.get_by_label("Rows", exact=True).first.press("Enter")
        studio.wait_for_text(".about-data", "144 training")
        studio.page.get_by_role("spinbutton", name="Learning rate").fill("0.03")
        studio.page.get_by_role("spinbutton", name="Learning rate").press("Enter")
        studio.settle()
        studio.press("forward")
        studio.wait_for_step(1)
        numbers = studio.numbers()
        studio.press("copy")
        studio.wait_for_text(".toast", "The settings are copied")
        command = studio.page.evaluate("() => navigator.clipboard.readText()")
        token = address.rstrip("/").rsplit("/", 1)[1]
        assert token not in command
        assert "data=generated" in command
    words = shlex.split(command)
    assert words[:2] == ["wade", "studio"]
    with serving(*words[2:]) as other, visiting(browser, other) as studio:
        studio.press("forward")
        studio.wait_for_step(1)
        assert studio.numbers() == numbers
    with visiting(browser, address) as studio:
        field = studio.page.get_by_label("Settings to use")
        field.fill("nothing")
        field.press("Enter")
        studio.wait_for_text(".toast.is-error", "These are no settings")
        field.fill(command)
        field.press("Enter")
        studio.wait_for_text(".toast", "The settings are in use.")
        studio.press("forward")
        studio.wait_for_step(1)
        assert studio.numbers() == numbers


def test_a_reload_finds_the_same_state(browser, address):
    with visiting(browser, address) as studio:
        studio.play_until(20)
        step, numbers = studio.number("Step"), studio.numbers()
        studio.page.reload()
        studio.wait_for_step(int(step))
        studio.page.locator(".net-field .neuron").first.wait_for(state="attached", timeout=PATIENCE)
        assert studio.numbers() == numbers


def test_a_lost_connection_comes_back_to_the_same_state(browser, address):
    sockets = []

    def through(route):
        sockets.append(route)
        route.connect_to_server()

    with visiting(browser, address) as studio:
        studio.page.route_web_socket(re.compile("/socket$"), through)
        studio.page.reload()
        studio.page.locator(".net-field .neuron").first.wait_for(state="attached", timeout=PATIENCE)
        studio.press("forward")
        studio.wait_for_step(1)
        numbers = studio.numbers()
        sockets[-1].close(code=1012, reason="gone")
        studio.wait_for_text(".trouble", "connection")
        studio.page.locator(".trouble").wait_for(state="detached", timeout=PATIENCE)
        assert len(sockets) > 1
        assert studio.number("Step") == 1
        assert studio.numbers() == numbers
        studio.press("forward")
        studio.wait_for_step(2)


def test_a_saved_model_is_opened_again(browser, address, tmp_path):
    with visiting(browser, address) as studio:
        studio.play_until(50)
        with studio.page.expect_download(timeout=PATIENCE) as download:
            studio.page.get_by_role("button", name="Save model (.wade)").click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        numbers = studio.numbers()
        studio.press("other")
        studio.wait_for_step(0)
        studio.page.set_input_files("input[type=file][accept='.wade']", str(path))
        studio.wait_for_text(".toast", "is open")
        studio.settle()
        assert studio.numbers() == numbers
