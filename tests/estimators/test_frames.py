"""Raw frames: names, categories, dates, booleans and missing values as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.estimators.samples import answers_to, classes, mixed_frame, numbers, quick
from wade.errors import ColumnError, InvalidArgument
from wade.estimators.frames import FrameReader
from wade.estimators.numbers import NumberReader
from wade.tables import Encoder, infer_schema, read_table

KINDS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
}
FRAME = mixed_frame()
ANSWERS = answers_to(FRAME)


@pytest.fixture(scope="module")
def fitted() -> Any:
    return quick("NetClassifier", hidden=(16,), epochs=100).fit(FRAME, ANSWERS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_raw_frame_of_any_kind_is_trained_on_and_predicted(kind: str, fitted: Any) -> None:
    frame = KINDS[kind](FRAME)
    same = quick("NetClassifier", hidden=(16,), epochs=100).fit(frame, ANSWERS)
    assert same.score(frame, ANSWERS) > 0.9
    assert np.array_equal(same.predict_proba(frame), fitted.predict_proba(FRAME))
    assert same.feature_names_in_.tolist() == FRAME.columns.tolist()
    assert same.n_features_in_ == 6


def test_roles_and_encoding_are_those_of_learn(fitted: Any) -> None:
    table = read_table(FRAME.assign(answer=ANSWERS))
    schema = infer_schema(table, "table", "answer")
    assert fitted.reader_.columns == schema.columns
    assert fitted.reader_.left_out == schema.left_out
    assert fitted.reader_.left_out[0].name == "name"
    assert fitted.reader_.encoder == Encoder.fit(table, schema)
    bent = quick("NetClassifier", numbers="auto").fit(FRAME, ANSWERS).reader_
    assert bent.encoder == Encoder.fit(table, schema, piecewise=True)
    assert bent.choices["numbers"].value == "piecewise"


def test_what_was_never_seen_is_predicted_all_the_same(fitted: Any) -> None:
    strange = FRAME[:2].assign(colour=["violet", None], size=[np.nan, 1e9])
    assert np.isfinite(fitted.predict_proba(strange)).all()


def test_validation_rows_are_frames_too() -> None:
    classifier = quick("NetClassifier")
    for _ in range(2):  # whatever it was fitted on before
        classifier.fit(FRAME[20:], ANSWERS[20:], X_val=FRAME[:20], y_val=ANSWERS[:20])
        assert classifier.history_.epochs[-1].validation_loss is not None
        X, y = classes("two")
        classifier.fit(X, y, eval_set=(X[:9], y[:9]))


def test_weights_and_parts_of_a_frame() -> None:
    weights = np.arange(120) % 2
    weighted = quick("NetClassifier", validation=0.2).fit(FRAME, ANSWERS, weights)
    alone = quick("NetClassifier", validation=0.2).fit(FRAME[weights > 0], ANSWERS[weights > 0], weights[weights > 0])
    assert np.array_equal(weighted.network_.theta, alone.network_.theta)
    parts = quick("NetClassifier").partial_fit(FRAME[:60], ANSWERS[:60], classes=["no", "yes"])
    assert parts.partial_fit(FRAME[60:], ANSWERS[60:]).predict(FRAME).shape == (120,)


def test_a_role_makes_codes_of_numbers() -> None:
    frame = pd.DataFrame({"zip": [10115, 80331, 10115, 80331] * 10, "size": np.arange(40.0)})
    y = [0, 1] * 20
    assert isinstance(quick("NetClassifier").fit(frame, y).reader_, NumberReader)
    classifier = quick("NetClassifier", roles={"zip": "category"}, epochs=100).fit(frame, y)
    assert isinstance(classifier.reader_, FrameReader)
    assert [category.name for category in classifier.reader_.layout.categories] == ["zip"]
    assert np.array_equal(classifier.predict(frame), y)


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_of_numbers_is_an_array_with_names(kind: str) -> None:
    X, y = numbers()
    frame = KINDS[kind](pd.DataFrame(X, columns=list("abcd")))
    regressor = quick("NetRegressor").fit(frame, y)
    assert regressor.feature_names_in_.tolist() == list("abcd")
    assert regressor.reader_.layout.numbers == tuple("abcd")
    assert np.array_equal(regressor.predict(frame), quick("NetRegressor").fit(X, y).predict(X))


def test_missing_numbers_of_a_frame_are_missing() -> None:
    frame = pd.DataFrame({"a": pd.array([1, None, 3, 4], "Int64"), "b": [True, False, True, True]})
    regressor = quick("NetRegressor").fit(frame, [1.0, 2.0, 3.0, 4.0])
    assert regressor.reader_.layout.numbers == ("a", "b", "a missing")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.rename(columns={"size": "length"}), "seen at fit time, yet now missing:\n- size"),
        (lambda frame: frame[frame.columns[::-1]], "same order as they were in fit"),
        (lambda frame: frame.drop(columns="size"), "seen at fit time, yet now missing:\n- size"),
    ],
)
def test_other_names_or_another_order_are_refused(kind: str, change: Any, message: str, fitted: Any) -> None:
    with pytest.raises(ValueError, match=message):
        fitted.predict(KINDS[kind](change(FRAME)))
    X, y = numbers()
    plain = pd.DataFrame(X, columns=["size", "b", "c", "d"])
    with pytest.raises(ValueError, match=message):
        quick("NetRegressor").fit(plain, y).predict(KINDS[kind](change(plain)))


def test_bare_numbers_after_names_are_warned_of() -> None:
    X, y = numbers()
    regressor = quick("NetRegressor").fit(pd.DataFrame(X, columns=list("abcd")), y)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        regressor.predict(X)


def test_bare_rows_cannot_stand_for_a_frame_with_categories(fitted: Any) -> None:
    with pytest.raises(InvalidArgument, match="must be a frame with the columns of `fit`"):
        fitted.predict(np.zeros((2, 6)))


def test_a_column_that_cannot_be_used_is_named() -> None:
    frame = pd.DataFrame({"a": ["1", "2", "x", "4"] * 20, "b": ["u", "v"] * 40})
    with pytest.raises(ColumnError, match="X, column 'a', row 3: mixed type: 'x' among numbers"):
        quick("NetClassifier").fit(frame, [0, 1] * 40)


def test_y_may_come_from_any_library() -> None:
    X, y = classes("many")
    expected = quick("NetClassifier").fit(X, y).predict(X)
    for kind in (pd.Series, pl.Series, list, pd.Categorical, pa.array):
        assert np.array_equal(quick("NetClassifier").fit(X, kind(y)).predict(X), expected)
