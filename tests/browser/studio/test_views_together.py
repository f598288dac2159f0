"""Picture, mathematics and program of one state: the same numbers, lit up together."""

from __future__ import annotations

import csv
import math
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import wade
from tests.browser.studio.serving import PATIENCE, Studio, serving, visiting

WIDE = (2000, 1000)  # room for all panes
FORMULAS = ".formulas section"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("moons") as found:
        yield found


def parameters_on(studio: Studio) -> dict[str, np.float32]:
    """All weights and biases, as the table of numbers has them: with the digits that float32 needs."""
    lines = [line.split("\t") for line in studio.numbers()]
    return {line[0]: np.float32(line[-1].replace("−", "-")) for line in lines}


def in_formulas(studio: Studio) -> dict[str, set[float]]:
    """The size of each number in the formulas, by its address."""
    found: dict[str, set[float]] = {}
    script = "(all) => all.map(one => [one.dataset.of, one.textContent])"
    for name, text in studio.page.locator(f"{FORMULAS} .formula [data-of]").evaluate_all(script):
        number = re.fullmatch(r"−?([\d.]+)(?:·10(−?\d+))?", text)
        if number:
            power = (number[2] or "0").replace("−", "-")
            found.setdefault(name, set()).add(float(f"{number[1]}e{power}"))
    return found


def test_the_formulas_are_those_of_wade_explain_to_the_last_digit(browser, address):
    with visiting(browser, address, WIDE) as studio:
        studio.play_until(150)
        studio.page.get_by_label("Digits").fill("17")
        studio.page.get_by_label("Digits").press("Enter")
        studio.wait_for_text(FORMULAS, "Backward pass")
        studio.settle()
        shown, parameters = in_formulas(studio), parameters_on(studio)
        observed = float(re.search(r"class: (\d) observed", studio.page.inner_text(".formulas"))[1])
        encoded = studio.page.locator(f"{FORMULAS} td").filter(has_text="clipped: ").all_inner_texts()
    network = wade.Network(2, hidden=(8, 8), activation="tanh", output="sigmoid", dtype="float64")
    for name, values in network.parameters.items():
        for index in np.ndindex(values.shape):
            values[index] = parameters[f"{name}[{','.join(map(str, index))}]"]
    rounded = [float(text.rsplit("clipped: ", 1)[1].replace("−", "-")) for text in encoded]
    x = [math.copysign(shown[f"a0[{place}]"].pop(), value) for place, value in enumerate(rounded)]
    assert x == pytest.approx(rounded, abs=1e-3)
    trace = wade.explain(network, x, observed)
    for layer, (Z, A, delta) in enumerate(zip(trace.forward.Z, trace.forward.A, trace.deltas, strict=True), start=1):
        for letter, values in (("z", Z), ("a", A), ("delta", delta)):
            for neuron, value in enumerate(values[0]):
                assert abs(value) in shown.get(f"{letter}{layer}[{neuron}]", {abs(value)}), (letter, layer, neuron)
    compared = {name for name in shown if re.match(r"(z|a|delta)\d", name)}
    assert {"z1[0]", "a1[0]", "z3[0]", "a3[0]", "delta3[0]"} <= compared
    assert float(trace.J) in shown["J"]
    assert abs(trace.chain("W1[0,0]").gradient) in shown["∂J/∂W1[0,0]"]


def test_the_program_on_screen_ends_in_the_parameters_on_screen(browser, address, tmp_path):
    with visiting(browser, address, WIDE) as studio:
        studio.stride("1 epoch")
        studio.press("forward")
        studio.settle()
        studio.page.get_by_role("spinbutton", name="Learning rate").fill("0.03")
        studio.page.get_by_role("spinbutton", name="Learning rate").press("Enter")
        studio.settle()
        studio.press("forward")
        studio.settle()
        step = studio.number("Step")
        studio.wait_for_text(".code", "walk.change(learning_rate=0.03)")
        text = "\n".join(studio.page.locator(".code li code").all_text_contents())
        parameters = parameters_on(studio)
    (tmp_path / "program.py").write_text(text, encoding="utf-8")
    walk = runpy.run_path(str(tmp_path / "program.py"))["walk"]
    assert walk.steps == step == 38
    for name, values in walk.network.parameters.items():
        for index in np.ndindex(values.shape):
            assert values[index] == parameters[f"{name}[{','.join(map(str, index))}]"]


