"""The program on the page about contributions runs, and gives what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "contributions.md").read_text(encoding="utf-8")


def test_the_program_runs_and_the_sum_is_the_output() -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(program, "contributions.md", "exec"), names)
    assert names["total"] == pytest.approx(names["found"]["output"]["value"], abs=1e-6)
    model, row = names["model"], names["row"]
    for told in names["changes"]:
        changed = {**row, **{change["column"]: change["to"] for change in told["changes"]}}
        assert model.predict(changed)[0] == told["predicted"] != model.predict(row)[0]
    assert len(names["relied"]) == 14
    assert names["relied"][0]["interval"][0] > 0
