"""Loggers write what TensorBoard and MLflow themselves read back."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mlflow import MlflowClient
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

import wade
from wade.training import EpochDone, Event, History, StopTraining
from wade.training.loggers import MLflow, TensorBoard, metrics_of

generator = np.random.default_rng(0)
X = generator.normal(size=(60, 2))
Y = (X[:, 0] > 0).astype(float)


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where MLflow keeps files; its newer versions would rather have a database."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    return (tmp_path / "mlruns").as_uri()


def trained(on_event: Any) -> History:
    network = wade.Network(2, hidden=(4,), seed=0)
    return wade.train(network, X[20:], Y[20:], epochs=3, validation=(X[:20], Y[:20]), on_event=on_event)


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard finds."""
    found = EventAccumulator(str(folder))
    found.Reload()
    tags = found.Tags()["tensors"]
    return {tag: [(one.step, float(make_ndarray(one.tensor_proto))) for one in found.Tensors(tag)] for tag in tags}


def test_tensorboard_shows_every_figure_of_every_epoch(tmp_path: Path) -> None:
    history = trained(TensorBoard(tmp_path / "run"))
    shown = scalars(tmp_path / "run")
    assert {*shown} == {
        *("loss/training", "loss/validation", "seconds", "descent/learning_rate"),
        *("descent/gradient_norm", "descent/update_ratio", "descent/dead_relus"),
    }
    expected = [(epoch.epoch, np.float32(epoch.validation_loss)) for epoch in history.epochs]
    assert shown["loss/validation"] == expected
    assert [step for step, _ in shown["loss/training"]] == [1, 2, 3]


def test_a_logger_logs_one_training(tmp_path: Path) -> None:
    logger = TensorBoard(tmp_path)
    trained(logger)
    trained(logger)
    assert len(scalars(tmp_path)["loss/training"]) == 3


def test_the_network_is_logged_and_not_its_baseline(tmp_path: Path) -> None:
    model = wade.learn("xor", rows=200, epochs=3, on_event=TensorBoard(tmp_path))
    shown = [loss for _, loss in scalars(tmp_path)["loss/training"]]
    assert shown == [np.float32(epoch["loss"]) for epoch in model.report["history"]]


def test_mlflow_has_a_run_with_figures_parameters_and_the_reason_for_its_end(uri: str) -> None:
    logger = MLflow("wine", run="first", uri=uri, parameters={"learning_rate": 0.001})
    history = trained(logger)
    client = MlflowClient(tracking_uri=uri)
    run = client.get_run(logger.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params == {"learning_rate": "0.001"}
    assert run.data.tags["stop_reason"] == "all 3 epochs are done"
    told = client.get_metric_history(logger.run_id, "validation_loss")
    assert [(one.step, one.value) for one in told] == [(e.epoch, e.validation_loss) for e in history.epochs]
    again = MLflow("wine", uri=uri)
    assert client.get_run(again.run_id).info.experiment_id == run.info.experiment_id


@pytest.mark.parametrize(("raised", "status"), [(KeyboardInterrupt, "KILLED"), (StopTraining, "FINISHED")])
def test_mlflow_hears_how_it_ended(uri: str, raised: type[BaseException], status: str) -> None:
    def end(event: Event) -> None:
        if isinstance(event, EpochDone):
            raise raised

    logger = MLflow(uri=uri)
    trained([logger, end])
    assert MlflowClient(tracking_uri=uri).get_run(logger.run_id).info.status == status


def test_a_logger_follows_an_estimator(tmp_path: Path) -> None:
    classifier = wade.NetClassifier(hidden=(4,), epochs=3, random_state=0)
    classifier.fit(X, Y.astype(int), on_event=TensorBoard(tmp_path))
    assert [loss for _, loss in scalars(tmp_path)["loss/training"]] == np.float32(classifier.loss_curve_).tolist()


def test_figures_that_there_are_none_of_are_left_out() -> None:
    epoch = trained(None).epochs[0]
    assert (epoch.metric, "metric" in metrics_of(epoch)) == (None, False)
    assert metrics_of(replace(epoch, metric=0.0))["metric"] == 0.0  # 0 is a metric, None is none


WITHOUT = """
import sys
from importlib.machinery import PathFinder


class Without(PathFinder):
    "Finds what is installed, but for one package."

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] == sys.argv[1] else super().find_spec(name, path, target)


sys.meta_path[:] = [Without if finder is PathFinder else finder for finder in sys.meta_path]
from wade.errors import InvalidArgument
from wade.training.loggers import MLflow, TensorBoard

for logger, arguments in ((TensorBoard, (sys.argv[2],)), (MLflow, ("wade", None, sys.argv[3]))):
    try:
        logger(*arguments)
        print(logger.__name__, "works")
    except InvalidArgument as error:
        print(error)
"""


@pytest.mark.parametrize("missing", ["tensorboard", "mlflow"])
def test_a_package_that_is_missing_is_named_and_the_other_logger_works(missing: str, tmp_path: Path, uri: str) -> None:
    """In a process of its own, where the package is not there to import."""
    command = [sys.executable, "-W", "ignore", "-c", WITHOUT, missing, str(tmp_path / "runs"), uri]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(said) == 2
    first, second = said if missing == "tensorboard" else reversed(said)
    assert f"needs the package {missing}, which is not installed" in first
    assert "pip install 'wade[tracking]'" in first
    assert second.endswith("works")
