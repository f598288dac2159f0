"""What users import, and what that costs."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import wade

PUBLIC = [
    "Dialect",
    "EarlyStopping",
    "Model",
    "NetClassifier",
    "NetRegressor",
    "Network",
    "Perceptron",
    "StopTraining",
    "WadeError",
    "Walk",
    "__version__",
    "contributions",
    "counterfactuals",
    "cross_validate",
    "errors",
    "explain",
    "export",
    "importance",
    "learn",
    "learning_curves",
    "load",
    "race",
    "record",
    "report",
    "train",
]
HEAVY = {"numpy", "pyarrow", "sklearn", "scipy", "pandas", "narwhals", "safetensors", "rich.table", "asyncio"}


def loaded_after(program: str) -> set[str]:
    """The modules that are loaded after a program has run."""
    program += "\nimport json, sys; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(result.stderr.splitlines()[-1]))


def cpu_seconds(program: str) -> float:
    """The least processor time of a few runs: other work on the machine does not count."""
    timed = f"{program}\nimport time; print(time.process_time())"
    runs = [subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, check=True) for _ in range(5)]
    return min(float(run.stdout.splitlines()[-1]) for run in runs)


def test_the_public_names_are_these() -> None:
    assert sorted(wade.__all__) == sorted(dir(wade)) == PUBLIC
    assert all(getattr(wade, name) is not None for name in PUBLIC)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="lern"):
        wade.lern  # type: ignore[attr-defined]  # noqa: B018


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
    assert wade.__version__ == project["project"]["version"]


def test_importing_wade_loads_nothing_heavy() -> None:
    assert not HEAVY & loaded_after("import wade")


def test_importing_wade_costs_at_most_015_seconds_more_than_importing_numpy() -> None:
    assert cpu_seconds("import numpy, wade") <= cpu_seconds("import numpy") + 0.15


def test_help_loads_nothing_heavy() -> None:
    assert not HEAVY & loaded_after("from wade.cli.app import app\napp(['train', '--help'], standalone_mode=False)")


def test_predicting_needs_no_scikit_learn() -> None:
    program = """
import numpy as np, pyarrow as pa, wade
from wade.model.model import Model
from wade.tables import Encoder, Target, infer_schema
table = pa.table({"x": [1.0, 2.0, 3.0], "y": [1.5, 2.5, 9.0]})
schema = infer_schema(table, "table", "y")
encoder, target = Encoder.fit(table, schema), Target.fit(table, schema)
network = wade.Network(encoder.layout, hidden=(2,), output="identity")
Model(network, schema, encoder, target, {"base_rate": [0.0]}).predict(table)
"""
    assert not {"sklearn.base", "scipy"} & loaded_after(program)
