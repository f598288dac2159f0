"""Two classes, many classes, several labels; one number, several numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse
from sklearn.exceptions import DataConversionWarning

from tests.estimators.samples import classes, numbers, quick
from wade.errors import InvalidArgument

X, Y = numbers()


@pytest.mark.parametrize("kind", ["two", "many"])
@pytest.mark.parametrize("dtype", ["text", "object", "whole", "float", "boolean"])
def test_classes_of_any_kind_come_back_as_they_were(kind: str, dtype: str) -> None:
    y: Any = classes(kind)[1]
    codes = np.unique(y, return_inverse=True)[1]
    y = {"text": y, "object": y.astype(object), "whole": codes * 10 - 5, "float": codes * 1.0, "boolean": codes > 0}[
        dtype
    ]
    classifier = quick("NetClassifier", epochs=100).fit(X, y)
    assert classifier.classes_.tolist() == sorted(set(y.tolist()))
    assert classifier.predict(X).dtype == y.dtype
    assert classifier.score(X, y) > 0.9


@pytest.mark.parametrize("kind", ["two", "many"])
def test_probabilities_sum_to_one_and_the_likeliest_is_predicted(kind: str) -> None:
    y = classes(kind)[1]
    classifier = quick("NetClassifier").fit(X, y)
    shares = classifier.predict_proba(X)
    assert shares.shape == (120, len(set(y)))
    assert shares.dtype == np.float64
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-12)
    assert np.array_equal(classifier.predict(X), classifier.classes_[shares.argmax(axis=1)])
    assert np.allclose(classifier.predict_log_proba(X), np.log(shares))


def test_a_thousand_classes() -> None:
    y = np.arange(2000) % 1000
    X = (
        np.random.default_rng(0)
        .normal(size=(1000, 8))
        .repeat(2, axis=0)[np.argsort(np.arange(2000) % 2, kind="stable")]
    )
    classifier = quick("NetClassifier", hidden=(64,), epochs=30, learning_rate=0.02, validation=None).fit(X, y)
    assert classifier.predict_proba(X[:5]).shape == (5, 1000)
    assert classifier.score(X, y) > 0.5


def test_several_labels_each_have_a_probability() -> None:
    y = classes("labels")[1]
    classifier = quick("NetClassifier", hidden=(32,), epochs=100).fit(X, y)
    assert classifier.multilabel_
    assert classifier.network_.output == "sigmoid"
    assert classifier.predict_proba(X).shape == (120, 3)
    assert np.array_equal(classifier.predict(X), (classifier.predict_proba(X) > 0.5).astype(int))
    assert (classifier.predict(X) == y).mean() > 0.95
    sparse = quick("NetClassifier", hidden=(32,), epochs=100).fit(X, scipy.sparse.csr_array(y))
    assert np.array_equal(sparse.predict_proba(X), classifier.predict_proba(X))


@pytest.mark.parametrize("columns", [1, 3])
def test_several_numbers_are_predicted_side_by_side(columns: int) -> None:
    y = np.column_stack([Y, 1000 * Y + 5, np.ones(120)])[:, :columns]
    regressor = quick("NetRegressor", hidden=(32,), epochs=200).fit(X, y)
    assert regressor.predict(X).shape == (120, columns)
    assert regressor.n_outputs_ == columns
    assert (np.abs(regressor.predict(X) - y).mean(axis=0) < 0.2 * regressor.target_scale_).all()
    assert np.allclose(regressor.target_mean_, y.mean(axis=0))


def test_the_unit_of_a_number_does_not_matter() -> None:
    near, far = (quick("NetRegressor").fit(X, y).predict(X) for y in (Y, 1e6 * Y - 1e8))
    assert np.allclose(1e6 * near - 1e8, far, rtol=1e-4, atol=1e3)


def test_class_weights_by_class_and_balanced() -> None:
    y = np.where(Y > 1.8, "rare", "usual")
    share = {
        name: (
            quick("NetClassifier", class_weight=weights, hidden=(), epochs=60).fit(X[:, 3:], y).predict(X[:, 3:])
            == "rare"
        ).mean()
        for name, weights in {"none": None, "balanced": "balanced", "heavy": {"rare": 1000.0, "usual": 0.1}}.items()
    }
    assert share["none"] < 0.05 < share["balanced"] < 0.95 < share["heavy"]


def test_balanced_counts_rows_by_their_weights() -> None:
    y = np.array(["a"] * 15 + ["b"] * 5)
    weights = np.where(np.arange(20) < 5, 2.0, 1.0)
    weighted = quick("NetClassifier", class_weight="balanced").fit(X[:20], y, weights)
    repeated = quick("NetClassifier", class_weight="balanced").fit(
        X[:20].repeat(weights.astype(int), axis=0), y.repeat(weights.astype(int))
    )
    # 25 rows, 20 of them a: 25 / (2 · 20) and 25 / (2 · 5).
    assert weighted.class_weight_.tolist() == repeated.class_weight_.tolist() == [0.625, 2.5]
    assert np.array_equal(weighted.network_.theta, repeated.network_.theta)


@pytest.mark.parametrize(
    ("settings", "y", "message"),
    [
        ({}, np.zeros(120), "`y` must hold more than one class"),
        ({}, np.column_stack([np.arange(120) % 3] * 2), "`y` must be one column of classes"),
        ({"class_weight": {"maybe": 2.0}}, classes("two")[1], "`class_weight` must name classes that are known"),
        ({"class_weight": "equal"}, classes("two")[1], "must be 'balanced' or a number for each class"),
        ({"class_weight": "balanced"}, classes("labels")[1], "`class_weight` must be None for several labels"),
    ],
)
def test_classes_that_make_no_sense_are_refused(settings: dict[str, Any], y: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        quick("NetClassifier", **settings).fit(X, y)


def test_a_column_of_classes_is_taken_with_a_warning() -> None:
    y = classes("two")[1]
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        classifier = quick("NetClassifier").fit(X, y[:, None])
    assert np.array_equal(classifier.predict(X), quick("NetClassifier").fit(X, y).predict(X))


def test_validation_rows_must_be_of_the_same_kind() -> None:
    with pytest.raises(InvalidArgument, match="`y` must have 1 columns"):
        quick("NetRegressor").fit(X, Y, X_val=X, y_val=np.column_stack([Y, Y]))
    with pytest.raises(InvalidArgument, match="`y` must hold classes that are known"):
        quick("NetClassifier").fit(X, classes("two")[1], X_val=X, y_val=classes("many")[1])
    with pytest.raises(InvalidArgument, match="`y` must be of the kind that it was at first"):
        quick("NetClassifier").fit(X, classes("many")[1], X_val=X, y_val=classes("labels")[1])


def test_decision_function_is_the_log_odds() -> None:
    X, y = classes("two")
    classifier = quick("NetClassifier").fit(X, y)
    p = classifier.predict_proba(X)[:, 1]
    np.testing.assert_allclose(classifier.decision_function(X), np.log(p / (1 - p)), rtol=1e-9)
    assert np.array_equal(classifier.classes_[(classifier.decision_function(X) > 0).astype(int)], classifier.predict(X))


@pytest.mark.parametrize("kind", ["many", "labels"])
def test_of_more_classes_each_has_its_own_odds(kind: str) -> None:
    X, y = classes(kind)
    classifier = quick("NetClassifier").fit(X, y)
    odds = classifier.decision_function(X)
    assert odds.shape == (120, len(classifier.classes_))
    assert np.array_equal(np.argsort(odds, axis=1), np.argsort(classifier.predict_proba(X), axis=1))


def test_odds_are_finite_where_the_network_is_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = classes("two")
    classifier = quick("NetClassifier").fit(X, y)
    monkeypatch.setattr(classifier, "predict_proba", lambda X: np.array([[0.0, 1.0], [1.0, 0.0], [0.25, 0.75]]))
    odds = classifier.decision_function(X)
    assert np.isfinite(odds).all()
    assert odds[2] == pytest.approx(np.log(3))
