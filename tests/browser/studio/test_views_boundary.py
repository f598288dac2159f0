"""The large picture: what the network answers over the columns, in real units, by mouse and by keyboard."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.browser.studio.recorded import GRID
from tests.browser.studio.staging import shown, staged
from wade.studio.frames import as_map

KINDS = [("binary", "plane"), ("multiclass", "plane"), ("regression", "plane"), ("regression", "line"),
         ("binary", "line"), ("binary", "histogram")]  # fmt: skip


@pytest.mark.parametrize(("task", "kind"), KINDS)
@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("desk", "dark")])
def test_it_has_no_problem(browser, stage_address, recorded, task, kind, size, scheme):
    with staged(browser, stage_address, size, scheme) as stage:
        shown(stage, "boundary", recorded(task, kind))
        assert stage.problems() == []


def test_the_pointer_reads_what_the_network_answers_there_in_real_units(browser, stage_address, recorded):
    made = recorded()
    with staged(browser, stage_address) as stage:
        shown(stage, "boundary", made)
        stage.page.locator(".plot").focus()
        for key in ["ArrowRight"] * 6 + ["ArrowUp"] * 9:
            stage.page.keyboard.press(key)
        stage.settle()
        said = stage.text(".readout")
    x, y = (0.5 + 6 / 40) * 4.4 - 2.2, (0.5 + 9 / 40) * 4.4 - 2.2
    temperature, wind, answer = re.match(
        r"temperature ([\d.−]+)\s°C, wind speed ([\d.−]+)\skm/h: P\(departure = delayed\) ([\d.]+)", said
    ).groups()
    assert float(temperature) == pytest.approx(8 + 9 * x, abs=0.01)
    assert float(wind) == pytest.approx(26 + 11 * y, abs=0.01)
    near = np.rint((np.array([x, y]) + 2.2) / 4.4 * (GRID - 1)) / (GRID - 1) * 4.4 - 2.2
    assert float(answer) == pytest.approx(float(made.network(near[None])[0, 0]), abs=0.003)


def test_enter_chooses_the_nearest_row_and_so_does_a_click(browser, stage_address, recorded):
    made = recorded()
    with staged(browser, stage_address) as stage:
        shown(stage, "boundary", made)
        stage.page.locator(".plot").focus()
        stage.page.keyboard.press("ArrowRight")
        stage.page.keyboard.press("Enter")
        stage.settle()
        by_key = stage.sent("select")[-1]["row"]
        plot = stage.page.locator(".plot").bounding_box()
        ring = stage.page.locator(".ring").bounding_box()
        stage.page.mouse.click(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
        assert plot["x"] < ring["x"] < plot["x"] + plot["width"]
        assert stage.sent("select")[-1]["row"] == 1007, "the ring is around the row at hand"
    # In CSS pixels an axis is about 4:3, so the nearest in the plot is among the nearest in shares of the axes.
    shares = np.abs((made.X + 2.2) / 4.4 - [0.5 + 1 / 40, 0.5]) * [4, 3]
    assert by_key - 1000 in np.argsort(np.hypot(*shares.T))[:3]


def test_the_map_stands_on_its_head_nowhere(browser, stage_address, recorded):
    made = recorded()
    values = np.zeros((GRID, GRID))
    values[-1] = 1.0  # the highest y
    with staged(browser, stage_address) as stage:
        shown(stage, "boundary", made)
        stage.say(frame=made.pack([as_map("map:a3[0]", values, 0.0, 1.0)]))
        top, bottom = stage.page.evaluate(
            """() => {
              const canvas = document.querySelector('canvas[role=img]'), context = canvas.getContext('2d');
              const at = (y) => [...context.getImageData(canvas.width / 2, y, 1, 1).data];
              return [at(12), at(canvas.height - 60)];
            }"""
        )
    assert top[0] > top[2], "vermilion, for 1"
    assert bottom[2] > bottom[0], "blue, for 0"


def test_the_picture_is_told_in_words(browser, stage_address, recorded):
    with staged(browser, stage_address) as stage:
        shown(stage, "boundary", recorded("multiclass"))
        label = stage.page.locator("canvas[role=img]").get_attribute("aria-label")
    assert label.startswith("Map of likeliest class of departure over temperature in °C and wind speed in km/h: ")
    for part in ("calm (probability 0.", "in the middle", "60 of them held out"):
        assert part in label


def test_a_neuron_and_other_columns_can_be_chosen(browser, stage_address, recorded):
    made = recorded()
    state = made.state()
    state["settings"]["inputs"].append("pressure")
    with staged(browser, stage_address) as stage:
        shown(stage, "boundary", made, settings=state["settings"])
        stage.page.get_by_label("Shown").select_option(label="hidden layer 2, neuron 3")
        stage.page.get_by_label("Across").select_option("wind speed")
        assert stage.sent("select") == [
            {"command": "select", "neuron": "a2[3]"},
            {"command": "select", "columns": ["wind speed", "temperature"]},
        ]
        stage.say(state={**state, "neuron": "a2[3]"})
        assert "hidden layer 2, neuron 3" in stage.text(".legend")
        stage.page.locator(".plot").focus()
        stage.page.keyboard.press("Escape")
        assert stage.sent("select")[-1] == {"command": "select", "neuron": ""}


def test_what_is_not_finite_is_said(browser, stage_address, recorded):
    made = recorded()
    with staged(browser, stage_address) as stage:
        shown(stage, "boundary", made)
        stage.say(frame=made.pack([as_map("map:a3[0]", np.full((GRID, GRID), np.nan))]), state=made.state())
        assert "not finite" in stage.page.locator("canvas[role=img]").get_attribute("aria-label")
        assert stage.problems() == []


def test_its_numbers_come_when_they_are_asked_for_with_all_digits(browser, stage_address, recorded):
    table = {"title": "P(delayed) over the plane", "columns": ["temperature", "P"], "rows": [[1.5, 0.1], [2, 1 / 3]],
             "of_rows": 4096}  # fmt: skip
    with staged(browser, stage_address) as stage:
        shown(stage, "boundary", recorded())
        assert stage.sent("numbers") == []
        stage.reply(numbers=table)
        stage.page.get_by_text("Numbers of this picture").click()
        stage.settle()
        assert stage.sent("numbers") == [{"command": "numbers", "of": "boundary"}]
        assert "0.3333333333333333" in stage.text(".numbers-table")
        assert "2 of 4,096 rows" in stage.text(".numbers")
        stage.page.get_by_role("button", name="Save as CSV").click()
        assert stage.sent("save") == [{"command": "save", "what": "numbers", "of": "boundary"}]
        assert stage.problems() == []


def test_the_decision_boundary_is_where_the_pre_activation_is_zero(browser, stage_address, recorded):
    made = recorded()
    across = np.linspace(-1, 1, GRID)
    Z = np.tile(40 * (across - 0.25), (GRID, 1))  # steep: the output is 0 or 1 but in one cell
    parts = [as_map("map:a3[0]", 1 / (1 + np.exp(-Z)), 0.0, 1.0), as_map("map:z3[0]", Z, -50.0, 50.0)]
    with staged(browser, stage_address) as stage:
        shown(stage, "boundary", made)
        stage.page.get_by_role("checkbox", name="Rows").uncheck()
        stage.say(frame=made.pack(parts))
        box = stage.page.evaluate(
            """() => {
              const canvas = document.querySelector('canvas[role=img]'), context = canvas.getContext('2d');
              const axis = document.querySelector('svg .axis').getBBox(), row = Math.round(axis.y + axis.height / 2);
              const line = context.getImageData(0, row, canvas.width, 1).data;
              const dark = [...Array(canvas.width).keys()].filter((x) => line[4 * x + 3] && line[4 * x] < 90);
              return [axis.x, axis.width, dark.reduce((sum, x) => sum + x + 0.5, 0) / dark.length];
            }"""
        )
    left, width, found = box
    assert (found - left) / width == pytest.approx(0.625, abs=0.004)
