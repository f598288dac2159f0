"""The network as a picture to be touched: maps enlarged, weights edited beside themselves, layers removed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.studio.serving import PATIENCE, serving, visiting

COVERED = """() => {
  const box = (one) => one.getBoundingClientRect();
  const editor = box(document.querySelector('.editor'));
  const apart = (other) => editor.left >= other.right || editor.right <= other.left
    || editor.top >= other.bottom || editor.bottom <= other.top;
  return [...document.querySelectorAll('.edge.is-pointed, .edge-mark, [data-key="a0[0]"], [data-key="a1[0]"]')]
    .map(box).filter((one) => !apart(one)).length;
}"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("moons") as found:
        yield found


def test_a_neuron_that_is_pointed_at_shows_its_map_at_once_and_by_focus_too(browser, address):
    with visiting(browser, address) as studio:
        picture = studio.page.locator(".tip canvas")
        studio.page.locator('[data-key="a1[2]"]').hover()
        picture.wait_for(timeout=PATIENCE)
        assert picture.bounding_box()["width"] > 2 * studio.page.locator('[data-key="a1[2]"]').bounding_box()["width"]
        studio.page.locator("h1").hover()
        picture.wait_for(state="hidden", timeout=PATIENCE)
        studio.page.locator('.neuron[tabindex="0"]').focus()
        picture.wait_for(timeout=PATIENCE)


@pytest.mark.parametrize("width", [1440, 800])
def test_the_editor_of_a_weight_covers_neither_it_nor_its_neurons(browser, address, width):
    with visiting(browser, address, (width, 900)) as studio:
        studio.page.locator('.edge[tabindex="0"]').focus()
        studio.page.keyboard.press("Enter")
        studio.page.locator(".editor").wait_for(timeout=PATIENCE)
        assert studio.page.evaluate(COVERED) == 0


@pytest.mark.parametrize("size", [(360, 800), (1400, 900)])
def test_layers_can_be_removed_over_the_network_however_many_there_are(browser, address, size):
    with visiting(browser, address, size) as studio:
        heads = studio.page.locator(".head .remove")
        studio.page.locator('[data-key="add"]').click()
        studio.page.wait_for_function("() => document.querySelectorAll('.head .remove').length === 3", timeout=PATIENCE)
        heads.nth(2).click()
        studio.page.wait_for_function("() => document.querySelectorAll('.head .remove').length === 2", timeout=PATIENCE)
        assert studio.problems() == []


def test_network_and_boundary_are_on_the_first_screen(browser, address):
    with visiting(browser, address) as studio:
        for pane in ("mathematics", "program"):
            button = studio.page.locator(f'[data-command="pane {pane}"]')
            if button.get_attribute("aria-pressed") == "true":
                button.click()
        studio.settle()
        for part in (".net-scroll", ".plot >> nth=0"):
            box = studio.page.locator(part).bounding_box()
            assert box["y"] + box["height"] <= 900


def test_an_output_neuron_has_the_color_of_its_class(browser, address):
    nearest = """(place) => {
      const canvas = document.querySelectorAll('.neuron.is-output canvas')[place];
      const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const style = getComputedStyle(document.documentElement);
      const rgb = (name) => [1, 3, 5].map((at) => parseInt(style.getPropertyValue(name).trim().slice(at, at + 2), 16));
      const from = (color, neutral) => color.map((part, at) => part - neutral[at]);
      const length = (one) => Math.hypot(...one);
      const neutral = rgb('--output-2');
      const pixels = Array.from({length: data.length / 4},
        (_, at) => from([...data.slice(4 * at, 4 * at + 3)], neutral));
      const strongest = pixels.reduce((one, two) => (length(two) > length(one) ? two : one));
      const alike = [0, 1, 2].map((one) => from(rgb(`--series-${one}`), neutral))
        .map((one) => one.reduce((sum, part, at) => sum + part * strongest[at], 0) / length(one));
      return alike.indexOf(Math.max(...alike));
    }"""
    for scheme in ("light", "dark"):
        with visiting(browser, address, scheme=scheme) as studio:
            studio.page.locator("#source").select_option("generated")
            studio.page.get_by_label("Generated data").select_option("blobs")
            studio.wait_for_text(".about-data", "3 classes")
            studio.play_until(100)
            assert [studio.page.evaluate(nearest, place) for place in range(3)] == [0, 1, 2]
