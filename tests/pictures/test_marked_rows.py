"""A row or a threshold that is marked: its own numbers, by the table's count of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from wade.errors import InvalidArgument
from wade.pictures import (
    BoundaryDisplay,
    CostDisplay,
    DependenceDisplay,
    NeuronsDisplay,
    PredictionsDisplay,
    ReliabilityDisplay,
    RocDisplay,
    WaterfallDisplay,
)
from wade.pictures.labels import number, percent

ROW = 9


@pytest.fixture
def binary(trained: Any) -> tuple[Any, pa.Table]:
    """A model, and a table whose rows 1 and 3 have no target."""
    model, table = trained["binary"]
    answers = table["answer"].to_pylist()
    answers[0] = answers[2] = None
    return model, table.set_column(table.column_names.index("answer"), "answer", pa.array(answers))


def one(table: pa.Table) -> dict[str, Any]:
    return {name: table[name][ROW - 1].as_py() for name in ("size", "weight", "colour")}


def test_a_plane_marks_the_row_that_it_holds_the_other_columns_at(binary: tuple[Any, pa.Table]) -> None:
    model, table = binary
    display = BoundaryDisplay.from_model(model, table, row=ROW, resolution=4)
    row, share = one(table), model.predict_probability(one(table))[0]
    assert display.plane.mark == (row["size"], row["weight"])
    assert np.allclose(display.marked, share, atol=1e-6)
    assert f"held at row {ROW} of the pyarrow table: colour = {row['colour']}" in display.note
    assert f"Star (row {ROW}: " in display.note
    assert f"{percent(float(share[1]))}; observed: answer = {table['answer'][ROW - 1].as_py()}." in display.note
    assert f"Star (row {ROW}: " in NeuronsDisplay.from_model(model, table, row=ROW, resolution=4).note
    with pytest.raises(InvalidArgument, match="with a value of 'answer'; received 3"):
        BoundaryDisplay.from_model(model, table, row=3)


def test_without_a_row_the_first_with_a_target_is_held_and_none_is_marked(binary: tuple[Any, pa.Table]) -> None:
    display = BoundaryDisplay.from_model(*binary, resolution=4)
    assert "held at row 2 of" in display.note
    assert display.plane.mark is None
    assert "Star" not in display.note


def test_a_waterfall_is_of_the_row_as_the_table_counts(binary: tuple[Any, pa.Table]) -> None:
    model, table = binary
    found = {each["column"]: each["value"] for each in WaterfallDisplay.from_model(model, table, ROW).report["columns"]}
    assert found["colour"] == one(table)["colour"]


def test_roc_reliability_and_cost_say_what_row_and_threshold_give(binary: tuple[Any, pa.Table]) -> None:
    model, table = binary
    share = float(model.predict_probability(one(table))[0][1])
    roc = RocDisplay.from_model(model, table, row=ROW, threshold=0.3)
    assert f"Star: row {ROW} (observed answer = {table['answer'][ROW - 1].as_py()})" in roc.note
    assert f"probability {percent(share)}" in roc.note
    kept = table.filter(table["answer"].is_valid())
    shares = np.array([pair[1] for pair in model.predict_probability(kept)])
    above = shares >= 0.3
    reliability = ReliabilityDisplay.from_model(model, table, row=ROW, threshold=0.3)
    hits = np.array(kept["answer"].to_pylist()) == "yes"
    assert f"are {above.sum()} of 118 rows: predicted {percent(shares[above].mean())}" in reliability.note
    assert f"observed {percent(hits[above].mean())}" in reliability.note
    cost = CostDisplay.from_model(model, table, 50, 150, threshold=0.3)
    expected = (50 * (above & ~hits).sum() + 150 * (~above & hits).sum()) / 118
    assert f"Threshold 0.3: {expected:.2f}." in cost.note
    for wrong in (1.5, -0.1):
        with pytest.raises(InvalidArgument, match="probability from 0 to 1"):
            ReliabilityDisplay.from_model(model, table, threshold=wrong)
    with pytest.raises(InvalidArgument, match="needs labelled rows"):
        ReliabilityDisplay.from_model(model, threshold=0.3)


def test_residuals_mark_a_row(trained: Any) -> None:
    model, table = trained["regression"]
    display = PredictionsDisplay.from_model(model, table, row=ROW)
    predicted, observed = float(model.predict(one(table))[0]), table["answer"][ROW - 1].as_py()
    assert f"Star: row {ROW}, predicted {number(predicted)}, observed {number(observed)}" in display.note


@pytest.mark.parametrize("column", ["size", "colour"])
def test_the_line_of_one_row_goes_through_its_own_prediction(binary: tuple[Any, pa.Table], column: str) -> None:
    model, table = binary
    display = DependenceDisplay.from_model(model, table, column, row=ROW)
    row = one(table)
    share = float(model.predict_probability(row)[0][1])
    assert display.row is not None
    assert display.row.prediction == pytest.approx(share, abs=1e-6)
    at = 2
    there = {**row, column: display.values[at] if column == "colour" else float(display.values[at])}
    assert display.row.ice[at] == pytest.approx(float(model.predict_probability(there)[0][1]), abs=1e-6)
    own = display.values[int(display.row.value)] if column == "colour" else display.row.value
    assert own == row[column]
    assert display.plot().axes_[0].get_legend() is not None
