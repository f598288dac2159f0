"""The program on the page about estimators runs, and ends well."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGE = (Path(__file__).parents[2] / "docs" / "estimators.md").read_text(encoding="utf-8")


def test_the_program_runs_and_its_classifier_is_good() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(program, "estimators.md", "exec"), names)
    assert names["classifier"].score(names["X_test"], names["y_test"]) > 0.9
