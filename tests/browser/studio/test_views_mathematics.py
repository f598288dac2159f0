"""The mathematics: formulas as the server wrote them, through one gate, chosen by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.browser.studio.staging import Staged, staged
from wade.studio import messages as m
from wade.studio.data import open_table
from wade.studio.outbox import Outbox
from wade.studio.session import StudioSession

SHAPE = {"hidden": [3, 2], "activations": ["tanh", "tanh"], "batch_size": 8}


@pytest.fixture(scope="module")
def session() -> Iterator[StudioSession]:
    """A training on moons, forty steps on."""
    made = StudioSession("key", Outbox(), lambda: open_table("generated", "moons"))
    made.handle(m.Open(id=0))
    made.handle(m.Configure(id=1, settings=SHAPE))
    made.handle(m.Step(id=2, count=40))
    yield made
    made.close()


def open_view(stage: Staged, session: StudioSession, **asked: Any) -> dict[str, Any]:
    """The mathematics of a session in the stage; what was sent comes back."""
    shown = msgspec.to_builtins(session.handle(m.Mathematics(id=3, **asked)))
    stage.say(state=msgspec.to_builtins(session.state()))
    stage.reply(mathematics=shown)
    stage.mount("mathematics")
    stage.settle()
    return shown


@pytest.mark.parametrize(
    ("size", "scheme"), [("phone", "light"), ("phone", "dark"), ("desk", "light"), ("desk", "dark")]
)
def test_it_has_no_problem(browser, stage_address, session, size, scheme):
    with staged(browser, stage_address, size, scheme) as stage:
        open_view(stage, session, check=True)
        assert stage.problems() == []


def test_every_formula_is_shown_as_it_was_written(browser, stage_address, session):
    with staged(browser, stage_address) as stage:
        sections = open_view(stage, session, digits=17)["sections"]
        written = [block["mathml"] for one in sections for block in one["blocks"] if block["kind"] == "formula"]
        normal = "(all) => all.map(one => new DOMParser().parseFromString(one, 'text/html').body.innerHTML)"
        figures = "() => [...document.querySelectorAll('.formula > .wide')].map(one => one.innerHTML)"
        shown = [one.replace(' class="is-chosen"', "") for one in stage.page.evaluate(figures)]
        assert len(written) > 30
        assert shown == stage.page.evaluate(normal, written)
        titles = stage.page.locator("#view section h3").all_inner_texts()
        assert titles == [one["title"] for one in sections]


def test_numbers_are_those_of_the_trace_to_the_last_digit(browser, stage_address, session):
    with staged(browser, stage_address) as stage:
        values = open_view(stage, session, form="numbers", digits=17)["values"]
        numbers = stage.page.evaluate(
            """() => [...document.querySelectorAll('.formula [data-of]')]
              .filter(one => /^[−\\d.]+$/.test(one.textContent)).map(one => [one.dataset.of, one.textContent])"""
        )
    found: dict[str, set[float]] = {}
    for name, text in numbers:
        found.setdefault(name, set()).add(abs(float(text.replace("−", "-"))))  # a sum has the sign before the number
    compared = [name for name in found if name in values]
    assert {"W1[0,0]", "∂J/∂W1[0,0]", "a1[0]", "delta2[1]", "J"} <= set(compared)
    assert [name for name in compared if abs(values[name]) not in found[name]] == []


def test_only_formulas_come_through_the_gate(browser, stage_address, session):
    hostile = (
        '<math><mi href="javascript:alert(1)" onclick="alert(1)" data-of="W1[0,0]" style="color:red">w</mi>'
        '<mtext><img src="x" onerror="alert(1)">kept</mtext><annotation-xml encoding="text/html">'
        '<script>alert(1)</script></annotation-xml></math><a href="https://example.org">link</a>'
        "<style>* { display: none }</style>"
    )
    with staged(browser, stage_address) as stage:
        shown = open_view(stage, session)
        shown["sections"][0]["blocks"] = [
            {"kind": "formula", "mathml": hostile, "plain": "", "label": "", "short": False}
        ]
        shown["sections"][1]["title"] = "<img src=x onerror=alert(1)>"
        stage.reply(mathematics=shown)
        stage.say(state={**msgspec.to_builtins(session.state()), "step": 41})
        html = stage.page.locator(".formula > .wide").first.inner_html()
        assert html == '<math><mi data-of="W1[0,0]" class="is-chosen">w</mi><mtext>kept</mtext></math>link'
        assert stage.page.locator("#view h3").nth(1).inner_text() == "<img src=x onerror=alert(1)>"
        blocked = "console: Applying inline style violates the following Content Security Policy"
        assert [one for one in stage.heard if not one.startswith(blocked)] == [], "nothing ran, nothing was loaded"


def test_a_weight_is_chosen_by_its_symbol_and_by_keyboard(browser, stage_address, session):
    with staged(browser, stage_address) as stage:
        open_view(stage, session)
        stage.page.locator(".formula [data-of='W2[0,0]'], .formula [data-of='∂J/∂W2[0,0]']").first.click()
        stage.page.get_by_label("Parameter").select_option("W3")
        stage.page.get_by_label("from", exact=True).fill("2")
        stage.page.get_by_label("from", exact=True).press("Enter")
        assert (
            stage.sent("select")
            == [
                {"command": "select", "parameter": "W2[0,0]"},
                {"command": "select", "parameter": "W3[0,0]"},
                {"command": "select", "parameter": "W1[0,0]"},
            ][: len(stage.sent("select"))]
        )
        state = msgspec.to_builtins(session.state())
        stage.say(state={**state, "parameter": "W3[0,0]"})
        stage.page.get_by_label("from", exact=True).fill("1")
        stage.page.get_by_label("from", exact=True).press("Enter")
        assert stage.sent("select")[-1] == {"command": "select", "parameter": "W3[1,0]"}


def test_rows_are_chosen_one_by_one_by_number_and_from_the_batch(browser, stage_address, session):
    with staged(browser, stage_address) as stage:
        shown = open_view(stage, session)
        row, batch = session.state().row.index, shown["batch"]["rows"]
        stage.page.get_by_role("button", name="Next row").click()
        stage.page.get_by_label("Row", exact=True).fill("12")
        stage.page.get_by_label("Row", exact=True).press("Enter")
        stage.page.get_by_label("In the batch").select_option(f"{batch[1] + 1:,}")
        assert [one["row"] for one in stage.sent("select")] == [row + 1, 11, batch[1]]
        value = session.state().row.values["x"]
        assert f"{value:.7g}".replace("-", "−") in stage.text(".facts")


def test_form_digits_precision_and_the_check_are_asked_for(browser, stage_address, session):
    with staged(browser, stage_address) as stage:
        open_view(stage, session)
        stage.page.get_by_role("combobox", name="Formulas").select_option("Symbols")
        stage.page.get_by_label("Digits").fill("9")
        stage.page.get_by_label("Digits").press("Enter")
        stage.page.get_by_label("Precision").select_option("float32 (engine)")
        stage.page.get_by_role("button", name="Check the gradient").click()
        stage.settle()
        assert stage.sent("mathematics")[-1] == {
            "command": "mathematics", "form": "symbols", "digits": 9, "precision": "float32", "check": True,
        }  # fmt: skip
        assert stage.page.get_by_role("button", name="Check the gradient").get_attribute("aria-pressed") == "true"


def test_it_follows_the_phases_and_scrolls_only_within_itself(browser, stage_address, session):
    with staged(browser, stage_address) as stage:
        open_view(stage, session)
        stage.page.evaluate("() => { document.querySelector('.formulas').style.height = '300px'; }")
        state = msgspec.to_builtins(session.state())
        stage.say(state={**state, "phase": "forward"})
        top = stage.page.evaluate("() => document.querySelector('.formulas').scrollTop")
        titles = stage.page.locator("#view section h3").all_inner_texts()
        assert "Forward pass" in titles
        assert "Backward pass not computed yet" in titles
        stage.say(state={**state, "phase": "backward"})
        region = stage.page.evaluate("() => [document.querySelector('.formulas').scrollTop, window.scrollY]")
        assert region[0] > top > 0
        heading = stage.page.locator("[data-phase=backward] h3").first.bounding_box()
        assert 0 <= heading["y"] - stage.page.locator(".formulas").bounding_box()["y"] < 40
        assert region[1] == 0
        titles = stage.page.locator("#view section h3").all_inner_texts()
        assert "Backward pass" in titles
        assert "Update not computed yet" in titles


def test_what_is_not_computed_yet_has_symbols_and_no_numbers(browser, stage_address, session):
    symbols = msgspec.to_builtins(session.handle(m.Mathematics(id=3, form="symbols")))
    with staged(browser, stage_address) as stage:
        shown = open_view(stage, session)
        stage.reply(mathematics=symbols)
        state = msgspec.to_builtins(session.state())
        stage.say(state={**state, "phase": "forward"})
        assert [one["form"] for one in stage.sent("mathematics")[-2:]] == ["both", "symbols"]
        update = stage.page.locator("[data-phase=update]")
        assert update.locator("table, p").count() == 0
        assert update.locator(".formula").count() == 1
        assert "." not in update.locator("math").first.text_content(), "indices are whole numbers, values have a point"
    assert any(block["kind"] == "text" for block in shown["sections"][-1]["blocks"])


def test_sections_that_stay_the_same_are_not_made_anew(browser, stage_address, session):
    with staged(browser, stage_address) as stage:
        shown = open_view(stage, session)
        stage.page.evaluate("() => { window.sections = [...document.querySelectorAll('.formulas section')]; }")
        shown["sections"][3]["blocks"].append({"kind": "text", "text": "One more."})
        stage.reply(mathematics=shown)
        stage.say(state=msgspec.to_builtins(session.state()))
        same = "() => [...document.querySelectorAll('.formulas section')].map((one, at) => one === window.sections[at])"
        assert stage.page.evaluate(same) == [at != 3 for at in range(len(shown["sections"]))]


def test_a_refusal_is_said(browser, stage_address, session):
    with staged(browser, stage_address) as stage:
        open_view(stage, session)
        stage.reply(mathematics={"error": "`parameter` must be a parameter of the network; received 'W9[0,0]'."})
        stage.say(state=msgspec.to_builtins(session.state()))
        assert "received 'W9[0,0]'" in stage.text("[role=status]")
