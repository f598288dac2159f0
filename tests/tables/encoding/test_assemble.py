"""Compiled code writes rows as NumPy does, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wade.tables.encoding import assemble as filling
from wade.tables.encoding.assemble import NumberColumns, fill_compiled, fill_numpy
from wade.tables.kinds.scales import Scale

STRANGE = [0.0, -0.0, np.nan, 1e308, -1e308, 5e-324, 1e6, -1e6, 3.0, 1 / 3]
SCALES = [Scale(0.0, 1.0), Scale(1e308, 0.0), Scale(-1e308, 2.0), Scale(20.5, 1 / 7), Scale(0.0, 1e300)]


def test_it_is_the_compiled_code_that_runs() -> None:
    assert filling.COMPILED
    assert filling.fill is fill_compiled


@pytest.mark.parametrize("rows", [range(0), range(1), range(255, 517), range(9_001)])
def test_every_bit_is_numpys(rows: range) -> None:
    rng = np.random.default_rng(0)
    n = 9_001
    to_scale = [np.concatenate([STRANGE, rng.normal(20, 10.0**power, n - len(STRANGE))]) for power in range(5)]
    others = [rng.random(n) < 0.01, rng.random(n).astype(np.float32), np.zeros(n, bool)]
    places = NumberColumns([0, 2, 3, 4, 7], [1, 5, 6], SCALES)
    by_numpy, compiled = np.zeros((2, n, 8), np.float32)
    fill_numpy(to_scale, others, places, by_numpy, rows)
    fill_compiled(to_scale, others, places, compiled, rows)
    assert compiled.tobytes() == by_numpy.tobytes()
    assert not len(rows) or compiled.any()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"rows": range(11)}, "no such rows"),
        ({"places": NumberColumns([2], [1], SCALES[:1])}, "a place is not in the row"),
        ({"places": NumberColumns([0], [-1], SCALES[:1])}, "a place is not in the row"),
        ({"places": NumberColumns([0], [1], SCALES[:2])}, "each column needs a scale"),
        ({"to_scale": [np.zeros(9)]}, "a column has another number of rows"),
    ],
)
def test_nothing_is_written_beyond_the_rows(change: dict[str, Any], complaint: str) -> None:
    given = {
        "to_scale": [np.zeros(10)],
        "others": [np.zeros(10, bool)],
        "places": NumberColumns([0], [1], SCALES[:1]),
        "into": np.zeros((10, 2), np.float32),
        "rows": range(10),
    }
    with pytest.raises(ValueError, match=complaint):
        fill_compiled(**(given | change))
