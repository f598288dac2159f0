"""The page's modules as one script."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from wade.studio.files import PAGE
from wade.studio.recording.linking import linked


def written(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder


def test_a_linked_script_does_what_its_modules_do(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    written(
        tmp_path / "parts",
        shapes='import { half } from "../numbers.js";\nexport class Square {\n  side = half(6);\n}\n',
        effect="globalThis.said = ['effect'];\n",
    )
    written(
        tmp_path,
        numbers="const two = 2;\nexport const half = (x) => x / two;\n"
        "export function* both() {\n  yield 1;\n  yield 2;\n}\n",
        main='import "./parts/effect.js";\nimport {\n  half as halved, both,\n} from "./numbers.js";\n'
        'import { Square } from "./parts/shapes.js";\nconsole.log(halved(4), ...both(), new Square().side, said[0]);\n',
    )
    script = linked(tmp_path, "main.js")
    assert script.count('modules["numbers.js"] =') == 1
    found = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout == "2 1 2 3 effect\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('import main from "./other.js";', "cannot be linked: import main"),
        ('import * as all from "./other.js";', "cannot be linked: import"),
        ("export default 1;", "cannot be linked: export default"),
        ("export let moving = 1;", "cannot be linked: export let"),
        ('export { one } from "./other.js";', "cannot be linked: export"),
        ('import { main } from "./main.js";', "in a circle: main.js → main.js"),
    ],
)
def test_other_forms_of_modules_are_refused(tmp_path: Path, text: str, says: str) -> None:
    written(tmp_path, main=text, other="export const one = 1;")
    with pytest.raises(ValueError, match=says):
        linked(tmp_path, "main.js")


def test_the_page_of_recordings_is_linked_without_a_word_of_modules() -> None:
    script = linked(PAGE, "recorded.js")
    subprocess.run(["node", "--check", "-"], input=script, capture_output=True, text=True, check=True, timeout=60)
    assert "main.js" not in script
    assert script.count('modules["store.js"] =') == 1
