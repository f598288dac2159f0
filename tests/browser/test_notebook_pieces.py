"""What models, networks, traces, histories, sweeps, schemas and reports show in a notebook: static, light and dark."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import wade
from tests.browser.visits import problems
from wade.training.sweep_outcomes import classify_rates

HOSTILE = "<script>alert(1)</script>\u202e"
AROUND = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Notebook</title><style>'
    ":root {{ color-scheme: light dark }} body {{ font: 14px sans-serif }}</style>"
    "<main><h1>N</h1><h2>O</h2><h3>P</h3>{}</main></html>"
)


@pytest.fixture(scope="module")
def pieces() -> dict[str, str]:
    x = np.linspace(-1, 1, 60)
    table = pa.table({HOSTILE: x, "plan": ["a", HOSTILE] * 30, "late": np.where(x > 0, "yes", "no")})
    options = {"hidden": (4,), "epochs": 3, "members": 1, "learning_rate": 0.01, "numbers": "piecewise"}
    model = wade.learn(table, "late", **options)
    history = wade.train(wade.Network(1, hidden=(3,)), x[:, None], x > 0, epochs=3)
    fall = np.linspace(1, 0, 16)
    sweep = classify_rates(np.array([1e-4, 1e-2]), np.stack([0.9 + 0.1 * fall, 0.2 + 0.8 * fall]), np.ones(16))
    shown = (model, model.network, model.explain(table, 2), model.schema, history, sweep, wade.report(model, table))
    return {type(one).__name__: one._repr_html_() for one in shown}


def test_each_is_a_piece_without_scripts_or_names_that_are_markup(pieces):
    assert set(pieces) == {"Model", "Network", "Trace", "Schema", "History", "SweepOutcomes", "ModelReport"}
    for name, piece in pieces.items():
        assert piece.startswith('<div class="wade"><style>'), name
        assert piece.endswith("</div>"), name
        for forbidden in ("<script", "onload", "http:", "https:", " style=", "\u202e"):
            assert forbidden not in piece, (name, forbidden)


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desk", "light")])
def test_they_can_be_read_in_a_notebook(browser, pieces, tmp_path: Path, size, scheme):
    path = tmp_path / "notebook.html"
    path.write_text(AROUND.format("".join(pieces.values())), encoding="utf-8")
    assert problems(browser, path, size, scheme) == []
