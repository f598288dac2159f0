"""From a table to a judged model: each task, each choice, each thing that can be wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pyarrow as pa
import pyarrow.csv
import pytest

import wade
from wade.errors import ColumnError, DataError, Diverged, InvalidArgument, UnreadableTable, WadeError
from wade.model.learn import StageStarted
from wade.training import ChunkDone, EpochDone

ModelOf = Callable[[str], wade.Model]
TableOf = Callable[[str], pa.Table]
QUICK: dict[str, Any] = {"hidden": (4,), "epochs": 2, "batch_size": 32}


@pytest.mark.parametrize(
    ("task", "metric"), [("binary", "log_loss"), ("multiclass", "log_loss"), ("regression", "rmse")]
)
def test_a_network_learns_what_the_base_rate_does_not_know(task: str, metric: str, model_of: ModelOf) -> None:
    report = model_of(task).report
    assert report["task"] == task
    assert report["test"][metric] < 0.5 * report["baselines"]["constant"][metric]


def test_the_report_is_plain_json_and_says_everything(model_of: ModelOf) -> None:
    report = model_of("binary").report
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert report["split"]["train"] + report["split"]["validation"] + report["split"]["test"] == 400
    assert {"how", "why"} < set(report["split"])
    assert set(report["baselines"]) == {"constant", "linear"}
    for metrics in (report["test"], *report["baselines"].values()):
        assert set(metrics) == {"log_loss", "auc", "accuracy", "intervals"}
    assert report["engine"] in ("native", "reference")
    assert report["epochs"] == len(report["history"])
    assert 1 <= report["best_epoch"] <= report["epochs"]
    assert report["interrupted"] is False


def test_the_base_rate_is_that_of_the_training_rows() -> None:
    table = pa.table({"x": np.arange(20.0), "y": ["a"] * 15 + ["b"] * 5})
    report = wade.learn(table, "y", **QUICK).report
    assert report["base_rate"] == [0.25]  # every part has its share of each class
    assert report["baselines"]["constant"]["log_loss"] == pytest.approx(-0.75 * np.log(0.75) - 0.25 * np.log(0.25))
    assert report["baselines"]["constant"]["auc"] == 0.5


def test_the_baseline_of_a_number_is_its_mean() -> None:
    values = np.arange(50.0)
    model = wade.learn(pa.table({"x": values, "y": values}), "y", **QUICK)
    mean = model.report["base_rate"][0]
    assert model.target.mean == mean
    figures = model.evaluate(pa.table({"x": [0.0, 1.0], "y": [mean + 3, mean - 4]}))
    assert figures["baselines"]["constant"]["mae"] == pytest.approx(3.5, rel=1e-5)


def test_a_straight_line_is_all_that_a_network_without_hidden_layers_sees() -> None:
    generator = np.random.default_rng(0)
    x, y = generator.uniform(-1, 1, (2, 2000))
    table = pa.table({"x": x, "y": y, "same_sign": x * y > 0})  # XOR
    report = wade.learn(table, "same_sign", hidden=(16, 16), epochs=40, learning_rate=0.01).report
    assert report["test"]["accuracy"] > 0.9
    assert report["baselines"]["linear"]["accuracy"] < 0.6


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_no_setting_of_the_network_changes_the_linear_baseline(table_of: TableOf, task: str) -> None:
    others: dict[str, Any] = {"learning_rate": 1e-9, "epochs": 1, "batch_size": 7, "optimizer": "sgd", "hidden": ()}
    reports = [wade.learn(table_of(task), "answer", **settings).report for settings in (QUICK, {**QUICK, **others})]
    assert reports[0]["baselines"]["linear"] == reports[1]["baselines"]["linear"]
    assert reports[1]["linear_baseline"]["comparison"]["better"] == "linear"


def test_the_same_seed_gives_the_same_bits(table_of: TableOf) -> None:
    first, second, third = (wade.learn(table_of("regression"), "answer", seed=seed, **QUICK) for seed in (1, 1, 2))
    assert first.network.theta.tobytes() == second.network.theta.tobytes()
    assert first.network.theta.tobytes() != third.network.theta.tobytes()
    assert first.report["test"] == second.report["test"]


def test_numbers_of_numpy_are_welcome(tmp_path: Path, table_of: TableOf) -> None:
    model = wade.learn(table_of("regression"), "answer", hidden=np.array([4]), seed=np.int64(3), epochs=2)  # type: ignore
    model.save(tmp_path / "model.wade")
    assert wade.load(tmp_path / "model.wade").report["settings"]["seed"] == 3


def test_events_tell_the_story_in_order(table_of: TableOf) -> None:
    events: list[Any] = []
    wade.learn(table_of("binary"), "answer", on_event=events.append, **QUICK)
    stages = [event.stage for event in events if isinstance(event, StageStarted)]
    assert stages == ["reading", "training", "training the linear baseline", "evaluating"]
    assert sum(isinstance(event, EpochDone) for event in events) == 2  # of the network: the baseline has no epochs
    assert any(isinstance(event, ChunkDone) for event in events)


def test_a_built_in_table_brings_its_target_and_takes_the_rows_asked_for() -> None:
    report = wade.learn("flights", rows=1000, **QUICK).report
    assert (report["data"], report["target"], report["rows"]) == ("flights", "delayed", 1000)
    assert report["split"]["test"] == 200


def test_a_built_in_table_split_by_time_needs_no_time_column() -> None:
    report = wade.learn("flights", columns=["temperature", "wind_speed"], split="time", rows=500, **QUICK).report
    assert report["split"]["how"] == "time"
    assert report["columns"] == 2


def test_one_name_is_one_name_not_its_letters(table_of: TableOf) -> None:
    model = wade.learn(table_of("binary"), "answer", columns="size", **QUICK)
    assert [column.name for column in model.schema.columns] == ["size"]


def test_rows_without_a_target_are_left_out_and_that_is_said(table_of: TableOf) -> None:
    table = table_of("binary")
    gone = pa.array([None if row % 8 == 0 else value for row, value in enumerate(table["answer"].to_pylist())])
    model = wade.learn(table.set_column(2, "answer", gone), "answer", **QUICK)
    assert model.report["rows"] == 350
    assert "50 of 400 rows have no answer" in model.report["notes"][0]


def test_an_interrupted_training_keeps_its_best_and_skips_the_baseline(table_of: TableOf) -> None:
    def interrupt(event: object) -> None:
        if isinstance(event, EpochDone) and event.epoch == 2:
            raise KeyboardInterrupt

    model = wade.learn(table_of("binary"), "answer", on_event=interrupt, **{**QUICK, "epochs": 50})
    assert model.report["interrupted"] is True
    assert model.report["epochs"] == 2
    assert model.report["baselines"]["linear"] is None
    assert "interrupted" in model.report["notes"][0]
    assert set(model.predict(table_of("binary"))) <= {"yes", "no"}


def test_an_interruption_within_the_first_epoch_keeps_the_network_as_it_is(table_of: TableOf) -> None:
    def interrupt(event: object) -> None:
        if isinstance(event, ChunkDone):
            raise KeyboardInterrupt

    report = wade.learn(table_of("regression"), "answer", on_event=interrupt, **QUICK).report
    assert (report["interrupted"], report["epochs"], report["best_epoch"]) == (True, 0, 0)
    assert report["test"]["rmse"] > 0


def test_an_interrupted_baseline_is_left_out_and_that_is_said(
    table_of: TableOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wade.model.learn.fit_linear", interrupt)
    report = wade.learn(table_of("binary"), "answer", **QUICK).report
    assert (report["interrupted"], report["baselines"]["linear"], report["linear_baseline"]) == (True, None, None)
    assert report["notes"] == ["Training was interrupted, so the linear baseline was not trained."]


def test_penalties_make_weights_small_and_clipping_makes_steps_short(table_of: TableOf) -> None:
    settings: dict[str, Any] = {"optimizer": "sgd", "learning_rate": 0.05, "schedule": "constant", "patience": 99}

    def size_of_weights(**rules: float) -> float:
        model = wade.learn(
            table_of("regression"), "answer", **{**QUICK, "hidden": (), "epochs": 30, **settings, **rules}
        )
        assert rules.items() <= model.report["settings"].items()
        return float(np.abs(model.network.theta[model.network.decays]).sum())

    assert size_of_weights(l1=1.0) < 0.5 * size_of_weights()
    assert size_of_weights(l2=1.0) < 0.5 * size_of_weights()
    plain = {"members": 1, "numbers": "scaled"}
    model = wade.learn(table_of("regression"), "answer", **QUICK, **settings, **plain, clip_norm=1e-3)
    steps = model.report["epochs"] * -(-model.report["split"]["train"] // 32)
    start = wade.Network(model.network.inputs, (4,), 1, "relu", "identity", seed=0).theta
    assert 0 < np.linalg.norm(model.network.theta - start) <= steps * 0.05 * 1e-3 * 1.001


def test_a_learning_rate_that_is_far_too_large_is_said_not_saved(table_of: TableOf) -> None:
    with pytest.raises(Diverged):
        wade.learn(table_of("regression"), "answer", optimizer="sgd", learning_rate=1e30, **QUICK)


@pytest.mark.parametrize(
    ("choice", "value", "message"),
    [
        ("hidden", (0,), "hidden"),
        ("hidden", 64, "hidden"),
        ("hidden", "256,128", "hidden"),
        ("activation", "rely", "Did you mean 'relu'"),
        ("optimizer", "adamm", "Did you mean 'adam"),
        ("schedule", "cosin", "Did you mean 'cosine'"),
        ("schedule", "platau", "Did you mean 'plateau'"),
        ("l1", -1, "`l1` must be at least 0"),
        ("l2", float("nan"), "`l2` must be at least 0"),
        ("clip_norm", 0, "`clip_norm` must be greater than 0"),
        ("engine", "nativ", "Did you mean 'native'"),
        ("threads", 0, "threads"),
        ("threads", 1.5, "threads"),
        ("seed", -1, "seed"),
        ("epochs", 0, "epochs"),
        ("batch_size", 0, "batch_size"),
        ("batch_size", 2**63, "`batch_size` must be a whole number from 1 on, at most 2,147,483,647"),
        ("learning_rate", 0, "learning_rate"),
        ("patience", 0, "patience"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_before_any_data_is_read(choice: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        wade.learn("no such file.csv", "answer", **{choice: value})


@pytest.mark.parametrize(
    ("choice", "value", "message"),
    [
        ("split", "randm", "Did you mean 'random'"),
        ("split", "time", "`time` must name the column"),
        ("rows", 0, "rows"),
        ("rows", 0.5, "rows"),
        ("test_rows", 0, "test_rows"),
        ("test_rows", 400, "test_rows"),
        ("target", None, "The columns are: size, colour, answer"),
    ],
)
def test_a_choice_that_does_not_fit_the_table_is_refused(
    choice: str, value: Any, message: str, table_of: TableOf
) -> None:
    with pytest.raises(InvalidArgument, match=message):
        wade.learn(table_of("binary"), **{"target": "answer", **QUICK, choice: value})


def test_a_table_of_few_rows_is_refused(table_of: TableOf) -> None:
    with pytest.raises(DataError, match="3 rows"):
        wade.learn(table_of("binary").slice(0, 4).take([0, 1, 2]), "answer", **QUICK)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_a_file_and_a_frame_say_the_same_as_a_table(
    tmp_path: Path, task: str, model_of: ModelOf, table_of: TableOf
) -> None:
    table, model = table_of(task), model_of(task)
    pa.csv.write_csv(table, tmp_path / "rows.csv")
    expected = model.predict(table).tolist()
    assert model.predict(tmp_path / "rows.csv").tolist() == expected
    assert model.predict(str(tmp_path / "rows.csv")).tolist() == expected
    assert model.predict(pandas.DataFrame(table.to_pydict())).tolist() == expected


def test_probabilities_have_one_column_for_each_class(model_of: ModelOf, table_of: TableOf) -> None:
    for task, classes in (("binary", ("no", "yes")), ("multiclass", (0, 1, 2))):
        model = model_of(task)
        shares = model.predict_probability(table_of(task))
        assert tuple(map(str, model.target.classes)) == tuple(map(str, classes))
        assert shares.shape == (400, len(classes))
        assert shares.sum(axis=1) == pytest.approx(1)
        likeliest = [model.target.classes[k] for k in shares.argmax(axis=1)]
        assert model.predict(table_of(task)).tolist() == likeliest


def test_numbers_have_no_probabilities(model_of: ModelOf, table_of: TableOf) -> None:
    with pytest.raises(InvalidArgument, match="Use `predict`"):
        model_of("regression").predict_probability(table_of("regression"))


def test_predicting_needs_no_target_and_ignores_what_it_does_not_know(model_of: ModelOf, table_of: TableOf) -> None:
    table, model = table_of("regression"), model_of("regression")
    expected = model.predict(table).tolist()
    strange = table.drop_columns("answer").append_column("answer", pa.array(["?!"] * 400))
    assert model.predict(table.drop_columns("answer")).tolist() == expected
    assert model.predict(strange.append_column("more", pa.array(range(400)))).tolist() == expected


def test_a_column_that_is_missing_at_prediction_is_named(model_of: ModelOf, table_of: TableOf) -> None:
    with pytest.raises(ColumnError, match="'colour'"):
        model_of("regression").predict(table_of("regression").drop_columns("colour"))


def test_marks_of_missing_values_are_remembered(tmp_path: Path) -> None:
    rows = "".join(f"{'gone' if row % 7 == 0 else row},{'yes' if row % 2 else 'no'}\n" for row in range(100))
    path = tmp_path / "rows.csv"
    path.write_text("x,y\n" + rows)
    model = wade.learn(path, "y", missing="gone", **QUICK)
    model.save(tmp_path / "model.wade")
    (tmp_path / "new.csv").write_text("x\ngone\n3\n")
    assert len(wade.load(tmp_path / "model.wade").predict(tmp_path / "new.csv")) == 2


def test_evaluating_on_the_test_rows_gives_the_figures_of_the_report(table_of: TableOf) -> None:
    table = table_of("binary").append_column("day", pa.array(range(400)))
    model = wade.learn(table, "answer", split="time", time="day", columns=["size", "colour"], **QUICK)
    found = model.evaluate(table.slice(400 - model.report["split"]["test"]))
    assert found["rows"] == model.report["split"]["test"]
    for name in ("log_loss", "auc", "accuracy"):
        assert found["test"][name] == pytest.approx(model.report["test"][name])
    assert found["baselines"]["constant"] == model.report["baselines"]["constant"]


def test_evaluating_leaves_out_rows_without_an_answer_and_refuses_a_table_without_any(
    model_of: ModelOf, table_of: TableOf
) -> None:
    model, table = model_of("binary"), table_of("binary").slice(0, 10)
    some = table.set_column(2, "answer", pa.array(["yes", None] * 5))
    assert model.evaluate(some)["rows"] == 5
    with pytest.raises(DataError, match="no row has a value of 'answer'"):
        model.evaluate(table.set_column(2, "answer", pa.nulls(10, pa.string())))
    with pytest.raises(ColumnError, match="'answer'"):
        model.evaluate(table.drop_columns("answer"))


def test_evaluating_on_one_class_gives_no_auc_but_a_reason(model_of: ModelOf, table_of: TableOf) -> None:
    table = table_of("binary")
    only_yes = table.filter(pa.compute.equal(table["answer"], "yes"))
    test = model_of("binary").evaluate(only_yes)["test"]
    assert test["auc"] is None
    assert "one class" in test["undefined"]["auc"]


def test_a_model_says_what_it_is(model_of: ModelOf) -> None:
    assert repr(model_of("regression")) == "Model(answer from 2 columns, hidden=(8,), 57 parameters)"


def test_a_model_is_not_changed_by_assignment(model_of: ModelOf) -> None:
    with pytest.raises(AttributeError):
        model_of("regression").missing = ("x",)  # type: ignore[misc]


def test_an_unreadable_table_is_named(tmp_path: Path, model_of: ModelOf) -> None:
    with pytest.raises(UnreadableTable, match=r"nothing\.csv"):
        model_of("regression").predict(tmp_path / "nothing.csv")


def visits() -> pa.Table:
    """A hundred patients with twenty visits each."""
    random = np.random.default_rng(0)
    patient = np.repeat(np.arange(100), 20)
    x = random.standard_normal(2000) + patient % 7
    parts = np.where(np.arange(2000) < 1500, "train", "test")
    return pa.table({"patient": [f"p{i}" for i in patient], "x": x, "ill": (x > 3).astype(int), "part": parts})


def test_rows_of_one_group_stay_together():
    model = wade.learn(visits(), "ill", group="patient", drop=["part"], epochs=1)
    split = model.report["split"]
    assert split["how"] == "group"
    assert (split["train"], split["validation"], split["test"]) == (1200, 400, 400)
    assert [column.name for column in model.schema.columns] == ["x"]


def test_a_column_may_say_how_to_split():
    model = wade.learn(visits(), "ill", part="part", drop=["patient"], epochs=1)
    assert model.report["split"]["test"] == 500
    assert [column.name for column in model.schema.columns] == ["x"]


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"group": "patient", "part": "part"}, "Choose one way to split"),
        ({"group": "patient", "split": "time"}, "Choose one way to split"),
        ({"group": "patiant"}, "Did you mean 'patient'"),
        ({"part": "patient"}, "'p0' is not the name of a part"),
    ],
)
def test_a_split_that_cannot_be_made_is_refused(choices, message):
    with pytest.raises(WadeError, match=message):
        wade.learn(visits(), "ill", **choices)


def test_a_group_that_is_missing_is_named_with_its_row():
    table = visits().slice(0, 50).drop_columns(["part"])
    patients = ["p", None, *map(str, range(48))]
    with pytest.raises(ColumnError, match="'patient', row 2: the value is missing"):
        wade.learn(table.set_column(0, "patient", pa.array(patients)), "ill", group="patient")


def test_copies_across_the_split_are_reported():
    once = visits().drop_columns(["part"])
    assert wade.learn(once, "ill", epochs=1).report["split"]["repeated"] == 0
    report = wade.learn(pa.concat_tables([once, once]), "ill", epochs=1).report
    assert report["split"]["repeated"] > 300
    assert any("test rows equal a training row" in note for note in report["notes"])
    # A column that is not learned from tells rows apart all the same.
    by_x = wade.learn(pa.concat_tables([once, once]), "ill", columns=["x"], epochs=1)
    assert by_x.report["split"]["repeated"] == report["split"]["repeated"]


def test_a_drawn_table_is_as_large_and_as_blurred_as_asked_for():
    model = wade.learn("moons", rows=300, noise=0.3, **QUICK)
    assert model.report["rows"] == 300
    with pytest.raises(InvalidArgument, match="generated tables"):
        wade.learn(visits(), "ill", noise=0.3)


def test_piecewise_linear_numbers_are_nonlinear_without_hidden_layers(tmp_path):
    x = np.linspace(-1, 1, 600)
    table = pa.table({"x": x, "y": np.abs(x)})
    settings = {"hidden": (), "epochs": 60, "batch_size": 16, "learning_rate": 0.02}
    straight = wade.learn(table, "y", numbers="scaled", **settings)
    bent = wade.learn(table, "y", numbers="piecewise", **settings)
    assert bent.report["test"]["rmse"] < straight.report["test"]["rmse"] / 4
    bent.save(tmp_path / "bent.wade")
    again = wade.load(tmp_path / "bent.wade")
    assert (again.predict(table) == bent.predict(table)).all()
    assert again.predict({"x": 0.5}) == bent.predict(table.slice(0, 0).from_pydict({"x": [0.5, 0.5]}))[:1]


def test_a_way_of_reading_numbers_that_is_none_is_refused():
    with pytest.raises(InvalidArgument, match="`numbers` must be one of 'auto', 'piecewise', 'scaled'"):
        wade.learn("iris", numbers="binned")
