"""The programs on the page about explanations run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGE = (Path(__file__).parents[2] / "docs" / "explaining.md").read_text(encoding="utf-8")


def test_the_programs_run_and_show_what_the_page_says(capsys) -> None:
    names: dict[str, Any] = {}
    for program in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL):
        exec(compile(program, "explaining.md", "exec"), names)
    said = capsys.readouterr().out
    assert "output = σ(2·0.1 + 3·0.5 − 1·2.5 + 5·0.2 + 3.0) = σ(3.2) = 0.96" in said
    assert names["stepper"].trace.gradient is not None
    assert names["stepper"].trace.theta_after is None
