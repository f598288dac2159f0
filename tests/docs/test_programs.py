"""The programs on the pages run, and come to what the pages say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def run(page: str) -> dict[str, Any]:
    """The names that the page's programs leave, run one after another."""
    programs = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert programs
    names: dict[str, Any] = {}
    for program in programs:
        exec(compile(program, page, "exec"), names)
    return names


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_model_file_is_read_by_another_reader(capsys: pytest.CaptureFixture[str]) -> None:
    names = run("model-files.md")
    document = names["document"]
    table = (DOCS / "model-files.md").read_text(encoding="utf-8").split("| Part |")[1].split("\n\n")[0]
    assert {*re.findall(r"`(\w+)`", table)} == {*document}
    assert (names["again"].theta == names["network"].theta).all()
    assert (names["before"] != names["network"].theta).any()


def test_a_listener_ends_training_and_a_logger_follows_it(tmp_path: Path) -> None:
    history = run("following.md")["classifier"].history_
    assert history.stop_reason.startswith("good_enough asked for it: a loss of 0.1")
    assert list((tmp_path / "runs" / "first").iterdir())
