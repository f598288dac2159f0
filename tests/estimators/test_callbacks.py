"""scikit-learn's callbacks follow a fit epoch by epoch, see a network that can predict, and may end it."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.callback import FitCallback, ProgressBar, ScoringMonitor
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.estimators.samples import classes, mixed_frame, numbers, quick
from wade.errors import InvalidArgument
from wade.training import EpochDone, StopTraining

X, Y = numbers()
CLASSES = classes("two")[1]
both = pytest.mark.parametrize(
    ("estimator", "y"), [("NetClassifier", CLASSES), ("NetRegressor", Y)], ids=["classifier", "regressor"]
)


class Recorder:
    """Writes down what it is told, and stops after some epochs."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.told: list[tuple[str, str, int]] = []
        self.scores: list[float] = []
        self.stop_after = stop_after

    def setup(self, estimator: Any, context: Any) -> None:
        self.told.append(("setup", context.task_name, context.max_subtasks))

    def teardown(self, estimator: Any, context: Any) -> None:
        self.told.append(("teardown", context.task_name, context.max_subtasks))

    def on_fit_task_begin(self, estimator: Any, context: Any, *, X: Any = None) -> None:
        self.told.append(("begin", context.task_name, context.task_id))

    def on_fit_task_end(
        self, estimator: Any, context: Any, *, X: Any = None, y: Any = None, metadata: Any = None,
        fitted_estimator: Any = None
    ) -> bool:  # fmt: skip
        self.told.append(("end", context.task_name, context.task_id))
        self.scores.append(fitted_estimator.score(X, y, **(metadata or {})))
        return context.task_name == "epoch" and context.task_id + 1 == self.stop_after


@both
def test_each_epoch_is_a_task_of_the_fit(estimator: str, y: Any) -> None:
    recorder = Recorder()
    assert isinstance(recorder, FitCallback)
    fitted = quick(estimator, epochs=2, schedule="constant").set_callbacks(recorder).fit(X, y)
    epochs = [(when, "epoch", number) for number in range(2) for when in ("begin", "end")]
    fit = [("begin", "fit", 0), *epochs, ("end", "fit", 0)]
    assert recorder.told == [("setup", "fit", 2), *fit, ("teardown", "fit", 2)]
    assert recorder.scores[-1] == fitted.score(X, y)
    assert recorder.scores[0] != recorder.scores[-1]
    assert not hasattr(fitted, "_callback_fit_ctx")


@both
def test_a_callback_may_end_training_and_is_named(estimator: str, y: Any) -> None:
    fitted = quick(estimator, epochs=50).set_callbacks(Recorder(stop_after=3)).fit(X, y)
    assert fitted.n_iter_ == 3
    assert fitted.history_.stop_reason == "Recorder asked for it: after epoch 3"
    assert fitted.predict(X).shape == (120,)


@both
def test_callbacks_change_nothing_of_what_is_learned(estimator: str, y: Any) -> None:
    watched = quick(estimator).set_callbacks(Recorder()).fit(X, y)
    assert np.array_equal(watched.network_.theta, quick(estimator).fit(X, y).network_.theta)


def test_weights_go_to_the_score() -> None:
    weights = np.linspace(1, 9, 120)
    recorder = Recorder()
    fitted = quick("NetRegressor").set_callbacks(recorder).fit(X, Y, weights)
    assert recorder.scores[-1] == fitted.score(X, Y, weights)


def test_frames_are_scored_too() -> None:
    frame = mixed_frame()
    recorder = Recorder()
    quick("NetRegressor", epochs=2).set_callbacks(recorder).fit(frame, Y)
    assert len(recorder.scores) == 3


def test_scikit_learns_own_callbacks_work(capsys: pytest.CaptureFixture[str]) -> None:
    monitor = ScoringMonitor(scoring="accuracy")
    quick("NetClassifier", epochs=4).set_callbacks(ProgressBar(), monitor).fit(X, CLASSES)
    log = [row["accuracy"] for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert len(log) == 4
    assert "NetClassifier - fit" in capsys.readouterr().out


def test_a_search_over_a_pipeline_hands_them_down() -> None:
    monitor = ScoringMonitor(scoring="r2")
    net = quick("NetRegressor", epochs=3).set_callbacks(monitor)
    GridSearchCV(make_pipeline(StandardScaler(), net), {"netregressor__hidden": [(), (4,)]}, cv=2).fit(X, Y)
    epochs = [row for log in monitor.get_logs(select="all") for row in log.data if row["task_name"] == "epoch"]
    assert len(epochs) == (2 * 2 + 1) * 3


def test_a_fit_that_fails_tears_its_callbacks_down() -> None:
    recorder = Recorder()
    classifier = quick("NetClassifier").set_callbacks(recorder)

    def break_it(event: Any) -> None:
        if isinstance(event, EpochDone):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        classifier.fit(X, CLASSES, on_event=break_it)
    assert recorder.told[-1][0] == "teardown"
    with pytest.raises(InvalidArgument):
        classifier.set_params(hidden="wide").fit(X, CLASSES)  # before training began
    assert classifier.set_params(hidden=(8,)).fit(X, CLASSES).n_iter_ == 10


def test_a_clone_and_a_pickle_keep_their_callbacks() -> None:
    fitted = quick("NetRegressor", epochs=2).set_callbacks(Recorder()).fit(X, Y)
    assert len(clone(fitted)._skl_callbacks) == 1
    assert np.array_equal(pickle.loads(pickle.dumps(fitted)).predict(X), fitted.predict(X))


def test_listeners_of_a_fit_may_end_it() -> None:
    heard: list[Any] = []

    def two_will_do(event: Any) -> None:
        if isinstance(event, EpochDone) and event.epoch == 2:
            raise StopTraining

    fitted = quick("NetClassifier").fit(X, CLASSES, on_event=[heard.append, two_will_do])
    assert fitted.history_.stop_reason == "two_will_do asked for it"
    assert heard[-1].history is fitted.history_
