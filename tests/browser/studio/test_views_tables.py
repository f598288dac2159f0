"""Weights, activations, metrics and data: the numbers that were sent, read by mouse and by keyboard."""

from __future__ import annotations

import re

import pytest

from tests.browser.studio.staging import shown, staged

COUNTS = {
    "title": "Weights of W1",
    "columns": ["from", "to", "count"],
    "rows": [[-1.0, 0.0, 5], [0.0, 1.0, 7]],
    "of_rows": 2,
}
MATRIX = {
    "title": "Confusion of 60 validation rows", "columns": ["observed", "calm", "windy", "stormy"],
    "rows": [["calm", 31, 4, 0], ["windy", 5, 12, 3], ["stormy", 0, 2, 14]], "of_rows": 3,
}  # fmt: skip
VIEWS = [("weights", "binary", COUNTS), ("activations", "binary", COUNTS), ("confusion", "multiclass", MATRIX),
         ("confusion", "regression", MATRIX), ("data", "binary", MATRIX)]  # fmt: skip


@pytest.mark.parametrize(("view", "task", "numbers"), VIEWS)
@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desk", "light")])
def test_they_have_no_problem(browser, stage_address, recorded, view, task, numbers, size, scheme):
    with staged(browser, stage_address, size, scheme) as stage:
        stage.reply(numbers=numbers)
        shown(stage, view, recorded(task))
        for summary in stage.page.locator("summary").all():
            if summary.is_visible() and not summary.evaluate("(one) => one.parentElement.open"):
                summary.click()
        stage.settle()
        assert stage.problems() == []


def test_each_cell_reads_its_weight(browser, stage_address, recorded):
    made = recorded()
    with staged(browser, stage_address) as stage:
        shown(stage, "weights", made)
        stage.page.locator(".heatmap").nth(1).focus()
        for key in ["ArrowDown"] * 4 + ["ArrowRight"] * 2:
            stage.page.keyboard.press(key)
        stage.settle()
        said = stage.text(".readout")
        stage.page.keyboard.press("Enter")
        assert stage.sent("select") == [{"command": "select", "parameter": "W2[3,2]"}]
    expected = f"{float(made.network.parameters['W2'][3, 2]):.7g}".replace("-", "−")
    assert said == f"W2[3,2] = {expected}: hidden layer 1, neuron 3 → hidden layer 2, neuron 2"


def test_what_is_pointed_at_elsewhere_is_marked_and_read(browser, stage_address, recorded):
    made = recorded()
    with staged(browser, stage_address) as stage:
        shown(stage, "weights", made)
        stage.page.evaluate("() => stage.store.point('b3[0]')")
        stage.settle()
        assert stage.text(".readout").startswith("b3[0] = ")
        assert stage.page.evaluate(
            "() => [...document.querySelectorAll('.cell-mark')].map(one => one.hasAttribute('hidden'))"
        )[:3] == [True, True, False]


def test_all_layers_have_one_scale(browser, stage_address, recorded):
    made = recorded()
    most = max(abs(float(values).real) for name in "Wb" for layer in "123"
               for values in made.network.parameters[f"{name}{layer}"].ravel())  # fmt: skip
    with staged(browser, stage_address) as stage:
        shown(stage, "weights", made)
        low, high = re.findall(r"[\d.]+", stage.text(".legend"))
        assert low == high
        assert most <= float(high) <= 1.5 * most


def test_histograms_are_asked_for_when_they_are_opened(browser, stage_address, recorded):
    with staged(browser, stage_address) as stage:
        stage.reply(numbers=COUNTS)
        shown(stage, "weights", recorded())
        assert stage.sent("numbers") == []
        stage.page.get_by_text("Histograms of the weights").click()
        stage.settle()
        assert [one["name"] for one in stage.sent("numbers")] == ["W1", "W2", "W3"]
        label = stage.page.locator(".histogram svg").first.get_attribute("aria-label")
        assert label == "Weights of W1: 12 values from −1 to 1, most of them, 7, between 0 and 1."


