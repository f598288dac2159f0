"""`wade.learn` and the estimators go on from a checkpoint, from tables in memory and streamed, to the same model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import wade
from wade.errors import CheckpointWarning, InvalidArgument
from wade.model.preparation import prepare as lessons
from wade.model.preparation.memory import Plan
from wade.training import ChunkDone, EpochDone, by_settings, descent, train

ROWS = 1_500
RANDOM = np.random.default_rng(0)
SIZE, KIND = RANDOM.normal(size=ROWS), RANDOM.choice(["a", "b", "c"], ROWS)
LATE = np.where(np.sin(3 * SIZE) + (KIND == "b") > 0.4, "yes", "no")
TABLE = pa.table({"size": SIZE, "kind": KIND, "late": LATE, "cost": 1000 + 250 * SIZE})


def learn(target: str = "late", **options: Any) -> wade.Model:
    settings: dict[str, Any] = {"hidden": (16,), "epochs": 5, "batch_size": 32, "drop": ["cost", "late"]}
    settings["drop"] = [name for name in settings["drop"] if name != target]
    return wade.learn(TABLE, target, **{**settings, **options})


def interrupt_in_epoch_3(event: Any) -> None:
    if isinstance(event, ChunkDone) and event.epoch == 3 and event.rows_done > 400:
        raise KeyboardInterrupt


@pytest.mark.parametrize("streamed", [False, True])
def test_a_model_that_was_broken_off_is_the_one_that_never_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, streamed: bool
) -> None:
    monkeypatch.setattr(descent, "SECONDS_PER_CHUNK", 1e-9)
    if streamed:  # through windows of about 500 rows
        monkeypatch.setattr(lessons, "plan", lambda size, memory: Plan(True, "The test says so.", 8_000, 10**6))
    whole = learn()
    kept = {"checkpoint": tmp_path / "job.checkpoint", "every": "1h"}
    broken = learn(**kept, on_event=interrupt_in_epoch_3)
    assert broken.report["interrupted"]
    model = learn(**kept, resume=True)
    assert model.network.theta.tobytes() == whole.network.theta.tobytes()
    for part in ("test", "baselines", "epochs", "best_epoch", "stop_reason"):
        assert model.report[part] == whole.report[part]
    assert learn(**kept, resume=True).network.theta.tobytes() == whole.network.theta.tobytes()


def test_what_cannot_be_is_refused_before_the_table_is_read(tmp_path: Path) -> None:
    strange = tmp_path / "notes.txt"
    strange.write_text("not to be lost")
    for options in (
        {"checkpoint": strange},
        {"resume": True},
        {"checkpoint": tmp_path / "x", "every": "now"},
        {"time_limit": "long"},
        {"patience_time": -1},
        {"stop_on": "f1"},
    ):
        with pytest.raises(wade.WadeError):
            wade.learn(tmp_path / "there-is-no-such-table.csv", "y", **options)
    assert strange.read_text() == "not to be lost"


def test_the_metric_that_epochs_are_evaluated_by_stands_in_the_report() -> None:
    report = learn(stop_on="auc").report
    assert report["selected_by"] == "auc"
    best = max(report["history"], key=lambda epoch: epoch["metric"])
    assert report["best_epoch"] == best["epoch"]


def test_errors_of_numbers_are_told_in_the_tables_own_unit() -> None:
    report = learn("cost", stop_on="rmse", epochs=8, members=1).report
    kept = report["history"][report["best_epoch"] - 1]["metric"]
    assert 1 / 3 < kept / report["test"]["rmse"] < 3  # other rows, few of them, but not another unit
    assert kept == pytest.approx(250 * report["history"][report["best_epoch"] - 1]["validation_loss"] ** 0.5, rel=0.05)


def test_the_linear_baseline_has_no_checkpoint_and_no_limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []

    def watched(*arguments: Any, **options: Any) -> Any:
        seen.append(options)
        return train(*arguments, **options)

    monkeypatch.setattr(by_settings, "train", watched)
    learn(checkpoint=tmp_path / "job", time_limit="1h")
    assert [(options["checkpoint"], options["time_limit"]) for options in seen] == [(tmp_path / "job", "1h")]


class Stop(Exception):
    pass


def test_an_estimator_goes_on_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = np.column_stack([SIZE, SIZE**2]), (LATE == "yes").astype(int)
    settings = {"hidden": (8,), "epochs": 4, "random_state": 0, "stop_on": "accuracy"}
    whole = wade.NetClassifier(**settings).fit(X, y)
    kept = {**settings, "checkpoint": str(tmp_path / "job"), "every": 1e-9}

    def fail(event: Any) -> None:
        if isinstance(event, EpochDone) and event.epoch == 3:
            raise Stop

    monkeypatch.setattr("wade.estimators.estimator._print_epoch", fail)
    with pytest.raises(Stop):
        wade.NetClassifier(**kept, verbose=True).fit(X, y)
    monkeypatch.undo()
    gone_on = wade.NetClassifier(**kept, resume=True).fit(X, y)
    assert gone_on.network_.theta.tobytes() == whole.network_.theta.tobytes()
    assert gone_on.history_.selected_by == "accuracy"


def test_an_estimator_needs_validation_rows_for_a_metric() -> None:
    with pytest.raises(InvalidArgument, match="`stop_on` needs validation rows; received 'auc'"):
        wade.NetClassifier(stop_on="auc", validation=None).fit(SIZE[:, None], LATE)


def test_a_first_run_with_resume_begins(tmp_path: Path) -> None:
    with pytest.warns(CheckpointWarning, match="there is no checkpoint yet; training begins anew"):
        model = learn(checkpoint=tmp_path / "job", resume=True)
    assert model.report["epochs"] == 5
