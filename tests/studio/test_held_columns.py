"""Maps over two columns hold all others at the row at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wade.studio.data import open_table
from wade.studio.workspace import Workspace


@pytest.mark.parametrize("row", [0, 17, 79])
def test_a_third_column_is_held_at_the_row_at_hand(tmp_path: Path, row: int) -> None:
    columns = np.random.default_rng(2).normal(size=(80, 3))
    lines = [f"{a},{b},{c},{a + b + c}" for a, b, c in columns]
    (tmp_path / "rows.csv").write_text("\n".join(["a,b,c,sum", *lines, ""]))
    space = Workspace.opened(open_table("path", str(tmp_path / "rows.csv"), target="sum"))
    space.select_row(row)
    grid, encoded = space.grid(8), space.prepared.data.encoder.encode(space.table.rows, "rows.csv")
    space.close()
    assert grid.axes.columns == ("a", "b")
    assert f"Other columns are held at row {row + 1}: c " in grid.axes.held
    (held,) = np.unique(np.asarray(grid.inputs.numbers)[:, 2])
    assert held == np.asarray(encoded.numbers)[row, 2]
