"""The path of a training on a table: the training of `wade.learn`, epoch by epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wade
from wade.errors import InvalidArgument
from wade.pictures import SurfaceDisplay
from wade.pictures.training_path import train_on_table

OPTIONS = {"hidden": (4,), "members": 1, "numbers": "scaled", "learning_rate": 0.05, "optimizer": "momentum"}


def test_the_path_ends_where_wade_learn_does_and_its_losses_are_those_of_the_rows(trained: Any) -> None:
    table = trained["multiclass"].table
    found = train_on_table(table, "answer", 961, None, None, {**OPTIONS, "epochs": 6})
    model = wade.learn(table, "answer", epochs=6, **OPTIONS)
    assert np.array_equal(found.network.theta, model.network.theta)
    assert found.path.kept_at == model.report["best_epoch"]
    kept = found.path.times.index(found.path.kept_at)
    assert np.array_equal(found.path.thetas[kept], found.path.kept)
    shares = found.network(found.samples.X)
    expected = -np.log(shares[np.arange(len(shares)), found.samples.y]).mean()
    assert found.path.losses[kept] == pytest.approx(expected, rel=1e-5)
    assert found.path.name.startswith("momentum, rate 0.05")


def test_the_surface_has_the_star_at_the_kept_parameters_and_says_how_many_rows(trained: Any) -> None:
    table = trained["regression"].table
    display = SurfaceDisplay.from_table(table, "answer", resolution=5, epochs=5, **OPTIONS)
    (path,) = display.paths
    assert path.unit == "epoch"
    assert path.times == (0, 1, 2, 3, 4, 5)
    assert f"of epoch {path.kept_at}" in display.note
    assert "All training rows. Loss: squared error of the target scaled to mean 0" in display.note
    assert display.parts()[path.name]["epoch"] == [0, 1, 2, 3, 4, 5]
    with pytest.raises(InvalidArgument, match="at least 2: the path of one epoch"):
        SurfaceDisplay.from_table(table, "answer", epochs=1, **OPTIONS)


def test_of_a_long_training_some_epochs_are_kept_and_the_last(trained: Any) -> None:
    table = trained["binary"].table
    found = train_on_table(table, "answer", 961, None, None, {**OPTIONS, "epochs": 131, "patience": 131})
    assert found.path.times == (*range(0, 131, 4), 131)
    assert len(found.path.thetas) == len(found.path.losses) == 34
    assert found.remark.startswith("All training rows.")


def test_a_surface_of_many_points_is_of_fewer_rows_and_says_so() -> None:
    found = train_on_table("moons", None, 10**9, None, None, {**OPTIONS, "epochs": 2})
    assert len(found.samples.X) == 100
    assert found.remark.startswith("100 of 600 training rows, drawn at random.")
