"""The recipes of CONTRIBUTING.md, taken as they stand: what they add trains, is explained and is exported."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from tests.exporters.models import exactly, make_model, make_table
from wade.exporters.export_model import ENDINGS
from wade.maths.activations import ACTIVATIONS
from wade.maths.losses import LOSSES
from wade.maths.optimizers import OPTIMIZERS
from wade.network import Network
from wade.training import train

PAGE = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = {
    "activation": (ACTIVATIONS, "relu6"),
    "loss": (LOSSES, "log_cosh"),
    "optimizer": (OPTIMIZERS, "sign_descent"),
}


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return make_table(150)


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the recipes add, each from a module of its own as in the package."""
    monkeypatch.syspath_prepend(tmp_path)
    for what, (registry, name) in RECIPES.items():
        [recipe] = re.findall(rf"\*\*Add an? {what}\.\*\*(?:(?!\*\*Add).)*?```python\n(.*?)```", PAGE, re.DOTALL)
        (tmp_path / f"recipe_{what}.py").write_text(recipe, encoding="utf-8")
        invalidate_caches()
        sys.modules.pop(f"recipe_{what}", None)
        import_module(f"recipe_{what}")
        assert name in registry
    yield
    for registry, name in RECIPES.values():
        del registry[name]


@pytest.mark.usefixtures("added")
def test_what_the_recipes_add_trains_and_is_explained() -> None:
    X = np.random.default_rng(1).normal(size=(64, 3))
    network = Network(3, (6, 4), 2, "relu6", "identity", dtype="float64", seed=3)
    history = train(network, X, 2 * X[:, :2], "log_cosh", "sign_descent", learning_rate=0.01, epochs=30)
    assert history.engine == "reference"
    assert history.epochs[-1].loss < 0.5 * history.epochs[0].loss
    trace = wade.explain(network, X[0], 2 * X[0, :2], loss="log_cosh", optimizer="sign_descent", learning_rate=0.01)
    assert trace.check().is_fine
    for form in ("text", "latex", "mathml", "html"):
        assert "relu6" in getattr(trace, form)()


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning:keras")
@pytest.mark.usefixtures("added")
@pytest.mark.parametrize("to", ENDINGS)
def test_the_activation_of_the_recipe_is_exported(
    table: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    model = make_model(table, without=("notes",), hidden=(6, 5), activation="relu6")
    if to == "sklearn":
        with pytest.raises(wade.errors.InvalidArgument, match="activation relu6"):
            wade.export(model, to, tmp_path / "program.py")
        return
    [path] = wade.export(model, to, tmp_path / f"program{ENDINGS[to]}")
    if to == "c":
        command = [shutil.which("cc") or "cc", "-std=c99", "-Wall", "-Werror", str(path), "-lm"]
        subprocess.run([*command, "-o", str(tmp_path / "program")], check=True)
        assert "fmin(fmax(z, 0), 6)" in path.read_text(encoding="utf-8")
    elif to != "onnx":  # that graph is checked when it is written
        answers: Any = runpy.run_path(str(path))["predict_probability"](table.to_pylist())
        np.testing.assert_allclose(answers, exactly(model, table), rtol=1e-6 if to == "keras" else 1e-12)
