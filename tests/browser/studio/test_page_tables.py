"""From one table to another on the page of the studio: everything shown is of the new one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.studio.serving import PATIENCE, serving, visiting


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("digits") as found:
        yield found


LATE = """async () => {
  const {Store} = await import(new URL('store.js', location.href.split('#')[0]));
  const heard = {};
  const [axes, network] = [{kind: 'plane'}, {inputs: []}];
  const state = (name) => ({data: {source: 'built_in', name, classes: []}, axes, network});
  const store = new Store({on: (kind, listener) => { heard[kind] = listener; }, drawn: () => {}});
  const told = [];
  window.addEventListener('error', (event) => { told.push(event.message); event.preventDefault(); });
  heard.state(state('digits'));
  heard.frame({step: 1});
  store.subscribe(['state'], () => { if (store.state.data.name === 'wine') throw new Error('of one view'); });
  store.subscribe(['state'], () => told.push(store.state.data.name));
  heard.state(state('wine'));
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return [told, store.frame];
}"""


def test_everything_is_of_the_table_that_was_chosen_last(browser, address):
    with visiting(browser, address) as studio:
        page = studio.page
        for name, rows in (("wine", "178"), ("digits", "1,797"), ("wine", "178")):
            page.get_by_label("Built-in table").last.select_option(name)
            studio.wait_for_text(".about-data", f"{name}:")
            studio.wait_for_text("#mathematics", f"of {rows}")
        assert studio.heard == []


def test_a_view_that_fails_keeps_no_other_from_the_new_table(browser, address):
    with visiting(browser, address) as studio:
        told, frame = studio.page.evaluate(LATE)
        assert told[0] == "digits"
        assert told[-1] == "wine"
        assert any("of one view" in each for each in told)
        assert frame is None


def test_a_refusal_goes_when_something_else_was_done(browser, address):
    with visiting(browser, address) as studio:
        rate = studio.page.get_by_role("spinbutton", name="Learning rate")
        rate.fill("0")
        rate.press("Enter")
        studio.page.locator(".toast.is-error").wait_for(timeout=PATIENCE)
        rate.fill("0.2")
        rate.press("Enter")
        studio.page.locator(".toast.is-error").wait_for(state="detached", timeout=PATIENCE)


def test_a_formula_stands_in_its_field_as_it_was_typed(browser, address):
    with visiting(browser, address) as studio:
        studio.page.locator("#source").select_option("formula")
        field = studio.page.get_by_label("f(x)")
        for typed in ("cos(2 * x)", "y = cos(3 * x)"):
            field.fill(typed)
            studio.page.get_by_role("button", name="Use", exact=True).click()
            studio.wait_for_text(".about-data", typed.removeprefix("y = "))
            studio.settle()
            assert field.input_value() == typed.removeprefix("y = ")


def test_generated_data_have_their_own_rows_after_another_table(browser, address):
    with visiting(browser, address) as studio:
        page = studio.page
        page.locator("#source").select_option("generated")
        page.get_by_label("Generated data").last.select_option("circles")
        studio.wait_for_text(".about-data", "circles:")
        page.locator("#source").select_option("built_in")
        page.get_by_label("Built-in table").last.select_option("wine")
        studio.wait_for_text(".about-data", "wine:")
        page.locator("#source").select_option("generated")
        assert page.get_by_label("Rows", exact=True).first.input_value() == ""
        page.get_by_label("Generated data").last.select_option("moons")
        studio.wait_for_text(".about-data", "moons:")
        studio.settle()
        assert page.get_by_label("Rows", exact=True).first.input_value() == "500"


def test_a_check_of_the_gradient_is_brought_into_view(browser, address):
    with visiting(browser, address) as studio:
        studio.page.get_by_role("button", name="Check the gradient").click()
        title = studio.page.locator("#mathematics h3:focus")
        title.wait_for(timeout=PATIENCE)
        assert title.inner_text().startswith("Gradient check")
        region, place = studio.page.locator(".formulas").bounding_box(), title.bounding_box()
        assert region["y"] <= place["y"] < region["y"] + region["height"]
        assert place["y"] < studio.page.viewport_size["height"]
