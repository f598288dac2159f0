"""The program: its text to the letter, its lines linked to what they compute, by mouse and by keyboard."""

from __future__ import annotations

import inspect

import pytest

from tests.browser.studio.staging import Staged, shown, staged
from wade.maths import optimizers

TEXT = f'''"""A program
of # two lines."""

network = wade.Network(2, hidden=(6, 4), seed=3)  # the start
W1 = np.asarray([[0.5, -1e-3]])
{inspect.getsource(optimizers.Adam)}'''


def open_view(stage: Staged, recorded) -> None:
    lines = {"4": ["W1[0,2]", "b1[0]"], "5": ["W1[0,2]"]}
    stage.reply(program={"language": "wade", "name": "moons.py", "text": TEXT, "lines": lines, "beside": "moons.npz"})
    shown(stage, "program", recorded())


@pytest.mark.parametrize(
    ("size", "scheme"), [("phone", "light"), ("phone", "dark"), ("desk", "light"), ("desk", "dark")]
)
def test_it_has_no_problem(browser, stage_address, recorded, size, scheme):
    with staged(browser, stage_address, size, scheme) as stage:
        open_view(stage, recorded)
        assert stage.problems() == []


def test_it_is_shown_to_the_letter(browser, stage_address, recorded):
    with staged(browser, stage_address) as stage:
        open_view(stage, recorded)
        assert "\n".join(stage.page.locator(".code li code").all_text_contents()) == TEXT.removesuffix("\n")
        kinds = (
            "(text) => [...document.querySelectorAll('.code span')].find(one => one.textContent === text)?.className"
        )
        assert stage.page.evaluate(kinds, "def") == "keyword"
        assert stage.page.evaluate(kinds, "1e-3") == "number"
        assert stage.page.evaluate(kinds, "# the start") == "comment"
        assert stage.page.evaluate(kinds, "Adam") == "definition"
        assert stage.page.evaluate(kinds, 'of # two lines."""') == "string"


def test_it_is_copied_and_downloaded(browser, stage_address, recorded):
    with staged(browser, stage_address) as stage:
        stage.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        open_view(stage, recorded)
        stage.page.get_by_label("Written with").select_option("NumPy")
        stage.settle()
        assert stage.sent("program")[-1] == {"command": "program", "language": "numpy"}
        stage.page.get_by_role("button", name="Copy").click()
        assert stage.page.evaluate("() => navigator.clipboard.readText()") == TEXT
        stage.page.get_by_role("button", name="Download").click()
        assert stage.sent("save") == [{"command": "save", "what": "program", "language": "numpy"}]


def test_lines_light_up_with_what_they_compute(browser, stage_address, recorded):
    with staged(browser, stage_address) as stage:
        open_view(stage, recorded)
        stage.page.evaluate("() => stage.store.point('W1[0,2]')")
        stage.settle()
        lit = "() => [...document.querySelectorAll('.code li')].map(one => one.matches('.is-pointed'))"
        assert [at for at, is_lit in enumerate(stage.page.evaluate(lit), start=1) if is_lit] == [4, 5]
        stage.page.evaluate("() => stage.store.point('b1[0]')")
        stage.settle()
        assert [at for at, is_lit in enumerate(stage.page.evaluate(lit), start=1) if is_lit] == [4]
        stage.page.locator(".code li").nth(4).hover()
        assert stage.page.evaluate("() => stage.store.hover") == "W1[0,2]"


def test_arrow_keys_go_from_line_to_line(browser, stage_address, recorded):
    with staged(browser, stage_address) as stage:
        open_view(stage, recorded)
        stage.page.locator(".lines").focus()
        for _ in range(4):
            stage.page.keyboard.press("ArrowDown")
        stage.settle()
        assert stage.page.evaluate("() => stage.store.hover") == "W1[0,2]"
        assert stage.page.locator("output.unseen").text_content() == (
            "Line 4: network = wade.Network(2, hidden=(6, 4), seed=3)  # the start"
        )
