"""A column whose numbers are written in a form is read by it, whatever else its file holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import wade
from wade.errors import WadeError

TINY: dict[str, Any] = {"epochs": 1, "hidden": (4,), "members": 1, "threads": 1}
NUMBERS = np.random.default_rng(0).integers(1000, 9000, 80)
POINT = [f"{number:,}" for number in NUMBERS]
COMMA = [f"{number:,}.50 €".replace(",", "_").replace(".", ",").replace("_", ".") for number in NUMBERS]


@pytest.fixture(scope="module")
def models() -> dict[str, wade.Model]:
    y, weight = NUMBERS * 2.0, NUMBERS / 8
    tables = {"point": {"price": [*POINT[:-1], "987.5"]}, "comma": {"price": COMMA}}
    return {
        name: wade.learn(pd.DataFrame({**columns, "weight": weight, "y": y}), "y", **TINY)
        for name, columns in tables.items()
    }


@pytest.mark.parametrize(
    ("form", "prices"),
    [
        ("point", ["4,287"]),
        ("point", ["4,287", "1,111"]),
        ("point", ["4287", "12"]),
        ("point", ["4,287", "12.5"]),
        ("point", ["12.5", "1.234"]),
        ("point", ["", "4,287"]),
        ("point", ["007", "12"]),
        ("point", ["0x10"]),
        ("comma", ["4.287"]),
        ("comma", ["4.287", "1.111"]),
        ("comma", ["4.287 €", "12"]),
        ("comma", ["4.287,5", "12,5 €"]),
        ("comma", ["12.5"]),
    ],
)
@pytest.mark.parametrize("weights", [["1.234", "1.5"], ["2", "3"]])
def test_a_file_and_a_mapping_answer_alike(
    models: dict[str, wade.Model], tmp_path: Path, form: str, prices: list[str], weights: list[str]
) -> None:
    model, path = models[form], tmp_path / "rows.csv"
    lines = [f'"{price}",{weight}\n' for price, weight in zip(prices, weights, strict=False)]
    path.write_text("price,weight\n" + "".join(lines))
    rows = [{"price": price, "weight": float(weight)} for price, weight in zip(prices, weights, strict=False)]
    try:
        expected = [model.predict(row)[0] for row in rows]
    except WadeError:
        with pytest.raises(WadeError):
            model.predict(path)
        return
    np.testing.assert_allclose(model.predict(path), expected, rtol=1e-6)
