"""Cross-validation: every row judges once, a fold knows nothing of its test, and the spread is that of the folds."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import DataError, InvalidArgument
from wade.model.experiments.cross_validation import spread
from wade.model.learn import StageStarted, TrialStarted
from wade.model.preparation import prepare as lessons
from wade.model.preparation.column_options import choose
from wade.model.preparation.memory import Plan
from wade.model.preparation.prepare import prepare_table, prepare_whole
from wade.model.preparation.splitting import SplitOptions
from wade.training import EpochDone

TableOf = Callable[[str], pa.Table]
QUICK: dict[str, Any] = {"hidden": (8,), "epochs": 10, "learning_rate": 0.02, "batch_size": 32}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_fold_is_evaluated_and_the_summary_is_theirs(task: str, table_of: TableOf) -> None:
    found = wade.cross_validate(table_of(task), "answer", folds=3, **QUICK)
    json.dumps(found, allow_nan=False)
    assert sum(fold["split"]["test"] for fold in found["folds"]) == found["rows"] == 400
    metric = "rmse" if task == "regression" else "log_loss"
    for answer, metrics in (("network", "test"), ("constant", None), ("linear", None)):
        values = [fold[metrics][metric] if metrics else fold["baselines"][answer][metric] for fold in found["folds"]]
        summary = found["summary"][answer][metric]
        assert summary["mean"] == pytest.approx(np.mean(values))
        assert summary["deviation"] == pytest.approx(np.std(values, ddof=1))
        assert (summary["lowest"], summary["highest"]) == (min(values), max(values))
    assert found["summary"]["network"][metric]["mean"] < found["summary"]["constant"][metric]["mean"]
    assert found["settings"]["hidden"] == [8]
    means = [found["summary"][name][metric]["mean"] for name in ("linear", "network")]
    assert found["comparison"]["gain"] == pytest.approx(means[0] - means[1])
    assert "in the mean of 3 folds" in found["comparison"]["summary"]


def test_a_fold_is_what_learning_on_its_rows_alone_gives(table_of: TableOf) -> None:
    table = table_of("binary")
    found = wade.cross_validate(table, "answer", folds=4, metrics=["brier", "f1"], **QUICK)
    choices, marks = choose(table, "answer")
    with ExitStack() as scratch:
        taken, _ = prepare_whole(table, choices, marks, None, SplitOptions(), scratch)
    split = taken.folds(SplitOptions(), 4)[2]
    part = np.full(400, "train")
    part[split.validation], part[split.test] = "validation", "test"
    alone = wade.learn(
        table.append_column("part", pa.array(part)), "answer", part="part", metrics=["brier", "f1"], **QUICK
    )
    assert found["folds"][2]["test"] == alone.report["test"]
    assert set(alone.report["test"]) == {"brier", "f1", "intervals"}


def test_what_the_test_holds_changes_nothing_that_is_learned(table_of: TableOf) -> None:
    table = table_of("binary")
    choices, marks = choose(table, "answer")

    def lesson_on(changed: pa.Table) -> Any:
        with ExitStack() as scratch:
            taken, memory = prepare_whole(changed, choices, marks, None, SplitOptions(), scratch)
            split = taken.folds(SplitOptions(), 5)[0]
        return prepare_table(taken, split, memory), split

    prepared, split = lesson_on(table)
    size, colour = (table[name].to_pandas().to_numpy(copy=True) for name in ("size", "colour"))
    size[split.test], colour[split.test] = 1e6, "blue"
    changed, _ = lesson_on(table.set_column(0, "size", pa.array(size)).set_column(1, "colour", pa.array(colour)))
    assert changed.encoder == prepared.encoder
    assert changed.base_rate == prepared.base_rate
    assert np.array_equal(changed.parts["train"].samples.X.numbers, prepared.parts["train"].samples.X.numbers)
    assert not np.array_equal(changed.parts["test"].samples.X.numbers, prepared.parts["test"].samples.X.numbers)


def test_by_group_and_by_time(table_of: TableOf) -> None:
    table = table_of("regression")
    patients = table.append_column("patient", pa.array([f"p{k % 20}" for k in range(400)]))
    found = wade.cross_validate(patients, "answer", folds=4, group="patient", **QUICK)
    assert [fold["split"]["test"] for fold in found["folds"]] == [100] * 4
    assert "belong together" in found["split"]["why"]
    assert found["columns"] == 2
    days = table.append_column("day", pa.array(np.datetime64("2024-01-01") + np.arange(400)))
    found = wade.cross_validate(days, "answer", folds=3, split="time", **QUICK)
    assert [fold["split"]["train"] + fold["split"]["validation"] for fold in found["folds"]] == [100, 200, 300]
    assert "each later than its training rows" in found["split"]["why"]


def test_the_story_is_told_fold_by_fold(table_of: TableOf) -> None:
    events: list[Any] = []
    wade.cross_validate(table_of("regression"), "answer", folds=2, on_event=events.append, **QUICK)
    told = [event for event in events if isinstance(event, TrialStarted | StageStarted)]
    assert told[0] == StageStarted("reading")
    assert [event for event in told if isinstance(event, TrialStarted)] == [TrialStarted(1, 2), TrialStarted(2, 2)]


def test_an_interruption_keeps_the_folds_that_ended(table_of: TableOf) -> None:
    trial = [0]

    def interrupt(event: object) -> None:
        trial[0] = event.number if isinstance(event, TrialStarted) else trial[0]
        if isinstance(event, EpochDone) and trial[0] == at:
            raise KeyboardInterrupt

    at = 2
    found = wade.cross_validate(table_of("regression"), "answer", folds=3, on_event=interrupt, **QUICK)
    assert (found["interrupted"], len(found["folds"])) == (True, 1)
    assert found["summary"]["network"]["rmse"]["deviation"] is None
    at = 1
    with pytest.raises(KeyboardInterrupt):
        wade.cross_validate(table_of("regression"), "answer", folds=3, on_event=interrupt, **QUICK)


def test_the_same_seed_gives_the_same_figures(table_of: TableOf) -> None:
    first, same, other = (
        wade.cross_validate(table_of("regression"), "answer", folds=2, seed=seed, **QUICK)["summary"]
        for seed in (1, 1, 2)
    )
    assert first == same
    assert first != other


def test_what_cannot_be_is_refused(table_of: TableOf, monkeypatch: pytest.MonkeyPatch) -> None:
    table = table_of("binary")
    with pytest.raises(InvalidArgument, match=r"`settings` must be one of .*Did you mean 'hidden'"):
        wade.cross_validate(table, "answer", hiden=(4,))
    with pytest.raises(InvalidArgument, match="`folds` must be a whole number"):
        wade.cross_validate(table, "answer", folds=1)
    with pytest.raises(InvalidArgument, match="`metrics` must be one of"):
        wade.cross_validate(table, "answer", metrics=["rmse"], **QUICK)
    monkeypatch.setattr(lessons, "plan", lambda size, memory: Plan(True, "It is huge.", 1, 1))
    with pytest.raises(DataError, match=r"it has to be in memory here\. It is huge\."):
        wade.cross_validate(table, "answer")


def test_a_value_that_one_fold_lacks_is_no_mean() -> None:
    assert spread([1.0, None]) == {"mean": None, "deviation": None, "lowest": None, "highest": None}