def test_what_is_pointed_at_lights_up_in_all_three(browser, address):
    with visiting(browser, address, WIDE) as studio:
        studio.wait_for_text(FORMULAS, "Backward pass")
        studio.page.select_option(".listing select", "numpy")
        studio.wait_for_text(".code", "dense(A0")
        symbol = studio.page.locator(f"{FORMULAS} .formula [data-of='W1[0,0]']").first
        symbol.scroll_into_view_if_needed()
        symbol.hover()
        lit = ".is-pointed"
        studio.page.locator(f".edge{lit}").first.wait_for(state="attached", timeout=PATIENCE)
        assert studio.page.locator(f".edge{lit}").count() == 1
        assert studio.page.locator(f"math {lit}").count() > 1
        assert any('dense(A0, theta["W1"]' in line for line in studio.page.locator(f".code {lit}").all_inner_texts())
        studio.page.locator(".code li").filter(has_text="Z2 = dense(A1").first.hover()
        studio.page.wait_for_function("() => document.querySelectorAll('.edge.is-pointed').length === 64")


def test_a_weight_that_is_chosen_in_a_formula_is_followed_everywhere(browser, address):
    with visiting(browser, address, WIDE) as studio:
        studio.wait_for_text(FORMULAS, "Backward pass")
        studio.page.locator(".mathematics").get_by_label("Parameter").select_option("W2")
        studio.wait_for_text(FORMULAS, "Chain rule for W2[0,0]")
        studio.page.locator(f"{FORMULAS} .formula [data-of='W3[0,0]']").first.click()
        studio.wait_for_text(FORMULAS, "Chain rule for W3[0,0]")
        studio.page.get_by_role("button", name="Check the gradient").click()
        studio.wait_for_text(FORMULAS, "Gradient check")
        assert "correct" in studio.page.inner_text(".formulas")
        assert studio.heard == []


@pytest.mark.parametrize("table", ["iris", "hills"])
def test_every_picture_has_its_numbers_as_a_table_and_a_file(browser, table):
    with serving(table) as address, visiting(browser, address, WIDE) as studio:
        studio.stride("1 epoch")
        studio.press("forward")
        studio.settle()
        pictures = studio.page.locator(".pane-picture details:has(> summary:text-matches('^Numbers|^Rows of'))")
        titles = []
        for one in pictures.all():
            one.locator("> summary").click()
            one.locator("tbody tr").first.wait_for(timeout=PATIENCE)
            titles.append(one.locator("p").first.inner_text())
            head = [cell.inner_text() for cell in one.locator("thead th").all()]
            with studio.page.expect_download(timeout=PATIENCE) as download:
                one.get_by_role("button", name="Save as CSV").click()
            lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
            assert next(csv.reader(lines)) == head
            shown = [cell.inner_text().replace("−", "-") for cell in one.locator("tbody tr").first.locator("td").all()]
            assert [cell.replace("−", "-") for cell in next(csv.reader(lines[1:2]))] == shown
            one.locator("> summary").click()
        assert len(titles) == len(set(titles)) == 6
        assert studio.problems() == []


def test_the_program_is_downloaded_as_it_is_shown(browser, address):
    with visiting(browser, address, WIDE) as studio:
        studio.press("forward")
        studio.wait_for_text(".code", "walk.step(1)")
        with studio.page.expect_download(timeout=PATIENCE) as download:
            studio.page.get_by_role("button", name="Download", exact=True).click()
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert text.splitlines() == studio.page.locator(".code li code").all_text_contents()
