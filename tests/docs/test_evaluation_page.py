"""The program on the page about evaluation runs, and the page names every figure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from wade.metrics import metrics_of

PAGE = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")


def test_the_program_runs() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(program, "evaluation.md", "exec"), names)
    assert names["folds"]["summary"]["network"]["accuracy"]["mean"] > 0.9
    assert [point["hidden"] for point in names["curve"]["points"]] == [[], [128, 64], [256, 128]]


def test_every_figure_is_named() -> None:
    assert f"| classification | `{' '.join(metrics_of('classification'))}` |" in PAGE
    assert f"| regression | `{' '.join(metrics_of('regression'))}` |" in PAGE
