"""Inside scikit-learn: pipelines, searches, clones, pickles, joblib, routed metadata, named output, notebooks."""

from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import BaggingClassifier, StackingRegressor
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_validate
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

import wade
from tests.estimators.samples import answers_to, classes, mixed_frame, numbers, quick

X, Y = numbers()
CLASSES = classes("two")[1]
both = pytest.mark.parametrize(
    ("estimator", "y"), [("NetClassifier", CLASSES), ("NetRegressor", Y)], ids=["classifier", "regressor"]
)


def test_they_are_what_they_say() -> None:
    assert is_classifier(wade.NetClassifier())
    assert is_regressor(wade.NetRegressor())


def test_every_parameter_is_documented_and_every_default_too() -> None:
    for estimator in (wade.NetClassifier, wade.NetRegressor):
        documented = estimator.__doc__.split("Attributes\n")[0]
        for name in estimator().get_params():
            assert any(name in line.split(" : ")[0].split(", ") for line in documented.replace("    ", "").split("\n"))


@both
def test_a_grid_search_over_a_pipeline(estimator: str, y: Any) -> None:
    pipeline = Pipeline([("scale", StandardScaler()), ("net", quick(estimator, epochs=60))])
    grid = {"net__hidden": [(), (8,)], "net__learning_rate": np.array([1e-6, 0.02])}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, y)
    assert search.best_params_["net__learning_rate"] == 0.02
    assert search.score(X, y) > 0.7


def test_a_search_may_draw_numpy_numbers() -> None:
    draws = {"epochs": np.arange(1, 4), "dropout": np.array([0.1, 0.2]), "batch_size": np.array([16, 32], np.int32)}
    search = RandomizedSearchCV(quick("NetRegressor"), draws, n_iter=2, cv=2, random_state=0, error_score="raise")
    assert search.fit(X, Y).best_estimator_.n_iter_ <= 3


@both
def test_a_clone_has_the_parameters_and_nothing_else(estimator: str, y: Any) -> None:
    fitted = quick(estimator, hidden=[4, 4]).fit(X, y)
    copy = clone(fitted)
    assert repr(copy.get_params()) == repr(fitted.get_params())
    assert not [name for name in vars(copy) if name.endswith("_")]


@both
@pytest.mark.parametrize("raw", [False, True], ids=["numbers", "frame"])
def test_a_pickle_predicts_the_same_in_a_fresh_process(estimator: str, y: Any, raw: bool, tmp_path: Path) -> None:
    rows = mixed_frame() if raw else X
    fitted = quick(estimator).fit(rows, answers_to(rows) if raw and estimator == "NetClassifier" else y)
    (tmp_path / "pickle").write_bytes(pickle.dumps((fitted, rows)))
    program = f"""
import pickle, numpy as np
from wade.engines import NativeEngine
def train(*arguments): raise AssertionError("training ran")
NativeEngine.descend = train
estimator, X = pickle.load(open({str(tmp_path / "pickle")!r}, "rb"))
np.save({str(tmp_path / "said.npy")!r}, estimator.predict(X))
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    assert np.array_equal(np.load(tmp_path / "said.npy", allow_pickle=True), fitted.predict(rows))


def test_a_pickle_holds_little_more_than_theta() -> None:
    regressor = quick("NetRegressor", hidden=(256,)).fit(X, Y)
    assert len(pickle.dumps(regressor)) < 1.5 * regressor.network_.theta.nbytes + 10_000


@both
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_searches_run_in_processes_and_in_threads(estimator: str, y: Any, backend: str) -> None:
    alone = cross_validate(quick(estimator), X, y, cv=3)["test_score"]
    with joblib.parallel_backend(backend, n_jobs=2):
        assert np.array_equal(cross_validate(quick(estimator), X, y, cv=3)["test_score"], alone)


def test_fits_side_by_side_in_threads_do_not_meet() -> None:
    def theta(seed: int) -> np.ndarray:
        return quick("NetRegressor", random_state=seed).fit(X, Y).network_.theta

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(theta, range(16)))
    assert all(np.array_equal(found, theta(seed)) for seed, found in enumerate(together))


@both
def test_eight_threads_may_ask_one_estimator_at_once(estimator: str, y: Any) -> None:
    fitted = quick(estimator, threads=2).fit(X, y)
    alone = [fitted.predict(X[row:]) for row in range(100)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda row: fitted.predict(X[row:]), range(100)))
    assert all(np.array_equal(*pair) for pair in zip(alone, together, strict=True))


def test_meta_estimators_take_them() -> None:
    labels = np.where(classes("labels")[1] > 0, "on", "off")
    assert MultiOutputClassifier(quick("NetClassifier")).fit(X, labels).predict(X).shape == (120, 3)
    assert BaggingClassifier(quick("NetClassifier"), 3, random_state=0).fit(X, CLASSES).score(X, CLASSES) > 0.8
    assert StackingRegressor([("net", quick("NetRegressor"))], cv=2).fit(X, Y).predict(X).shape == (120,)
    logged = TransformedTargetRegressor(quick("NetRegressor"), func=np.log1p, inverse_func=np.expm1)
    assert (logged.fit(X, np.exp(Y)).predict(X) > -1).all()


@pytest.fixture
def routing() -> Any:
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def test_weights_are_routed_through_a_search(routing: Any) -> None:
    weights = np.where(np.arange(120) % 2, 1.0, 0.0)
    net = quick("NetRegressor").set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
    pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), net)
    search = GridSearchCV(pipeline, {"netregressor__epochs": [3]}, cv=2).fit(X, Y, sample_weight=weights)
    scaled = StandardScaler().fit_transform(X)
    alone = quick("NetRegressor", epochs=3).fit(scaled, Y, weights)
    assert np.array_equal(search.best_estimator_[1].network_.theta, alone.network_.theta)


def test_a_pipeline_prepares_validation_rows_too(routing: Any) -> None:
    net = quick("NetRegressor").set_fit_request(X_val=True, y_val=True)
    pipeline = Pipeline([("scale", StandardScaler()), ("net", net)], transform_input=["X_val"])
    pipeline.fit(X[:80], Y[:80], X_val=X[80:], y_val=Y[80:])
    scaler = StandardScaler().fit(X[:80])
    by_hand = quick("NetRegressor").fit(scaler.transform(X[:80]), Y[:80], X_val=scaler.transform(X[80:]), y_val=Y[80:])
    assert np.array_equal(pipeline[-1].network_.theta, by_hand.network_.theta)


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_it_learns_the_names_that_set_output_gives(output: str) -> None:
    frame = pd.DataFrame(X, columns=list("abcd"))
    pipeline = make_pipeline(StandardScaler(), quick("NetRegressor")).set_output(transform=output)
    assert pipeline.fit(frame, Y)[-1].feature_names_in_.tolist() == list("abcd")
    plain = make_pipeline(StandardScaler(), quick("NetRegressor")).fit(X, Y)
    assert np.array_equal(pipeline.predict(frame), plain.predict(X))


def test_a_notebook_shows_the_parameters_and_whether_it_is_fitted() -> None:
    classifier = quick("NetClassifier")
    assert "Not fitted" in classifier._repr_html_()
    page = classifier.fit(X, CLASSES)._repr_html_()
    assert "Fitted" in page
    assert all(name in page for name in ("NetClassifier", "hidden", "learning_rate"))
