"""The units that a training file says stay with the model, and stand wherever values are shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import wade
from wade.pictures.dependence import DependenceDisplay
from wade.pictures.plane import plane_of_model

ROW = {"heat": 9.0, "wind": 4.0, "cost": "$40"}


@pytest.fixture(scope="module")
def table() -> pa.Table:
    field = pa.field("heat", pa.float64(), metadata={"unit": "°C"})
    heat = np.linspace(0, 30, 80)
    found = pa.table([heat], pa.schema([field]))
    found = found.append_column("wind", pa.array(np.arange(80.0) % 7))
    found = found.append_column("cost", pa.array(["$10", "$40", "$80", "$95", "$20"] * 16))
    return found.append_column("late", pa.array(np.where(heat + 9 * (np.arange(80) % 3) > 20, "yes", "no")))


@pytest.fixture(scope="module")
def model(table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> wade.Model:
    folder: Path = tmp_path_factory.mktemp("units")
    pq.write_table(table, folder / "t.parquet")
    learned = wade.learn(folder / "t.parquet", "late", hidden=(), epochs=2, learning_rate=0.01)
    learned.save(folder / "t.wade")
    return wade.load(folder / "t.wade")


def test_a_row_without_units_is_explained_with_those_of_the_training(model: wade.Model) -> None:
    units = {one["column"]: one.get("unit") for one in wade.contributions(model, ROW)["columns"]}
    assert units == {"heat": "°C", "wind": None, "cost": "$"}
    assert "heat = 9 °C" in wade.explain(model, ROW).text()
    changes = [change for one in wade.counterfactuals(model, ROW)["counterfactuals"] for change in one["changes"]]
    assert {change["unit"] for change in changes if change["column"] == "heat"} == {"°C"}
    assert " to 30 °C)" in model.check({**ROW, "heat": 90.0})["notes"][0]


def test_pictures_of_a_table_without_units_have_them(model: wade.Model, table: pa.Table) -> None:
    bare = table.replace_schema_metadata(None).set_column(0, "heat", table["heat"])
    assert " °C" in DependenceDisplay.from_model(model, bare, "heat").description()
    assert " $" in DependenceDisplay.from_model(model, bare, "cost").description()
    assert " °C" not in DependenceDisplay.from_model(model, bare, "wind").description()
    assert plane_of_model(model, bare, ("heat", "cost")).units == ("°C", "$")
