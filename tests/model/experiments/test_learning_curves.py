"""Learning curves: what grows, what is measured, and whether the last step was worth it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import InvalidArgument
from wade.model.learn import TrialStarted
from wade.training import EpochDone

TableOf = Callable[[str], pa.Table]
QUICK: dict[str, Any] = {"hidden": (8,), "epochs": 10, "learning_rate": 0.02, "batch_size": 32}


def spiral(rows: int) -> pa.Table:
    generator = np.random.default_rng(3)
    X = generator.normal(size=(rows, 12))
    return pa.table({**{f"x{k}": X[:, k] for k in range(12)}, "y": 100 * (X[:, 0] + X[:, 1] * X[:, 2])})


def test_rows_are_doubled_up_to_all_and_all_points_have_the_same_validation_rows(table_of: TableOf) -> None:
    found = wade.learning_curves(table_of("binary"), "answer", points=4, **QUICK)
    json.dumps(found, allow_nan=False)
    assert [point["rows"] for point in found["points"]] == [30, 60, 120, 240]
    assert (found["split"]["train"], found["split"]["validation"]) == (240, 80)
    assert all(point["hidden"] == [8] for point in found["points"])
    for point in found["points"]:
        for part in ("train", "validation"):
            low, high = point[part]["interval"]
            assert low < point[part]["value"] < high
    many = wade.learning_curves(table_of("binary"), "answer", points=12, **QUICK)
    assert [point["rows"] for point in many["points"]] == [30, 60, 120, 240]  # 15 would be too few to learn from


def test_more_rows_bring_the_two_errors_together() -> None:
    found = wade.learning_curves(spiral(3000), points=3, target="y", hidden=(32,), epochs=40)
    first, last = found["points"][0], found["points"][-1]
    assert found["error"] == "rmse"
    assert first["validation"]["value"] - first["train"]["value"] > last["validation"]["value"] - last["train"]["value"]
    assert found["last_step"]["interval"][0] > 0
    assert "more rows should lower it further" in found["summary"]
    assert 120 < found["constant"] < 160  # the deviation of 100 (x0 + x1 x2) is 100 √2


def test_the_error_of_numbers_is_in_their_own_unit_at_every_size() -> None:
    found = wade.learning_curves(spiral(600), points=2, target="y", hidden=(), epochs=40, learning_rate=0.05)
    # Without hidden layers x1 · x2 stays unknown: about 100 is left, whatever the training rows' own deviation.
    assert all(90 < point["validation"]["value"] < 150 for point in found["points"])


def test_width_grows_from_no_hidden_layer_to_twice_as_wide(table_of: TableOf) -> None:
    settings = {**QUICK, "hidden": (8, 4)}
    found = wade.learning_curves(table_of("regression"), "answer", by="width", points=4, **settings)
    assert [point["hidden"] for point in found["points"]] == [[], [4, 2], [8, 4], [16, 8]]
    assert len({point["rows"] for point in found["points"]}) == 1
    assert "hidden" not in found["settings"]
    members = wade.learning_curves(table_of("regression"), "answer", by="width", points=2, members=2, **QUICK)
    assert [point["hidden"] for point in members["points"]] == [[], [16]]


def test_an_interruption_keeps_the_points_that_were_measured(table_of: TableOf) -> None:
    trial = [0]

    def interrupt(event: object) -> None:
        trial[0] = event.number if isinstance(event, TrialStarted) else trial[0]
        if isinstance(event, EpochDone) and trial[0] == 2:
            raise KeyboardInterrupt

    found = wade.learning_curves(table_of("regression"), "answer", points=3, on_event=interrupt, **QUICK)
    assert (found["interrupted"], len(found["points"])) == (True, 1)
    assert (found["last_step"], found["summary"]) == (None, "One point is not a curve.")


def test_what_cannot_be_is_refused(table_of: TableOf) -> None:
    with pytest.raises(InvalidArgument, match="`by` must be one of 'rows', 'width'"):
        wade.learning_curves(table_of("regression"), "answer", by="depth")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="`points` must be a whole number from 2 on"):
        wade.learning_curves(table_of("regression"), "answer", points=1)