def test_the_confusion_matrix_has_the_counts_of_the_chosen_rows(browser, stage_address, recorded):
    with staged(browser, stage_address) as stage:
        stage.reply(numbers=MATRIX)
        shown(stage, "confusion", recorded("multiclass"))
        rows = [
            row.all_inner_texts()
            for row in (line.locator("th, td") for line in stage.page.locator(".confusion tr").all())
        ]
        assert rows[0] == ["observed", "predicted"]
        assert rows[1] == MATRIX["columns"][1:]
        assert rows[2:] == [[str(cell) for cell in row] for row in MATRIX["rows"]]
        stage.page.get_by_label("Rows").select_option("training")
        stage.settle()
        assert stage.sent("numbers")[-1] == {"command": "numbers", "of": "confusion", "name": "train"}
        assert "93.12 %" in stage.text(".metrics").replace("\u202f", " ")


def test_training_that_hardly_learns_is_told_what_may_help(browser, stage_address, recorded):
    hopeless = {**MATRIX, "rows": [["calm", 35, 0, 0], ["windy", 19, 1, 0], ["stormy", 15, 0, 1]]}
    for step, numbers, told in [(700, hopeless, True), (100, hopeless, False), (700, MATRIX, False)]:
        with staged(browser, stage_address) as stage:
            stage.reply(numbers=numbers)
            shown(stage, "confusion", recorded("multiclass"), step=step)
            stage.page.locator(".confusion td").first.wait_for()
            assert ("More neurons or layers" in stage.page.locator(".hint").text_content()) is told


def test_regression_has_metrics_with_units_and_no_matrix(browser, stage_address, recorded):
    with staged(browser, stage_address) as stage:
        shown(stage, "confusion", recorded("regression"))
        assert "0.21 min" in stage.text(".metrics").replace("\u202f", " ")
        assert stage.page.locator(".confusion").is_hidden()
        assert stage.sent("numbers") == []


def test_the_columns_have_role_use_facts_and_reason(browser, stage_address, recorded):
    with staged(browser, stage_address) as stage:
        shown(stage, "data", recorded())
        lines = [line.inner_text().split("\t") for line in stage.page.locator(".columns tbody tr").all()]
        assert lines[0] == ["temperature °C", "input", "number", "−11.8 to 27.8", "numbers with decimals"]
        assert lines[3][1] == "not used"
        assert lines[4][1] == "target"
        assert stage.text("p") == "departures: at random: 160 training rows, 60 validation rows"


def test_the_tables_of_categories_are_cells_with_names(browser, stage_address, recorded):
    made = recorded()
    state = made.state()
    state["network"]["parameters"]["E1.carrier"] = [3, 2]
    table = {"title": "E1.carrier", "columns": ["", "0", "1"], "of_rows": 3,
             "rows": [["0 rare or never seen", 0.0, 0.0], ["1 UA", 0.25, -0.5], ["2 DL", 0.125, 0.75]]}  # fmt: skip
    with staged(browser, stage_address) as stage:
        stage.reply(numbers=table)
        shown(stage, "weights", made, network=state["network"])
        stage.page.get_by_text("Tables of categories").click()
        stage.settle()
        stage.page.locator("details .heatmap").focus()
        for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
            stage.page.keyboard.press(key)
        stage.settle()
        assert stage.text("details .readout") == "E1.carrier[1,1] = −0.5: 1 UA"
        assert stage.sent("select") == [{"command": "select", "parameter": "E1.carrier[1,1]"}]
        assert stage.problems() == []


@pytest.mark.parametrize(
    "view",
    ["boundary", "curves", "mathematics", "program", "weights", "activations", "confusion", "data", "numbers"],
)
def test_a_view_that_is_closed_leaves_nothing_behind(browser, stage_address, recorded, view):
    made = recorded()
    with staged(browser, stage_address) as stage:
        stage.reply(numbers=COUNTS, program={"name": "a.py", "text": "x = 1", "lines": {}, "language": "wade"})
        stage.say(state=made.state())
        stage.mount(view)
        stage.say(curves=made.curves(), frame=made.frame())
        stage.page.evaluate("() => stage.destroy()")
        asked = stage.page.evaluate("() => stage.sent.length")
        stage.say(state=made.state(step=500), curves=made.curves(60), frame=made.frame())
        assert stage.page.evaluate("() => document.getElementById('view').childNodes.length") == 0
        assert stage.page.evaluate("() => stage.sent.length") == asked
        assert stage.heard == []
