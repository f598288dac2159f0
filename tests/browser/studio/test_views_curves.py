"""Curves: every point as it was sent, axes that do not hide progress, values by mouse and by keyboard."""

from __future__ import annotations

import pytest

from tests.browser.studio.staging import shown, staged


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("phone", "dark"), ("desk", "light")])
def test_they_have_no_problem(browser, stage_address, recorded, size, scheme):
    with staged(browser, stage_address, size, scheme) as stage:
        shown(stage, "curves", recorded())
        assert stage.problems() == []


def test_the_keyboard_reads_each_point(browser, stage_address, recorded):
    made = recorded()
    curves = made.curves()
    with staged(browser, stage_address) as stage:
        shown(stage, "curves", made)
        stage.page.locator(".charts").focus()
        stage.page.keyboard.press("Home")
        for _ in range(10):
            stage.page.keyboard.press("ArrowRight")
        stage.settle()
        said = stage.text(".readout")
    assert said.startswith(f"Step 55, epoch 11: training (batches) loss {curves['train'][10]:.5g}, validation loss ")
    assert f"{curves['validation'][1]:.5g}" in said, "the last value of validation up to this step"


def test_the_text_is_of_the_step_that_the_bar_shows(browser, stage_address, recorded):
    made = recorded()
    with staged(browser, stage_address) as stage:
        shown(stage, "curves", made)
        assert stage.text(".readout").startswith(f"Step {made.steps}, ")
        stage.say(state={**made.state(), "step": 403, "epoch": 80.6})
        assert stage.text(".readout").startswith("Step 403, epoch 80.6: training (batches) loss ")


def test_nothing_moves_without_a_step(browser, stage_address, recorded):
    made = recorded()
    with staged(browser, stage_address) as stage:
        shown(stage, "curves", made)
        stage.page.evaluate("() => { window.first = document.querySelector('path.line'); }")
        stage.say(state=made.state(), curves=made.curves())
        assert stage.page.evaluate("() => window.first === document.querySelector('path.line')")
        stage.say(curves=made.curves(79))
        assert stage.page.evaluate("() => window.first !== document.querySelector('path.line')")


def test_the_axes_stay_while_a_training_goes_on(browser, stage_address, recorded):
    made = recorded()
    ticks = "() => [...document.querySelectorAll('.chart g > text')].map(one => one.textContent)"
    with staged(browser, stage_address) as stage:
        shown(stage, "curves", made)
        stage.say(curves=made.curves(72))
        before = stage.page.evaluate(ticks)
        stage.say(curves=made.curves(78))
        assert stage.page.evaluate(ticks) == before


def test_a_loss_over_a_wide_range_is_drawn_on_a_logarithmic_axis_that_says_so(browser, stage_address, recorded):
    made = recorded()
    curves = made.curves()
    curves["train"][0] = 900.0
    with staged(browser, stage_address) as stage:
        shown(stage, "curves", made)
        assert stage.text("h3") == "Loss: cross-entropy"
        stage.say(curves=curves)
        assert stage.text("h3") == "Loss: cross-entropy, logarithmic"
        stage.page.get_by_label("Axis of the loss").select_option("zero")
        stage.settle()
        assert stage.text("h3") == "Loss: cross-entropy"
        stage.page.get_by_label("Axis of the loss").select_option("logarithmic")
        curves["train"][3] = 0.0
        stage.say(curves=curves)
        assert "have no logarithm" in stage.text("p.soft:not([hidden])")


def test_losses_that_are_not_finite_are_a_gap_and_said(browser, stage_address, recorded):
    made = recorded()
    curves = made.curves()
    curves["train"][60:] = [None] * 20
    with staged(browser, stage_address) as stage:
        shown(stage, "curves", made)
        stage.say(curves=curves)
        assert "then not finite" in stage.page.locator("svg.chart").first.get_attribute("aria-label")
        assert "training (batches) loss not finite" in stage.text(".readout")
        assert stage.problems() == []


def test_what_moves_by_itself_is_not_read_aloud(browser, stage_address, recorded):
    made = recorded()
    live = "() => document.querySelector('.readout').getAttribute('aria-live')"
    with staged(browser, stage_address) as stage:
        shown(stage, "curves", made, running=True)
        assert stage.page.evaluate(live) == "off"
        stage.page.locator(".charts").focus()
        stage.say(curves=made.curves(79))
        assert stage.page.evaluate(live) == "off"
        stage.say(state=made.state(running=False))
        stage.page.keyboard.press("ArrowLeft")
        stage.settle()
        assert stage.page.evaluate(live) == "polite"


def test_a_value_without_neighbors_is_a_dot(browser, stage_address, recorded):
    made = recorded()
    curves = made.curves(1)
    curves.update(validation_steps=[0], validation=[0.7], train_metric=[0.5], validation_metric=[0.5])
    with staged(browser, stage_address) as stage:
        shown(stage, "curves", made)
        stage.say(curves=curves)
        assert stage.page.locator("svg.chart").first.locator("circle").count() == 2
