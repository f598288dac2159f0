"""A race on a table: what the rates are given, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import DataError, InvalidArgument
from wade.model.experiments import learning_rate_sweep
from wade.model.experiments.learning_rate_sweep import spread

SMALL = {"hidden": (8,), "count": 6, "steps": 60, "batch_size": 32}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_race_classifies_every_rate(table_of: Callable[[str], pa.Table], task: str) -> None:
    found = wade.race(table_of(task), "answer", learning_rates=(1e-6, 1.0), **SMALL)
    assert [outcome["learning_rate"] for outcome in found["outcomes"]] == pytest.approx(
        np.geomspace(1e-6, 1, 6), rel=0.05
    )
    assert found["outcomes"][0]["outcome"] == "too small"
    assert found["lowest"] <= found["best"] <= 1
    assert found["suggestions"][0]["learning_rate"] <= found["highest"]
    assert (found["rows"], found["batch_size"], found["target"], found["task"]) == (240, 32, "answer", task)
    assert found["passes"] == pytest.approx(60 * 32 / 240)
    assert found["reference_loss"] < 1.2
    assert found["notes"][-1].startswith("Each run took 8.0 epochs. From the second epoch on")
    json.dumps(found, allow_nan=False)


def test_rows_that_are_seen_once_need_no_warning(table_of: Callable[[str], pa.Table]) -> None:
    once = wade.race(table_of("regression"), "answer", **{**SMALL, "steps": 7})
    assert once["passes"] < 1
    assert once["notes"][0] == (
        "Each bar is the mean loss of 32 rows: chance decides close outcomes. Without --steps, a run takes 100 steps."
    )
    assert not any("already trained on" in note for note in once["notes"])


def test_a_target_that_the_columns_say_nothing_about_is_noted() -> None:
    rng = np.random.default_rng(0)
    table = pa.table({**{name: rng.normal(size=900) for name in "abc"}, "y": rng.choice(["p", "q"], 900)})
    found = wade.race(table, "y", plain=True, hidden=(8,), count=12)
    assert found["above_constant"]
    assert found["reference_loss"] == found["start"][-1]
    assert any("No rate ends below the constant baseline by more than chance" in note for note in found["notes"])
    told = wade.race("moons", plain=True, hidden=(4,), count=12)
    assert not told["above_constant"]
    assert not any("by more than chance" in note for note in told["notes"])


@pytest.mark.parametrize(("batch_size", "steps"), [(1, 3200), (4, 800), (32, 100), (64, 50), (512, 50)])
def test_each_bar_is_measured_on_enough_rows(table_of: Callable[[str], pa.Table], batch_size: int, steps: int) -> None:
    found = wade.race(table_of("binary"), "answer", hidden=(4,), count=3, batch_size=batch_size)
    assert found["steps"][-1] == steps
    assert not any("chance" in note for note in found["notes"])


def test_a_race_on_too_few_rows_is_refused_with_steps_that_work(table_of: Callable[[str], pa.Table]) -> None:
    given = {"hidden": (4,), "count": 3, "batch_size": 1}
    with pytest.raises(InvalidArgument, match=r"`steps` must be at least 256 with batches of 1 row.*received 50"):
        wade.race(table_of("binary"), "answer", steps=50, **given)
    assert wade.race(table_of("binary"), "answer", steps=256, **given)["steps"][-1] == 256


def test_plain_descent_with_steps_that_are_too_long_diverges(table_of: Callable[[str], pa.Table]) -> None:
    found = wade.race(
        table_of("regression"), "answer", learning_rates=(1e-6, 100), optimizer="sgd", weight_decay=0.0, **SMALL
    )
    kinds = [outcome["outcome"] for outcome in found["outcomes"]]
    assert kinds[0] == "too small"
    assert "converges" in kinds
    assert kinds[-1] == "diverges"
    assert found["outcomes"][-1]["losses"][-1] is None
    assert "not a finite number from step" in found["outcomes"][-1]["evidence"]


def test_the_same_seed_gives_the_same_race(table_of: Callable[[str], pa.Table]) -> None:
    first, again, other = (
        wade.race(table_of("binary"), "answer", seed=seed, threads=threads, **SMALL)
        for seed, threads in ((3, 1), (3, 2), (4, 1))
    )
    assert first["outcomes"] == again["outcomes"]
    assert first["outcomes"] != other["outcomes"]


def test_both_engines_race_alike(table_of: Callable[[str], pa.Table]) -> None:
    native, reference = (
        wade.race(table_of("binary"), "answer", engine=engine, learning_rates=(1e-5, 0.01), **SMALL)
        for engine in ("native", "reference")
    )
    assert [outcome["outcome"] for outcome in native["outcomes"]] == [
        outcome["outcome"] for outcome in reference["outcomes"]
    ]
    for one, twin in zip(native["outcomes"], reference["outcomes"], strict=True):
        assert one["losses"] == pytest.approx(twin["losses"], rel=1e-3)


@pytest.mark.parametrize(
    ("choices", "named"),
    [
        ({"learning_rates": (10, 1e-5)}, "`learning_rates` must be two numbers, 0 < lowest < highest"),
        ({"learning_rates": (0, 1)}, "`learning_rates` must be two numbers"),
        ({"learning_rates": (0.1, 0.2, 0.3)}, "`learning_rates` must be two numbers"),
        ({"learning_rates": (0.1, float("inf"))}, "`learning_rates` must be two numbers"),
        ({"count": 1}, "`count` must be a whole number from 2 on"),
        ({"count": 2.5}, "`count` must be a whole number from 2 on"),
        ({"steps": 0}, "`steps` must be a whole number from 1 on"),
        ({"batch_size": 0}, "`batch_size` must be a whole number from 1 on"),
        ({"optimizer": "adamx"}, "Did you mean 'adam"),
        ({"hidden": (0,)}, "hidden"),
    ],
)
def test_what_cannot_race_is_named_before_any_data_is_read(choices: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        wade.race("no such file.csv", "answer", **choices)
    assert named in str(refused.value)


def test_a_table_without_a_target_is_refused(table_of: Callable[[str], pa.Table]) -> None:
    with pytest.raises(InvalidArgument, match="`target` must name the column to predict"):
        wade.race(table_of("regression"), **SMALL)
    with pytest.raises(DataError, match="no such file"):
        wade.race("no such file.csv", "answer", **SMALL)


def test_neighbours_are_the_same_times_each_other() -> None:
    rates = spread((1e-5, 10), 64)
    assert (rates[0], rates[-1]) == pytest.approx((1e-5, 10))
    assert rates[1:] / rates[:-1] == pytest.approx(np.full(63, 10 ** (6 / 63)), rel=0.1)
    assert rates[1] == 1.2e-5  # in two digits: what is raced is what is shown and suggested
    assert spread((1, 2), 500) == pytest.approx(np.geomspace(1, 2, 500), rel=1e-12)


def test_an_open_number_of_members_is_four_at_most() -> None:
    x = np.random.default_rng(0).normal(size=600)
    table = pa.table({"x": x, "y": np.where(x > 0, "p", "q")})
    found = wade.race(table, "y", count=3, steps=20, hidden=(4,))
    assert found["settings"]["members"] == found["choices"]["members"]["value"] == 4
    assert found["choices"]["members"]["why"].startswith("a sweep takes four")
    assert wade.race(table, "y", count=3, steps=20, hidden=(4,), members=8)["settings"]["members"] == 8


def test_a_long_sweep_of_small_batches_has_fewer_rates_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"hidden": (4,), "plain": True, "rows": 60}
    monkeypatch.setattr(learning_rate_sweep, "MOST_UPDATES", 1)
    found = wade.race("moons", batch_size=8, **options)
    assert len(found["outcomes"]) == 24
    assert any(note.startswith("24 rates are swept instead of 64") for note in found["notes"])
    asked = wade.race("moons", batch_size=8, count=30, **options)
    usual = wade.race("moons", **options)
    assert (len(asked["outcomes"]), len(usual["outcomes"])) == (30, 64)
    assert not any("instead of" in note for report in (asked, usual) for note in report["notes"])
